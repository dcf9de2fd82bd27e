"""What an uploaded document is, read from its content: its name and the type that the browser says are not believed."""

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from common.access import Refused

LARGEST_DOCUMENT = 20 * 1024 * 1024  # bytes
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ENDINGS = {PDF: ".pdf", DOCX: ".docx"}
WORD_PARTS = {"[Content_Types].xml", "word/document.xml"}
_MOST_PARTS = 5000


def too_large() -> str:
    """What is said about a file above the limit."""
    most = filesizeformat(LARGEST_DOCUMENT)
    return _("The file is larger than %(most)s. Make its pictures smaller, or split it.") % {"most": most}


def read_document(upload: UploadedFile) -> tuple[bytes, str]:
    """Return the bytes of a PDF or Word document and its type.

    Raises:
        Refused: too large, empty, of another kind, with macros, or named as something that it is not.
    """
    if (upload.size or 0) > LARGEST_DOCUMENT:
        raise Refused(too_large())
    content = upload.read()
    mime = document_type(content)
    if not (upload.name or "").lower().endswith(_ENDINGS[mime]):
        words = {"name": upload.name, "ending": _ENDINGS[mime]}
        raise Refused(_("The name %(name)s does not fit what the file holds. Save it again as %(ending)s.") % words)
    return content, mime


def document_type(content: bytes) -> str:
    """The type of a PDF or Word document by its first bytes and its parts; Refused for everything else."""
    if len(content) > LARGEST_DOCUMENT:
        raise Refused(too_large())
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04") and _is_word(content):
        return DOCX
    raise Refused(_("This file is not a PDF or a Word document (.docx). Save it as one of them and upload it again."))


def archive_parts(content: bytes) -> list[str]:
    """The names of what a ZIP archive holds; none if it cannot be read or is written for a reader that we do not have."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _is_word(content: bytes) -> bool:
    names = archive_parts(content)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_("This Word document holds macros, and those can run. Save it without them, as .docx or as PDF."))
    return len(names) <= _MOST_PARTS and set(names) >= WORD_PARTS
