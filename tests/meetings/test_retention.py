"""Personal data of a meeting goes in time: afterwards no column has a name, and the numbers are the same."""

import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from common.access import Refused
from directory.models import Job, OrganizationImport
from directory.services.traces import OMISSION
from meetings.enums import Gender, ScanKind
from meetings.enums import RegistrationState as S
from meetings.jobs import forget_people_task
from meetings.models import CategoryQuota, Meeting, Registration, RequiredDocument, Scan
from meetings.selectors.dashboard import dashboard_of
from meetings.selectors.personal import data_of_person
from meetings.services import retention
from meetings.services.checkin import check_in, take_back_check_in
from meetings.services.files import hand_in
from meetings.services.privacy import export_registration
from meetings.services.registration import approve_registration, decline_registration
from meetings.services.retention import forget_old_meetings, remove_personal_data
from notifications.models import AddressTrouble, BulkMessage, MailRefusal, Notification
from notifications.services import deliver_due
from tests.conftest import Cast
from tests.directory.test_erasure import where_found
from tests.factories.directory import CountryFactory, OrganizationFactory
from tests.factories.meetings import MeetingFactory, RegistrationFactory, ScanFactory, registrant

pytestmark = pytest.mark.django_db
GIVEN, FAMILY, ADDRESS = "Zebulonia", "Quxthorpe-Ñandú", "Zebulonia.Q@quxthorpe.example"


def over(meeting: Meeting, days: float) -> Meeting:
    """The meeting, ended so many days ago."""
    now = timezone.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now - timedelta(days=days + 1), ends_at=now - timedelta(days=days))
    return Meeting.objects.get(pk=meeting.pk)


@pytest.fixture
def zebulonia(cast: Cast, ngo: CategoryQuota) -> Registration:
    """Somebody without an account who left traces wherever a registration can."""
    meeting, staff = ngo.meeting, cast.secretariat
    row = RegistrationFactory(
        meeting=meeting, category=ngo.category, given_name=GIVEN, family_name=FAMILY, email=ADDRESS, gender=Gender.FEMALE,
        affiliation=f"Office of {FAMILY}", function=f"Deputy of {GIVEN}", access_needs=f"{GIVEN} needs a ramp",
        answers={"why": f"I am {GIVEN} {FAMILY}"}, country=CountryFactory(), organization=OrganizationFactory(code="fao"),
    )  # fmt: skip
    approve_registration(registration=row, by=staff)
    other = RegistrationFactory(meeting=meeting, category=ngo.category)
    decline_registration(registration=other, by=staff, reason=f"{GIVEN} {FAMILY} comes in your place")
    check_in(meeting=meeting, text=row.reference, by=staff, desk="Desk 1", client_id=uuid.uuid4())
    take_back_check_in(registration=row, by=staff, desk="Desk 1", reason=f"Not {GIVEN} {FAMILY} at all", client_id=uuid.uuid4())
    check_in(meeting=meeting, text=row.reference, by=staff, desk="Desk 1", client_id=uuid.uuid4())
    export_registration(registration=row, by=staff)
    LogEntry.objects.update(object_repr=str(row))
    BulkMessage.objects.create(subject="News", body=f"Ask {GIVEN} {FAMILY} <{ADDRESS}>", by=staff)
    AddressTrouble.objects.create(address=ADDRESS, is_permanent=False, detail=f"<{ADDRESS}> is full")
    MailRefusal.objects.create(address=ADDRESS, kind="meetings.registration_approved")
    Job.objects.create(kind="tests.none", asked_by=staff, arguments={"to": ADDRESS}, error=f"No {GIVEN} {FAMILY}")
    OrganizationImport.objects.create(file_name=f"{GIVEN} {FAMILY}.csv", rows=[{"name": ADDRESS}], by=staff)
    while deliver_due():
        pass
    return row


def test_no_column_has_the_name_or_the_address_afterwards(zebulonia: Registration, cast: Cast) -> None:
    before = {line.partition(":")[0] for line in where_found()}
    assert len({column.partition(".")[0] for column in before}) >= 10, before
    assert "meetings_registration.desk_words" in before
    meeting = over(zebulonia.meeting, 366)
    assert forget_people_task() == {"meetings_soon": 0, "registrations": 2}
    assert where_found() == []
    assert Meeting.objects.get(pk=meeting.pk).purged_at is not None
    assert forget_old_meetings() == {"meetings_soon": 0, "registrations": 0}


def test_the_numbers_stay(zebulonia: Registration, cast: Cast) -> None:
    meeting = over(zebulonia.meeting, 366)
    before = dashboard_of(meeting, cast.secretariat, timezone.now())
    scans = list(Scan.objects.order_by("pk").values_list("kind", "desk", "scanned_at", "registration"))
    history = zebulonia.state_changes.count()
    remove_personal_data(meeting=meeting)
    after = dashboard_of(meeting, cast.secretariat, timezone.now())
    for part in ("categories", "regions", "days", "delegations", "hours", "count"):
        assert getattr(after, part) == getattr(before, part), part
    assert before.genders
    assert after.genders == []
    assert list(Scan.objects.order_by("pk").values_list("kind", "desk", "scanned_at", "registration")) == scans
    assert Scan.objects.get(kind=ScanKind.UNDO).reason == f"Not {OMISSION} at all"
    row = Registration.objects.get(pk=zebulonia.pk)
    assert (row.state, row.category, row.organization.code, row.country) == (
        S.APPROVED,
        zebulonia.category,
        "fao",
        zebulonia.country,
    )  # type: ignore[union-attr]
    assert (str(row.full_name), row.user, row.answers) == ("Former participant", None, {})
    assert row.state_changes.count() == history
    declined = Registration.objects.get(state=S.DECLINED)
    assert declined.state_changes.get(new=S.DECLINED).reason == f"{OMISSION} comes in your place"


def test_an_account_stays_and_is_no_longer_tied_to_the_meeting(cast: Cast, academia: CategoryQuota) -> None:
    row = registrant(academia.meeting, state=S.APPROVED, given_name=GIVEN, family_name=FAMILY, nominated_by=cast.focal_undp)
    user = row.user
    row.state_changes.create(old="", new=S.SUBMITTED, by=user)
    row.state_changes.create(old=S.SUBMITTED, new=S.APPROVED, by=cast.secretariat)
    remove_personal_data(meeting=over(academia.meeting, 400))
    kept = Registration.objects.get(pk=row.pk)
    assert (kept.user, kept.nominated_by, kept.given_name) == (None, None, "")
    assert list(kept.state_changes.order_by("pk").values_list("by", flat=True)) == [None, cast.secretariat.pk]
    user.refresh_from_db()
    assert user.is_active
    assert data_of_person(user) == []
    assert where_found(("zebulonia",)) == []


def test_nobody_is_forgotten_before_the_time_or_at_another_meeting(zebulonia: Registration) -> None:
    for days in (-1, 1, 364.9):
        meeting = over(zebulonia.meeting, days)
        assert forget_old_meetings()["registrations"] == 0
        assert remove_personal_data(meeting=meeting) == 0
    elsewhere = RegistrationFactory(meeting=MeetingFactory(), given_name="Amina", family_name="Stays")
    Meeting.objects.filter(pk=meeting.pk).update(retain_days=10)
    assert forget_old_meetings()["registrations"] == 2
    assert Registration.objects.get(pk=elsewhere.pk).full_name == "Amina Stays"


def test_work_that_stops_in_the_middle_goes_on_the_next_night(academia: CategoryQuota, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        RegistrationFactory(meeting=academia.meeting)
    meeting = over(academia.meeting, 400)
    monkeypatch.setattr(retention, "PART", 2)
    forget = retention._forget

    def breaks_on_the_second(which: Meeting, part: list[Registration]) -> None:
        forget(which, part)
        if Registration.objects.filter(meeting=which, given_name="").count() > 2:
            raise RuntimeError("the worker stops")

    monkeypatch.setattr(retention, "_forget", breaks_on_the_second)
    with pytest.raises(RuntimeError):
        remove_personal_data(meeting=meeting)
    assert Registration.objects.filter(given_name="").count() == 2
    assert Meeting.objects.get(pk=meeting.pk).purged_at is None
    monkeypatch.setattr(retention, "_forget", forget)
    assert forget_old_meetings()["registrations"] == 3
    assert Meeting.objects.get(pk=meeting.pk).purged_at is not None


def test_a_digest_loses_the_line_about_the_person(zebulonia: Registration, cast: Cast) -> None:
    line = Notification.objects.create(
        kind="meetings.registration_to_review", recipient=cast.secretariat, cause="x", due_at=timezone.now(), state="collected",
        context={"reference": zebulonia.reference, "name": f"{GIVEN} {FAMILY}", "meeting": "M"},
    )  # fmt: skip
    digest = Notification.objects.create(
        kind="notifications.digest", recipient=cast.secretariat, cause="y", due_at=timezone.now(), state="sent",
        text=f"{GIVEN} {FAMILY} asks to take part; and other news",
    )  # fmt: skip
    Notification.objects.filter(pk=line.pk).update(digest=digest)
    remove_personal_data(meeting=over(zebulonia.meeting, 400))
    digest.refresh_from_db()
    assert digest.text == f"{OMISSION} asks to take part; and other news"
    line.refresh_from_db()
    assert line.context == {}


# --- What the staff is told --------------------------------------------------------------------------------------------


def test_staff_is_told_two_weeks_before_once_for_each_date(cast: Cast, meeting: Meeting) -> None:
    over(meeting, 350)
    assert forget_old_meetings() == {"meetings_soon": 0, "registrations": 0}
    over(meeting, 352)
    for _night in range(2):
        assert forget_old_meetings() == {"meetings_soon": 1, "registrations": 0}
    told = Notification.objects.get()
    assert (told.kind, told.recipient) == ("meetings.personal_data_goes", cast.secretariat)
    deliver_due()
    told.refresh_from_db()
    assert told.subject.startswith("Personal data will be removed")
    assert "export it before that day" in told.text
    Meeting.objects.filter(pk=meeting.pk).update(retain_days=360)
    forget_old_meetings()
    assert Notification.objects.count() == 2


def test_staff_sees_when_it_will_happen_and_that_it_has(cast: Cast, sign_in: Any, meeting: Meeting) -> None:
    client, visitor = sign_in(cast.secretariat), Client()
    path = f"/meetings/{meeting.slug}/"
    assert "will be removed:" in client.get(path).content.decode()
    assert "will be removed" not in visitor.get(path).content.decode()
    remove_personal_data(meeting=over(meeting, 400))
    assert "was removed:" in client.get(path).content.decode()


# --- One person's data -------------------------------------------------------------------------------------------------


def test_staff_hand_over_the_data_of_one_registration_and_it_is_recorded(
    zebulonia: Registration, cast: Cast, sign_in: Any
) -> None:
    LogEntry.objects.all().delete()
    client = sign_in(cast.secretariat)
    page = f"/registrations/{zebulonia.reference}/"
    assert "hand this file over" in client.get(page).content.decode()
    response = client.post(f"{page}data.zip")
    assert response["Content-Disposition"] == f'attachment; filename="{zebulonia.reference}.zip"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        data = json.loads(archive.read("registration.json"))
        assert any(name.endswith(".ics") for name in archive.namelist())
    assert (data["email"], data["family_name"], data["answers"]) == (ADDRESS, FAMILY, {"why": f"I am {GIVEN} {FAMILY}"})
    assert [row["kind"] for row in data["scans"]] == ["check_in", "undo", "check_in"]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (cast.secretariat, zebulonia.reference)
    assert str(cast.secretariat) in client.get(page).content.decode()


def test_what_is_handed_over_has_the_files_that_were_handed_in(academia: CategoryQuota, cast: Cast) -> None:
    row, other = registrant(academia.meeting), registrant(academia.meeting)
    passport, letter = (RequiredDocument.objects.create(quota=academia, title_en=title) for title in ("Passport", "Letter"))
    for mine, document, content in ((row, passport, b"mine"), (row, letter, b"mine as well"), (other, letter, b"another's")):
        pdf = b"%PDF-1.4 " + content + b"\n%%EOF\n"
        hand_in(registration=mine, document=document, content=pdf, name="scan.pdf", by=mine.user)
    with zipfile.ZipFile(io.BytesIO(export_registration(registration=row, by=cast.secretariat))) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}
        listed = json.loads(archive.read("registration.json"))["files"]
    assert files == {f"files/{one.pk}-{one.name}": one.file.file.open("rb").read() for one in row.files.all()}
    assert sorted(content.split()[1:-1] for content in files.values()) == [[b"mine"], [b"mine", b"as", b"well"]]
    assert sorted(one["for"] for one in listed) == ["Letter", "Passport"]


def test_only_staff_hand_data_over_and_not_after_it_has_gone(cast: Cast, sign_in: Any, academia: CategoryQuota) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    for user in (row.user, cast.administrator, cast.focal_undp):
        with pytest.raises(PermissionDenied):
            export_registration(registration=row, by=user)
    assert sign_in(row.user).post(f"/registrations/{row.reference}/data.zip").status_code == 403
    assert sign_in(cast.focal_undp).post(f"/registrations/{row.reference}/data.zip").status_code == 404
    assert "hand this file over" not in sign_in(row.user).get(f"/registrations/{row.reference}/").content.decode()
    remove_personal_data(meeting=over(academia.meeting, 400))
    with pytest.raises(Refused, match="nothing left to hand over"):
        export_registration(registration=Registration.objects.get(pk=row.pk), by=cast.secretariat)
    client = sign_in(cast.secretariat)
    answer = client.post(f"/registrations/{row.reference}/data.zip", follow=True).content.decode()
    assert "nothing left to hand over" in answer


def test_own_data_tells_of_ones_scans(academia: CategoryQuota) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    ScanFactory(registration=row, desk="Desk 5")
    assert [scan["desk"] for scan in data_of_person(row.user)[0]["scans"]] == ["Desk 5"]
