"""Pattern 7: no stale page after a change, over a deadline, after a Redis outage."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
import redis
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from directory import page_versions
from directory.page_versions import bump, current_versions
from directory.public_pages import PublicPageMiddleware, page_holds_until, public_page, room

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A public page that shows one word, and counts how often it was made."""

    def __init__(self) -> None:
        self.word, self.made, self.until = "old", 0, None

        @public_page("test")
        def view(request: HttpRequest) -> HttpResponse:
            self.made += 1
            page_holds_until(request, self.until)
            return HttpResponse(f"<p>{self.word}</p>" * 200)

        self.middleware = PublicPageMiddleware(view)

    def read(self, **headers: str) -> HttpResponse:
        return self.middleware(RequestFactory().get("/page/", **headers))

    def shows(self, word: str) -> bool:
        return f"<p>{word}</p>" in self.read().content.decode()

    def change(self, word: str) -> None:
        with transaction.atomic():
            self.word = word
            bump("test")


@pytest.fixture
def kept() -> Page:
    page_versions._redis().flushdb()
    return Page()


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
