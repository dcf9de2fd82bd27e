"""What an uploaded document is, whatever it is called."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common import document_files
from common.access import Refused
from common.document_files import DOCX, PDF, read_document


def word(*parts: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return file.getvalue()


def test_pdf_and_word_are_known_by_their_content() -> None:
    assert read_document(SimpleUploadedFile("note.PDF", b"%PDF-1.7 x", "text/html")) == (b"%PDF-1.7 x", PDF)
    content = word("word/document.xml")
    assert read_document(SimpleUploadedFile("note.docx", content)) == (content, DOCX)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("note.pdf", b"<html><script>alert(1)</script>", "not a PDF or a Word document"),
        ("note.pdf", b"", "not a PDF or a Word document"),
        ("note.docx", b"PK\x03\x04 broken", "not a PDF or a Word document"),
        ("note.docx", word("xl/workbook.xml"), "not a PDF or a Word document"),
        ("note.docx", word("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("note.docx", b"%PDF-1.7", "does not fit"),
        ("note.html", b"%PDF-1.7", "does not fit"),
        ("note.pdf", word("word/document.xml"), "does not fit"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_document(SimpleUploadedFile(name, content, "application/pdf"))


def test_a_file_above_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_files, "LARGEST_DOCUMENT", 10)
    with pytest.raises(Refused, match="larger than 10"):
        read_document(SimpleUploadedFile("note.pdf", b"%PDF-1.7 and more"))
