"""The desk: who is checked in, what is refused with which words, and that what happened stays."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.access import Refused
from directory.enums import Role
from meetings.enums import MeetingState, ScanKind
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, Registration, Scan
from meetings.selectors.checkin import desk_count, found_by_name, is_code, reference_in
from meetings.services.badges import badge_code, registration_of_code
from meetings.services.checkin import NoSeat, check_in, register_walk_in, take_back_check_in
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.directory import CategoryFactory, MembershipFactory, OrganizationFactory, UserFactory, person
from tests.factories.meetings import MeetingFactory, QuotaFactory, RegistrationFactory, ScanFactory
from tests.meetings.test_seats import at_once


def staff() -> Any:
    return person(Role.STAFF, "unossc")


def scan(registration: Registration, by: Any, text: str = "", **more: Any) -> Any:
    values = {"meeting": registration.meeting, "text": text or badge_code(registration), "desk": "Desk 1"}
    return check_in(**{**values, "client_id": uuid.uuid4(), "by": by, **more})


@pytest.fixture
def guest(academia: CategoryQuota) -> Registration:
    return RegistrationFactory(meeting=academia.meeting, state=S.APPROVED, given_name="Zoé", family_name="Łukasiewicz-O’Neil")


# --- Scans -------------------------------------------------------------------------------------------------------------


def test_a_badge_and_a_typed_reference_check_in(guest: Registration) -> None:
    by = staff()
    done = scan(guest, by)
    assert (done.is_repeated, done.scan.registration, done.scan.desk, done.scan.by) == (False, guest, "Desk 1", by)
    assert len(done.scan.code_hash) == 64
    other = RegistrationFactory(meeting=guest.meeting, state=S.APPROVED)
    typed = f" {other.reference[:4]} {other.reference[4:8]}-{other.reference[8:].lower()}"
    assert scan(other, by, text=typed).scan.registration == other
    assert scan(other, by, text=badge_code(other).lower()).is_repeated


def test_the_first_scan_counts_and_a_repeated_one_is_kept_and_says_where(guest: Registration) -> None:
    by = staff()
    first = scan(guest, by).scan
    again = scan(guest, by, desk="Desk 2")
    assert (again.is_repeated, again.first) == (True, first)
    assert Scan.objects.filter(registration=guest).count() == 2
    count = desk_count(guest.meeting)
    assert (count.present, count.expected, count.scans, count.repeated) == (1, 1, 2, 1)


def test_the_same_number_is_stored_once(guest: Registration) -> None:
    by, number = staff(), uuid.uuid4()
    first = scan(guest, by, client_id=number)
    again = scan(guest, by, client_id=number)
    assert (again.scan, again.is_repeated) == (first.scan, False)
    assert Scan.objects.count() == 1
    other = MeetingFactory()
    with pytest.raises(Refused, match="number of another scan"):
        check_in(meeting=other, text=badge_code(guest), by=by, desk="x", client_id=number)


def test_a_scan_made_without_a_connection_counts_from_when_it_was_made(guest: Registration) -> None:
    by, now = staff(), timezone.now()
    later = scan(guest, by, desk="Desk 2", scanned_at=now - timedelta(minutes=1)).scan
    earlier = scan(guest, by, desk="Desk 1", scanned_at=now - timedelta(minutes=20))
    assert (earlier.is_repeated, earlier.first) == (False, earlier.scan)
    assert guest.scans.standing().first() != later


@pytest.mark.parametrize("said", [timedelta(hours=2), timedelta(days=-30)])
def test_a_clock_that_cannot_be_right_is_not_believed(guest: Registration, said: timedelta) -> None:
    row = scan(guest, staff(), scanned_at=timezone.now() + said).scan
    assert abs(row.scanned_at - timezone.now()) < timedelta(minutes=1)


def test_forged_codes_and_other_meetings_badges_are_refused_with_words(guest: Registration) -> None:
    by = staff()
    code = badge_code(guest)
    elsewhere = RegistrationFactory(meeting=MeetingFactory(), state=S.APPROVED)
    other = RegistrationFactory(meeting=guest.meeting, state=S.APPROVED)
    for text, words in {
        code[:-1] + ("A" if code[-1] != "A" else "B"): "not made by the portal",
        code.rpartition("-")[0] + "-" + badge_code(other).rpartition("-")[2]: "not made by the portal",
        "HTTPS://EVIL.EXAMPLE/7777777": "not the code of a badge",
        "2345-" + "é" * 9: "not the code of a badge",
        badge_code(elsewhere): "badge is for another meeting",
        elsewhere.reference: "reference is for another meeting",
        "23456789ABCD": "Nobody has the reference 23456789ABCD",
    }.items():
        with pytest.raises(Refused, match=words):
            scan(guest, by, text=text)
    assert not Scan.objects.exists()


def test_a_badge_code_is_short_and_fits_the_smallest_qr_code(guest: Registration) -> None:
    code = badge_code(guest)
    assert len(code) <= 40
    assert set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    assert registration_of_code(meeting=guest.meeting, text=code) == guest
    assert badge_code(guest) == code


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (S.DRAFT, "not sent it"),
        (S.SUBMITTED, "not decided"),
        (S.ENDORSED, "not decided"),
        (S.WAITLISTED, "waiting list"),
        (S.OFFERED, "has not taken the offered seat"),
        (S.DECLINED, "was declined"),
        (S.CANCELLED, "is cancelled"),
    ],
)
def test_who_has_no_seat_is_refused_and_shown(academia: CategoryQuota, state: str, words: str) -> None:
    row = RegistrationFactory(meeting=academia.meeting, state=state)
    with pytest.raises(NoSeat, match=words) as refusal:
        scan(row, staff())
    assert refusal.value.registration == row
    assert row.full_name in str(refusal.value)
    assert not Scan.objects.exists()


def test_cancelled_finished_and_forgotten_meetings_take_no_scans(guest: Registration) -> None:
    by, meeting, now = staff(), guest.meeting, timezone.now()
    for changed, words in (
        ({"state": MeetingState.CANCELLED}, "cancelled"),
        ({"purged_at": now}, "has been removed"),
        ({"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(hours=13)}, "desks are closed"),
    ):
        Meeting.objects.filter(pk=meeting.pk).update(**changed)
        with pytest.raises(Refused, match=words):
            scan(Registration.objects.get(pk=guest.pk), by)
        before = {name: getattr(meeting, name) for name in changed}
        Meeting.objects.filter(pk=meeting.pk).update(**before)
    assert not Scan.objects.exists()


def test_what_was_scanned_before_the_desks_closed_may_come_in_later(guest: Registration) -> None:
    now = timezone.now()
    Meeting.objects.filter(pk=guest.meeting_id).update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(hours=13))
    kept = scan(Registration.objects.get(pk=guest.pk), staff(), scanned_at=now - timedelta(hours=14))
    assert kept.scan.scanned_at == now - timedelta(hours=14)


def test_only_staff_of_the_meeting_check_in(cast: Cast, guest: Registration) -> None:
    scoped, elsewhere = UserFactory(), UserFactory()
    body = OrganizationFactory(code="unossc", is_secretariat=True)
    MembershipFactory(user=scoped, organization=body, role=Role.STAFF, scope=f"meeting:{guest.meeting.slug}")
    MembershipFactory(user=elsewhere, organization=body, role=Role.STAFF, scope="meeting:another")
    for user in (cast.outsider, cast.administrator, cast.drafter, cast.focal_undp, elsewhere):
        with pytest.raises(PermissionDenied):
            scan(guest, user)
        with pytest.raises(PermissionDenied):
            take_back_check_in(registration=guest, by=user, desk="x", reason="y", client_id=uuid.uuid4())
        with pytest.raises(PermissionDenied):
            walk_in(guest.meeting.quotas.all()[0], user)
    assert scan(guest, scoped).scan.by == scoped


# --- Taking back -------------------------------------------------------------------------------------------------------


def test_taking_back_needs_a_reason_and_leaves_every_row(guest: Registration) -> None:
    by = staff()
    for desk in ("Desk 1", "Desk 2"):
        scan(guest, by, desk=desk)
    with pytest.raises(Refused, match="Say why"):
        take_back_check_in(registration=guest, by=by, desk="Desk 1", reason=" ", client_id=uuid.uuid4())
    number = uuid.uuid4()
    for _ in range(2):  # the page sent twice
        take_back_check_in(registration=guest, by=by, desk="Desk 1", reason="The wrong person", client_id=number)
    assert Scan.objects.filter(kind=ScanKind.UNDO, reason="The wrong person").count() == 2
    assert Scan.objects.count() == 4
    assert desk_count(guest.meeting).present == 0
    with pytest.raises(Refused, match="is not checked in"):
        take_back_check_in(registration=guest, by=by, desk="Desk 1", reason="Again", client_id=uuid.uuid4())
    assert scan(guest, by).is_repeated is False
    assert desk_count(guest.meeting).present == 1


def test_one_number_of_a_page_serves_several_people(guest: Registration) -> None:
    by, number = staff(), uuid.uuid4()
    other = RegistrationFactory(meeting=guest.meeting, state=S.APPROVED)
    for row in (guest, other):
        scan(row, by)
        take_back_check_in(registration=row, by=by, desk="Desk 1", reason="Test", client_id=number)
    assert Scan.objects.filter(kind=ScanKind.UNDO).count() == 2


def test_a_scan_neither_changes_nor_goes(guest: Registration) -> None:
    row = ScanFactory(registration=guest)
    undo = ScanFactory(registration=guest, kind=ScanKind.UNDO, undoes=row, reason="As Zoé asked")
    for change in ({"desk": "Desk 9"}, {"scanned_at": datetime(2017, 1, 1, tzinfo=UTC)}, {"reason": "Other words"}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Scan.objects.filter(pk=undo.pk).update(**change)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Scan.objects.filter(pk=undo.pk)._raw_delete(using="default")
    Scan.objects.filter(pk=undo.pk).update(reason="As […] asked")  # a name goes in time


@pytest.mark.parametrize("wrong", [{"desk": ""}, {"kind": ScanKind.UNDO}])
def test_the_database_refuses_rows_without_sense(guest: Registration, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ScanFactory(registration=guest, **wrong)


# --- Walk-ins ----------------------------------------------------------------------------------------------------------


def walk_in(quota: CategoryQuota, by: Any, **more: Any) -> Any:
    values = {"given_name": "Tui", "family_name": "Leota", "email": "tui@walk.example", "affiliation": "Lakeside"}
    values |= {"meeting": quota.meeting, "category": quota.category, "desk": "Desk 3", "client_id": uuid.uuid4(), "by": by}
    return register_walk_in(**{**values, **more})


def test_a_walk_in_gets_a_seat_a_confirmation_and_is_checked_in(academia: CategoryQuota) -> None:
    by, number = staff(), uuid.uuid4()
    done = walk_in(academia, by, client_id=number)
    row = done.scan.registration
    assert (row.state, row.user, done.is_repeated) == (S.APPROVED, None, False)
    assert [(change.new, change.by) for change in row.state_changes.order_by("pk")] == [(S.SUBMITTED, by), (S.APPROVED, by)]
    assert Notification.objects.get().address == "tui@walk.example"
    assert walk_in(academia, by, client_id=number).scan == done.scan  # the page sent twice
    assert Registration.objects.count() == 1


def test_a_walk_in_without_a_free_seat_is_refused_unless_overridden_for_a_reason(academia: CategoryQuota) -> None:
    by = staff()
    for _ in range(academia.seats):
        RegistrationFactory(meeting=academia.meeting, state=S.APPROVED)
    with pytest.raises(Refused, match="Give a seat beyond the number and say why"):
        walk_in(academia, by)
    with pytest.raises(Refused, match="Say why a seat is given beyond"):
        walk_in(academia, by, override=True, reason=" ")
    assert (Registration.objects.count(), Scan.objects.count(), Notification.objects.count()) == (academia.seats, 0, 0)
    row = walk_in(academia, by, override=True, reason="The minister's interpreter").scan.registration
    assert row.state_changes.get(new=S.APPROVED).reason == "The minister's interpreter"


def test_a_walk_in_does_not_overtake_who_waits(academia: CategoryQuota) -> None:
    RegistrationFactory(meeting=academia.meeting, state=S.WAITLISTED)
    with pytest.raises(Refused, match="others wait"):
        walk_in(academia, staff())


def test_a_walk_in_is_refused_twice_under_one_address_and_where_there_are_no_seats(academia: CategoryQuota) -> None:
    by = staff()
    walk_in(academia, by)
    with pytest.raises(Refused, match="already a registration for this address"):
        walk_in(academia, by, email="TUI@walk.example")
    with pytest.raises(Refused, match="no seats for this category"):
        walk_in(academia, by, category=CategoryFactory(code="philanthropy"), email="x@walk.example")
    Meeting.objects.filter(pk=academia.meeting_id).update(state=MeetingState.CANCELLED)
    with pytest.raises(Refused, match="cancelled"):
        walk_in(CategoryQuota.objects.get(pk=academia.pk), by, email="y@walk.example")


# --- Looking up --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["zoe", "Zoé", "lukas", "łukasiewicz", "LUKASIEWICZ zo", "o'neil", "neil", "lakes", "Łukasiewicz-O’Neil", "zoé\u0301"],
)
def test_a_name_is_found_by_the_beginnings_of_its_words(guest: Registration, words: str) -> None:
    assert found_by_name(meeting=guest.meeting, user=staff(), text=words) == [guest]


@pytest.mark.parametrize(
    ("given", "family", "words"),
    [
        ("Алексей", "Ёлкин", "елкин алекс"),
        ("Алексей", "Ёлкин", "ЁЛК"),
        ("أحمد", "الطراونة", "احمد"),
        ("小明", "王", "王小明"),
        ("小明", "王", "王"),
        ("Straße", "Æbelø", "strasse aebelo"),
        ("İrem", "Çağıl", "irem cagil"),
        ("ÉLODIE", "DUPRÉ", "elodie dupre"),
    ],
)
def test_names_of_every_script_are_found(academia: CategoryQuota, given: str, family: str, words: str) -> None:
    row = RegistrationFactory(meeting=academia.meeting, given_name=given, family_name=family)
    assert found_by_name(meeting=academia.meeting, user=staff(), text=words) == [row]


@pytest.mark.parametrize("words", ["", "x", "é", "'", "zoe & | !", "kas", "ﷺ", "\x00", "½ :*", "(" * 50, "zoe " * 40])
def test_any_words_can_be_looked_up(guest: Registration, words: str) -> None:
    found = found_by_name(meeting=guest.meeting, user=staff(), text=words)
    assert found == ([guest] if "zoe" in words else [])


def test_what_changes_in_bulk_is_found_under_its_new_name_and_no_more_under_the_old(guest: Registration) -> None:
    Registration.objects.filter(pk=guest.pk).update(given_name="Nomvula", family_name="")
    by = staff()
    assert found_by_name(meeting=guest.meeting, user=by, text="nomv") == [guest]
    assert found_by_name(meeting=guest.meeting, user=by, text="lukas") == []


def test_only_staff_of_the_meeting_find_anybody(cast: Cast, guest: Registration) -> None:
    elsewhere = RegistrationFactory(meeting=MeetingFactory(), given_name="Zoé")
    for user in cast.everyone().values():
        found = found_by_name(meeting=guest.meeting, user=user, text="zoe")
        assert found == ([guest] if user == cast.secretariat else [])
    assert found_by_name(meeting=elsewhere.meeting, user=cast.secretariat, text="zoe") == [elsewhere]


def test_codes_references_and_names_are_told_apart(guest: Registration) -> None:
    assert is_code(badge_code(guest))
    assert not any(map(is_code, ["PAPADOPOULOS", "Smith 2", "o'neil", "", "SHORT1"]))
    assert reference_in(f"{guest.reference.lower()} ") == guest.reference
    assert reference_in("Papadopoulou") == "PAPADOPOULOU"  # looked up before it is taken for a name
    assert reference_in(badge_code(guest)) == ""


# --- Two desks at once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_desks_scan_the_same_person_at_once_and_the_person_counts_once() -> None:
    quota = QuotaFactory(seats=5)
    row = RegistrationFactory(meeting=quota.meeting, state=S.APPROVED)
    by = staff()
    results = at_once([lambda desk=desk: scan(row, by, desk=f"Desk {desk}") for desk in range(8)])
    assert [error for error in results if isinstance(error, Exception)] == []
    assert Scan.objects.count() == 8
    assert any(not result.is_repeated for result in results)
    assert scan(row, by).is_repeated
    assert desk_count(quota.meeting).present == 1


@pytest.mark.django_db(transaction=True)
def test_one_scan_sent_by_two_tabs_at_once_is_stored_once() -> None:
    quota = QuotaFactory(seats=5)
    row, by, number = RegistrationFactory(meeting=quota.meeting, state=S.APPROVED), staff(), uuid.uuid4()
    results = at_once([lambda: scan(row, by, client_id=number)] * 8)
    assert [error for error in results if isinstance(error, Exception)] == []
    assert {result.is_repeated for result in results} == {False}
    assert Scan.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_walk_ins_at_many_desks_at_once_never_overbook() -> None:
    quota = QuotaFactory(seats=3)
    by = staff()
    results = at_once([lambda n=n: walk_in(quota, by, email=f"w{n}@walk.example", desk=f"Desk {n}") for n in range(8)])
    assert sum(isinstance(result, Refused) for result in results) == 5
    assert Registration.objects.filter(state=S.APPROVED).count() == 3
    assert (Registration.objects.count(), Scan.objects.count()) == (3, 3)
