"""What an administrator cannot do, and what a change of a name does to public pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.enums import Role
from directory.models import PageVersion, User
from directory.rules import organizations_of
from notifications.models import Notification
from tests.factories.directory import CountryFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def test_admin_has_no_sign_in_form_of_its_own() -> None:
    response = Client().get("/admin/login/", follow=True)
    assert response.request["PATH_INFO"] == "/accounts/login/"


def test_administrator_cannot_set_anothers_password_or_address(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.administrator)
    assert client.get(f"/admin/directory/user/{cast.focal_fao.pk}/password/").status_code == 403
    page = client.get(reverse("admin:directory_user_change", args=[cast.focal_fao.pk])).content.decode()
    assert 'name="email"' not in page
    assert 'name="password"' not in page


def test_administrator_gains_nothing_by_a_membership(cast: Any) -> None:
    membership = MembershipFactory(user=cast.administrator, organization=cast.focal_fao.memberships.get().organization)
    assert membership.role == Role.FOCAL_POINT
    assert organizations_of(cast.administrator) == set()


def test_staff_look_up_organizations_and_change_none(cast: Any, sign_in: Any) -> None:
    cast.secretariat.is_staff = True
    cast.secretariat.save()
    client = sign_in(cast.secretariat)
    organization = cast.focal_fao.memberships.get().organization
    page = client.get(reverse("admin:directory_organization_change", args=[organization.pk]))
    assert page.status_code == 200
    assert "memberships-TOTAL_FORMS" not in page.content.decode()
    assert client.post(reverse("admin:directory_organization_change", args=[organization.pk]), {}).status_code == 403
    assert client.get(reverse("admin:directory_user_changelist")).status_code == 403


def test_changed_name_makes_public_pages_new(cast: Any, sign_in: Any) -> None:
    country = CountryFactory()
    before = PageVersion.objects.filter(subject="directory").values_list("version", flat=True).first() or 0
    names = {f"name_{code}": "" for code in ("ar", "es", "fr", "ru", "zh_hans")}
    values = {"m49": "882", "iso2": "WS", "iso3": "WSM", "region": country.region_id, "status": "member"}
    position = {"latitude": "-13.8", "longitude": "-171.8"}
    client = sign_in(cast.administrator)
    path = reverse("admin:directory_country_change", args=[country.pk])
    assert client.post(path, {**names, **values, **position, "name_en": "Samoa, renamed"}).status_code == 302
    assert PageVersion.objects.get(subject="directory").version == before + 1


def test_administrator_makes_an_account_and_never_knows_its_password(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.administrator)
    assert 'name="password1"' not in client.get("/admin/directory/user/add/").content.decode()
    known = {"password1": "known-to-another-1", "password2": "known-to-another-1", "usable_password": "true"}
    client.post("/admin/directory/user/add/", {"email": "new.person@test.example", **known})
    person = User.objects.get(email="new.person@test.example")
    assert not person.has_usable_password()
    Client().post("/accounts/password/reset/", {"email": person.email})
    (message,) = Notification.objects.filter(address=person.email)
    assert message.context["reset"] is True


def test_own_password_is_changed_on_the_account_page_only(cast: Any, sign_in: Any) -> None:
    response = sign_in(cast.administrator).get("/admin/password_change/")
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/password/change/")


@pytest.mark.parametrize(
    "lookup",
    [
        "usersessions/usersession/?session_key__startswith=t",
        "mfa/authenticator/?data__secret__startswith=t",
        "socialaccount/socialaccount/?extra_data__token__startswith=t",
        "notifications/notification/?text__contains=t",
        "directory/job/?arguments__contains=t",
        "directory/organizationimport/?rows__contains=t",
        "directory/user/?password__startswith=t",
        "directory/membership/?user__password__startswith=t",
    ],
)
def test_what_a_page_hides_is_not_filtered_by(cast: Any, sign_in: Any, lookup: str) -> None:
    client = sign_in(cast.administrator)
    assert client.get(f"/admin/{lookup}").status_code == 400
    assert client.get(f"/admin/{lookup.partition('?')[0]}").status_code == 200
