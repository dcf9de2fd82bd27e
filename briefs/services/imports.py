"""A whole Word document into the sections of a brief: read, looked at, then taken over in one transaction or not at all."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from briefs.enums import FigureKind
from briefs.models import Brief, BriefImport, Section, clean_body
from briefs.selectors.marks import mentioned_figures
from briefs.services.figures import add_figure, picture_fields
from briefs.services.leases import refuse_if_held
from briefs.services.writing import keep_present, put_words, void_clearances
from common.access import Refused, may, require
from common.document_files import DOCX, LARGEST_DOCUMENT, too_large
from common.word_html import ImportedPicture, read_word_text
from directory.models import Organization, StoredFile
from directory.services.files import delete_file, store_file
from directory.services.state import locked, refuse_if_changed, version_of

MOST_PARTS = 60
LONGEST_BODY = 60_000
_NOTE = re.compile(r"\[\^(\d{1,3})\]")
_PLACE = re.compile(r"<p>\[figure picture-(\d{1,3})\]</p>")


@dataclass(frozen=True)
class ImportStep:
    """What becomes of one part of the document.

    kind: "new" (a section is added), "fills" (an empty one), "same", "replaces" (words of an agency of the reader:
    they choose), "foreign" (words of another agency: they stay).
    """

    place: int
    heading: str
    body: str
    section: Section | None
    kind: str


def _refuse_if_published(brief: Brief) -> None:
    if not brief.is_open:
        raise Refused(_("A published brief is not edited. Ask the secretariat to open it for a new edition."))


@transaction.atomic
def read_import(*, brief: Brief, content: bytes, file_name: str, by: Any) -> BriefImport:
    """Read a Word document for a brief and keep it with what was read; the brief's text stays as it is.

    Raises:
        Refused: a file that cannot be read, or not safely; a sentence says what to do.
    """
    require(by, "briefs.import_text", brief)
    _refuse_if_published(brief)
    if len(content) > LARGEST_DOCUMENT:
        raise Refused(too_large())
    if file_name.casefold().endswith(".docm"):
        raise Refused(_("This Word document holds macros, and those can run. Save it without them, as .docx."))
    text = read_word_text(content)
    if not text.parts:
        raise Refused(
            _("This file holds no text that can be read. Open it, look whether it is the right one, and save it again.")
        )
    if len(text.parts) > MOST_PARTS:
        raise Refused(
            _("This document has more than %(most)d headings of the highest level. Import it in parts.") % {"most": MOST_PARTS}
        )
    with translation.override(brief.language):
        opening = _("Introduction")
    parts = [{"heading": part.heading or opening, "body": clean_body(part.body)} for part in text.parts]
    if any(len(part["body"]) > LONGEST_BODY for part in parts):
        raise Refused(_("One part of this document is too long for a section. Give it more headings of the highest level."))
    return BriefImport.objects.create(
        brief=brief,
        file=store_file(content=content, mime=DOCX),
        file_name=file_name[-200:],
        reading={
            "title": text.title,
            "parts": parts,
            "footnotes": text.footnotes,
            "pictures": [_kept_picture(one) for one in text.pictures],
            "lost_pictures": text.lost_pictures,
            **asdict(text.notes),
        },
        by=by,
    )


def _kept_picture(one: ImportedPicture) -> dict[str, Any]:
    """A picture of a document as its figure will keep it, or the sentence that says why it cannot become one."""
    upload = SimpleUploadedFile(f"picture.{one.mime.removeprefix('image/')}", one.content, one.mime)
    try:
        fields = picture_fields(upload)
    except Refused as refusal:
        return {"refused": str(refusal), "alt": one.alt}
    file: StoredFile = fields.pop("file")
    return {"file": file.pk, "mime": file.mime, "alt": one.alt, **fields}


def picture_key(record: BriefImport, place: int) -> str:
    """The key under which the picture at this place of the document is called for in the text."""
    return f"import-{record.pk}-{place}"


def _with_places(record: BriefImport, body: str) -> str:
    """A body with the keys of the figures to be; a picture that cannot become one leaves no mark."""

    def mark(found: re.Match[str]) -> str:
        place = int(found[1])
        return "" if "refused" in record.reading["pictures"][place - 1] else f"<p>[figure {picture_key(record, place)}]</p>"

    return _PLACE.sub(mark, body)


def import_steps(record: BriefImport, by: Any) -> list[ImportStep]:
    """What the import would do to the present sections; parts find theirs by the heading."""
    offset = len(record.brief.footnotes)
    known = {section.heading.casefold(): section for section in record.brief.sections.select_related("organization")}
    steps = []
    for place, part in enumerate(record.reading["parts"]):
        body = _NOTE.sub(lambda mark: f"[^{int(mark[1]) + offset}]", part["body"])
        body = _with_places(record, body)
        section = known.pop(part["heading"].casefold(), None)
        if section:
            section.brief = record.brief
        steps.append(ImportStep(place, part["heading"], body, section, _kind(section, body, by)))
    return steps


def _kind(section: Section | None, body: str, by: Any) -> str:
    if section is None:
        return "new"
    if section.body == body:
        return "same"
    if not section.body:
        return "fills"
    return "replaces" if may(by, "briefs.save_section", section) else "foreign"


def sections_seen(brief: Brief) -> str:
    """Names the sections and notes that a preview was made of."""
    rows = brief.sections.values_list("pk", "version").order_by("pk")
    return version_of([len(brief.footnotes), *(f"{pk}:{version}" for pk, version in rows)])


def _open(record: BriefImport, by: Any) -> BriefImport:
    brief = locked(record.brief)
    record = locked(record)
    record.brief = brief
    require(by, "briefs.import_text", brief)
    if not record.is_open:
        raise Refused(_("This import is finished. Upload the file again to begin a new one."))
    return record


@transaction.atomic
def drop_import(*, record: BriefImport, by: Any) -> BriefImport:
    """Stop: the text of the brief stays as it is."""
    record = _open(record, by)
    record.dropped_at = timezone.now()
    record.save(update_fields=["dropped_at"])
    forget_files(record)
    return record


def forget_files(record: BriefImport) -> None:
    """Delete the file of an import and the pictures that became no figures, unless somebody else brought in the same."""
    waiting = BriefImport.objects.filter(applied_at=None, dropped_at=None).exclude(pk=record.pk)
    wanted = {one.get("file") for reading in waiting.values_list("reading", flat=True) for one in reading["pictures"]}
    pictures = {one["file"] for one in record.reading["pictures"] if "file" in one} - wanted
    forget_document(record)
    for row in StoredFile.objects.filter(pk__in=pictures):
        delete_file(row)


def forget_document(record: BriefImport) -> None:
    """Delete the file of an import, its bytes too unless somebody else brought in the same."""
    kept = record.file
    if kept:
        record.file = None
        record.save(update_fields=["file"])
        delete_file(kept)


def _make_figures(record: BriefImport, bodies: list[str], by: Any) -> None:
    """Make figures of the pictures that the bodies call for. Words that the document does not have are asked for later."""
    wanted = set(mentioned_figures(bodies))
    for place, one in enumerate(record.reading["pictures"], 1):
        key = picture_key(record, place)
        if key in wanted:
            values = {"alt": one["alt"], "file_id": one["file"], "width": one["width"], "height": one["height"]}
            add_figure(brief=record.brief, by=by, kind=FigureKind.IMAGE, key=key, values=values)


@transaction.atomic
def apply_import(
    *, record: BriefImport, choices: Mapping[int, str], owners: Mapping[int, Organization], by: Any, seen: str | None = None
) -> BriefImport:
    """Take the document over: empty sections are filled, new ones added, own ones replaced where that was chosen.

    Args:
        choices: "mine" or "theirs" for each part that would replace words of the reader's own agency.
        owners: the agency that writes each new section; the lead agency where none is named.
        seen: `sections_seen` of the brief that the preview was made of; None asks nothing.

    Raises:
        Refused: the brief is published, a section changed after the preview or somebody writes in it, a choice is missing.
    """
    record = _open(record, by)
    brief = record.brief
    _refuse_if_published(brief)
    # Locked in one order, so that two acts never wait for each other in a circle.
    list(brief.sections.select_for_update(of=("self",)).order_by("pk"))
    refuse_if_changed(
        seen=seen,
        present=sections_seen(brief),
        refusal=_("The text of the brief changed after this preview. Look at the new preview, then say yes."),
    )
    steps = import_steps(record, by)
    if any(step.kind == "replaces" and choices.get(step.place) not in {"mine", "theirs"} for step in steps):
        raise Refused(_("Some sections hold other words already. Choose for each of them which text stays."))
    lead = brief.agencies.select_related("organization").order_by("-is_lead", "pk").first()
    if lead is None:
        raise Refused(_("No agency writes this brief yet. Ask the secretariat to name the co-authoring agencies."))
    written = [step for step in steps if step.kind == "fills" or (step.kind == "replaces" and choices[step.place] == "theirs")]
    added = [step for step in steps if step.kind == "new"]
    if not written and not added:
        raise Refused(_("Nothing of this document would come into the brief. Choose otherwise, or stop."))
    _make_figures(record, [step.body for step in [*written, *added]], by)
    note = _("From the document %(name)s.") % {"name": record.file_name}
    for step in written:
        assert step.section is not None
        refuse_if_held(step.section, by)
        put_words(step.section, by=by, heading=step.section.heading, body=step.body, note=note)
    last = max(brief.sections.values_list("position", flat=True), default=0)
    for place, step in enumerate(added, last + 1):
        owner = owners.get(step.place) or lead.organization
        section = Section.objects.create(
            brief=brief, position=place, heading=step.heading, organization=owner, body=step.body,
            edited_by=by, edited_at=timezone.now(),
        )  # fmt: skip
        keep_present(section)
    if record.reading["footnotes"]:
        brief.footnotes = [*brief.footnotes, *record.reading["footnotes"]]
        brief.save(update_fields=["footnotes"])
    reason = _("A document was brought in: the clearances given before are void.")
    void_clearances(brief=brief, by=by, on_behalf_of=None, reason=reason)
    record.applied_at = timezone.now()
    record.save(update_fields=["applied_at"])
    forget_files(record)
    return record
