"""PDF from HTML by WeasyPrint, with a fetcher that denies by default.

The HTML may name nothing but `asset:NAME` addresses, and each NAME must be in the dictionary given by the caller.
`file:`, `http:`, `data:`, relative addresses, redirects and imports fail the render: a document with a hole in it is
worse than none. Nothing leaves either: a document carries no attachments, and links only to the web and to mail.
Source: WeasyPrint 70 documentation, "URL fetchers" and "Security".
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit
from xml.parsers import expat

log = logging.getLogger(__name__)

Variant = Literal["pdf/ua-1", "pdf/a-3a", "print"]

# WeasyPrint only logs a misspelt option, so options are named here once and never passed through.
_OPTIONS: dict[str, dict[str, Any]] = {
    "pdf/ua-1": {"pdf_variant": "pdf/ua-1", "pdf_tags": True},
    "pdf/a-3a": {"pdf_variant": "pdf/a-3a", "pdf_tags": True},
    "print": {"pdf_tags": True},
}
_LINK_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True)
class Asset:
    """A file that a document may use: an image, a font or a stylesheet of the portal."""

    content: bytes
    mime: str


class AssetRefused(Exception):
    """The document asked for something that was not given to it, or would carry something out."""


class RenderFailed(Exception):
    """WeasyPrint could not make the document; the message says why."""


class _Errors(logging.Handler):
    """Keeps the errors that WeasyPrint only logs, of this thread alone."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.messages.append(record.getMessage())


@contextmanager
def _logged_errors() -> Iterator[list[str]]:
    handler = _Errors()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


def render_pdf(
    html: str, *, assets: Mapping[str, Asset], stylesheets: tuple[str, ...] = (), variant: Variant = "pdf/ua-1"
) -> bytes:
    """Render `html` and return the PDF's bytes.

    Args:
        html: a whole document with `lang`, `title` and headings in order.
        assets: what the document may fetch, by the NAME in `asset:NAME`.
        stylesheets: names in `assets` to apply after the document's own.
        variant: screen (tagged, PDF/UA-1), archive (PDF/A-3a) or print (crop marks come from the stylesheet).

    Raises:
        AssetRefused: the document names an address that was not given, attaches a file or links to another scheme.
        RenderFailed: anything else that WeasyPrint could not do, also what it would only log: a picture that cannot be
            read or has no alternative text, a link to a place that does not exist, a document without language.
    """
    return render_joined_pdf([(html, {})], assets=assets, stylesheets=stylesheets, variant=variant)


def render_joined_pdf(
    parts: Iterable[tuple[str, Mapping[str, Asset]]],
    *,
    assets: Mapping[str, Asset],
    stylesheets: tuple[str, ...] = (),
    variant: Variant = "pdf/ua-1",
) -> bytes:
    """Render several documents one after another into one PDF with its fonts in it once.

    A long sheet in parts takes less memory than in one piece, and an iterable of parts can say how far it is.

    Args:
        parts: each a whole document and what it alone may fetch.
        assets, stylesheets, variant, and what is raised: as for `render_pdf`.
    """
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    refused: list[str] = []

    class DenyingFetcher(URLFetcher):
        """Hand out the given assets and nothing else."""

        def __init__(self, own: Mapping[str, Asset]) -> None:
            super().__init__()
            self.own = own

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            name = url.removeprefix("asset:")
            asset = self.own.get(name, assets.get(name)) if url.startswith("asset:") else None
            if asset is None:
                refused.append(url[:200])
                raise FatalURLFetchingError(f"refused: {url[:200]}")
            return URLFetcherResponse(url, body=asset.content, headers={"Content-Type": asset.mime})

    fonts = FontConfiguration()
    options = _OPTIONS[variant]
    _refuse_doctypes(assets)
    try:
        with _logged_errors() as errors:
            styles = [
                weasyprint.CSS(
                    string=assets[name].content.decode(), font_config=fonts, url_fetcher=DenyingFetcher({}), base_url="asset:"
                )
                for name in stylesheets
            ]
            documents: list[Any] = []
            for html, own in parts:
                _refuse_doctypes(own)
                page = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=DenyingFetcher(own))
                document = page.render(stylesheets=styles, font_config=fonts, **options)
                _refuse_carriers(document)
                documents.append(document)
            whole = documents[0]
            if len(documents) > 1:
                whole = whole.copy([page for document in documents for page in document.pages])
            content = whole.write_pdf(**options)
    except AssetRefused:
        raise
    except FatalURLFetchingError as error:  # a BaseException: nothing else would catch it
        raise AssetRefused(f"The document asks for what it may not have: {', '.join(refused) or error}") from error
    except Exception as error:
        log.exception("rendering failed")
        raise RenderFailed(f"{type(error).__name__}: {error}") from error
    if refused:  # somebody caught what was meant to stop the render
        raise AssetRefused(f"The document asks for what it may not have: {', '.join(refused)}")
    if errors:
        raise RenderFailed("; ".join(dict.fromkeys(errors)))
    return content


def _refuse_doctypes(assets: Mapping[str, Asset]) -> None:
    for name, asset in assets.items():
        if asset.mime == "image/svg+xml":
            _refuse_doctype(name, asset.content)


def _refuse_doctype(name: str, svg: bytes) -> None:
    """Refuse an SVG with a document type: entities are the way to files and to endless expansion."""

    def declared(*_: Any) -> None:
        raise AssetRefused(f"The picture {name} declares a document type; save it without one.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise RenderFailed(f"The picture {name} is not well-formed: {error}") from error


def _refuse_carriers(document: Any) -> None:
    """Refuse attachments, and links to anything but the web, mail and places in the document."""
    carriers = [f"attachment {attachment.name or ''}".strip() for attachment in document.metadata.attachments]
    for page in document.pages:
        for kind, target, _rectangle, _box in page.links:
            if kind == "attachment" or (kind == "external" and urlsplit(target).scheme not in _LINK_SCHEMES):
                carriers.append(f"{kind} {target[:200]}")
    if carriers:
        raise AssetRefused(f"The document may not carry: {', '.join(carriers)}")
