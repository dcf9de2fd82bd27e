"""Pattern 7: no stale page after a change, over a deadline, after a Redis outage."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import redis
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from directory import page_versions
from directory.page_versions import bump, current_versions
from directory.public_pages import KeptPagesFirst, PublicPageMiddleware, _scheme, page_holds_until, public_page, room

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A public page that shows one word, and counts how often it was made."""

    def __init__(self) -> None:
        self.word, self.made, self.until = "old", 0, None
        self.at_once = 0  # answered before Django was asked

        @public_page("test")
        def view(request: HttpRequest) -> HttpResponse:
            self.made += 1
            page_holds_until(request, self.until)
            return HttpResponse(f"<p>{self.word}</p>" * 200)

        self.middleware = PublicPageMiddleware(view)

    def read(self, **headers: str) -> HttpResponse:
        return self.middleware(RequestFactory().get("/page/", **headers))

    def read_from_the_server(self, **headers: str) -> HttpResponse:
        """As the server asks: the kept pages first, then Django."""
        request = RequestFactory().get("/page/", **headers)
        told: list[Any] = []

        def django(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            told.append(self.middleware(request))
            return []

        body = KeptPagesFirst(django)(request.META, lambda status, headers: told.extend((status, headers)))
        if len(told) == 1:
            return told[0]
        self.at_once += 1
        return HttpResponse(b"".join(body), status=int(told[0].split()[0]), headers=dict(told[1]))

    def shows(self, word: str) -> bool:
        return f"<p>{word}</p>" in self.read().content.decode()

    def change(self, word: str) -> None:
        with transaction.atomic():
            self.word = word
            bump("test")


@pytest.fixture(params=["middleware", "server"])
def kept(request: pytest.FixtureRequest) -> Page:
    page_versions._redis().flushdb()
    page = Page()
    if request.param == "server":
        page.read = page.read_from_the_server  # type: ignore[method-assign]
    return page


@contextmanager
def redis_down() -> Iterator[None]:
    """Every connection is lost and none can be made."""
    page_versions._line.connection = None
    with mock.patch.object(page_versions, "_redis", side_effect=redis.ConnectionError("down")):
        yield
    page_versions.breaker.reset()


def raw() -> redis.Redis:
    return page_versions._redis()


def test_second_visit_is_answered_from_the_kept_page(kept: Page) -> None:
    assert kept.shows("old")
    assert kept.shows("old")
    assert kept.made == 1


def test_change_is_seen_at_once(kept: Page) -> None:
    kept.read()
    kept.change("new")
    assert kept.shows("new")


def test_rolled_back_change_leaves_the_page(kept: Page) -> None:
    kept.read()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bump("test")
        raise ZeroDivisionError
    assert kept.shows("old")
    assert kept.made == 1


def test_page_expires_at_the_deadline_it_shows(kept: Page) -> None:
    kept.until = timezone.now() + timedelta(seconds=60)
    kept.read()
    kept.word = "closed"
    with mock.patch("directory.public_pages.time.time", return_value=kept.until.timestamp() + 1):
        assert kept.shows("closed")


def test_with_redis_down_every_visit_is_made_new(kept: Page) -> None:
    kept.read()
    with redis_down():
        kept.word = "new"
        assert kept.shows("new")


def test_change_during_an_outage_is_seen_when_redis_comes_back_with_its_old_memory(kept: Page) -> None:
    kept.read()
    remembered = raw().get("ssc:pages:test")
    with redis_down():
        kept.change("new")
    raw().set("ssc:pages:test", remembered or "0")
    assert kept.shows("new")


def test_lost_connection_is_noticed_and_the_mirror_compared_again(kept: Page) -> None:
    kept.change("new")
    kept.read()
    (version,) = current_versions(["test"])
    page_versions._line.connection.disconnect()
    raw().set("ssc:pages:test", "0")  # an old memory
    assert kept.shows("new")
    assert raw().get("ssc:pages:test") == str(version)


def test_crash_between_commit_and_mirror_leaves_no_stale_page(kept: Page) -> None:
    kept.read()
    with mock.patch.object(page_versions, "_mirror"):
        kept.change("new")
    assert raw().get("ssc:pages:test").startswith("?")
    assert kept.shows("new")


def test_mirror_never_goes_back(kept: Page) -> None:
    kept.change("a")
    kept.change("b")
    (now,) = current_versions(["test"])
    with mock.patch.object(page_versions, "_rows", return_value={"test": now - 1}):
        page_versions._mirror(["test"])
    assert current_versions(["test"]) == (now,)


def test_pending_mark_of_a_newer_change_is_not_overwritten_by_an_older_commit(kept: Page) -> None:
    kept.change("a")
    (now,) = current_versions(["test"])
    raw().set("ssc:pages:test", f"?{now + 1}")
    page_versions._mirror(["test"])
    assert raw().get("ssc:pages:test") == f"?{now + 1}"


def test_bump_outside_a_transaction_is_refused() -> None:
    with pytest.raises(AssertionError):
        bump("test")


def test_visitor_with_a_session_gets_no_kept_page(kept: Page) -> None:
    kept.read()
    response = kept.read(HTTP_COOKIE="sessionid=abc")
    assert kept.made == 2
    assert response["Cache-Control"] == "private, no-store"


def test_page_answers_304_to_its_own_etag_in_either_encoding(kept: Page) -> None:
    for encoding in ("gzip", "identity"):
        first = kept.read(HTTP_ACCEPT_ENCODING=encoding)
        again = kept.read(HTTP_ACCEPT_ENCODING=encoding, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_page_that_sets_a_cookie_is_not_kept(kept: Page) -> None:
    @public_page("test")
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    response = PublicPageMiddleware(view)(RequestFactory().get("/cookie/"))
    assert response["Cache-Control"] == "private, no-store"
    assert room.get(("testserver", "http", "/cookie/", "")) is None


# --- before Django ---


def test_the_server_gives_the_same_answer_as_django(kept: Page) -> None:
    for headers in ({}, {"HTTP_ACCEPT_ENCODING": "gzip"}):
        made, ours = kept.middleware(RequestFactory().get("/page/", **headers)), kept.read_from_the_server(**headers)
        ours.headers.pop("X-Request-ID")
        assert (ours.status_code, ours.content, dict(ours.headers)) == (200, made.content, dict(made.headers))
    assert (kept.made, kept.at_once) == (1, 2)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "django_language=fr"},
        {"HTTP_HX_REQUEST": "true"},
        {"SCRIPT_NAME": "/portal"},
        {"QUERY_STRING": "q=" + "x" * 200},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "other.example"},
        {"PATH_INFO": "/p\xc3\xa4ge/"},
        {"wsgi.url_scheme": "https"},
    ],
)
def test_what_is_not_plain_to_see_is_left_to_django(kept: Page, headers: dict[str, str]) -> None:
    kept.read()
    environ = {**RequestFactory().get("/page/").META, **headers}
    assert KeptPagesFirst(lambda environ, start: [b"Django"])(environ, None) == [b"Django"]


def test_a_proxy_is_believed_if_the_settings_do(kept: Page, settings: Any) -> None:
    environ = {**RequestFactory().get("/page/").META, "HTTP_X_FORWARDED_PROTO": "https, http"}
    assert _scheme(environ) == "http"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert (_scheme(environ), WSGIRequest(environ).scheme) == ("https", "https")
    assert _scheme({**environ, "HTTP_X_FORWARDED_PROTO": "http"}) == "http"
