"""What a file really is, whatever its name says."""

import io
import zipfile

from django.utils.translation import gettext as _

from common.access import Refused

LARGEST_MB = 20
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def too_large() -> str:
    """What is said of a file beyond the limit."""
    return _("The file is larger than %(most)d MB. Save it with smaller pictures and try again.") % {"most": LARGEST_MB}


def refuse_unless_document(content: bytes) -> str:
    """The type of a PDF or Word document, told by its content.

    Raises:
        Refused: it is empty, larger than `LARGEST_MB`, or something else.
    """
    if not content:
        raise Refused(_("The file is empty. Choose another one."))
    if len(content) > LARGEST_MB * 1024 * 1024:
        raise Refused(too_large())
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK") and _is_word(content):
        return DOCX
    raise Refused(_("This is neither a PDF nor a Word document (.docx), whatever its name says. Save it as one of the two."))


def _is_word(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    # A document with macros carries a program in it.
    return "word/document.xml" in names and not any(name.endswith("vbaProject.bin") for name in names)
