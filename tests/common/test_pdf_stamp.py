"""A line at the head of each page of a finished PDF: read by eyes, passed over by what reads aloud, in black alone."""

import io
import subprocess
from typing import Any

import pikepdf
import pytest

from common.pdf import RenderFailed, render_pdf
from common.pdf_stamp import stamped

PAGE = (
    '<!doctype html><html lang="en"><head><title>A title</title><meta name="dcterms.created" content="2018-02-01">'
    '<meta name="dcterms.modified" content="2018-02-01"></head><body><h1>A heading</h1><p>One.</p>'
    '<p style="break-before: page; color: {color}">Two.</p></body></html>'
)
WORDS = "Under embargo until 1 May 2027, 10:00 (UTC) – reader: Łucja Ñandú"
ARABIC = "تحت الحظر حتى 1 أيار 2027 – القارئ: 王小明"


@pytest.fixture(scope="module")
def plain() -> dict[str, bytes]:
    return {
        "pdf/ua-1": render_pdf(PAGE.replace("{color}", "#0b4c54"), assets={}),
        "pdf/x-4": render_pdf(PAGE.replace("{color}", "#0b4c54"), assets={}, variant="pdf/x-4"),
    }


def operators(stream: Any) -> list[str]:
    return [str(operator) for _operands, operator in pikepdf.parse_content_stream(stream)]


def words_of(pdf: bytes, tmp_path: Any) -> list[str]:
    (tmp_path / "a.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


@pytest.mark.parametrize("variant", ["pdf/ua-1", "pdf/x-4"])
def test_line_stands_on_every_page_as_an_artifact_and_changes_no_structure(
    plain: dict[str, bytes], tmp_path: Any, variant: str
) -> None:
    made = stamped(plain[variant], WORDS, language="en", direction="ltr")
    pages = words_of(made, tmp_path)
    assert len(pages) == 2
    for page in pages:
        assert page.split()[: len(WORDS.split())] == WORDS.split()
    with pikepdf.open(io.BytesIO(plain[variant])) as before, pikepdf.open(io.BytesIO(made)) as after:
        for name in ("/MarkInfo", "/Lang", "/ViewerPreferences", "/StructTreeRoot", "/Metadata"):
            assert (name in after.Root) == (name in before.Root), name
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        for old, new in zip(before.pages, after.pages, strict=True):
            was, now = operators(old), operators(new)
            # The page's own marks stand as they stood; what is new comes after them, as an artifact.
            assert now[: len(was) + 2] == ["q", *was, "Q"]
            assert now[len(was) + 2 :] == ["BDC", "q", "g", "re", "f", "Q", "q", "cm", "Do", "Q", "EMC"]
            ((tag, properties), _operator) = [
                (list(operands), operator) for operands, operator in pikepdf.parse_content_stream(new) if str(operator) == "BDC"
            ][-1]
            assert (tag, properties.Type) == ("/Artifact", "/Pagination")
            stamp = new.Resources.XObject.StampedLine
            inside = operators(stamp)
            assert not {"BDC", "BMC", "rg", "RG", "k", "K"} & set(inside)
            assert "g" in inside
            for font in stamp.Resources.Font.values():
                (child,) = font.DescendantFonts
                assert "/FontFile2" in child.FontDescriptor or "/FontFile3" in child.FontDescriptor


def test_line_is_written_in_the_scripts_of_its_words(plain: dict[str, bytes], tmp_path: Any) -> None:
    page = words_of(stamped(plain["pdf/ua-1"], ARABIC, language="ar", direction="rtl"), tmp_path)[0]
    assert "王小明" in page
    assert "2027" in page


def test_letter_that_no_font_has_is_said(plain: dict[str, bytes]) -> None:
    with pytest.raises(RenderFailed):
        stamped(plain["pdf/ua-1"], "reader: \U0010abcd", language="en", direction="ltr")
