"""The PDFs as publications: tagged, named, in order, in six languages; nothing of a brief's text can break out."""

import io
import itertools
import re
import subprocess
from typing import Any

import pikepdf
import pytest

from briefs.documents import VARIANTS, edition_html, edition_pdf
from briefs.models import Brief, Edition, clean_body
from common.pdf import AssetRefused, RenderFailed

TABLE = '<table><caption>Seats</caption><thead><tr><th scope="col">Who</th><th scope="col">Seats</th></tr></thead>{}</table>'
ROWS = "<tbody>" + "".join(f'<tr><th scope="row">Row {n}</th><td>{n}</td></tr>' for n in range(80)) + "</tbody>"


def content(**changes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "series": {"slug": "policy-briefs", "title": "Policy Briefs"},
        "number": 7,
        "edition": 1,
        "published_at": "2018-02-01T15:00:00+00:00",
        "language": "en",
        "title": "Solar pumps & <water>",
        "summary": "What this is about.",
        "key_messages": ["Do this first.", "Then that."],
        "footnotes": ["The first source."],
        "themes": ["Sharing experience"],
        "sdgs": [2, 6],
        "agencies": [
            {"code": "undp", "acronym": "UNDP", "name": "Development Programme", "is_lead": True, "reservation": ""},
            {"code": "fao", "acronym": "FAO", "name": "Food and Agriculture", "is_lead": False, "reservation": "Not the table."},
        ],
        "sections": [
            {
                "anchor": "section-1",
                "heading": "Why it matters",
                "agency": "UNDP",
                "body": "<p>Because.[^1]</p><h3>Part</h3><p>More.</p>",
            },
            {"anchor": "section-2", "heading": "The numbers", "agency": "FAO", "body": TABLE.format(ROWS)},
        ],
        "solutions": [{"slug": "x", "title": "A solution"}],
        **changes,
    }


def edition(**changes: Any) -> Edition:
    return Edition(brief=Brief(slug="solar-pumps", language=changes.get("language", "en")), number=1, content=content(**changes))


@pytest.fixture(scope="module")
def pdfs() -> dict[str, pikepdf.Pdf]:
    return {field: pikepdf.open(io.BytesIO(edition_pdf(edition(), field))) for field in VARIANTS}


def elements(node: Any, found: list[Any] | None = None) -> list[Any]:
    """The structure elements in reading order."""
    found = [] if found is None else found
    if isinstance(node, pikepdf.Array):
        for child in node:
            elements(child, found)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        found.append(node)
        if "/K" in node:
            elements(node.K, found)
    return found


def bookmarks(item: Any) -> list[str]:
    titles = []
    while item is not None:
        titles.append(str(item.Title))
        if "/First" in item:
            titles += bookmarks(item.First)
        item = item.get("/Next")
    return titles


def words(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("field", VARIANTS)
def test_language_title_tags_and_bookmarks(pdfs: dict[str, pikepdf.Pdf], field: str) -> None:
    root = pdfs[field].Root
    assert str(root.Lang) == "en"
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(pdfs[field].docinfo.Title) == "Solar pumps & <water>"
    assert bookmarks(root.Outlines.First) == [
        "Solar pumps & <water>",
        "Key messages",
        "Contents",
        "Why it matters",
        "Part",
        "The numbers",
        "Reservations",
        "About this brief",
        "Authors",
        "Themes",
        "Solutions cited",
        "How to cite",
    ]


@pytest.mark.parametrize("field", VARIANTS)
def test_headings_descend_without_a_gap_from_one_first_heading(pdfs: dict[str, pikepdf.Pdf], field: str) -> None:
    levels = [int(str(node.S)[2]) for node in elements(pdfs[field].Root.StructTreeRoot.K) if re.fullmatch(r"/H\d", str(node.S))]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("field", VARIANTS)
def test_every_figure_has_an_alternative_text(pdfs: dict[str, pikepdf.Pdf], field: str) -> None:
    figures = [node for node in elements(pdfs[field].Root.StructTreeRoot.K) if node.S == "/Figure"]
    assert len(figures) == 1
    assert "QR code that leads to http" in str(figures[0].Alt)
    assert "/briefs/solar-pumps/" in str(figures[0].Alt)


@pytest.mark.parametrize("field", VARIANTS)
def test_cells_of_tables_name_their_headers(pdfs: dict[str, pikepdf.Pdf], field: str) -> None:
    cells = [node for node in elements(pdfs[field].Root.StructTreeRoot.K) if node.S == "/TD"]
    assert len(cells) == 80
    assert all("/Headers" in node.A for node in cells)


def test_identifiers_of_each_variant(pdfs: dict[str, pikepdf.Pdf]) -> None:
    with pdfs["screen_pdf"].open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    with pdfs["archive_pdf"].open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert "/OutputIntents" in pdfs["archive_pdf"].Root


def test_print_variant_has_three_millimetres_of_bleed_around_a4(pdfs: dict[str, pikepdf.Pdf]) -> None:
    millimetre = 72 / 25.4
    for page in pdfs["print_pdf"].pages:
        trim, bleed = ([float(value) for value in page[name]] for name in ("/TrimBox", "/BleedBox"))
        assert trim[2] - trim[0] == pytest.approx(210 * millimetre, abs=0.01)
        assert trim[3] - trim[1] == pytest.approx(297 * millimetre, abs=0.01)
        assert trim[0] - bleed[0] == pytest.approx(3 * millimetre, abs=0.01)
    for page in pdfs["screen_pdf"].pages:
        assert [float(value) for value in page.MediaBox] == pytest.approx([0, 0, 210 * millimetre, 297 * millimetre], abs=0.01)


def test_all_fonts_are_embedded_noto(pdfs: dict[str, pikepdf.Pdf]) -> None:
    for field, pdf in pdfs.items():
        fonts = [node for node in pdf.objects if isinstance(node, pikepdf.Dictionary) and node.get("/Type") == "/FontDescriptor"]
        assert fonts, field
        assert all("Noto" in str(node.FontName) for node in fonts), field
        assert all("/FontFile2" in node or "/FontFile3" in node for node in fonts), field


def test_text_is_read_in_order_with_footnotes_reservation_and_citation() -> None:
    text = words(edition_pdf(edition(), "screen_pdf"))
    places = [
        text.index(part)
        for part in (
            "Solar pumps & <water>",
            "Key messages",
            "Do this first.",
            "Contents",
            "Because.",
            "Row 79",
            "Not the table.",
            "How to cite",
        )
    ]
    assert places == sorted(places)
    assert "The first source." in text
    assert "[^1]" not in text
    assert "UNDP and FAO (2018). Solar pumps & <water>. Policy Briefs, No. 7." in " ".join(text.split())


def test_contents_give_the_pages_on_which_sections_begin() -> None:
    pdf = edition_pdf(edition(), "screen_pdf")
    lines = [line.split() for line in words(pdf, "-f", "2", "-l", "2", "-layout").splitlines() if line.strip()]
    numbers = {" ".join(line[:-1]): int(line[-1]) for line in lines if line[-1].isdigit() and len(line) > 1}
    for heading in ("Why it matters", "The numbers", "About this brief"):
        page = str(numbers[heading])
        assert heading in words(pdf, "-f", page, "-l", page), heading


def test_long_table_repeats_its_head_on_every_page() -> None:
    pdf = edition_pdf(edition(), "screen_pdf")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = [words(pdf, "-f", str(number), "-l", str(number)) for number in range(1, len(opened.pages) + 1)]
    with_rows = [page for page in pages if re.search(r"Row \d", page)]
    assert len(with_rows) > 1
    assert all("Who" in page and "Seats" in page for page in with_rows)


def test_footnote_stands_on_the_page_of_its_mark() -> None:
    """WeasyPrint moved it to the next page for a hair of rounding: the stylesheet leaves that hair."""
    paragraph = "<p>" + "Words that fill a line and then another. " * 12 + "</p>"
    for before in range(4):
        body = paragraph * before + "<p>The mark is here.[^1]</p>" + paragraph * 9
        pdf = edition_pdf(
            edition(sections=[{"anchor": "section-1", "heading": "One", "agency": "UNDP", "body": body}]), "screen_pdf"
        )
        page = words(pdf, "-f", "3", "-l", "3")
        assert "The mark is here." in page
        assert "The first source." in page, before


def test_same_edition_gives_the_same_bytes() -> None:
    for field in VARIANTS:
        assert edition_pdf(edition(), field) == edition_pdf(edition(), field), field


@pytest.mark.parametrize(
    ("language", "title", "font"),
    [
        ("ar", "مضخات شمسية", "Noto-Naskh-Arabic"),
        ("zh-hans", "太阳能水泵", "Noto-Serif-CJK-SC"),
        ("ru", "Солнечные насосы", "Noto-Serif"),
        ("fr", "Pompes solaires à l’œuvre", "Noto-Serif"),
        ("es", "Bombas solares: ¿para quién?", "Noto-Serif"),
    ],
)
def test_each_language_has_its_script_and_its_code(language: str, title: str, font: str) -> None:
    pdf = edition_pdf(edition(language=language, title=title), "screen_pdf")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == language
        names = {str(node.FontName) for node in opened.objects if isinstance(node, pikepdf.Dictionary) and "/FontName" in node}
    assert any(name.endswith(font) or font in name for name in names), names
    assert ('dir="rtl"' in edition_html(edition(language=language, title=title))) == (language == "ar")


HOSTILE = [
    '<p><img src="file:///etc/passwd"></p>',
    '<a rel="attachment" href="file:///etc/passwd">x</a>',
    '<svg><image href="http://127.0.0.1/"/></svg>',
    '<style>@import "http://127.0.0.1/";</style>',
    '<link rel="stylesheet" href="http://127.0.0.1/">',
    '<p style="background:url(http://127.0.0.1/)">x</p>',
    '<object data="file:///etc/passwd"></object>',
    '<a href="https://example.org/[^1]>">x</a>',
    "</section></main></body><h1>x",
    '<table><tr><td colspan="100000">x</table>',
]


@pytest.mark.parametrize("html", HOSTILE)
def test_cleaned_body_renders_and_fetches_nothing(html: str) -> None:
    body = clean_body(html)
    assert edition_pdf(
        edition(sections=[{"anchor": "section-1", "heading": "One", "agency": "UNDP", "body": body}]), "screen_pdf"
    )


@pytest.mark.parametrize("html", HOSTILE[:7])
def test_body_that_nobody_cleaned_is_refused_by_the_renderer(html: str) -> None:
    with pytest.raises((AssetRefused, RenderFailed)):
        edition_pdf(edition(sections=[{"anchor": "section-1", "heading": "One", "agency": "UNDP", "body": html}]), "screen_pdf")


def test_title_and_notes_are_text_not_markup() -> None:
    html = edition_html(edition(title="<img src=x>", footnotes=["<b>bold</b>"], summary='"><script>'))
    assert "<img src=x>" not in html
    assert "<b>bold</b>" not in html
    assert "<script>" not in html


def test_stylesheets_have_no_mistake(caplog: pytest.LogCaptureFixture) -> None:
    """The library only warns about what it does not understand; ours must give it no reason."""
    with caplog.at_level("WARNING", logger="weasyprint"):
        for field in VARIANTS:
            edition_pdf(edition(language="ar"), field)
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []
