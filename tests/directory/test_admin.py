"""What an administrator cannot do, and what a change of a name does to public pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.enums import Role
from directory.models import PageVersion
from directory.rules import organizations_of
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
