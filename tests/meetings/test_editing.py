"""The secretariat makes, edits and cancels a meeting."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from common.access import Refused
from directory.enums import Role
from meetings.enums import EditAct, MeetingState, RegistrationState
from meetings.forms.editing import MeetingForm
from meetings.models import CategoryQuota, Meeting, MeetingEdit
from meetings.services.editing import cancel_meeting, change_meeting, create_meeting, version_of
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.meetings import MeetingFactory, RegistrationFactory, SessionFactory, registrant


def staff_of(slug: str) -> Any:
    user = UserFactory()
    body = OrganizationFactory(code="unossc", is_secretariat=True)
    MembershipFactory(user=user, organization=body, role=Role.STAFF, scope=f"meeting:{slug}")
    return user


@pytest.fixture
def form_data(db: Any) -> dict[str, Any]:
    return {
        "slug": "apia-2018",
        "title_en": "Consultation in Apia",
        "title_fr": "Consultation à Apia",
        "summary_en": "Islands meet.",
        "place_en": "Government house",
        "city": "Apia",
        "country": CountryFactory().pk,
        "time_zone": "Europe/Berlin",
        "starts_at": "2030-03-30T09:00",
        "ends_at": "2030-04-02T18:00",
        "hours_from": "08:00",
        "hours_to": "21:00",
        "host": OrganizationFactory(code="unossc", is_secretariat=True).pk,
        "delegation_ceiling": 5,
        "reminder_days": 3,
        "offer_hours": 72,
        "retain_days": 365,
        "outcome_en": "Agreed.\n\nAnd more.",
        "proceedings_en": "Speakers said.",
    }


def unchanged(meeting: Meeting) -> dict[str, Any]:
    """What the form of a meeting sends when nothing on it was changed."""
    form = MeetingForm(instance=Meeting.objects.get(pk=meeting.pk))
    data = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, datetime):
            value = value.strftime("%Y-%m-%dT%H:%M")
        if value is not None and value is not False:
            data[bound.html_name] = value
    return data


# --- Making ----------------------------------------------------------------------------------------------------------


def test_staff_make_a_meeting_that_only_they_see(cast: Cast, sign_in: Any, form_data: dict[str, Any]) -> None:
    client = sign_in(cast.secretariat)
    assert "/meetings/new/" in client.get("/meetings/").content.decode()
    assert client.post("/meetings/new/", form_data).url == "/meetings/apia-2018/"
    made = Meeting.objects.get(slug="apia-2018")
    assert (made.state, made.title_fr) == (MeetingState.DRAFT, "Consultation à Apia")
    assert made.starts_at == datetime(2030, 3, 30, 8, 0, tzinfo=UTC)  # Berlin, before its clocks change
    assert made.ends_at == datetime(2030, 4, 2, 16, 0, tzinfo=UTC)  # and after
    assert [change.new for change in made.state_changes.all()] == ["draft"]
    assert Client().get("/meetings/apia-2018/").status_code == 404
    page = client.get("/meetings/apia-2018/").content.decode()
    for words in ("Outcome", "And more.", "Summary of the discussion", "/meetings/apia-2018/edit/"):
        assert words in page


def test_outsiders_make_none(cast: Cast, sign_in: Any, form_data: dict[str, Any]) -> None:
    for person in (cast.outsider, cast.drafter, cast.focal_undp, cast.administrator, staff_of("elsewhere")):
        assert sign_in(person).post("/meetings/new/", form_data).status_code == 403
        with pytest.raises(PermissionDenied):
            create_meeting(by=person, slug="x", values={})
    assert Client().get("/meetings/new/").status_code == 302
    assert "/meetings/new/" not in Client().get("/meetings/").content.decode()
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"starts_at": "2030-03-31T02:30"}, "starts_at", "put forward and 02:30 does not exist"),
        ({"ends_at": "2030-10-27T02:30"}, "ends_at", "show 02:30 twice"),
        ({"registration_closes_at": "2030-03-31T02:00"}, "registration_closes_at", "does not exist"),
        ({"ends_at": "2030-03-01T10:00"}, None, "The end must be after the beginning."),
        ({"hours_to": "07:00"}, None, "Rooms must close after they open."),
        ({"time_zone": "Mars/Base"}, "time_zone", "Select a valid choice"),
        ({"slug": "new"}, "slug", "kept for the portal"),
        ({"title_en": ""}, "title_en", "required"),
        ({"starts_at": "soon"}, "starts_at", "valid date"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    cast: Cast, sign_in: Any, form_data: dict[str, Any], change: dict[str, str], field: str, words: str
) -> None:
    response = sign_in(cast.secretariat).post("/meetings/new/", {**form_data, **change})
    assert response.status_code == 400
    errors = response.context["form"].errors.get(field or "__all__", [])
    assert any(words in error for error in errors), response.context["form"].errors
    assert not Meeting.objects.exists()


def test_a_short_name_is_taken_once_and_never_reserved(cast: Cast, sign_in: Any, form_data: dict[str, Any]) -> None:
    MeetingFactory(slug="apia-2018")
    response = sign_in(cast.secretariat).post("/meetings/new/", form_data)
    assert "There is a meeting with this short name" in response.content.decode()
    with pytest.raises(Refused, match="kept for the portal"):
        create_meeting(by=cast.secretariat, slug="new", values={})
    with pytest.raises(Refused):
        create_meeting(by=cast.secretariat, slug="half-a-meeting", values={"title_en": "x"})


# --- Editing ---------------------------------------------------------------------------------------------------------


def test_an_edit_is_saved_recorded_and_seen_by_the_public(meeting: Meeting, cast: Cast, sign_in: Any, client: Client) -> None:
    assert "Agreed in Antalya" not in client.get("/meetings/antalya/").content.decode()
    data = {**unchanged(meeting), "outcome_en": "Agreed in Antalya.", "title_ar": "اجتماع"}
    assert sign_in(cast.secretariat).post("/meetings/antalya/edit/", data).status_code == 302
    assert "Agreed in Antalya" in client.get("/meetings/antalya/").content.decode()
    assert "اجتماع" in client.get("/ar/meetings/antalya/").content.decode()
    edit = MeetingEdit.objects.get()
    assert (edit.act, edit.by, str(edit.on_behalf_of)) == (EditAct.CHANGED, cast.secretariat, "UNOSSC")
    assert "outcome" in edit.detail
    after = Meeting.objects.get()
    assert after.sequence == meeting.sequence + 1  # calendars take the new entry
    assert after.starts_at == meeting.starts_at.replace(second=0, microsecond=0)


def test_long_texts_are_written_in_six_languages_and_english_stands_in(
    meeting: Meeting, cast: Cast, sign_in: Any, client: Client
) -> None:
    data = {**unchanged(meeting), "purpose_en": "Why we meet.\n\nAnd how.", "purpose_ar": "لماذا نجتمع", "outcome_en": "Agreed."}
    data |= {"proceedings_en": "They said.", "proceedings_fr": "On a dit."}
    assert sign_in(cast.secretariat).post("/meetings/antalya/edit/", data).status_code == 302
    arabic = client.get("/ar/meetings/antalya/").content.decode()
    assert '<div class="purpose"><p>لماذا نجتمع</p></div>' in arabic
    assert '<div class="purpose" lang="en" dir="ltr"><p>Agreed.</p></div>' in arabic
    french = client.get("/fr/meetings/antalya/").content.decode()
    assert '<div class="purpose" lang="en" dir="ltr"><p>Why we meet.</p><p>And how.</p></div>' in french
    assert '<div class="purpose"><p>On a dit.</p></div>' in french
    assert '<div class="purpose"><p>Agreed.</p></div>' in client.get("/meetings/antalya/").content.decode()


def test_a_long_text_that_a_colleague_has_just_translated_is_not_written_over(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    client, data = sign_in(cast.secretariat), unchanged(meeting)
    assert client.post("/meetings/antalya/edit/", {**data, "outcome_ru": "Согласовано."}).status_code == 302
    assert client.post("/meetings/antalya/edit/", {**data, "outcome_ru": "Решено."}).status_code == 400
    assert Meeting.objects.get().outcome_ru == "Согласовано."


def test_saving_without_a_change_writes_nothing(meeting: Meeting, cast: Cast) -> None:
    values = {"city": meeting.city, "outcome_en": ""}
    change_meeting(meeting=meeting, by=cast.secretariat, values=values, seen=version_of(meeting))
    assert not MeetingEdit.objects.exists()
    assert Meeting.objects.get().sequence == meeting.sequence


def test_of_two_editors_the_second_is_told(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    client, data = sign_in(cast.secretariat), unchanged(meeting)
    assert client.post("/meetings/antalya/edit/", {**data, "city": "Kemer"}).status_code == 302
    response = client.post("/meetings/antalya/edit/", {**data, "city": "Belek"})
    assert response.status_code == 400
    assert "Somebody else has changed this meeting meanwhile" in response.content.decode()
    assert Meeting.objects.get().city == "Kemer"


def test_in_another_time_zone_sessions_keep_their_hours(meeting: Meeting, cast: Cast) -> None:
    start = datetime(2030, 6, 3, 9, 0, tzinfo=meeting.zone)
    session = SessionFactory(meeting=meeting, starts_at=start)
    change_meeting(meeting=meeting, by=cast.secretariat, values={"time_zone": "Asia/Bangkok"})
    session.refresh_from_db()
    assert session.starts_at == datetime(2030, 6, 3, 2, 0, tzinfo=UTC)
    assert session.version == 1


def test_a_time_zone_in_which_a_session_would_have_no_hour_is_refused(meeting: Meeting, cast: Cast) -> None:
    start = datetime(2030, 3, 31, 2, 30, tzinfo=meeting.zone)
    SessionFactory(meeting=meeting, starts_at=start, ends_at=start + timedelta(hours=2))
    with pytest.raises(Refused, match="does not exist"):
        change_meeting(meeting=meeting, by=cast.secretariat, values={"time_zone": "Europe/Berlin"})
    assert Meeting.objects.get().time_zone == "Europe/Istanbul"


@pytest.mark.parametrize("path", ["edit/", "cancel/", "documents/edit/", "documents/add/", "programme/edit/", "programme/rooms/"])
def test_pages_are_for_the_staff_of_this_meeting(meeting: Meeting, cast: Cast, sign_in: Any, path: str) -> None:
    draft = MeetingFactory(state=MeetingState.DRAFT)
    elsewhere = staff_of(draft.slug)
    for person in (cast.outsider, cast.drafter, cast.administrator, cast.focal_undp, elsewhere):
        assert sign_in(person).get(f"/meetings/antalya/{path}").status_code == 403
    assert sign_in(cast.outsider).get(f"/meetings/{draft.slug}/{path}").status_code == 404
    assert sign_in(elsewhere).get(f"/meetings/{draft.slug}/{path}").status_code == 200
    assert Client().get(f"/meetings/antalya/{path}").status_code == 302
    assert sign_in(cast.secretariat).delete(f"/meetings/antalya/{path}").status_code == 405


def test_verbs_are_for_the_staff_of_this_meeting(meeting: Meeting, cast: Cast) -> None:
    for person in (cast.outsider, cast.drafter, cast.administrator, staff_of("elsewhere")):
        with pytest.raises(PermissionDenied):
            change_meeting(meeting=meeting, by=person, values={"city": "x"})
        with pytest.raises(PermissionDenied):
            cancel_meeting(meeting=meeting, by=person, reason="x")


def test_links_to_edit_are_for_staff(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    assert "For the secretariat" not in sign_in(cast.outsider).get("/meetings/antalya/").content.decode()
    assert "For the secretariat" in sign_in(cast.secretariat).get("/meetings/antalya/").content.decode()


# --- Cancelling ------------------------------------------------------------------------------------------------------


def test_a_cancelled_meeting_tells_everybody_with_a_live_registration(
    academia: CategoryQuota, cast: Cast, sign_in: Any, client: Client
) -> None:
    meeting = academia.meeting
    person = registrant(meeting, state=RegistrationState.APPROVED)
    by_address = RegistrationFactory(meeting=meeting, state=RegistrationState.WAITLISTED, language="fr")
    for state in (RegistrationState.DECLINED, RegistrationState.CANCELLED):
        RegistrationFactory(meeting=meeting, state=state)
    staff = sign_in(cast.secretariat)
    assert "2 people have registered" in staff.get("/meetings/antalya/cancel/").content.decode()
    assert staff.post("/meetings/antalya/cancel/", {"reason": " "}).status_code == 400
    assert staff.post("/meetings/antalya/cancel/", {"reason": "The hall was flooded."}).url == "/meetings/antalya/"
    told = Notification.objects.filter(kind="meetings.meeting_cancelled")
    assert {row.recipient or row.address for row in told} == {person.user, by_address.email}
    file = told[0].context["calendar"]["_texts"]["en"]
    assert "STATUS:CANCELLED" in file
    assert f"SEQUENCE:{meeting.sequence + 1}" in file
    assert "meeting-antalya@" in file
    assert "The hall was flooded." in client.get("/meetings/antalya/").content.decode()
    assert b"STATUS:CANCELLED" in client.get("/meetings/antalya/meeting.ics").content
    change = meeting.state_changes.get()
    assert (change.new, change.reason, change.by) == ("cancelled", "The hall was flooded.", cast.secretariat)
    again = staff.post("/meetings/antalya/cancel/", {"reason": "Again"})
    assert "This cannot become" in again.content.decode()
    assert told.count() == 2


def test_the_message_has_its_words_and_the_file(academia: CategoryQuota, cast: Cast) -> None:
    from notifications.services.rendering import render

    RegistrationFactory(meeting=academia.meeting, state=RegistrationState.APPROVED)
    cancel_meeting(meeting=academia.meeting, by=cast.secretariat, reason="The hall was flooded.")
    subject, text, _html, attachments = render(Notification.objects.get(kind="meetings.meeting_cancelled"))
    assert subject == "The meeting is cancelled: Meeting antalya"
    assert "The hall was flooded." in text
    assert attachments[0][0] == "meeting.ics"


def test_a_draft_is_cancelled_without_a_message_and_a_past_meeting_never(meeting: Meeting, cast: Cast) -> None:
    draft = MeetingFactory(state=MeetingState.DRAFT)
    RegistrationFactory(meeting=draft)
    assert cancel_meeting(meeting=draft, by=cast.secretariat, reason="x").state == MeetingState.CANCELLED
    assert not Notification.objects.filter(kind="meetings.meeting_cancelled").exists()
    now = timezone.now()
    over = MeetingFactory(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    with pytest.raises(Refused, match="is over"):
        cancel_meeting(meeting=over, by=cast.secretariat, reason="x")
    with pytest.raises(Refused, match="Say why"):
        cancel_meeting(meeting=meeting, by=cast.secretariat, reason=" ")


# --- The sessions go with the meeting --------------------------------------------------------------------------------


def moved_by(meeting: Meeting, days: int, **more: Any) -> dict[str, Any]:
    """What the form sends where the meeting goes to other days."""
    data = unchanged(meeting)
    for name in ("starts_at", "ends_at"):
        data[name] = f"{datetime.fromisoformat(str(data[name])) + timedelta(days=days):%Y-%m-%dT%H:%M}"
    return {**data, **more}


@pytest.fixture
def first_session(meeting: Meeting) -> Any:
    return SessionFactory(meeting=meeting, starts_at=meeting.starts_at, ends_at=meeting.starts_at + timedelta(hours=1))


def test_a_meeting_that_leaves_its_sessions_behind_is_asked_about_them(
    meeting: Meeting, first_session: Any, cast: Cast, sign_in: Any
) -> None:
    client, before = sign_in(cast.secretariat), meeting.starts_at
    assert 'name="sessions"' not in client.get("/meetings/antalya/edit/").content.decode()
    answer = client.post("/meetings/antalya/edit/", moved_by(meeting, 7))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "1 session would lie outside the days of the meeting" in page
    assert "Move all of them with it, 7 days later" in page
    meeting.refresh_from_db()
    assert meeting.starts_at == before


@pytest.mark.parametrize(("choice", "days"), [("move", 7), ("leave", 0)])
def test_sessions_go_with_their_meeting_or_stay(
    meeting: Meeting, first_session: Any, cast: Cast, sign_in: Any, choice: str, days: int
) -> None:
    before = first_session.starts_at
    answer = sign_in(cast.secretariat).post("/meetings/antalya/edit/", moved_by(meeting, 7, sessions=choice), follow=True)
    first_session.refresh_from_db()
    assert first_session.starts_at == before + timedelta(days=days)
    assert first_session.version == bool(days)
    assert ("Its sessions have moved with it" in answer.content.decode()) == bool(days)
    assert ("sessions moved with it" in MeetingEdit.objects.latest("pk").detail) == bool(days)


def test_a_day_earlier_is_said_as_such(meeting: Meeting, first_session: Any, cast: Cast, sign_in: Any) -> None:
    SessionFactory(meeting=meeting, starts_at=meeting.ends_at - timedelta(hours=1), ends_at=meeting.ends_at)
    page = sign_in(cast.secretariat).post("/meetings/antalya/edit/", moved_by(meeting, -1)).content.decode()
    assert "Move all of them with it, 1 day earlier" in page


def test_nothing_is_asked_where_no_session_is_left_behind(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    assert sign_in(cast.secretariat).post("/meetings/antalya/edit/", moved_by(meeting, 7)).status_code == 302


def test_sessions_that_would_have_no_hour_hold_the_meeting_where_it_is(meeting: Meeting, cast: Cast) -> None:
    change_meeting(meeting=meeting, by=cast.secretariat, values={"time_zone": "Europe/Berlin"})
    meeting.refresh_from_db()
    night = datetime(2030, 6, 3, 2, 30, tzinfo=meeting.zone)
    session = SessionFactory(meeting=meeting, starts_at=night, ends_at=night + timedelta(hours=2))
    days = (datetime(2031, 3, 30, tzinfo=UTC).date() - session.starts_at.date()).days
    later = timedelta(days=days)
    values = {"starts_at": meeting.starts_at + later, "ends_at": meeting.ends_at + later}
    with pytest.raises(Refused, match="does not exist"):
        change_meeting(meeting=meeting, by=cast.secretariat, values=values, moves_sessions=True)
    session.refresh_from_db()
    assert session.starts_at == night
