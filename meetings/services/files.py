"""Files that registrants hand in: checked by what they are, kept by their content, opened by nobody else."""

import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from common.access import Refused, require
from common.document_files import DOCX, PDF, WORD_PARTS, archive_parts
from directory.models import StoredFile
from directory.services.files import delete_file, store_file
from directory.services.state import locked
from meetings.enums import ENDED_REGISTRATIONS
from meetings.models import CategoryQuota, Question, Registration, RegistrationFile, RequiredDocument
from meetings.rules import account_of

LARGEST = 10 * 1024 * 1024
ENDINGS = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png", DOCX: "docx"}
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.docx"
# A form that is never sent leaves its files behind for so long.
UNCLAIMED = timedelta(days=1)
_signer = signing.Signer(salt="meetings.file of a form")


def mime_of(content: bytes) -> str:
    """The type of a file by what it holds, whatever it is called; "" for everything that is not accepted."""
    if content[:1024].lstrip()[:5] == b"%PDF-":
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return DOCX if _is_word(content) else ""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            picture.verify()
            return "image/jpeg" if picture.format == "JPEG" else "image/png"
    except Exception:  # the reader of a broken picture may stumble over anything
        return ""


def _is_word(content: bytes) -> bool:
    """A Word document without macros."""
    names = archive_parts(content)
    return set(names) >= WORD_PARTS and not any("vbaproject" in name.lower() for name in names)


def too_large_words() -> str:
    """What is said about a file above the limit."""
    return _("The file is larger than 10 MB. Scan it with a lower resolution, or split it.")


def checked_mime(content: bytes) -> str:
    """The type of an accepted file.

    Raises:
        Refused: empty, too large, or neither a PDF, a JPEG or PNG picture nor a Word document (.docx).
    """
    if not content:
        raise Refused(_("The file is empty. Choose another one."))
    if len(content) > LARGEST:
        raise Refused(too_large_words())
    mime = mime_of(content)
    if not mime:
        raise Refused(
            _("This is neither a PDF, a JPEG or PNG picture nor a Word document (.docx). Save it as PDF and try again.")
        )
    return mime


def plain_name(name: str, mime: str) -> str:
    """A file name that every system takes, with the ending of what the file is."""
    stem = "".join(sign if sign.isprintable() and sign not in '\\/:*?"<>|' else " " for sign in name.rpartition("/")[2])
    stem = " ".join(stem.split()).rpartition(".")[0] or " ".join(stem.split()) or "file"
    return f"{stem[:150].strip('. ') or 'file'}.{ENDINGS[mime]}"


@transaction.atomic
def receive_file(
    *, content: bytes, name: str, by: Any, question: Question | None = None, document: RequiredDocument | None = None
) -> RegistrationFile:
    """Keep a file that came with a form; it belongs to no registration until `keep_files` says so."""
    mime = checked_mime(content)
    stored = store_file(content=content, mime=mime)
    return RegistrationFile.objects.create(
        file=stored, name=plain_name(name, mime), question=question, document=document, by=account_of(by)
    )


def token_of(file: RegistrationFile) -> str:
    """What a form carries to find its file again after an error."""
    return _signer.sign(str(file.pk))


def unclaimed_file(token: str, *, question: Question) -> RegistrationFile | None:
    """The file that a form received before, unless it is claimed or gone by now."""
    try:
        pk = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return RegistrationFile.objects.filter(pk=pk, registration=None, question=question).select_related("file").first()


@transaction.atomic
def keep_files(*, registration: Registration, files: Iterable[RegistrationFile]) -> None:
    """Give files of a form to a registration; each takes the place of the one before it."""
    for file in files:
        earlier = registration.files.filter(question=file.question_id, document=file.document_id).exclude(pk=file.pk)
        _delete(earlier)
        file.registration = registration
        file.save(update_fields=["registration"])


@transaction.atomic
def hand_in(*, registration: Registration, document: RequiredDocument, content: bytes, name: str, by: Any) -> RegistrationFile:
    """Hand in a required document, or a better copy of it. After the last day only the secretariat may."""
    registration = locked(registration)
    require(by, "meetings.edit_registration", registration)
    quota = CategoryQuota.objects.filter(meeting=registration.meeting_id, category=registration.category_id).first()
    if document.removed_at or quota is None or document.quota_id != quota.pk:
        raise Refused(_("This document is not asked of your category. Load the page again to see which are."))
    if registration.state in ENDED_REGISTRATIONS:
        raise Refused(_("This registration has ended, so no documents are needed."))
    is_own = registration.user_id == by.pk if by.pk else True
    if is_own and documents_due(quota) <= timezone.now():
        raise Refused(_("The time for handing in documents is over. Write to the secretariat."))
    file = receive_file(content=content, name=name, by=by, document=document)
    keep_files(registration=registration, files=[file])
    return file


def documents_due(quota: CategoryQuota) -> Any:
    """Until when documents can be handed in."""
    return quota.documents_due_at or quota.meeting.starts_at


def _delete(rows: Any) -> int:
    stored = list(StoredFile.objects.filter(pk__in=rows.values("file")))
    gone, _models = rows.delete()
    for one in stored:
        delete_file(one)
    return gone


@transaction.atomic
def delete_files_of(registrations: Any) -> int:
    """Delete every file of `registrations`, its bytes too unless somebody else handed in the same."""
    return _delete(RegistrationFile.objects.filter(registration__in=registrations))


@transaction.atomic
def forget_unclaimed() -> int:
    """Delete files of forms that were never sent."""
    return _delete(RegistrationFile.objects.filter(registration=None, at__lt=timezone.now() - UNCLAIMED))
