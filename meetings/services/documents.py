"""Verbs of a meeting's documents: a link or a file, in one language or several, replaced and removed."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.services.files import delete_file, store_file
from directory.services.state import locked
from meetings.enums import EditAct
from meetings.models import Meeting, MeetingDocument
from meetings.services.editing import record_edit, refuse_unless_valid

Upload = tuple[bytes, str]  # content and type, as `common.document_files.read_document` returns them


def _opened(meeting: Meeting, by: Any) -> Meeting:
    meeting = locked(meeting)
    require(by, "meetings.edit_documents", meeting)
    return meeting


def _save(document: MeetingDocument) -> None:
    if document.file_id and document.url:
        raise Refused(_("Give a file or an address, not both."))
    words = _("There is a version of this document in this language already. Change that one, or choose another language.")
    try:
        with transaction.atomic():
            if MeetingDocument.objects.filter(
                meeting=document.meeting, code=document.code, language=document.language
            ).exclude(pk=document.pk).exists():  # fmt: skip
                raise Refused(words)
            refuse_unless_valid(document)
            document.save()
    except IntegrityError:
        raise Refused(words) from None


def _code_for(document: MeetingDocument) -> str:
    taken = set(document.meeting.documents.values_list("code", flat=True))
    base = slugify(document.symbol.replace("/", "-") or document.title)[:40].strip("-") or "document"
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code


@transaction.atomic
def add_document(
    *, meeting: Meeting, by: Any, values: Mapping[str, Any], version_of: str = "", upload: Upload | None = None
) -> MeetingDocument:
    """Add a document; with `version_of` (a code) it is that document in another language."""
    meeting = _opened(meeting, by)
    document = MeetingDocument(meeting=meeting, code=version_of, **values)
    if not version_of:
        document.code = _code_for(document)
    if upload:
        document.file = store_file(content=upload[0], mime=upload[1])
    _save(document)
    record_edit(meeting, EditAct.DOCUMENT_ADDED, by=by, thing=document, detail=document.get_language_display())
    return document


@transaction.atomic
def change_document(
    *, document: MeetingDocument, by: Any, values: Mapping[str, Any], upload: Upload | None = None
) -> MeetingDocument:
    """Change what is said of a document; an upload takes the place of the file or address, and the act is recorded."""
    meeting = _opened(document.meeting, by)
    document = locked(document)
    document.meeting = meeting
    for name, value in values.items():
        setattr(document, name, value)
    old = document.file
    if upload:
        document.file, document.url = store_file(content=upload[0], mime=upload[1]), ""
    elif document.url:
        document.file = None
    _save(document)
    act, detail = EditAct.DOCUMENT_CHANGED, document.get_language_display()
    if old != document.file:
        # The hash says which file it was, even when the file is gone.
        act, detail = EditAct.DOCUMENT_REPLACED, f"{detail}, {old or ''} → {document.file or document.url}"
    record_edit(meeting, act, by=by, thing=document, detail=detail)
    if old and old != document.file:
        delete_file(old)
    return document


@transaction.atomic
def remove_document(*, document: MeetingDocument, by: Any) -> None:
    """Take a document away, also from the sessions that show it; the record keeps its name."""
    meeting = _opened(document.meeting, by)
    document = locked(document)
    thing, language, file = str(document), document.get_language_display(), document.file
    document.delete()
    record_edit(meeting, EditAct.DOCUMENT_REMOVED, by=by, thing=thing, detail=f"{language}, {file}" if file else language)
    if file:
        delete_file(file)
