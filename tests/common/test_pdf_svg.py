"""Words in drawings: Arabic letters are joined and run from right to left; letters with places of their own keep them."""

import io
from typing import Any

import pikepdf
import pytest

from common.pdf import Asset, render_pdf

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20" viewBox="0 0 200 20">'
    '<text y="12" font-size="10" {}>{}</text></svg>'
)
PAGE = (
    '<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>x</title></head>'
    '<body><img src="asset:drawing" alt="x"></body></html>'
)


def drawn(words: str, places: str = 'x="5"') -> list[list[Any]]:
    """The glyphs of each piece of text that the page draws."""
    svg = DRAWING.format(places, words).encode()
    pdf = render_pdf(PAGE, assets={"drawing": Asset(svg, "image/svg+xml")})
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pieces = []
        for content in (document.pages[0], *forms(document)):
            pieces += [list(one.operands) for one in pikepdf.parse_content_stream(content) if str(one.operator) in {"Tj", "TJ"}]
        return pieces


def forms(document: pikepdf.Pdf) -> list[Any]:
    return [one for one in document.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form"]


@pytest.mark.parametrize("words", ["البلد", "Country", "国家"])
def test_a_word_is_drawn_as_one_piece(words: str) -> None:
    assert len(drawn(words)) == 1


def test_letters_with_places_of_their_own_keep_them() -> None:
    assert len(drawn("abc", 'x="5 25 45"')) == 3
    assert len(drawn("abc", 'x="5" letter-spacing="3"')) == 3
