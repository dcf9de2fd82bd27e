"""Published files kept in the process: with the validator and policy of their view, and counted each time they are given out."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory

from directory.page_versions import bump
from directory.public_pages import PublicPageMiddleware, page_given, public_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted() -> list[str]:
    return []


@pytest.fixture
def answer(counted: list[str]) -> Any:
    """Ask the middleware for a file whose view says which call of it this is."""
    calls: list[int] = []

    @public_file("briefs")
    def view(request: HttpRequest) -> HttpResponseBase:
        calls.append(1)
        page_given(request, lambda meta: counted.append(meta.get("HTTP_USER_AGENT", "")))
        response = HttpResponse(b"%PDF-1.7 " + b"x" * 900 + str(len(calls)).encode(), content_type="application/pdf")
        response["ETag"] = f'"file-{len(calls)}"'
        response["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    middleware = PublicPageMiddleware(view)
    return lambda **headers: middleware(RequestFactory().get("/briefs/x/pdf/", headers={"accept-encoding": "gzip", **headers}))


def test_file_keeps_what_its_view_said_and_is_not_pressed(answer: Any) -> None:
    first, second = answer(), answer()
    assert first.content == second.content
    assert second["ETag"] == '"file-1"'
    assert second["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in second
    assert "Vary" not in second


def test_every_time_that_a_file_is_given_out_is_told_but_no_confirmation(answer: Any, counted: list[str]) -> None:
    for agent in ("one", "two"):
        answer(**{"user-agent": agent})
    assert answer(**{"user-agent": "three", "if-none-match": '"file-1"'}).status_code == 304
    answer(**{"user-agent": "four", "cookie": "sessionid=x"})
    assert counted == ["one", "two", "four"]


def test_file_is_asked_for_anew_once_its_subject_has_changed(answer: Any) -> None:
    answer()
    bump("briefs")
    assert answer()["ETag"] == '"file-2"'
