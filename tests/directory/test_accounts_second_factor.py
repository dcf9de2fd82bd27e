"""A second factor is asked of secretariat and administrators, of nobody else, and only where the setting says so."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.enums import Role
from directory.models import User
from directory.rules import must_have_second_factor
from tests.conftest import Cast
from tests.factories.directory import MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

WITH = {"administrator", "secretariat", "drafter"}


@pytest.fixture
def required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def give(user: User, kind: str) -> None:
    Authenticator.objects.create(user=user, type=kind, data={})


def test_who_must_have_one(cast: Cast) -> None:
    assert {role for role, user in cast.everyone().items() if must_have_second_factor(user)} == WITH
    assert must_have_second_factor(UserFactory(is_staff=True))
    assert not must_have_second_factor(None)


def test_role_that_has_ended_asks_for_nothing() -> None:
    secretariat = OrganizationFactory(code="unossc", is_secretariat=True)
    user = MembershipFactory(organization=secretariat, role=Role.STAFF, ends_on="2020-01-01").user
    assert not must_have_second_factor(user)


@pytest.mark.parametrize(
    "path", ["/desk/", "/", "/admin/", "/admin/directory/user/", "/accounts/profile/", "/fr/desk/", "/search/"]
)
def test_role_by_role(required: None, cast: Cast, sign_in: Any, path: str) -> None:
    sent = {
        role
        for role, user in cast.everyone().items()
        if sign_in(user).get(path).headers.get("Location", "").endswith("/accounts/2fa/")
    }
    assert sent == WITH


@pytest.mark.parametrize("path", ["/accounts/2fa/", "/accounts/email/", "/accounts/sessions/", "/accounts/logout/", "/healthz"])
def test_account_pages_and_the_way_out_stay_open(required: None, cast: Cast, sign_in: Any, path: str) -> None:
    assert sign_in(cast.secretariat).get(path).status_code == 200


def test_page_says_why_one_was_sent_there(required: None, cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.secretariat).get("/desk/", follow=True)
    assert "Your role needs a second factor." in page.content.decode()


def test_nothing_is_done_before_there_is_one(required: None, cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.secretariat).post("/accounts/profile/", {"given_name": "Changed"})
    assert response.status_code == 302
    cast.secretariat.refresh_from_db()
    assert cast.secretariat.given_name != "Changed"


def test_part_of_a_page_sends_the_whole_page_there(required: None, cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.secretariat).get("/desk/", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/accounts/2fa/"


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_either_kind_opens_the_portal(required: None, cast: Cast, sign_in: Any, kind: str) -> None:
    give(cast.secretariat, kind)
    assert sign_in(cast.secretariat).get("/desk/").status_code == 200
    give(cast.administrator, kind)
    assert sign_in(cast.administrator).get("/admin/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(required: None, cast: Cast, sign_in: Any) -> None:
    give(cast.secretariat, Authenticator.Type.RECOVERY_CODES)
    assert sign_in(cast.secretariat).get("/desk/").status_code == 302


def test_taking_it_away_closes_the_portal_again(required: None, cast: Cast, sign_in: Any) -> None:
    give(cast.drafter, Authenticator.Type.TOTP)
    client = sign_in(cast.drafter)
    assert client.get("/desk/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/desk/").status_code == 302


def test_visitor_and_others_notice_nothing(required: None, cast: Cast, sign_in: Any) -> None:
    assert Client().get("/").status_code == 200
    assert sign_in(cast.focal_undp).get("/desk/").status_code == 200


def test_off_where_the_setting_is_off(settings: Any, cast: Cast, sign_in: Any) -> None:
    assert settings.REQUIRE_SECOND_FACTOR is False  # the demo's and the tests'
    assert sign_in(cast.secretariat).get("/desk/").status_code == 200


def test_it_costs_those_who_need_it_one_query(settings: Any, cast: Cast, sign_in: Any) -> None:
    give(cast.secretariat, Authenticator.Type.TOTP)
    client = sign_in(cast.secretariat)
    client.get("/accounts/profile/")
    counts = []
    for required in (False, True):
        settings.REQUIRE_SECOND_FACTOR = required
        with CaptureQueriesContext(connection) as queries:
            client.get("/accounts/profile/")
        counts.append(len(queries))
    assert counts[1] - counts[0] == 1
