"""Acts on many registrations, and registrations from a spreadsheet: looked at, confirmed, done once, never a seat too many."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

import meetings.tasks  # noqa: F401 - its handler
from common.access import Refused
from directory.models import Job
from directory.services.jobs import run_job
from meetings.enums import BulkKind
from meetings.enums import RegistrationState as S
from meetings.models import BulkAct, CategoryQuota, Registration, RegistrationImport, RequiredDocument
from meetings.services.bulk import choose_act, confirm_act, preview
from meetings.services.registration_import import apply_registrations, check_again, read_registrations
from meetings.services.seats import seats_taken
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.meetings import RegistrationFactory

LIST = "/meetings/antalya/registrations/"


def fill(quota: CategoryQuota, state: str, count: int) -> list[Registration]:
    return [RegistrationFactory(meeting=quota.meeting, category=quota.category, state=state) for _ in range(count)]


def chosen(quota: CategoryQuota, rows: list[Registration], kind: str, by: Any, **more: Any) -> BulkAct:
    return choose_act(meeting=quota.meeting, kind=kind, registrations=rows, by=by, **more)


def states(rows: list[Registration]) -> list[str]:
    found = Registration.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].state for row in rows]


def test_the_preview_says_what_comes_of_each_and_the_act_does_it(ngo: CategoryQuota, cast: Cast) -> None:
    rows = [*fill(ngo, S.SUBMITTED, 3), *fill(ngo, S.DECLINED, 1)]
    act = chosen(ngo, rows, BulkKind.APPROVE, cast.secretariat)
    assert {row.pk: outcome for row, outcome, _why in preview(act)} == dict(
        zip([row.pk for row in rows], ["seat", "seat", "list", "refused"], strict=True)
    )
    assert states(rows) == [S.SUBMITTED] * 3 + [S.DECLINED]
    confirm_act(act=act, by=cast.secretariat)
    assert states(rows) == [S.APPROVED, S.APPROVED, S.WAITLISTED, S.DECLINED]
    act.refresh_from_db()
    assert sorted(outcome for _key, outcome, _why in act.results) == ["list", "refused", "seat", "seat"]
    with pytest.raises(Refused, match="confirmed already"):
        confirm_act(act=act, by=cast.secretariat)


def test_declining_many_needs_a_reason_and_hands_their_seats_on(ngo: CategoryQuota, cast: Cast) -> None:
    rows = fill(ngo, S.OFFERED, 2)
    waiting = fill(ngo, S.WAITLISTED, 3)
    with pytest.raises(Refused, match="Say why"):
        chosen(ngo, rows, BulkKind.DECLINE, cast.secretariat)
    act = chosen(ngo, rows, BulkKind.DECLINE, cast.secretariat, reason="The meeting is for others.")
    confirm_act(act=act, by=cast.secretariat)
    assert states(rows) == [S.DECLINED] * 2
    assert states(waiting) == [S.APPROVED, S.APPROVED, S.WAITLISTED]


def test_offers_to_many_follow_the_line_and_the_seats(ngo: CategoryQuota, cast: Cast) -> None:
    rows = fill(ngo, S.WAITLISTED, 3)
    act = chosen(ngo, list(reversed(rows)), BulkKind.OFFER, cast.secretariat)
    assert [outcome for _row, outcome, _why in preview(act)] == ["offer", "offer", "refused"]
    confirm_act(act=act, by=cast.secretariat)
    assert states(rows) == [S.OFFERED, S.OFFERED, S.WAITLISTED]


def test_moving_many_takes_no_seat_that_is_not_there(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast) -> None:
    CategoryQuota.objects.filter(pk=academia.pk).update(seats=3)
    rows = fill(academia, S.APPROVED, 3)
    with pytest.raises(Refused, match="Choose the category"):
        chosen(academia, rows, BulkKind.MOVE, cast.secretariat)
    act = chosen(academia, rows, BulkKind.MOVE, cast.secretariat, category=ngo.category)
    assert [outcome for _row, outcome, _why in preview(act)] == ["moved", "moved", "refused"]
    confirm_act(act=act, by=cast.secretariat)
    assert (seats_taken(academia), seats_taken(ngo)) == (1, 2)


def test_reminders_go_to_who_misses_a_document(ngo: CategoryQuota, cast: Cast) -> None:
    rows = fill(ngo, S.APPROVED, 2)
    act = chosen(ngo, rows, BulkKind.REMIND, cast.secretariat)
    assert {outcome for _row, outcome, _why in preview(act)} == {"refused"}
    RequiredDocument.objects.create(quota=ngo, title_en="Letter")
    act = chosen(ngo, rows, BulkKind.REMIND, cast.secretariat)
    confirm_act(act=act, by=cast.secretariat)
    assert Notification.objects.filter(kind="meetings.documents_missing").count() == 2


def test_more_than_fifty_are_done_by_a_worker(ngo: CategoryQuota, cast: Cast) -> None:
    rows = fill(ngo, S.SUBMITTED, 51)
    act = confirm_act(act=chosen(ngo, rows, BulkKind.APPROVE, cast.secretariat), by=cast.secretariat)
    assert act.done_at is None
    job = Job.objects.get(kind="meetings.bulk_act")
    run_job(job_id=str(job.pk))
    act.refresh_from_db()
    assert act.done_at
    assert len(act.results) == 51
    assert states(rows).count(S.APPROVED) == 2
    job.refresh_from_db()
    assert job.result == {"url": f"{LIST}bulk/{act.pk}/"}


def test_nobody_else_acts_on_many(ngo: CategoryQuota, cast: Cast) -> None:
    rows = fill(ngo, S.SUBMITTED, 1)
    for who in (cast.outsider, cast.focal_undp, cast.drafter, cast.administrator):
        with pytest.raises(PermissionDenied):
            chosen(ngo, rows, BulkKind.APPROVE, who)
    with pytest.raises(Refused, match="Choose at least one"):
        chosen(ngo, [], BulkKind.APPROVE, cast.secretariat)


def test_pages_from_the_list_to_the_result(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    rows = fill(ngo, S.SUBMITTED, 2)
    client = sign_in(cast.secretariat)
    assert "Show what would happen" in client.get(LIST).content.decode()
    answer = client.post(f"{LIST}bulk/", {"act": "approve", "chosen": [rows[0].reference]}, follow=True)
    assert "Nothing has been done yet" in answer.content.decode()
    act = BulkAct.objects.get()
    assert states(rows) == [S.SUBMITTED] * 2
    answer = client.post(f"{LIST}bulk/{act.pk}/confirm/", follow=True)
    assert "Done" in answer.content.decode()
    assert states(rows) == [S.APPROVED, S.SUBMITTED]
    assert "confirmed already" in client.post(f"{LIST}bulk/{act.pk}/confirm/", follow=True).content.decode()
    client.post(f"{LIST}bulk/", {"act": "decline", "all": "1", "query": "state=submitted", "reason": "Full."})
    assert BulkAct.objects.first().registrations == [rows[1].pk]
    assert "Choose at least one" in client.post(f"{LIST}bulk/", {"act": "approve"}, follow=True).content.decode()
    assert "Choose what to do" in client.post(f"{LIST}bulk/", {"act": "nonsense"}, follow=True).content.decode()


# --- Import ----------------------------------------------------------------------------------------------------------

HEADER = "given_name,family_name,email,category,affiliation\n"


def sheet(count: int, category: str = "academia") -> bytes:
    lines = [f"Nadia,Guest {number},guest{number}@guests.example,{category},Network" for number in range(count)]
    return (HEADER + "\n".join(lines)).encode()


def test_an_import_gives_the_seats_that_there_are_in_the_order_of_the_rows(academia: CategoryQuota, cast: Cast) -> None:
    record = read_registrations(meeting=academia.meeting, content=sheet(4), file_name="guests.csv", by=cast.secretariat)
    assert [row["outcome"] for row in record.rows] == ["seat", "seat", "waitlist", "waitlist"]
    assert Registration.objects.count() == 0
    apply_registrations(record=record, by=cast.secretariat)
    rows = Registration.objects.order_by("pk")
    assert [row.state for row in rows] == [S.APPROVED, S.APPROVED, S.WAITLISTED, S.WAITLISTED]
    assert [row.email for row in rows] == [f"guest{number}@guests.example" for number in range(4)]
    with pytest.raises(Refused, match="imported already"):
        apply_registrations(record=record, by=cast.secretariat)


def test_an_import_that_no_longer_fits_is_looked_at_again(academia: CategoryQuota, cast: Cast) -> None:
    record = read_registrations(meeting=academia.meeting, content=sheet(2), file_name="guests.csv", by=cast.secretariat)
    fill(academia, S.APPROVED, 1)
    with pytest.raises(Refused, match="have changed since this preview"):
        apply_registrations(record=record, by=cast.secretariat)
    assert Registration.objects.count() == 1
    record = check_again(record=record, by=cast.secretariat)
    assert [row["outcome"] for row in record.rows] == ["seat", "waitlist"]
    apply_registrations(record=record, by=cast.secretariat)
    assert seats_taken(academia) == 2


def test_manual_categories_wait_unless_the_import_approves(ngo: CategoryQuota, cast: Cast) -> None:
    record = read_registrations(meeting=ngo.meeting, content=sheet(1, "ngo"), file_name="a.csv", by=cast.secretariat)
    assert record.rows[0]["outcome"] == "to_decide"
    record = read_registrations(
        meeting=ngo.meeting, content=sheet(1, "ngo"), file_name="a.csv", by=cast.secretariat, approves=True
    )
    assert record.rows[0]["outcome"] == "seat"
    apply_registrations(record=record, by=cast.secretariat)
    assert Registration.objects.get().state == S.APPROVED


def test_errors_of_rows_are_named_and_nobody_is_registered(academia: CategoryQuota, cast: Cast) -> None:
    RegistrationFactory(meeting=academia.meeting, email="known@guests.example")
    lines = [
        "Nadia,Guest,not-an-address,academia,Network",
        ",Guest,a@guests.example,academia,Network",
        "Nadia,Guest,b@guests.example,martians,Network",
        "Nadia,Guest,B@guests.example,academia,Network",
        "Nadia,Guest,known@guests.example,academia,Network",
        "Nadia,Guest,c@guests.example,academia,",
    ]
    record = read_registrations(
        meeting=academia.meeting, content=(HEADER + "\n".join(lines)).encode(), file_name="a.csv", by=cast.secretariat
    )
    problems = [[error["problem"] for error in row["errors"]] for row in record.rows]
    assert problems == [["email"], ["missing"], ["category"], ["twice"], ["registered"], ["body"]]
    with pytest.raises(Refused, match="Correct the rows"):
        apply_registrations(record=record, by=cast.secretariat)
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,email\nA,b@c.example", "Unknown columns"),
        (b"given_name,email\nA,b@c.example", "These columns are missing"),
        (HEADER.encode(), "no rows below"),
        (b"\xd0\xcf\x11\xe0", "old Excel file"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_words(
    academia: CategoryQuota, cast: Cast, content: bytes, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        read_registrations(meeting=academia.meeting, content=content, file_name="a.csv", by=cast.secretariat)


def test_only_staff_import(academia: CategoryQuota, cast: Cast) -> None:
    for who in (cast.outsider, cast.drafter, cast.administrator):
        with pytest.raises(PermissionDenied):
            read_registrations(meeting=academia.meeting, content=sheet(1), file_name="a.csv", by=who)


def test_pages_of_an_import(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    assert client.post(f"{LIST}import/", {}).status_code == 400
    answer = client.post(f"{LIST}import/", {"file": SimpleUploadedFile("a.csv", sheet(3))}, follow=True)
    assert "Register 3 people" in answer.content.decode()
    record = RegistrationImport.objects.get()
    fill(academia, S.APPROVED, 1)
    assert "have changed" in client.post(f"{LIST}import/{record.pk}/apply/", follow=True).content.decode()
    answer = client.post(f"{LIST}import/{record.pk}/apply/", follow=True)
    assert "Imported: 1 with a seat, 2 on the waiting list, 0 to decide." in answer.content.decode()
    assert "given_name" in b"".join(client.get(f"{LIST}import/template.csv").streaming_content).decode()
    assert client.get(f"{LIST}import/template.xlsx").status_code == 200
    assert client.get(f"{LIST}import/template.pdf").status_code == 404
