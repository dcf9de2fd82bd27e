"""Pattern 7, second half: whole public pages kept in this process, checked against their version on every request.

A view says which subjects it shows::

    @public_page("meetings", "strategy")
    def home(request): ...

and, where it shows a deadline or an embargo, until when it holds: `page_holds_until(request, moment)`.

Only visitors without a session get and fill kept pages; such a page has no CSRF token, no nonce and sets no cookie.

A published file is kept the same way, by `@public_file("briefs")`, with the validator and the policy that its view gave it;
`page_given(request, tell)` tells of every time that it is given out, kept or not.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from common.request_id import name_request
from directory.page_versions import current_versions, mirrored_versions

MOST_BYTES = 48 * 1024 * 1024  # of bare addresses, and once more of addresses with a query
LARGEST = 1024 * 1024
MOST_QUERY = 200  # a longer query string is rare and would fill the room of pages that are not
_SMALLEST_TO_COMPRESS = 500


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A rendered page with what it depends on."""

    subjects: tuple[str, ...]
    versions: tuple[int, ...]
    holds_until: float
    etag: str
    body: bytes
    compressed: bytes
    headers: dict[str, tuple[str, str]]
    given: Callable[[Mapping[str, Any]], None] | None = None

    @property
    def size(self) -> int:
        """What it takes in memory, roughly, in bytes."""
        return len(self.body) + len(self.compressed) + 2000


class PageRoom:
    """The kept pages of this process, the least recently used leaving first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, ...], KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page:
                self._pages.move_to_end(key)
            return page

    def put(self, key: tuple[str, ...], page: KeptPage) -> None:
        with self._lock:
            replaced = self._pages.pop(key, None)
            self._pages[key] = page
            self._bytes += page.size - (replaced.size if replaced else 0)
            while self._bytes > MOST_BYTES:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= oldest.size

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0


# Anybody can make up query strings without end: those pages must not push out the others.
room, room_of_queries = PageRoom(), PageRoom()


def public_page(*subjects: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Mark a view's answer to visitors without a session as the same for all of them until `subjects` change.

    The versions are read before the view runs: a change in between makes the kept page old at once, never stale.
    """
    return _marked(subjects, is_file=False)


def public_file(*subjects: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Mark a view's answer as a file that is the same for everybody until `subjects` change, with its own ETag and policy."""
    return _marked(subjects, is_file=True)


def _marked(subjects: tuple[str, ...], *, is_file: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    names = tuple(sorted(set(subjects)))

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if _is_keepable(request):
                request.page_began = timezone.now()  # type: ignore[attr-defined]
                request.is_public_file = is_file  # type: ignore[attr-defined]
                request.public_page = (names, current_versions(names))  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def page_holds_until(request: HttpRequest, *moments: datetime | None) -> None:
    """Let the kept page expire at the first of `moments` that lies ahead: what it shows changes then.

    Ahead of the request's beginning, not of now: a page made while a deadline passes shows the state before it.
    """
    began = getattr(request, "page_began", None) or timezone.now()
    ahead = [moment for moment in (*moments, getattr(request, "page_boundary", None)) if moment and moment > began]
    request.page_boundary = min(ahead, default=None)  # type: ignore[attr-defined]


def page_given(request: HttpRequest, tell: Callable[[Mapping[str, Any]], None]) -> None:
    """Call `tell` with what `request.META` holds whenever this answer is given out whole, made now or kept."""
    request.page_given = tell  # type: ignore[attr-defined]


def _is_keepable(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "messages" not in request.COOKIES
        and "HTTP_HX_REQUEST" not in request.META
        and len(request.META.get("QUERY_STRING", "")) <= MOST_QUERY
    )


def _chosen(page: KeptPage, meta: Mapping[str, Any]) -> tuple[str, bytes | None, bool]:
    """What of a page this request gets: its validator, its bytes (None if the reader has them), whether they are compressed."""
    small = bool(page.compressed) and "gzip" in meta.get("HTTP_ACCEPT_ENCODING", "")
    etag = f'"{page.etag}{"-gz" if small else ""}"'
    if etag in meta.get("HTTP_IF_NONE_MATCH", ""):
        return etag, None, small
    if page.given:
        page.given(meta)
    return etag, page.compressed if small else page.body, small


class KeptPagesFirst:
    """WSGI: answers from the kept pages before Django makes a request of it, and leaves everything else to Django.

    Only what is plain to see is answered here: a GET without any cookie for a page of which the mirror says that it is
    the present one. Whatever has to be asked further is the middleware's, with the same pages and the same answer.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = _kept_for(environ)
        if page is None:
            return self.application(environ, start_response)
        name = name_request(environ)
        etag, body, small = _chosen(page, environ)
        headers = list(page.headers.values())
        if body is None:
            headers = [pair for pair in headers if pair[0].lower() != "content-type"]
        else:
            headers.append(("Content-Length", str(len(body))))
            if small:
                headers.append(("Content-Encoding", "gzip"))
        start_response("304 Not Modified" if body is None else "200 OK", [*headers, ("ETag", etag), ("X-Request-ID", name)])
        return [body or b""]


def _kept_for(environ: dict[str, Any]) -> KeptPage | None:
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if (
        environ["REQUEST_METHOD"] != "GET"
        or environ.get("HTTP_COOKIE")
        or environ.get("SCRIPT_NAME")
        or "HTTP_HX_REQUEST" in environ
        or len(query) > MOST_QUERY
        or not path.isascii()
    ):
        return None
    return _present((environ.get("HTTP_HOST", ""), _scheme(environ), path, query), mirrored_versions)


def _room_of(key: tuple[str, ...]) -> PageRoom:
    return room_of_queries if key[3] else room


def _present(key: tuple[str, ...], versions: Callable[[tuple[str, ...]], tuple[int, ...] | None]) -> KeptPage | None:
    """The kept page of a host, scheme, path and query, if it still shows what is."""
    page = _room_of(key).get(key)
    is_present = page and time.time() < page.holds_until and versions(page.subjects) == page.versions
    return page if is_present else None


def _scheme(environ: dict[str, Any]) -> str:
    """As `HttpRequest.scheme`, which believes a proxy if the settings do."""
    believed = settings.SECURE_PROXY_SSL_HEADER
    said = environ.get(believed[0]) if believed else None
    if believed is None or said is None:
        return str(environ.get("wsgi.url_scheme", "http"))
    return "https" if said.split(",", 1)[0].strip() == believed[1] else "http"


class PublicPageMiddleware:
    """Answer from the kept pages; keep what marked views answer; forbid storing everything else that has no policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_keepable(request):
            return self._without_store(request, self.get_response(request))
        # The raw host: Django checks it when the page is made, so only allowed hosts ever get into the room.
        key = (request.META.get("HTTP_HOST", ""), request.scheme or "", request.path, request.META.get("QUERY_STRING", ""))
        page = _present(key, current_versions)
        if page:
            return self._answer(request, page)
        response = self.get_response(request)
        marked = getattr(request, "public_page", None)
        if marked is None:
            return self._without_store(request, response)
        if response.status_code != 200 or response.cookies or not isinstance(response, HttpResponse):
            return self._without_store(request, response)
        page = self._page(request, response, *marked)
        if page.versions and len(page.subjects) == len(page.versions) and page.size <= LARGEST:
            _room_of(key).put(key, page)
        return self._answer(request, page)

    @staticmethod
    def _without_store(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        tell = getattr(request, "page_given", None)
        if tell and response.status_code == 200:
            tell(request.META)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _page(
        request: HttpRequest, response: HttpResponse, subjects: tuple[str, ...], versions: tuple[int, ...] | None
    ) -> KeptPage:
        boundary = getattr(request, "page_boundary", None)
        body = response.content
        is_file = getattr(request, "is_public_file", False)
        compressed = gzip.compress(body, 6, mtime=0) if len(body) >= _SMALLEST_TO_COMPRESS and not is_file else b""
        if not is_file:
            response["Cache-Control"] = "public, max-age=0, must-revalidate"
            response["Vary"] = "Accept-Encoding, Cookie"
        # Validators and lengths are set again for each answer.
        own = {"content-length", "etag", "x-request-id"}
        headers = {key: pair for key, pair in response.headers._store.items() if key not in own}  # type: ignore[attr-defined]
        return KeptPage(
            subjects=subjects,
            versions=versions or (),
            holds_until=boundary.timestamp() if boundary else float("inf"),
            etag=response["ETag"].strip('"') if is_file else hashlib.sha256(body).hexdigest()[:24],
            body=body,
            compressed=compressed,
            headers=headers,
            given=getattr(request, "page_given", None),
        )

    @staticmethod
    def _answer(request: HttpRequest, page: KeptPage) -> HttpResponse:
        etag, body, small = _chosen(page, request.META)
        if body is None:
            response = HttpResponse(status=304)
            del response["Content-Type"]
        else:
            response = HttpResponse(body)
            if small:
                response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(body))
        # Put in as they were checked once: setting a dozen headers one by one costs as much as asking Redis.
        response.headers._store.update(page.headers)  # type: ignore[attr-defined]
        response.headers["ETag"] = etag
        return response
