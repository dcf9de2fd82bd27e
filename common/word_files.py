"""The parts of a Word document, read with care.

A document comes from outside: its archive may be a bomb, its XML may name files or addresses. Nothing is unpacked beyond
a limit, no document type is accepted, nothing is fetched.
"""

import io
import zipfile
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from common.access import Refused
from common.document_files import DOCX, document_type

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MOST_UNPACKED = 30 * 1024 * 1024  # bytes of all parts that are read; pictures are not
_OLD_WORD = b"\xd0\xcf\x11\xe0"


class WordParts:
    """The XML parts of a Word document."""

    def __init__(self, content: bytes) -> None:
        """Open a document; Refused for what is none, holds macros, is locked by a password or cannot be read safely."""
        if content.startswith(_OLD_WORD):
            raise Refused(_("This file has a password or is an old .doc. Save it as .docx without a password, then upload it."))
        if document_type(content) != DOCX:
            raise Refused(_("A PDF holds pages, not paragraphs. Upload the Word document that it was made of."))
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            sizes = [one.file_size for one in self._archive.infolist()]
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise _unreadable() from error
        if sum(sizes) > MOST_UNPACKED * 6:
            raise _bomb()
        self._left = MOST_UNPACKED
        self.names = set(self._archive.namelist())
        kinds = self.xml("[Content_Types].xml")
        if kinds is not None and any("macroEnabled" in (one.get("ContentType") or "") for one in kinds):
            raise Refused(_("This Word document holds macros, and those can run. Save it without them, as .docx."))

    def xml(self, name: str) -> Any:
        """The root of a part; None where the document has none of that name."""
        if name not in self.names:
            return None
        try:
            with self._archive.open(name) as part:
                content = part.read(self._left + 1)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise _unreadable() from error
        except Exception as error:  # zlib.error and its like
            raise _unreadable() from error
        self._left -= len(content)
        if self._left < 0:
            raise _bomb()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise _unreadable() from error
        if root.getroottree().docinfo.doctype:
            raise Refused(_("This document declares entities of its own, which can reach other files. Save it again in Word."))
        if root.nsmap.get(root.prefix) == _STRICT:
            raise Refused(_("This is a “Strict Open XML” document. Save it in Word as “Word Document (.docx)”."))
        return root


def _unreadable() -> Refused:
    return Refused(_("This Word document is damaged and cannot be read. Open it in Word, save it again, then upload it."))


def _bomb() -> Refused:
    return Refused(_("Unpacked, this document is far larger than a text can be. Save it again without its pictures."))


def val(element: Any, path: str, attribute: str = "val") -> str | None:
    """An attribute of the element at `path` of w: names; None where either is missing."""
    found = element.find("/".join(W + step for step in path.split("/"))) if element is not None else None
    return None if found is None else found.get(W + attribute)


def is_on(properties: Any, name: str) -> bool:
    """Whether a switch such as w:i is there and not turned off."""
    found = properties.find(W + name) if properties is not None else None
    return found is not None and found.get(W + "val") not in {"0", "false", "off", "none"}
