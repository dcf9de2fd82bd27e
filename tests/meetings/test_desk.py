"""The pages of the check-in desk and what its script asks for."""

import hashlib
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from directory.services.photos import set_photo
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, DelegationSubstitution, Meeting, Registration, Scan
from meetings.services.badges import badge_code
from tests.conftest import Cast
from tests.factories.directory import CountryFactory
from tests.factories.meetings import MeetingFactory, QuotaFactory, RegistrationFactory, ScanFactory, registrant

DESK = "/meetings/antalya/desk/"
JSON = {"accept": "application/json"}


@pytest.fixture
def guest(academia: CategoryQuota) -> Registration:
    CategoryQuota.objects.filter(pk=academia.pk).update(badge_colour="#123456")
    return RegistrationFactory(
        meeting=academia.meeting, state=S.APPROVED, given_name="Amina", family_name="Diallo", access_needs="Step-free access"
    )


@pytest.fixture
def staff(cast: Cast, sign_in: Any) -> Client:
    return sign_in(cast.secretariat)


def scan(client: Client, text: str, **more: Any) -> Any:
    return client.post(f"{DESK}scan/", {"text": text, "desk": "Desk 2", "client_id": str(uuid.uuid4()), **more}, headers=JSON)


# --- Without a script --------------------------------------------------------------------------------------------------


def test_the_page_works_as_a_form(staff: Client, guest: Registration) -> None:
    text = staff.get(DESK).content.decode()
    assert "Nobody has a seat yet" not in text
    assert "No scan yet" in text
    assert 'value="Desk 1"' in text
    done = staff.post(f"{DESK}scan/", {"text": badge_code(guest), "desk": "Desk 7"})
    card = done.content.decode()
    assert done.status_code == 200
    for words in ("Checked in", "Amina Diallo", "Step-free access", 'fill="#123456"', 'value="Desk 7"', "1 of 1"):
        assert words in card
    again = staff.post(f"{DESK}scan/", {"text": guest.reference, "desk": "Desk 8"}).content.decode()
    at = Scan.objects.earliest("pk").scanned_at.astimezone(guest.meeting.zone)
    assert f"Already here since {at:%H:%M}" in again
    assert "Checked in at Desk 7. This scan changes nothing." in again
    refused = staff.post(f"{DESK}scan/", {"text": "23456789ABCD", "desk": ""})
    assert refused.status_code == 400
    assert "Nobody has the reference 23456789ABCD" in refused.content.decode()
    assert "Scan a badge, or type" in staff.post(f"{DESK}scan/", {}).content.decode()


def test_a_name_leads_to_the_search(staff: Client, guest: Registration) -> None:
    found = staff.post(f"{DESK}scan/", {"text": "diallo am", "desk": "Desk 7"})
    assert (found.status_code, found.url) == (302, f"{DESK}?q=diallo+am&desk=Desk+7")
    text = staff.get(found.url).content.decode()
    assert "Amina Diallo" in text
    assert "needs help" in text
    assert f'name="text" value="{guest.reference}"' in text
    assert "Nobody is registered under this name" in staff.get(f"{DESK}?q=zz").content.decode()
    # A name of twelve letters is no reference.
    assert staff.post(f"{DESK}scan/", {"text": "Papadopoulou"}).status_code == 302


def test_taking_back_says_what_came_of_it(staff: Client, guest: Registration) -> None:
    scan(staff, guest.reference)
    page = staff.get(f"{DESK}?q={guest.reference}").content.decode()
    number = re.search(r'name="client_id" value="([0-9a-f-]{36})"', page)
    assert number
    form = {"reference": guest.reference, "reason": "", "desk": "Desk 1", "client_id": number[1]}
    refused = staff.post(f"{DESK}take-back/", form, follow=True).content.decode()
    assert "Say why the check-in is taken back" in refused
    done = staff.post(f"{DESK}take-back/", {**form, "reason": "Another Amina"}, follow=True).content.decode()
    assert "The check-in of Amina Diallo is taken back" in done
    assert "Check-in taken back" in done
    assert "could not be taken back" in staff.post(f"{DESK}take-back/", {"reason": "x"}, follow=True).content.decode()
    other = RegistrationFactory(meeting=MeetingFactory(), state=S.APPROVED)
    assert staff.post(f"{DESK}take-back/", {**form, "reference": other.reference}).status_code == 404


def test_a_walk_in_is_registered_on_a_short_form(staff: Client, academia: CategoryQuota) -> None:
    CountryFactory()
    path = f"{DESK}walk-in/"
    assert "Register and check in" in staff.get(f"{path}?desk=Desk 4").content.decode()
    form = {"category": academia.pk, "given_name": "Tui", "family_name": "Leota", "email": "tui@walk.example"}
    form |= {"affiliation": "Lakeside", "language": "fr", "desk": "Desk 4", "client_id": str(uuid.uuid4())}
    done = staff.post(path, form, follow=True).content.decode()
    assert "Tui Leota is registered and checked in." in done
    row = Registration.objects.get()
    assert (row.state, row.language, row.scans.get().desk) == (S.APPROVED, "fr", "Desk 4")
    assert staff.post(path, {}).status_code == 400
    for _ in range(academia.seats - 1):
        RegistrationFactory(meeting=academia.meeting, state=S.APPROVED)
    full = {**form, "email": "second@walk.example", "client_id": str(uuid.uuid4())}
    refused = staff.post(path, full)
    assert (refused.status_code, "Give a seat beyond the number" in refused.content.decode()) == (400, True)
    assert "Say why a seat is given beyond" in staff.post(path, {**full, "override": "on"}).content.decode()
    assert staff.post(path, {**full, "override": "on", "reason": "Interpreter"}).status_code == 302
    assert Registration.objects.filter(state=S.APPROVED).count() == academia.seats + 1


def test_the_page_says_when_desks_are_closed_or_the_meeting_is_ahead(staff: Client, meeting: Meeting) -> None:
    assert "has not begun" in staff.get(DESK).content.decode()
    now = timezone.now()
    Meeting.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    assert "has not begun" not in staff.get(DESK).content.decode()
    Meeting.objects.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    assert "This meeting is over" in staff.get(DESK).content.decode()
    assert "Nobody has a seat yet" in staff.get(DESK).content.decode()


# --- With the script ---------------------------------------------------------------------------------------------------


def test_a_scan_by_script_answers_with_the_card(staff: Client, guest: Registration) -> None:
    answer = scan(staff, badge_code(guest)).json()
    assert (answer["kind"], answer["sentence"]) == ("in", "")
    assert "Amina Diallo" in answer["card"]
    again = scan(staff, badge_code(guest)).json()
    assert again["kind"] == "again"
    assert "at Desk 2" in again["sentence"]
    assert scan(staff, "2345-FORGED-2345").json()["kind"] == "no"
    assert scan(staff, "diallo").json()["sentence"] == "This is no badge and no reference. Look the name up instead."
    waiting = RegistrationFactory(meeting=guest.meeting, state=S.WAITLISTED, given_name="Ulla")
    refused = scan(staff, waiting.reference).json()
    assert refused["kind"] == "no"
    assert "is on the waiting list" in refused["card"]
    assert "Ulla" in refused["card"]


@pytest.mark.parametrize("said", ["", "yesterday", "2026-11-25T10:00:00", "2026-99-25T10:00:00Z", "9" * 40])
def test_a_time_that_is_none_is_now(staff: Client, guest: Registration, said: str) -> None:
    assert scan(staff, guest.reference, scanned_at=said).json()["kind"] == "in"
    assert abs(Scan.objects.get().scanned_at - timezone.now()) < timedelta(minutes=1)


def test_a_replayed_scan_keeps_its_time_and_is_stored_once(staff: Client, guest: Registration) -> None:
    at = timezone.now() - timedelta(minutes=9)
    number = str(uuid.uuid4())
    for _ in range(2):
        assert scan(staff, guest.reference, scanned_at=at.isoformat(), client_id=number).json()["kind"] == "in"
    assert Scan.objects.get().scanned_at == at
    assert scan(staff, guest.reference, client_id="no number").json()["sentence"].startswith("Scan a badge")


def test_names_while_one_types(staff: Client, guest: Registration) -> None:
    html = staff.get(f"{DESK}?q=dia", headers=JSON).json()["html"]
    assert "Amina Diallo" in html
    assert "<html" not in html


def test_the_list_for_times_without_a_connection_holds_little(staff: Client, guest: Registration) -> None:
    ScanFactory(registration=guest)
    for state in (S.WAITLISTED, S.CANCELLED, S.SUBMITTED):
        RegistrationFactory(meeting=guest.meeting, state=state)
    answer = staff.get(f"{DESK}people/").json()
    mark = hashlib.sha256(badge_code(guest).encode()).hexdigest()[:16]
    category = guest.category.name
    assert answer["people"] == [
        {"reference": guest.reference, "mark": mark, "name": "Amina Diallo", "category": category, "came": True}
    ]
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=1))
    assert staff.get(f"{DESK}people/").json()["people"] == []


def test_the_counter_counts_by_category(staff: Client, guest: Registration, ngo: CategoryQuota) -> None:
    RegistrationFactory(meeting=guest.meeting, category=ngo.category, state=S.APPROVED)
    scan(staff, guest.reference)
    html = staff.get(f"{DESK}count/").json()["html"]
    assert html.count("1 of 1") == 1
    assert html.count("0 of 1") == 1
    assert "of 2 checked in" in html


def test_the_worker_may_serve_the_page_of_a_desk(client: Client) -> None:
    response = client.get("/desk-worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    assert "desk-queue" in response.content.decode()


def test_a_photo_stands_on_the_card_of_who_has_one(staff: Client, academia: CategoryQuota) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    assert "<img" not in scan(staff, row.reference).json()["card"]
    set_photo(person=row.user, content=b"a picture")
    assert "<img" in scan(staff, row.reference).json()["card"]


# --- Who, and how much work --------------------------------------------------------------------------------------------


def test_nobody_but_the_meetings_staff_sees_the_desk(cast: Cast, sign_in: Any, guest: Registration) -> None:
    for name, user in cast.everyone().items():
        client = sign_in(user)
        expected = 200 if name == "secretariat" else 403
        for path in ("", "people/", "count/", "walk-in/"):
            assert client.get(DESK + path).status_code == expected, (name, path)
        assert scan(client, guest.reference).status_code == expected
    assert sign_in().get(DESK).status_code == 302
    assert not Scan.objects.exclude(by=cast.secretariat).exists()


def test_queries_do_not_grow_with_the_number_of_people(
    staff: Client, guest: Registration, django_assert_max_num_queries: Any
) -> None:
    def queries(path: str, headers: Any = None) -> int:
        with django_assert_max_num_queries(40) as found:
            assert staff.get(path, headers=headers).status_code == 200
        return len(found)

    scan(staff, guest.reference)
    paths = [("?q=amina", None), ("?q=amina", JSON), ("people/", None), ("count/", None)]
    few = [queries(DESK + path, headers) for path, headers in paths]
    for code in ("ngo", "un-entity", "philanthropy"):
        quota = QuotaFactory(meeting=guest.meeting, category__code=code, seats=50)
        for _ in range(8):
            row = RegistrationFactory(meeting=guest.meeting, category=quota.category, state=S.APPROVED)
            ScanFactory(registration=row)
    assert [queries(DESK + path, headers) for path, headers in paths] == few
    assert max(few) <= 16


def test_a_repeated_scan_is_marked_in_the_record_and_on_a_later_day_with_its_day(staff: Client, guest: Registration) -> None:
    scan(staff, guest.reference)
    first = Scan.objects.get()
    assert "Already here" not in staff.get(f"{DESK}count/").json()["html"]
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        again = scan(staff, guest.reference).json()
        html = staff.get(f"{DESK}count/").json()["html"]
    here = first.scanned_at.astimezone(guest.meeting.zone)
    since = f"Already here since {here.day} {here:%B}, {here:%H:%M}"
    assert again["kind"] == "again"
    assert since in again["card"]
    assert html.count(since) == 1  # the first scan stands there without the mark
    # A scan that was taken back is no first one, and the next counts as such.
    staff.post(f"{DESK}take-back/", {"reference": guest.reference, "desk": "D", "reason": "x", "client_id": str(uuid.uuid4())})
    scan(staff, guest.reference)
    assert "Already here" not in staff.get(f"{DESK}count/").json()["html"]


def test_the_reference_of_a_replaced_delegate_says_so(staff: Client, guest: Registration, cast: Cast) -> None:
    for old in ("23456789ABCD", "ABCDEFGHJKLM"):  # the second could be a name
        DelegationSubstitution.objects.create(
            registration=guest, old_reference=old, new_reference=guest.reference, by=cast.secretariat
        )
        answer = scan(staff, old).json()
        assert answer["kind"] == "no"
        assert answer["sentence"].startswith(f"The reference {old} is no longer valid: the organization has named somebody else")
    assert not Scan.objects.exists()
