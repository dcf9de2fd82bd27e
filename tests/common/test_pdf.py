"""The renderer lets nothing in that was not given and nothing out, and makes documents that machines and people can use."""

import contextlib
import io
import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from common import pdf
from common.pdf import Asset, AssetRefused, Attached, RenderFailed, Variant, render_pdf

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">{}</svg>'
PICTURE = {"dot.svg": Asset(SVG.format('<circle r="4" cx="5" cy="5"/>').encode(), "image/svg+xml")}


def page(body: str = "", head: str = "", lang: str = ' lang="en"') -> str:
    return f"<!doctype html><html{lang}><head><title>A title</title>{head}</head><body><h1>A heading</h1>{body}</body></html>"


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "secret.txt"
    path.write_text("the-secret-of-this-machine")
    return path.as_uri()


@pytest.fixture
def private_host() -> Any:
    """A server on this machine that counts who asks it for anything."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", asked
    server.shutdown()
    server.server_close()


WAYS_IN = {
    "picture": ('<img src="{}" alt="x">', ""),
    "picture set": ('<img srcset="{} 2x" src="{}" alt="x">', ""),
    "object": ('<object data="{}">x</object>', ""),
    "embed": ('<embed src="{}">', ""),
    "background": ('<p style="background: url({})">x</p>', ""),
    "list marker": ('<ul style="list-style-image: url({})"><li>x</li></ul>', ""),
    "generated content": ("<p>x</p>", "<style>p::before {{ content: url({}) }}</style>"),
    "stylesheet": ("<p>x</p>", '<link rel="stylesheet" href="{}">'),
    "import": ("<p>x</p>", '<style>@import "{}";</style>'),
    "import by url": ("<p>x</p>", "<style>@import url({});</style>"),
    "font": ("<p>x</p>", '<style>@font-face {{ font-family: x; src: url("{}") }} p {{ font-family: x }}</style>'),
    "picture in inline SVG": (SVG.format('<title>t</title><image href="{}" width="5" height="5"/>'), ""),
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_file_is_refused(way: str, secret: str) -> None:
    body, head = WAYS_IN[way]
    with pytest.raises(AssetRefused, match=r"secret\.txt"):
        render_pdf(page(body.replace("{}", secret), head.replace("{}", secret).replace("{{", "{").replace("}}", "}")), assets={})


@pytest.mark.parametrize("way", WAYS_IN)
def test_private_host_is_refused_and_never_asked(way: str, private_host: Any) -> None:
    address, asked = private_host
    body, head = WAYS_IN[way]
    with pytest.raises(AssetRefused, match=r"127\.0\.0\.1"):
        render_pdf(
            page(body.replace("{}", address), head.replace("{}", address).replace("{{", "{").replace("}}", "}")), assets={}
        )
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "other.png",
        "/static/img/favicon.svg",
        "asset:unknown.png",
        "asset:../dot.svg",
        "ftp://h/x",
    ],
)
def test_only_given_assets_are_fetched(address: str) -> None:
    with pytest.raises(AssetRefused):
        render_pdf(page(f'<img src="{address}" alt="x">'), assets=PICTURE)


def test_given_asset_is_used() -> None:
    assert render_pdf(page('<img src="asset:dot.svg" alt="A dot">'), assets=PICTURE).startswith(b"%PDF-")


def test_base_element_does_not_open_a_way(private_host: Any) -> None:
    address, asked = private_host
    with pytest.raises(AssetRefused):
        render_pdf(page('<img src="x.png" alt="x">', f'<base href="{address}">'), assets={})
    assert asked == []


def test_import_in_a_given_stylesheet_is_refused(secret: str) -> None:
    assets = {"a.css": Asset(f'@import "{secret}";'.encode(), "text/css")}
    with pytest.raises(AssetRefused):
        render_pdf(page(), assets=assets, stylesheets=("a.css",))


@pytest.mark.parametrize(
    ("body", "head"),
    [('<a rel="attachment" href="{}">x</a>', ""), ("<p>x</p>", '<link rel="attachment" href="{}">')],
    ids=["link in the text", "link in the head"],
)
def test_attachments_are_refused(body: str, head: str, secret: str, private_host: Any) -> None:
    address, asked = private_host
    for target in (secret, address, "asset:dot.svg"):
        with pytest.raises(AssetRefused, match="attachment"):
            render_pdf(page(body.format(target), head.format(target)), assets=PICTURE)
    assert asked == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "/relative", "data:text/html,x"])
def test_links_lead_to_the_web_and_mail_only(address: str) -> None:
    with pytest.raises(AssetRefused, match="external"):
        render_pdf(page(f'<a href="{address}">x</a>'), assets={})


@pytest.mark.parametrize("address", ["https://example.org/", "mailto:a@example.org", "#there"])
def test_links_to_web_mail_and_places_in_the_document_stay(address: str) -> None:
    assert render_pdf(page(f'<a href="{address}">x</a><h2 id="there">There</h2>'), assets={})


ENTITY = '<!DOCTYPE svg [<!ENTITY x SYSTEM "{}">]>' + SVG.format("<text>&x;</text>")
LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SVG.format("<text>&b;</text>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("picture", [ENTITY, LAUGHS], ids=["external entity", "expanding entity"])
def test_svg_with_a_document_type_is_refused(picture: str, encoding: str, secret: str) -> None:
    content = picture.replace("{}", secret).encode(encoding)
    with pytest.raises(AssetRefused, match="document type"):
        render_pdf(page('<img src="asset:x.svg" alt="x">'), assets={"x.svg": Asset(content, "image/svg+xml")})


def test_svg_under_another_name_brings_no_entity_in(secret: str) -> None:
    assets = {"x.png": Asset(ENTITY.replace("{}", secret).encode(), "image/png")}
    with pytest.raises(RenderFailed):
        render_pdf(page('<img src="asset:x.png" alt="x">'), assets=assets)


@pytest.mark.parametrize(
    "inner",
    [
        '<image href="{}" width="5" height="5"/>',
        '<use href="{}#a"/>',
        "<style>@import url({});</style>",
        "<style>@font-face{{src:url({})}}</style>",
    ],
)
def test_svg_asks_nobody(inner: str, private_host: Any) -> None:
    address, asked = private_host
    picture = Asset(SVG.format(inner.replace("{}", address).replace("{{", "{").replace("}}", "}")).encode(), "image/svg+xml")
    with contextlib.suppress(AssetRefused, RenderFailed):
        render_pdf(page('<img src="asset:x.svg" alt="x">'), assets={"x.svg": picture})
    assert asked == []


def test_fatal_error_of_the_library_never_leaves() -> None:
    """`FatalURLFetchingError` is a BaseException: `except Exception` of a worker would not stop it."""
    with pytest.raises(Exception, match="etc/passwd") as caught:
        render_pdf(page('<img src="file:///etc/passwd" alt="x">'), assets={})
    assert caught.type is AssetRefused


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        (page('<img src="asset:dot.svg">'), "alt"),
        (page('<img src="asset:broken.png" alt="x">'), "Failed to load image"),
        (page('<a href="#nowhere">x</a>'), "nowhere"),
        (page(lang=""), "lang"),
    ],
    ids=["no alternative text", "broken picture", "link to nowhere", "no language"],
)
def test_what_the_library_only_logs_fails_the_render(html: str, sentence: str) -> None:
    assets = {**PICTURE, "broken.png": Asset(b"no picture", "image/png")}
    with pytest.raises(RenderFailed, match=sentence):
        render_pdf(html, assets=assets)


@pytest.mark.parametrize(
    ("body", "head", "sentence"),
    [
        ("<p>x</p>", "<style>p { colour: red }</style>", "colour"),
        ("<p>x</p>", "<style>p { color: redd }</style>", "redd"),
        ('<h2 id="a">x</h2><h2 id="a">y</h2>', "", "Anchor defined twice"),
        ("<p>\U0010abcd</p>", "", r"U\+10ABCD"),
    ],
    ids=["property", "value", "place", "letter"],
)
def test_what_the_library_only_warns_of_fails_the_render(body: str, head: str, sentence: str) -> None:
    with pytest.raises(RenderFailed, match=sentence):
        render_pdf(page(body, head), assets={})


@pytest.mark.parametrize("variant", ["pdf/ua-1", "pdf/a-3a", "pdf/x-4", "print"])
def test_misspelt_option_fails_the_render(monkeypatch: pytest.MonkeyPatch, variant: Variant) -> None:
    monkeypatch.setitem(pdf._OPTIONS, variant, {**pdf._OPTIONS[variant], "pdf_tag": True})
    with pytest.raises(RenderFailed, match=r"Unknown PDF option: pdf_tag\."):
        render_pdf(page(), assets={}, variant=variant)


def test_file_of_the_caller_goes_into_an_archive_file_and_a_document_still_attaches_nothing(secret: str) -> None:
    attached = (Attached("content.json", b"{}", "Source", "The content", datetime(2018, 2, 1, tzinfo=UTC)),)
    made = render_pdf(page(), assets={}, variant="pdf/a-3a", attached=attached)
    with pikepdf.open(io.BytesIO(made)) as opened_pdf:
        assert list(opened_pdf.attachments) == ["content.json"]
    with pytest.raises(AssetRefused, match="attachment"):
        render_pdf(page(f'<a rel="attachment" href="{secret}">x</a>'), assets={}, variant="pdf/a-3a", attached=attached)
    assert b"content.json" not in render_pdf(page(), assets={}, attached=attached)


def test_errors_of_another_thread_do_not_fail_a_render() -> None:
    done = threading.Event()

    def other() -> None:
        while not done.is_set():
            logging.getLogger("weasyprint").error("something of another document")

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert render_pdf(page(), assets={})
    finally:
        done.set()
        thread.join()


def test_missing_stylesheet_is_a_failure_with_its_name() -> None:
    with pytest.raises(RenderFailed, match=r"missing\.css"):
        render_pdf(page(), assets={}, stylesheets=("missing.css",))


def test_same_input_gives_same_bytes() -> None:
    for variant in ("pdf/ua-1", "pdf/a-3a", "print"):
        first, second = (render_pdf(page(), assets={}, variant=variant) for _ in range(2))
        assert first == second, variant


def opened(variant: Variant) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(render_pdf(page("<h2>Part</h2><p>Text</p>"), assets={}, variant=variant)))


@pytest.mark.parametrize("variant", ["pdf/ua-1", "pdf/a-3a", "print"])
def test_every_variant_is_tagged_with_language_title_and_bookmarks(variant: Variant) -> None:
    pdf = opened(variant)  # kept: pikepdf's objects die with their file
    root = pdf.Root
    assert str(root.Lang) == "en"
    assert bool(root.MarkInfo.Marked)
    assert root.StructTreeRoot.K[0].S == "/Document"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(root.Outlines.First.Title) == "A heading"


def test_screen_variant_says_that_it_is_pdf_ua_1() -> None:
    with opened("pdf/ua-1").open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_archive_variant_says_that_it_is_pdf_a_3a_and_has_a_colour_profile() -> None:
    pdf = opened("pdf/a-3a")
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_weasyprint_is_not_loaded_until_something_is_rendered() -> None:
    program = "import sys, common.pdf; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parent.parent.parent).returncode == 0
