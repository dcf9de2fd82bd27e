"""The numbers of a meeting."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory.models import Region
from directory.services.files import store_file
from meetings.enums import DelegationRole, Gender
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, RegistrationFile, RequiredDocument
from meetings.selectors.dashboard import CategoryRow, Delegation, dashboard_of
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, OrganizationFactory
from tests.factories.meetings import MeetingFactory, QuotaFactory, RegistrationFactory, ScanFactory

PATH = "/meetings/antalya/dashboard/"


def country(name: str, region: str) -> Any:
    world, _new = Region.objects.get_or_create(code="001", defaults={"name": "World"})
    upper, _new = Region.objects.get_or_create(code=region[:3], defaults={"name": region, "parent": world})
    lower, _new = Region.objects.get_or_create(code=region[1:4], defaults={"name": f"Lower {region}", "parent": upper})
    return CountryFactory(iso2=name[-2:].upper(), name=name, region=lower)


def test_every_state_is_counted_under_its_category(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast) -> None:
    meeting, now = academia.meeting, timezone.now()
    for state, number in {S.APPROVED: 3, S.WAITLISTED: 2, S.SUBMITTED: 1, S.ENDORSED: 1, S.DECLINED: 1, S.CANCELLED: 1}.items():
        for _ in range(number):
            RegistrationFactory(meeting=meeting, state=state)
    RegistrationFactory(meeting=meeting, state=S.OFFERED)
    RegistrationFactory(meeting=meeting, state=S.OFFERED, offered_until=now - timedelta(hours=1))
    RegistrationFactory(meeting=meeting, state=S.DRAFT)
    RegistrationFactory(meeting=MeetingFactory(), state=S.APPROVED)
    numbers = dashboard_of(meeting, cast.secretariat, now)
    name = academia.category.name
    assert numbers.categories[0] == CategoryRow(name, 2, 3, 1, 3, 2, 1, 1)
    assert numbers.categories[0].over == 2
    assert numbers.total.approved == 3
    assert numbers.total.seats == 4


def test_regions_are_those_below_the_world(academia: CategoryQuota, cast: Cast) -> None:
    meeting = academia.meeting
    for name, region in (("Samoa", "Oceania"), ("Fiji", "Oceania"), ("Ghana", "Africa")):
        RegistrationFactory(meeting=meeting, state=S.APPROVED, country=country(name, region))
    RegistrationFactory(meeting=meeting)
    RegistrationFactory(meeting=meeting, state=S.CANCELLED, country=country("Chile", "Americas"))
    numbers = dashboard_of(meeting, cast.secretariat, timezone.now())
    assert numbers.regions == [("Oceania", 2), ("Africa", 1), ("No country given", 1)]


def test_genders_are_counted_only_where_somebody_said_one(academia: CategoryQuota, cast: Cast) -> None:
    RegistrationFactory(meeting=academia.meeting)
    assert dashboard_of(academia.meeting, cast.secretariat, timezone.now()).genders == []
    for gender in (Gender.FEMALE, Gender.FEMALE, Gender.MALE):
        RegistrationFactory(meeting=academia.meeting, gender=gender)
    genders = dashboard_of(academia.meeting, cast.secretariat, timezone.now()).genders
    assert genders == [("Female", 2), ("Male", 1), ("Not said", 1)]


def test_days_are_those_of_the_place_and_add_up(academia: CategoryQuota, cast: Cast) -> None:
    # 22:30 UTC is the next day in Istanbul.
    late = timezone.now().replace(hour=22, minute=30) - timedelta(days=9)
    for ahead in (0, 0, 2):
        RegistrationFactory(meeting=academia.meeting, submitted_at=late + timedelta(days=ahead))
    days = dashboard_of(academia.meeting, cast.secretariat, timezone.now()).days
    first = (late + timedelta(days=1)).date()
    assert days == [(first, 2, 2), (first + timedelta(days=1), 0, 2), (first + timedelta(days=2), 1, 3)]


def test_arrivals_are_counted_once_in_the_hour_of_the_scan_that_counts(academia: CategoryQuota, cast: Cast) -> None:
    meeting = academia.meeting
    row = RegistrationFactory(meeting=meeting, state=S.APPROVED)
    at = timezone.now().replace(minute=5) - timedelta(hours=5)
    for hours in (0, 2):
        ScanFactory(registration=row, scanned_at=at + timedelta(hours=hours))
    ScanFactory(registration__meeting=meeting, scanned_at=at + timedelta(minutes=50))
    hours = dashboard_of(meeting, cast.secretariat, timezone.now()).hours
    assert [number for _hour, number in hours] == [2]
    assert hours[0][0] == at.astimezone(meeting.zone).replace(minute=0, second=0, microsecond=0)


def test_organizations_with_their_heads(academia: CategoryQuota, cast: Cast) -> None:
    undp, fao = OrganizationFactory(code="undp"), OrganizationFactory(code="fao")
    for state, role in ((S.APPROVED, DelegationRole.HEAD), (S.SUBMITTED, "")):
        RegistrationFactory(meeting=academia.meeting, organization=undp, state=state, delegation_role=role)
    RegistrationFactory(meeting=academia.meeting, organization=fao, state=S.APPROVED)
    RegistrationFactory(meeting=academia.meeting, organization=fao, state=S.CANCELLED)
    numbers = dashboard_of(academia.meeting, cast.secretariat, timezone.now())
    assert numbers.delegations == [Delegation(undp.name, 2, 1, 1, 1), Delegation(fao.name, 1, 1, 0, 0)]


def test_who_is_missing_a_document_is_named_with_it(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast) -> None:
    letter = RequiredDocument.objects.create(quota=academia, title_en="Letter")
    RequiredDocument.objects.create(quota=academia, title_en="Photo", position=1)
    row = RegistrationFactory(meeting=academia.meeting, category=academia.category)
    file = store_file(content=b"%PDF-1.7", mime="application/pdf")
    RegistrationFile.objects.create(registration=row, document=letter, file=file, name="letter.pdf")
    other = RegistrationFactory(meeting=academia.meeting, category=academia.category, state=S.APPROVED, family_name="Aaa")
    RegistrationFactory(meeting=academia.meeting, category=academia.category, state=S.CANCELLED)
    RegistrationFactory(meeting=academia.meeting, category=ngo.category)
    numbers = dashboard_of(academia.meeting, cast.secretariat, timezone.now())
    assert numbers.missing == [(other, ["Letter", "Photo"]), (row, ["Photo"])]


def test_an_empty_meeting_says_what_to_do(cast: Cast, sign_in: Any, meeting: Meeting) -> None:
    text = sign_in(cast.secretariat).get(PATH).content.decode()
    assert "Nobody has registered yet" in text
    assert f'href="{reverse("meetings:registration_settings", args=["antalya"])}"' in text
    assert '<svg class="chart' not in text


def test_the_page_shows_charts_with_tables_and_what_is_not_there_yet(cast: Cast, sign_in: Any, academia: CategoryQuota) -> None:
    client = sign_in(cast.secretariat)
    RegistrationFactory(meeting=academia.meeting, state=S.APPROVED, gender=Gender.FEMALE)
    text = client.get(PATH).content.decode()
    assert "Nobody has been checked in yet" in text
    assert "Nobody has registered for an organization" in text
    ScanFactory(registration__meeting=academia.meeting)
    text = client.get(PATH).content.decode()
    for words in ("Registrations by category", "by region", "by gender", "day by day", "hour by hour", "will be removed"):
        assert words in text
    assert text.count("Show the numbers as a table") == 5
    assert client.get(f"/ar{PATH}").status_code == 200


def test_the_workbook_has_a_sheet_for_each_part(cast: Cast, sign_in: Any, academia: CategoryQuota) -> None:
    ScanFactory(registration__meeting=academia.meeting)
    response = sign_in(cast.secretariat).get(f"{PATH}export.xlsx")
    book = openpyxl.load_workbook(BytesIO(response.content))
    assert len(book.sheetnames) == 7
    rows = list(book["Categories"].values)
    assert rows[1][1:3] == (2, 1)
    assert rows[-1][0] == "All"
    assert list(book["Check-in"].values)[1][1:] == (1, 1)


def test_only_staff_of_the_meeting_see_numbers(cast: Cast, sign_in: Any, meeting: Meeting) -> None:
    for name, user in cast.everyone().items():
        for path in (PATH, f"{PATH}export.xlsx"):
            assert sign_in(user).get(path).status_code == (200 if name == "secretariat" else 403)


def test_queries_do_not_grow(cast: Cast, sign_in: Any, academia: CategoryQuota) -> None:
    client = sign_in(cast.secretariat)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PATH).status_code == 200
        return len(found)

    def fill(code: str) -> None:
        quota = QuotaFactory(meeting=academia.meeting, category__code=code)
        row = RegistrationFactory(
            meeting=academia.meeting, category=quota.category, state=S.APPROVED, country=country(f"C {code}", "Africa"),
            organization=OrganizationFactory(code=code),
        )  # fmt: skip
        ScanFactory(registration=row)

    fill("ngo")
    few = queries()
    for code in ("un-entity", "philanthropy", "private-sector", "scientific-community"):
        fill(code)
    assert queries() == few
    assert few <= 24


pytestmark = pytest.mark.django_db
