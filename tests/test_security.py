"""Headers, cookies and error pages."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PUBLIC = ["/", "/meetings/", "/strategy/", "/briefs/", "/solutions/", "/calendar/", "/search/?q=x", "/ar/solutions/"]


def policy_of(response: Any) -> dict[str, str]:
    parts = (part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, sources in parts}  # noqa: C416


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_the_same_for_all_visitors_and_strict(path: str) -> None:
    for _ in range(2):  # made, then kept
        response = Client().get(path)
        assert response.status_code == 200
        assert policy_of(response) == POLICY
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.content.decode()
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_signed_in_page_is_never_stored(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    for path in ("/", "/desk/", "/solutions/"):
        assert client.get(path)["Cache-Control"] == "private, no-store"


def test_kept_page_of_a_visitor_never_reaches_a_signed_in_person(cast: Any, sign_in: Any) -> None:
    visitor, person = Client().get("/").content.decode(), sign_in(cast.outsider).get("/").content.decode()
    assert "/accounts/login/" in visitor
    assert "/accounts/logout/" in person
    assert "/accounts/logout/" not in Client().get("/").content.decode()


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(cast: Any) -> None:
    cast.outsider.emailaddress_set.create(email=cast.outsider.email, verified=True, primary=True)
    client = Client()
    client.post("/accounts/login/", {"login": cast.outsider.email, "password": "a-long-test-password"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_unknown_host_is_refused() -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_post_without_a_token_is_refused_with_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "<h1" in response.content.decode()


def test_unknown_page_says_where_to_go() -> None:
    for path in ("/nowhere/", "/ar/nowhere/"):
        response = Client().get(path)
        assert response.status_code == 404
        assert "<h1" in response.content.decode()


def test_broken_page_answers_in_the_portals_words() -> None:
    client = Client(raise_request_exception=False)
    from unittest import mock

    with mock.patch("ssc_portal.search.render", side_effect=RuntimeError):
        response = client.get("/search/?q=breaks")
    assert response.status_code == 500
    assert "<h1" in response.content.decode()


@override_settings(DEMO=False)
def test_demo_mailbox_is_closed_outside_the_demo() -> None:
    from ssc_portal.mailbox import mailbox_address

    assert Client().get(mailbox_address("a@test.example")).status_code == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "x" * 10_000, "q='; DROP TABLE x; --", 'q="unbalanced', "q=\u202e\u200f", "q[]=1"]
)
def test_any_search_gets_a_page(query: str) -> None:
    assert Client().get(f"/search/?{query}").status_code == 200


def test_robots_and_sitemap() -> None:
    assert "Sitemap: " in Client().get("/robots.txt").content.decode()
    response = Client().get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml"
    assert 'hreflang="ar"' in response.content.decode()


def test_api_describes_itself_without_another_host() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["info"]["title"] == "SSC Portal"
    page = Client().get("/api/docs").content.decode()
    assert "vendor/swagger-ui/swagger-ui-bundle" in page
    assert "cdn." not in page
