"""PDF from HTML by WeasyPrint, with a fetcher that denies by default.

The HTML may name nothing but `asset:NAME` addresses, and each NAME must be in the dictionary given by the caller.
`file:`, `http:`, `data:`, relative addresses, redirects and imports fail the render: a document with a hole in it is
worse than none. Nothing leaves either: a document attaches nothing by itself, and links only to the web and to mail;
what an archive file carries is given by the caller.
Source: WeasyPrint 70 documentation, "URL fetchers" and "Security".
"""

import hashlib
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit
from xml.parsers import expat

from common.pdf_print import NotForPrint, PrintShop
from common.pdf_svg import set_words_whole

log = logging.getLogger(__name__)

Variant = Literal["pdf/ua-1", "pdf/a-3a", "pdf/x-4", "print"]

# WeasyPrint only logs a misspelt option, so options are named here once and never passed through; what it logs fails a render.
_OPTIONS: dict[str, dict[str, Any]] = {
    "pdf/ua-1": {"pdf_variant": "pdf/ua-1", "pdf_tags": True},
    "pdf/a-3a": {"pdf_variant": "pdf/a-3a", "pdf_tags": True},
    "pdf/x-4": {"pdf_variant": "pdf/x-4", "pdf_tags": True, "output_intent": "device-cmyk"},
    "print": {"pdf_tags": True},
}
_LINK_SCHEMES = {"http", "https", "mailto"}
# A larger file, and nothing else: the font is whole instead of cut down to the letters that are used.
_HARMLESS_WARNINGS = ("Unable to subset",)
_PROGRESS = "weasyprint.progress"


@dataclass(frozen=True)
class Asset:
    """A file that a document may use: an image, a font or a stylesheet of the portal."""

    content: bytes
    mime: str


@dataclass(frozen=True)
class Attached:
    """A file that the caller puts into an archive file; `relationship` is the word of PDF/A-3: Source, Alternative, Data …"""

    name: str
    content: bytes
    relationship: str
    description: str
    at: datetime


@dataclass(frozen=True)
class Filler:
    """Blank pages that bring the number of pages to a multiple: `page` is put as often as needed where `mark` stands."""

    multiple: int
    mark: str
    page: str


@dataclass(frozen=True)
class Source:
    """One document as HTML, what it may fetch, and the stylesheets of `assets` to apply after its own."""

    html: str
    assets: Mapping[str, Asset]
    stylesheets: tuple[str, ...] = ()
    attached: tuple[Attached, ...] = ()
    filler: Filler | None = None


class AssetRefused(Exception):
    """The document asked for something that was not given to it, or would carry something out."""


class RenderFailed(Exception):
    """WeasyPrint could not make the document; the message says why."""


class TooManyPages(RenderFailed):
    """The document has more pages than it may have."""


class _Complaints(logging.Handler):
    """Keeps what WeasyPrint only logs, of this thread alone."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.thread == self.thread and not message.startswith(_HARMLESS_WARNINGS):
            self.messages.append(message)


class _PageCounter(logging.Handler):
    """Stops a layout of this thread that goes beyond its pages: WeasyPrint tells of each page as it begins it."""

    def __init__(self, most: int) -> None:
        super().__init__(logging.INFO)
        self.thread = threading.get_ident()
        self.most = most

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread and "Page" in str(record.msg) and record.args and int(str(record.args[0])) > self.most:  # type: ignore[index]
            raise TooManyPages(f"The document has more than {self.most} pages.")


@contextmanager
def _heard(name: str, handler: logging.Handler) -> Iterator[None]:
    logger = logging.getLogger(name)
    level = logger.level
    if not logger.isEnabledFor(handler.level):
        logger.setLevel(handler.level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def render_pdf(
    html: str,
    *,
    assets: Mapping[str, Asset],
    stylesheets: tuple[str, ...] = (),
    variant: Variant = "pdf/ua-1",
    attached: tuple[Attached, ...] = (),
) -> bytes:
    """Render `html` and return the PDF's bytes.

    Args:
        html: a whole document with `lang`, `title` and headings in order.
        assets: what the document may fetch, by the NAME in `asset:NAME`.
        stylesheets: names in `assets` to apply after the document's own.
        variant: screen (tagged, PDF/UA-1), archive (PDF/A-3a), print shop (PDF/X-4: CMYK, bleed and marks as the
            stylesheet `print.css` asks) or print (for an office's printer).
        attached: what an archive file carries; no other variant may.

    Raises:
        AssetRefused: the document names an address that was not given, attaches a file or links to another scheme.
        RenderFailed: anything else that WeasyPrint could not do, also what it would only log: a picture that cannot be
            read or has no alternative text, a link to a place that does not exist, a document without language, a
            letter that no font has, a rule of a stylesheet that it does not know.
    """
    return render_variants(Source(html, assets, stylesheets, attached), variants=(variant,))[0]


def render_variants(source: Source, *, variants: Sequence[Variant], most_pages: int = 0) -> list[bytes]:
    """Lay a document out once and write it in each of `variants`, in their order.

    Args:
        source: the document; of its attached files only an archive file takes any.
        most_pages: stop with `TooManyPages` beyond so many pages; 0 is no bound.

    Raises: as `render_pdf`.
    """
    with _rendering(source.assets, most_pages) as studio:
        document = studio.laid_out(source.html, {}, source.stylesheets)
        if source.filler:
            missing = -len(document.pages) % source.filler.multiple
            if missing:
                html = source.html.replace(source.filler.mark, source.filler.page * missing, 1)
                document = studio.laid_out(html, {}, source.stylesheets)
        return [studio.written(document, variant, source.html, source.attached) for variant in variants]


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
    with _rendering(assets) as studio:
        documents = [studio.laid_out(html, own, stylesheets) for html, own in parts]
        whole = documents[0]
        if len(documents) > 1:
            whole = whole.copy([page for document in documents for page in document.pages])
        return studio.written(whole, variant, "", ())


class _Studio:
    """One render: its fetcher, its fonts, its stylesheets, and what was refused meanwhile."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        from weasyprint.text.fonts import FontConfiguration

        set_words_whole()
        self.assets = assets
        self.fonts = FontConfiguration()
        self.refused: list[str] = []
        self.styles: dict[tuple[str, ...], list[Any]] = {}
        _refuse_doctypes(assets)

    def fetcher(self, own: Mapping[str, Asset]) -> Any:
        """A fetcher that hands out the given assets and nothing else."""
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

        given, refused = self.assets, self.refused

        class DenyingFetcher(URLFetcher):
            def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
                name = url.removeprefix("asset:")
                asset = own.get(name, given.get(name)) if url.startswith("asset:") else None
                if asset is None:
                    refused.append(url[:200])
                    raise FatalURLFetchingError(f"refused: {url[:200]}")
                return URLFetcherResponse(url, body=asset.content, headers={"Content-Type": asset.mime})

        return DenyingFetcher()

    def laid_out(self, html: str, own: Mapping[str, Asset], stylesheets: tuple[str, ...]) -> Any:
        """The pages of a document, refused if they would carry something out."""
        import weasyprint

        _refuse_doctypes(own)
        if stylesheets not in self.styles:
            self.styles[stylesheets] = [
                weasyprint.CSS(
                    string=self.assets[name].content.decode(),
                    font_config=self.fonts,
                    url_fetcher=self.fetcher({}),
                    base_url="asset:",
                )
                for name in stylesheets
            ]
        page = weasyprint.HTML(string=html, base_url="asset:", url_fetcher=self.fetcher(own))
        document = page.render(stylesheets=self.styles[stylesheets], font_config=self.fonts, pdf_tags=True)
        _refuse_carriers(document)
        return document

    def written(self, document: Any, variant: Variant, html: str, attached: tuple[Attached, ...]) -> bytes:
        """The bytes of one variant. Pages may be written again: nothing of a variant stays in them."""
        document = document.copy()
        document.color_profiles = {}
        options = _OPTIONS[variant]
        if variant == "pdf/x-4":
            return _for_print(document, html, options)
        for page in document.pages:
            for *_, box in page.links:
                box.link_annotation = None
        if variant == "pdf/a-3a" and attached:
            options = options | {"attachments": [_attachment(one) for one in attached]}
        return document.write_pdf(finisher=_each_file_once, **options)


def _each_file_once(document: Any, pdf: Any) -> None:
    """WeasyPrint 70 names an attached file twice in the list of PDF/A-3's associated files."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = type(pdf.catalog["AF"])(dict.fromkeys(pdf.catalog["AF"]))


def _for_print(document: Any, html: str, options: dict[str, Any]) -> bytes:
    """PDF/X-4. Its pages carry no links, which are annotations; they keep them for the other variants."""
    shop = PrintShop(identity=hashlib.sha256(html.encode()).hexdigest())
    document.output_intent = "device-cmyk"
    document.color_profiles = {"device-cmyk": shop.color_profile()}
    links = [page.links for page in document.pages]
    try:
        for page in document.pages:
            for *_, box in page.links:
                box.link_annotation = None
            page.links = []
        return document.write_pdf(finisher=shop.finish, **options)
    except NotForPrint as error:
        raise RenderFailed(str(error)) from error
    finally:
        for page, kept in zip(document.pages, links, strict=True):
            page.links = kept


@contextmanager
def _rendering(assets: Mapping[str, Asset], most_pages: int = 0) -> Iterator[_Studio]:
    """Everything that can go wrong in a render, as two exceptions; what WeasyPrint only logs goes wrong, too."""
    from weasyprint.urls import FatalURLFetchingError

    refused: list[str] = []
    complaints = _Complaints()
    try:
        with (
            _heard("weasyprint", complaints),
            _heard(_PROGRESS, _PageCounter(most_pages) if most_pages else logging.NullHandler()),
        ):
            studio = _Studio(assets)
            refused = studio.refused
            yield studio
    except (AssetRefused, RenderFailed):
        raise
    except FatalURLFetchingError as error:  # a BaseException: nothing else would catch it
        raise AssetRefused(f"The document asks for what it may not have: {', '.join(refused) or error}") from error
    except Exception as error:
        log.exception("rendering failed")
        raise RenderFailed(f"{type(error).__name__}: {error}") from error
    if refused:  # somebody caught what was meant to stop the render
        raise AssetRefused(f"The document asks for what it may not have: {', '.join(refused)}")
    if complaints.messages:
        raise RenderFailed("; ".join(dict.fromkeys(complaints.messages)))


def _attachment(one: Attached) -> Any:
    import weasyprint

    at = one.at.astimezone(UTC)
    return weasyprint.Attachment(
        string=one.content,
        base_url="asset:",
        name=one.name,
        description=one.description,
        relationship=one.relationship,
        created=at,
        modified=at,
    )


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
