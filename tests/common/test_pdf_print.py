"""What a print shop gets: inks, bleed, marks, the printing condition, and nothing in RGB."""

import io
import re
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageCms

from common.pdf import Asset, Filler, RenderFailed, Source, render_pdf, render_variants
from common.pdf_print import PROFILE, image_in_inks, inks

MILLIMETRE = 72 / 25.4
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{}</svg>'


def page(body: str = "", style: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><title>A title</title><meta name="dcterms.created" content="2018-02-01">'
        '<meta name="dcterms.modified" content="2018-02-01"><style>@page { size: A4; bleed: 10mm; background: #0b3f46 }'
        f"{style}</style></head><body><h1>A heading</h1>{body}</body></html>"
    )


def picture(mode: str = "RGB", kind: str = "PNG", colour: Any = (200, 30, 30)) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, (12, 8), colour).save(kept, kind)
    return kept.getvalue()


def operators(pdf: pikepdf.Pdf) -> set[str]:
    """The operators of all pages and of the forms and patterns that they use."""
    found = {str(one.operator) for sheet in pdf.pages for one in pikepdf.parse_content_stream(sheet)}
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and (thing.get("/Subtype") == "/Form" or "/PatternType" in thing):
            found |= {str(one.operator) for one in pikepdf.parse_content_stream(thing)}
    return found


RICH = page(
    '<p style="color: #c98a1f; border: 1pt solid #5f9ea0">x <a href="https://example.org/">y</a></p>'
    '<div style="opacity: 0.5; background: rgb(10 200 30)">half</div>'
    '<img src="asset:dot.svg" alt="A dot"><img src="asset:photo" alt="A photograph">'
)
ASSETS = {
    "dot.svg": Asset(SVG.format('<circle r="9" cx="20" cy="20" fill="#ff0000" stroke="blue"/>').encode(), "image/svg+xml"),
    "photo": Asset(image_in_inks(picture()), "image/jpeg"),
}


@pytest.fixture(scope="module")
def printed() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(render_pdf(RICH, assets=ASSETS, variant="pdf/x-4")))


def test_nothing_is_left_in_rgb(printed: pikepdf.Pdf) -> None:
    assert operators(printed) & {"rg", "RG", "sc", "SC", "scn", "SCN", "sh"} == set()
    assert {"k", "K"} <= operators(printed)
    written = b"".join(
        thing.unparse() if not isinstance(thing, pikepdf.Stream) else pikepdf.Dictionary(thing.stream_dict).unparse()
        for thing in printed.objects
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array)
    )
    assert b"DeviceRGB" not in written
    images = [thing for thing in printed.objects if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"]
    assert [str(thing.ColorSpace) for thing in images] == ["/DeviceCMYK"]


def test_printing_condition_is_named_and_its_profile_inside(printed: pikepdf.Pdf) -> None:
    (intent,) = printed.Root.OutputIntents
    assert (intent.S, str(intent.OutputConditionIdentifier), str(intent.RegistryName)) == (
        "/GTS_PDFX",
        "FOGRA39",
        "http://www.color.org",
    )
    assert (int(intent.DestOutputProfile.N), intent.DestOutputProfile.read_bytes()[16:20]) == (4, b"CMYK")


def test_it_says_that_it_is_pdf_x_4(printed: pikepdf.Pdf) -> None:
    with printed.open_metadata() as metadata:
        assert metadata["pdfxid:GTS_PDFXVersion"] == "PDF/X-4"
        assert metadata["xmpMM:DocumentID"].startswith("xmp.did:")
    assert printed.docinfo.Trapped == "/False"
    assert printed.pdf_version == "1.6"


def test_sheet_has_three_millimetres_of_bleed_and_room_for_marks(printed: pikepdf.Pdf) -> None:
    (sheet,) = printed.pages
    trim, bleed, media = ([float(value) for value in sheet[name]] for name in ("/TrimBox", "/BleedBox", "/MediaBox"))
    assert (trim[2] - trim[0], trim[3] - trim[1]) == (
        pytest.approx(210 * MILLIMETRE, abs=0.01),
        pytest.approx(297 * MILLIMETRE, abs=0.01),
    )
    assert [abs(a - b) for a, b in zip(trim, bleed, strict=True)] == pytest.approx([3 * MILLIMETRE] * 4, abs=0.01)
    assert [abs(a - b) for a, b in zip(trim, media, strict=True)] == pytest.approx([10 * MILLIMETRE] * 4, abs=0.01)


def test_ground_ends_at_the_bleed_and_marks_stand_outside_it(printed: pikepdf.Pdf) -> None:
    content = printed.pages[0].Contents.read_bytes().decode("latin-1")
    first, last = content.splitlines()[0], content.splitlines()[-1]
    assert re.match(r"q -8\.50\d+ -8\.50\d+ 612\.28\d* 858\.89\d* re W n$", first)
    ends = [tuple(float(value) for value in pair) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+) [ml]", last)]
    assert len(ends) == 16
    assert all(x < -8.51 or x > 603.78 or y < -8.51 or y > 850.4 for x, y in ends)


def test_no_annotation_lies_on_a_printed_sheet_and_the_screen_keeps_its_links() -> None:
    screen, print_file, again = render_variants(Source(RICH, ASSETS), variants=("pdf/ua-1", "pdf/x-4", "pdf/ua-1"))
    with pikepdf.open(io.BytesIO(print_file)) as pdf:
        assert all("/Annots" not in sheet for sheet in pdf.pages)
        assert not any(isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/OBJR" for one in pdf.objects)
    with pikepdf.open(io.BytesIO(screen)) as pdf:
        assert [str(link.A.URI) for link in pdf.pages[0].Annots] == ["https://example.org/"]
    assert again == screen


@pytest.mark.parametrize(
    "html",
    [page('<p style="background: linear-gradient(red, blue)">x</p>'), page('<img src="asset:raw" alt="x">')],
    ids=["gradient", "picture in RGB"],
)
def test_what_cannot_be_turned_into_inks_fails(html: str) -> None:
    with pytest.raises(RenderFailed, match=r"gradient|RGB"):
        render_pdf(html, assets={"raw": Asset(picture(), "image/png")}, variant="pdf/x-4")


def test_same_document_gives_the_same_bytes() -> None:
    first, second = (render_pdf(RICH, assets=ASSETS, variant="pdf/x-4") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("colour", [(0, 0, 0), (24, 34, 36), (74, 87, 89), (255, 255, 255)])
def test_ink_of_text_is_black_alone(colour: tuple[int, int, int]) -> None:
    cyan, magenta, yellow, black = inks(*(part / 255 for part in colour))
    assert (cyan, magenta, yellow) == (0, 0, 0)
    assert (black == 0) == (colour[0] == 255)


def test_colours_keep_their_look_within_the_ink_that_paper_takes() -> None:
    """Back through the profile a colour is what it was; no colour has more than 300 % of ink."""
    screen, paper = ImageCms.createProfile("sRGB"), ImageCms.getOpenProfile(str(PROFILE))
    back = ImageCms.buildTransform(paper, screen, "CMYK", "RGB", 1, flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)
    for colour in [(11, 63, 70), (201, 138, 31), (95, 158, 160), (226, 195, 135), (249, 239, 217), (131, 80, 11)]:
        mixed = inks(*(part / 255 for part in colour))
        assert sum(mixed) <= 3.0
        pixel = Image.new("CMYK", (1, 1), tuple(round(ink * 255) for ink in mixed))
        seen = ImageCms.applyTransform(pixel, back).getpixel((0, 0))
        assert all(abs(a - b) <= 26 for a, b in zip(colour, seen, strict=True)), (colour, seen)


@pytest.mark.parametrize(
    ("mode", "kind", "colour"),
    [
        ("RGB", "JPEG", (9, 9, 99)),
        ("L", "PNG", 90),
        ("RGBA", "PNG", (1, 2, 3, 0)),
        ("P", "PNG", 3),
        ("CMYK", "JPEG", (9, 9, 9, 9)),
        ("LA", "PNG", (9, 0)),
    ],
)
def test_every_kind_of_picture_becomes_cmyk(mode: str, kind: str, colour: Any) -> None:
    made = Image.open(io.BytesIO(image_in_inks(picture(mode, kind, colour))))
    assert (made.mode, made.format, made.size) == ("CMYK", "JPEG", (12, 8))
    if mode in {"RGBA", "LA"}:  # what is transparent is paper
        assert max(made.getpixel((5, 5))) <= 3


def test_picture_that_is_none_is_an_error() -> None:
    with pytest.raises(OSError, match="identify"):
        image_in_inks(b"no picture")


@pytest.mark.parametrize(("pages", "whole"), [(1, 4), (3, 4), (4, 4), (5, 8)])
def test_blank_pages_fill_folded_sheets_before_the_last_page(pages: int, whole: int) -> None:
    html = page(
        "<p>x</p>"
        + '<p style="break-before: page">x</p>' * (pages - 2)
        + "<!-- blank -->"
        + ('<p style="break-before: page">last</p>' if pages > 1 else "")
    )
    filler = Filler(4, "<!-- blank -->", '<div style="break-before: page; height: 1mm"></div>')
    (made,) = render_variants(Source(html, {}, filler=filler), variants=("pdf/x-4",))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == whole


def test_licence_of_the_profile_lies_beside_it() -> None:
    licence = PROFILE.with_suffix(".licence.txt").read_text()
    assert "zlib" in licence
    assert "icc-profiles-free" in licence
