"""A line at the head of every page of a finished PDF, so that a copy says for whom it was made.

The line is set apart, in a bounded process, in whatever script the words are written, then laid over each page as an
artifact: programs that read aloud pass over it, and the structure of the document stays as it was.
"""

import io
from functools import lru_cache
from typing import Any

from common.pdf_apart import render_words

_WIDTH, _HEIGHT = 210, 8  # millimetres
_FROM_TOP = 3  # millimetres between the edge of the cut page and the line
_POINTS = 72 / 25.4
_STYLE = (
    f"@page {{ size: {_WIDTH}mm {_HEIGHT}mm; margin: 0 }}"
    """
html { font: 7.5pt "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", sans-serif; color: #000 }
body { margin: 0 }
p { margin: 0; padding-top: 1.5mm; text-align: center }
"""
)


@lru_cache(maxsize=32)
def _line(text: str, language: str, direction: str) -> bytes:
    """One low page with the words; the same words are set once."""
    return render_words(text, style=_STYLE, language=language, direction=direction)


def stamped(pdf: bytes, text: str, *, language: str, direction: str) -> bytes:
    """The document with `text` at the head of each page, in black alone, whatever inks the document has.

    Raises:
        RenderFailed: a letter of the text is in none of the fonts.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.open(io.BytesIO(_line(text, language, direction))) as line:
        stamp = document.copy_foreign(_untagged(line))
        for page in document.pages:
            left, _bottom, right, top = (float(value) for value in page.trimbox)
            # Pages share their resources, and so the line, of which there is one.
            name = page.add_resource(stamp, pikepdf.Name.XObject, pikepdf.Name.StampedLine)
            scale = (right - left) / (_WIDTH * _POINTS)
            foot = top - (_FROM_TOP + _HEIGHT) * _POINTS
            # What the page's own content may leave behind – a changed matrix, a colour – must not reach the line.
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(
                f"\nQ\n/Artifact << /Type /Pagination /Subtype /Watermark >> BDC\n"
                # White behind it: a cover may be dark.
                f"q 1 g {left:.3f} {foot:.3f} {right - left:.3f} {_HEIGHT * _POINTS * scale:.3f} re f Q\n"
                f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {foot:.3f} cm {name} Do Q\nEMC\n".encode()
            )
        kept = io.BytesIO()
        # The metadata say which standard the file keeps: they stay byte for byte.
        document.save(kept, fix_metadata_version=False)
    return kept.getvalue()


def _untagged(line: Any) -> Any:
    """The page of a line as a drawing of its own: without marks of a structure, in the one colour that every inking knows."""
    import pikepdf

    page = line.pages[0]
    kept: list[Any] = [([], pikepdf.Operator("q")), ([0], pikepdf.Operator("g"))]
    left_out = {"BDC", "BMC", "EMC", "DP", "MP", "rg", "RG", "k", "K", "g", "G", "sc", "SC", "scn", "SCN", "cs", "CS"}
    for one in pikepdf.parse_content_stream(page):
        if str(one.operator) not in left_out:
            kept.append((one.operands, one.operator))
    kept.append(([], pikepdf.Operator("Q")))
    drawing = line.make_stream(pikepdf.unparse_content_stream(kept))
    drawing.Type, drawing.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    drawing.BBox = page.mediabox
    drawing.Resources = page.Resources
    return drawing
