"""A text that comes in as a file: read, looked at, then taken over in one transaction or not at all."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import CharField, F, ProtectedError, Value
from django.db.models.functions import Cast, Concat
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.document_files import DOCX, LARGEST_DOCUMENT, too_large
from directory.page_versions import bump
from directory.services.files import delete_file, store_file
from directory.services.state import locked, refuse_if_changed
from strategy.documents.blocks import Block, appearance, blocks_of
from strategy.documents.markdown_reading import read_markdown, read_plain
from strategy.documents.merging import Step, plan
from strategy.documents.readings import Reading, blocks_from, number_all
from strategy.documents.word_reading import read_word
from strategy.models import Draft, DraftImport, Paragraph, ParagraphLink
from strategy.models.texts import IMMUTABLE
from strategy.selectors.publishing import earlier_draft
from strategy.services.leases import refuse_if_held
from strategy.services.lineage import begin_alignment

_MIMES = {"docx": DOCX, "md": "text/markdown", "txt": "text/plain"}
_LARGEST_TEXT = 4 * 1024 * 1024  # bytes of Markdown or plain text, some 700,000 words
_AWAY = 1_000_000  # where rows wait while their places change


def _read(content: bytes, ending: str, *, accept: bool) -> Reading:
    if ending == "docx":
        return read_word(content, accept=accept)
    if len(content) > _LARGEST_TEXT:
        raise Refused(_("This text is larger than %(most)s. Import it in parts.") % {"most": filesizeformat(_LARGEST_TEXT)})
    if content.startswith((b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0")):
        raise Refused(_("The name of this file says that it is text, but it is not. Give it its right ending."))
    return read_markdown(content) if ending == "md" else read_plain(content)


def _ending(name: str, content: bytes) -> str:
    ending = name.rpartition(".")[2].casefold()
    if ending == "docm":
        raise Refused(_("This Word document holds macros, and those can run. Save it without them, as .docx."))
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF-")) or ending in {"doc", "pdf"}:
        return "docx"  # its reader says what to do
    ending = {"markdown": "md", "text": "txt"}.get(ending, ending)
    if ending not in _MIMES:
        raise Refused(_("Upload a Word document (.docx), Markdown (.md) or plain text (.txt)."))
    return ending


def _refuse_unless_in_preparation(draft: Draft) -> None:
    if draft.is_published:
        raise Refused(IMMUTABLE)


@transaction.atomic
def read_import(*, draft: Draft, content: bytes, file_name: str, by: Any) -> DraftImport:
    """Read a file for a draft in preparation and keep it with what was read; the draft's text stays as it is.

    Raises:
        Refused: a file that cannot be read, or not safely; a sentence says what to do.
    """
    require(by, "strategy.import_text", draft)
    _refuse_unless_in_preparation(draft)
    if len(content) > LARGEST_DOCUMENT:
        raise Refused(too_large())
    ending = _ending(file_name, content)
    reading = _read(content, ending, accept=True)
    if not reading.blocks:
        raise Refused(
            _("This file holds no text that can be read. Open it, look whether it is the right one, and save it again.")
        )
    return DraftImport.objects.create(
        draft=draft,
        file=store_file(content=content, mime=_MIMES[ending]),
        file_name=file_name[-200:],
        format=ending,
        reading=reading.as_json(),
        by=by,
    )


def _open(record: DraftImport, by: Any) -> DraftImport:
    record = locked(record)
    require(by, "strategy.import_text", record.draft)
    if not record.is_open:
        raise Refused(_("This import is finished. Upload the file again to begin a new one."))
    return record


@transaction.atomic
def choose_changes(*, record: DraftImport, accept: bool, by: Any) -> DraftImport:
    """Read the document again with all its tracked changes accepted, or all rejected."""
    record = _open(record, by)
    if record.file is None:
        raise Refused(_("This file is not kept any more. Stop this import and upload the file again."))
    with record.file.file.open("rb") as file:
        reading = _read(file.read(), record.format, accept=accept)
    record.accept, record.reading = accept, reading.as_json()
    record.save(update_fields=["accept", "reading"])
    return record


@transaction.atomic
def drop_import(*, record: DraftImport, by: Any) -> DraftImport:
    """Stop: the text of the draft stays as it is."""
    record = _open(record, by)
    record.dropped_at = timezone.now()
    record.save(update_fields=["dropped_at"])
    forget_file(record)
    return record


def forget_file(record: DraftImport) -> None:
    """Delete the file of an import, its bytes too unless somebody else brought in the same."""
    kept = record.file
    if kept is not None:
        record.file = None
        record.save(update_fields=["file"])
        delete_file(kept)


def steps_of(record: DraftImport) -> list[Step]:
    """What the import would do to the present text."""
    return plan(blocks_of(record.draft), blocks_from(record.reading["blocks"]), record.reading["base"])


@transaction.atomic
def apply_import(*, record: DraftImport, choices: Mapping[str, str], by: Any, seen: str | None = None) -> DraftImport:
    """Take the text over: what is unchanged stays, paragraphs keep their hidden names, revisions count on.

    Args:
        choices: "mine" or "theirs" for each paragraph that both sides have changed.
        seen: `text_hash` of the draft that the preview was made of; None asks nothing.

    Raises:
        Refused: the draft is published, its text changed after the preview, a choice is missing.
    """
    draft = locked(record.draft)
    record = _open(record, by)
    record.draft = draft
    _refuse_unless_in_preparation(draft)
    if record.asks:
        raise Refused(_("This document holds tracked changes. Say first whether to accept or to reject them."))
    refuse_if_changed(
        seen=seen,
        present=draft.text_hash(),
        refusal=_("The text of the draft changed after this preview. Look at the new preview, then say yes."),
    )
    steps = steps_of(record)
    missing = [step for step in steps if step.kind == "conflict" and choices.get(step.key) not in {"mine", "theirs"}]
    if missing:
        raise Refused(_("Both texts changed some paragraphs. Choose for each of them which text stays."))
    blocks = [block for step in steps if (block := step.result(choices.get(step.key, ""))) is not None]
    if not blocks:
        raise Refused(_("Nothing would be left of the draft. Choose another file."))
    number_all(blocks)
    record.origins = _write(draft, blocks, _strangers(record), by)
    record.applied_at = timezone.now()
    record.save(update_fields=["applied_at", "origins"])
    forget_file(record)
    bump("strategy")
    if earlier_draft(by, draft):
        names = {
            key: record.origins[uid.hex] for key, uid in draft.paragraphs.values_list("pk", "uid") if uid.hex in record.origins
        }
        begin_alignment(draft=draft, by=by, hidden={key: str(UUID(name)) for key, name in names.items()})
    return record


def _strangers(record: DraftImport) -> dict[tuple[Any, ...], UUID]:
    """By look, the incoming blocks whose hidden name belongs to another draft of this strategy."""
    incoming = [block for block in blocks_from(record.reading["blocks"]) if block.uid]
    others = Paragraph.objects.filter(draft__strategy=record.draft.strategy_id).exclude(draft=record.draft)
    known = set(others.filter(uid__in=[block.uid for block in incoming]).values_list("uid", flat=True))
    return {appearance(block): block.uid for block in incoming if block.uid in known}  # type: ignore[misc]


def _is_reworded(row: Paragraph, block: Block) -> bool:
    """Whether the words differ; a number that moves on disturbs nobody who writes there."""
    return (row.kind, row.text, row.footnotes) != (block.kind, block.text, block.footnotes)


def _write(draft: Draft, blocks: list[Block], strangers: Mapping[tuple[Any, ...], UUID], by: Any) -> dict[str, str]:
    """Make the draft's paragraphs those of `blocks`; return the origins of new ones.

    Raises:
        Refused: somebody else writes in a paragraph that would get other words or go.
    """
    present = {row.uid: row for row in draft.paragraphs.all()}
    kept = {block.uid for block in blocks}
    gone = [row.pk for uid, row in present.items() if uid not in kept]
    reworded = [row for block in blocks if block.uid and (row := present.get(block.uid)) and _is_reworded(row, block)]
    refuse_if_held([*(row for uid, row in present.items() if uid not in kept), *reworded], by)
    ParagraphLink.objects.filter(target__in=gone).delete()
    try:
        Paragraph.objects.filter(pk__in=gone).delete()
    except ProtectedError as error:
        raise Refused(
            _("A paragraph that this file leaves out has comments or a lineage. Keep it, or move them first.")
        ) from error
    # Places and anchors are unique: every row steps aside before it takes its new ones.
    draft.paragraphs.update(position=F("position") + _AWAY, anchor=Concat(Value("~"), Cast("pk", CharField())))
    old, new, origins = [], [], {}
    for place, block in enumerate(blocks, 1):
        row = present.get(block.uid) if block.uid else None
        if row is None:
            row = Paragraph(draft=draft, uid=uuid4())
            new.append(row)
            if origin := strangers.get(appearance(block)):
                origins[row.uid.hex] = origin.hex
        else:
            row.revision += (row.kind, row.number, row.text, row.footnotes) != (
                block.kind, block.number, block.text, block.footnotes,
            )  # fmt: skip
            old.append(row)
        row.position, row.kind, row.number = place, block.kind, block.number
        row.text, row.footnotes = block.text, block.footnotes
        row.anchor = Paragraph.anchor_of(block.number)
    Paragraph.objects.bulk_update(old, ["position", "kind", "number", "anchor", "text", "footnotes", "revision"], batch_size=500)
    Paragraph.objects.bulk_create(new, batch_size=500)
    return origins
