"""Pages of meetings, as people meet them."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory.enums import Role
from meetings.enums import EventState, MeetingState, ReportState
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, Registration, RegistrationEdit, ThematicEvent, VoluntaryReport
from meetings.services.registration import cancel_registration
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, MembershipFactory, OrganizationFactory, ThemeFactory, UserFactory
from tests.factories.meetings import (
    ActionFactory,
    DecisionFactory,
    DocumentFactory,
    EventFactory,
    GroupFactory,
    MeetingFactory,
    MemberFactory,
    QuotaFactory,
    RegistrationFactory,
    ReportFactory,
    SessionFactory,
    SpeakerFactory,
    registrant,
    release,
)

FORM = {"given_name": "Amina", "family_name": "Diallo", "affiliation": "Lakeside", "language": "en"}


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


# --- Meetings and programme ------------------------------------------------------------------------------------------


def test_list_parts_what_lies_ahead_from_what_is_over(client: Client, meeting: Meeting) -> None:
    now = timezone.now()
    MeetingFactory(title="Long gone", starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    before, after = page(client, "/meetings/").split("Past meetings")
    assert meeting.title in before
    assert "Long gone" in after


def test_list_without_meetings_says_so(client: Client, db: Any) -> None:
    assert "No meeting is announced" in page(client, "/meetings/")


def test_drafts_are_for_their_secretariat_only(cast: Cast, sign_in: Any) -> None:
    draft = MeetingFactory(state=MeetingState.DRAFT)
    for path in ("", "programme/", "register/", "meeting.ics"):
        page(sign_in(), f"/meetings/{draft.slug}/{path}", 404)
        page(sign_in(cast.administrator), f"/meetings/{draft.slug}/{path}", 404)
    assert "Only the secretariat sees this page" in page(sign_in(cast.secretariat), f"/meetings/{draft.slug}/")


def test_meeting_says_what_when_where_and_who_can_register(client: Client, academia: CategoryQuota, ngo: CategoryQuota) -> None:
    meeting = academia.meeting
    SessionFactory(meeting=meeting, item="a", code="item-a", title="A framework", summary="What should it cover?")
    release(meeting)
    DocumentFactory(meeting=meeting, symbol="A/RES/71/318", url="https://undocs.org/A/RES/71/318", title="Resolution 71/318")
    CategoryQuota.objects.filter(pk=ngo.pk).update(is_open=False)
    for _ in range(2):
        RegistrationFactory(meeting=meeting, state=S.APPROVED)
    text = page(client, "/meetings/antalya/")
    for words in (
        "A framework",
        "/meetings/antalya/programme/#item-a",
        "A/RES/71/318",
        "Istanbul, UTC+3",
        " UTC",
        "Full, waiting list",
        "Closed",
    ):
        assert words in text
    assert "/meetings/antalya/register/" in text


def test_kept_page_changes_when_registration_closes_by_the_clock(client: Client, academia: CategoryQuota) -> None:
    assert "Registration is open" in page(client, "/meetings/antalya/")
    with time_machine.travel(timezone.now() + timedelta(weeks=3, hours=1), tick=True):
        text = page(client, "/meetings/antalya/")
    assert "Registration is closed" in text
    assert "/meetings/antalya/register/" not in text


def test_kept_page_changes_when_the_last_seat_goes(client: Client, academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    RegistrationFactory(meeting=academia.meeting, state=S.APPROVED)
    assert "Full, waiting list" not in page(client, "/meetings/antalya/")
    sign_in(cast.outsider).post("/meetings/antalya/register/", {**FORM, "category": academia.pk})
    assert "Full, waiting list" in page(client, "/meetings/antalya/")


def test_programme_shows_days_rooms_speakers_in_the_places_time(client: Client, meeting: Meeting) -> None:
    start = meeting.starts_at.astimezone(meeting.zone).replace(hour=18, minute=30, second=0, microsecond=0)
    session = SessionFactory(meeting=meeting, starts_at=start, ends_at=start + timedelta(hours=2), is_illustrative=True)
    SpeakerFactory(session=session, part="moderator", role="Head of Department")
    SessionFactory(meeting=meeting, starts_at=start + timedelta(days=1))
    release(meeting)
    text = page(client, "/meetings/antalya/programme/")
    for words in ("18:30–20:30", "Aspendos Hall", "Elif Karadere", "Moderator", "Head of Department", "Illustrative"):
        assert words in text
    assert text.count('class="day"') == 2


def test_places_time_stays_whatever_the_readers_zone(cast: Cast, sign_in: Any, meeting: Meeting) -> None:
    start = meeting.starts_at.astimezone(meeting.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    SessionFactory(meeting=meeting, starts_at=start)
    release(meeting)
    reader = UserFactory(time_zone="Pacific/Apia")
    assert "09:00–10:00" in page(sign_in(reader), "/meetings/antalya/programme/")


def test_programme_without_sessions_says_so(client: Client, meeting: Meeting) -> None:
    assert "not published yet" in page(client, "/meetings/antalya/programme/")


@pytest.mark.parametrize("count", [1, 12])
def test_programme_takes_the_same_queries_at_one_session_and_at_many(
    client: Client, meeting: Meeting, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        SpeakerFactory(session=SessionFactory(meeting=meeting)).session.documents.add(DocumentFactory(meeting=meeting))
    release(meeting)
    page(client, "/")  # versions and demo line are read once
    with django_assert_num_queries(4):
        page(client, "/meetings/antalya/programme/")


@pytest.mark.parametrize("count", [1, 9])
def test_meeting_takes_the_same_queries_at_one_category_and_at_many(
    client: Client, meeting: Meeting, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        quota = QuotaFactory(meeting=meeting, category__code=f"category-{number}")
        RegistrationFactory(meeting=meeting, category=quota.category)
        SessionFactory(meeting=meeting, item=str(number))
        DocumentFactory(meeting=meeting)
    release(meeting)
    page(client, "/meetings/antalya/register/")
    with django_assert_num_queries(7):
        page(client, "/meetings/antalya/")


def test_public_pages_of_visitors_set_no_cookie_and_have_no_token(client: Client, academia: CategoryQuota) -> None:
    EventFactory(slug="farmers")
    for path in ("", "antalya/", "antalya/programme/", "antalya/register/"):
        response = client.get(f"/meetings/{path}")
        assert not response.cookies
        assert b"csrfmiddlewaretoken" not in response.content
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_announcing_a_meeting(cast: Cast, sign_in: Any) -> None:
    draft = MeetingFactory(state=MeetingState.DRAFT)
    path = f"/meetings/{draft.slug}/publish/"
    assert sign_in(cast.focal_undp).post(path).status_code == 404
    assert sign_in(cast.secretariat).get(path).status_code == 405
    assert sign_in().post(path).url.startswith("/accounts/login/")
    assert sign_in(cast.secretariat).post(path).status_code == 302
    page(sign_in(), f"/meetings/{draft.slug}/")
    assert sign_in(cast.focal_undp).post(path).status_code == 403
    again = sign_in(cast.secretariat).post(path, follow=True)
    assert "cannot become “Published”" in again.content.decode()


def test_a_meeting_of_the_past_is_not_announced(cast: Cast, sign_in: Any) -> None:
    now = timezone.now()
    draft = MeetingFactory(state=MeetingState.DRAFT, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    answer = sign_in(cast.secretariat).post(f"/meetings/{draft.slug}/publish/", follow=True)
    assert "lies in the past" in answer.content.decode()
    assert Meeting.objects.get(pk=draft.pk).state == MeetingState.DRAFT


# --- Registering -----------------------------------------------------------------------------------------------------


def test_visitor_is_invited_to_make_an_account_and_comes_back(client: Client, academia: CategoryQuota) -> None:
    text = page(client, "/meetings/antalya/register/")
    assert "/accounts/signup/?next=/meetings/antalya/register/" in text
    assert "/accounts/login/?next=/meetings/antalya/register/" in text
    assert client.post("/meetings/antalya/register/", FORM).url == "/accounts/login/?next=/meetings/antalya/register/"


def test_visitor_in_arabic_comes_back_to_the_arabic_form(client: Client, academia: CategoryQuota) -> None:
    assert "/ar/accounts/signup/?next=/ar/meetings/antalya/register/" in page(client, "/ar/meetings/antalya/register/")


@pytest.mark.parametrize("field", ["given_name", "family_name"])
def test_name_that_could_write_lines_of_a_mail_is_refused(field: str, academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    bad = {**FORM, "category": academia.pk, field: "Leilani\r\nBcc: all@test.example"}
    page = sign_in(cast.outsider).post("/meetings/antalya/register/", bad)
    assert "line breaks or invisible characters" in page.content.decode()
    assert not Registration.objects.exists()


def test_registering_leads_to_ones_registration(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    assert "Send the registration" in page(client, "/meetings/antalya/register/")
    country = CountryFactory(iso2="KE")
    answer = client.post(
        "/meetings/antalya/register/",
        {**FORM, "category": academia.pk, "country": country.pk, "access_needs": "Captions"},
        follow=True,
    )
    row = Registration.objects.get()
    assert answer.redirect_chain == [(f"/registrations/{row.reference}/", 302)]
    assert (row.state, row.country, row.access_needs) == (S.APPROVED, country, "Captions")
    text = answer.content.decode()
    for words in ("You have a seat", row.reference, f"/registrations/{row.reference}.ics", "The registration was approved"):
        assert words in text


def test_refused_form_keeps_everything_and_says_what_is_missing(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.outsider).post(
        "/meetings/antalya/register/", {**FORM, "affiliation": "", "access_needs": "Captions please", "category": ""}
    )
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Captions please" in text
    assert "Diallo" in text
    assert "Name the body you come for" in text
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("value", ["0", "999999999999999999999999", "x", "\x00"])
def test_forged_category_is_an_error_of_the_form(academia: CategoryQuota, cast: Cast, sign_in: Any, value: str) -> None:
    answer = sign_in(cast.outsider).post("/meetings/antalya/register/", {**FORM, "category": value})
    assert answer.status_code == 400
    assert 'href="#id_category"' in answer.content.decode()
    assert Registration.objects.count() == 0


def test_registration_that_closed_while_one_wrote_loses_nothing(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    page(client, "/meetings/antalya/register/")
    Meeting.objects.update(registration_closes_at=timezone.now() - timedelta(minutes=1))
    answer = client.post("/meetings/antalya/register/", {**FORM, "category": academia.pk})
    assert answer.status_code == 400
    assert "Registration is closed." in answer.content.decode()
    assert "Diallo" in answer.content.decode()


def test_who_is_registered_is_shown_the_registration(academia: CategoryQuota, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.WAITLISTED)
    client = sign_in(row.user)
    assert client.get("/meetings/antalya/register/").url == f"/registrations/{row.reference}/"
    assert client.get("/meetings/antalya/registrations/mine/").url == f"/registrations/{row.reference}/"
    assert "You are number 1 on the waiting list" in page(client, f"/registrations/{row.reference}/")


def test_who_is_not_registered_is_led_to_the_form(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    assert sign_in(cast.outsider).get("/meetings/antalya/registrations/mine/").url == "/meetings/antalya/register/"
    assert sign_in().get("/meetings/antalya/registrations/mine/").url.startswith("/accounts/login/")


def test_closed_registration_says_why_in_place_of_the_form(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    Meeting.objects.update(registration_opens_at=timezone.now() + timedelta(days=2))
    for client in (sign_in(), sign_in(cast.outsider)):
        text = page(client, "/meetings/antalya/register/")
        assert "Registration is not open yet" in text
        assert 'name="family_name"' not in text


# --- A registration --------------------------------------------------------------------------------------------------

ACTS = [("", "get"), ("approve/", "post"), ("decline/", "get"), ("decline/", "post"), ("cancel/", "get"), ("cancel/", "post")]


@pytest.mark.parametrize(("act", "method"), ACTS)
def test_outsiders_find_no_registration(academia: CategoryQuota, cast: Cast, sign_in: Any, act: str, method: str) -> None:
    row = registrant(academia.meeting)
    for user in (cast.outsider, cast.focal_undp, cast.drafter, cast.administrator):
        assert getattr(sign_in(user), method)(f"/registrations/{row.reference}/{act}").status_code == 404
        assert getattr(sign_in(user), method)(f"/registrations/NOSUCHCODE/{act}").status_code == 404
    assert getattr(sign_in(), method)(f"/registrations/{row.reference}/{act}").url.startswith("/accounts/login/")


@pytest.mark.parametrize("act", ["approve/", "decline/"])
def test_a_registrant_does_not_decide(academia: CategoryQuota, sign_in: Any, act: str) -> None:
    row = registrant(academia.meeting)
    assert sign_in(row.user).post(f"/registrations/{row.reference}/{act}", {"reason": "x"}).status_code == 403


def test_approving_takes_a_post(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = registrant(academia.meeting)
    assert sign_in(cast.secretariat).get(f"/registrations/{row.reference}/approve/").status_code == 405
    assert sign_in(row.user).post(f"/registrations/{row.reference}/").status_code == 405


def test_cancelling_asks_first(academia: CategoryQuota, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    client = sign_in(row.user)
    assert "Cancel the registration?" in page(client, f"/registrations/{row.reference}/cancel/")
    assert Registration.objects.get().state == S.APPROVED
    text = client.post(f"/registrations/{row.reference}/cancel/", follow=True).content.decode()
    assert "The registration is cancelled." in text
    assert "Register again" in text
    assert "cannot become “Cancelled”" in client.post(f"/registrations/{row.reference}/cancel/", follow=True).content.decode()


def test_history_names_the_agency_and_not_its_people(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = registrant(ngo.meeting, category=ngo.category)
    path = f"/registrations/{row.reference}/"
    sign_in(cast.secretariat).post(path + "decline/", {"reason": "The delegation named another."})
    text = page(sign_in(row.user), path)
    assert "The delegation named another." in text
    assert "UNOSSC" in text
    assert cast.secretariat.family_name not in text


# --- The secretariat's list ------------------------------------------------------------------------------------------

LIST = "/meetings/antalya/registrations/"


@pytest.mark.parametrize("path", [LIST, f"{LIST}export.csv", f"{LIST}export.xlsx"])
def test_the_list_is_for_secretariat_staff(academia: CategoryQuota, cast: Cast, sign_in: Any, path: str) -> None:
    assert sign_in().get(path).url.startswith("/accounts/login/")
    for name, user in cast.everyone().items():
        assert sign_in(user).get(path).status_code == (200 if name == "secretariat" else 403), name
    assert sign_in(cast.secretariat).post(path).status_code == 405
    assert sign_in(cast.secretariat).get(path.replace("antalya", "nowhere")).status_code == 404


def test_staff_of_another_meeting_read_no_registrations_of_this_one(academia: CategoryQuota, sign_in: Any) -> None:
    row = registrant(academia.meeting)
    user = UserFactory()
    body = OrganizationFactory(code="unossc", is_secretariat=True)
    MembershipFactory(user=user, organization=body, role=Role.STAFF, scope="meeting:elsewhere")
    assert sign_in(user).get(LIST).status_code == 403
    assert sign_in(user).get(f"/registrations/{row.reference}/").status_code == 404


def test_filters_live_in_the_address(academia: CategoryQuota, ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    RegistrationFactory(meeting=academia.meeting, given_name="Elif", family_name="Karadere", state=S.APPROVED)
    RegistrationFactory(meeting=academia.meeting, category=ngo.category, given_name="Nadim", family_name="Haddadin")
    RegistrationFactory(meeting=MeetingFactory(), family_name="Elsewhere")
    client = sign_in(cast.secretariat)
    for query, seen, hidden in (
        ("", ["Karadere", "Haddadin"], ["Elsewhere"]),
        ("?state=approved", ["Karadere"], ["Haddadin"]),
        ("?state=to_decide", ["Haddadin"], ["Karadere"]),
        ("?category=ngo", ["Haddadin"], ["Karadere"]),
        ("?q=karadere+elif", ["Karadere"], ["Haddadin"]),
        ("?state=nonsense&category=nonsense&q=%00", ["Karadere", "Haddadin"], []),
        ("?after=xyz", ["Karadere", "Haddadin"], []),
        ("?after=99999999999999999999999", ["Karadere", "Haddadin"], []),
    ):
        text = page(client, LIST + query)
        assert all(name in text for name in seen), query
        assert not any(name in text for name in hidden), query
    assert "No registration matches" in page(client, LIST + "?q=nobody")


def test_long_lists_come_in_pages_that_keep_the_filters(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    rows = [RegistrationFactory(meeting=academia.meeting, family_name=f"Person{number:03d}") for number in range(53)]
    client = sign_in(cast.secretariat)
    text = page(client, LIST + "?state=submitted")
    assert "53 registrations" in text
    assert "Person002" not in text
    assert f"?state=submitted&amp;after={rows[3].pk}" in text
    assert "Person002" in page(client, f"{LIST}?state=submitted&after={rows[3].pk}")


def test_deciding_leads_back_to_the_filtered_list(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    rows = [registrant(ngo.meeting, category=ngo.category) for _ in range(4)]
    client = sign_in(cast.secretariat)
    back = LIST + "?state=to_decide"
    answers = [client.post(f"/registrations/{row.reference}/approve/", {"back": back}, follow=True) for row in rows[:3]]
    assert all(answer.redirect_chain == [(back, 302)] for answer in answers)
    assert "has a seat and gets a message" in answers[0].content.decode()
    assert "No seat is free" in answers[2].content.decode()
    declined = client.post(f"/registrations/{rows[3].reference}/decline/", {"back": back, "reason": "No."}, follow=True)
    assert declined.redirect_chain == [(back, 302)]
    again = client.post(f"/registrations/{rows[3].reference}/decline/", {"reason": "No."})
    assert again.status_code == 400
    assert "cannot become “Declined”" in again.content.decode()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"])
def test_nobody_is_led_to_another_site(ngo: CategoryQuota, cast: Cast, sign_in: Any, back: str) -> None:
    row = registrant(ngo.meeting, category=ngo.category)
    answer = sign_in(cast.secretariat).post(f"/registrations/{row.reference}/approve/", {"back": back})
    assert answer.url == f"/registrations/{row.reference}/"


def test_declining_without_a_reason_keeps_the_form(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = registrant(ngo.meeting, category=ngo.category)
    assert sign_in(cast.secretariat).post(f"/registrations/{row.reference}/decline/", {"reason": " "}).status_code == 400
    assert Registration.objects.get().state == S.SUBMITTED


def test_exports_hold_the_filtered_rows_and_no_formula(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    RegistrationFactory(meeting=academia.meeting, affiliation="=HYPERLINK()", family_name="Karadere")
    RegistrationFactory(meeting=academia.meeting, family_name="Cancelled", state=S.CANCELLED)
    client = sign_in(cast.secretariat)
    text = b"".join(client.get(LIST + "export.csv?state=submitted").streaming_content).decode()
    assert "'=HYPERLINK()" in text
    assert text.count("\r\n") == 2
    sheet = openpyxl.load_workbook(BytesIO(client.get(LIST + "export.xlsx?state=submitted").content)).active
    assert sheet.max_row == 2
    assert sheet["F2"].data_type == "s"


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries_at_one_row_and_at_many(
    academia: CategoryQuota, cast: Cast, sign_in: Any, count: int, django_assert_num_queries: Any
) -> None:
    body = OrganizationFactory(code="fao")
    for _ in range(count):
        RegistrationFactory(meeting=academia.meeting, organization=body, country=CountryFactory(), state=S.WAITLISTED)
    client = sign_in(cast.secretariat)
    page(client, LIST)
    with django_assert_num_queries(14):  # one of them for unread messages in the head
        page(client, LIST)


# --- Calendar, files -------------------------------------------------------------------------------------------------


def test_calendar_shows_meetings_and_accepted_events_by_month(client: Client, meeting: Meeting) -> None:
    EventFactory(title="Farmers teach farmers")
    EventFactory(title="Only an idea", state=EventState.PROPOSED)
    text = page(client, "/calendar/")
    assert meeting.title in text
    assert "Farmers teach farmers" in text
    assert "Only an idea" not in text


def test_proposals_stay_out_of_the_calendar_of_those_who_may_read_them(cast: Cast, sign_in: Any) -> None:
    EventFactory(title="Only an idea", state=EventState.PROPOSED)
    assert "Only an idea" not in page(sign_in(cast.secretariat), "/calendar/")
    assert b"Only an idea" not in sign_in(cast.focal_fao).get("/calendar.ics").content


@pytest.mark.parametrize("count", [1, 8])
def test_calendar_takes_the_same_queries_at_one_date_and_at_many(
    client: Client, count: int, db: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        EventFactory(country=CountryFactory())
        MeetingFactory()
    page(client, "/meetings/")
    with django_assert_num_queries(6):
        page(client, "/calendar/")


def test_calendar_files_have_stable_bytes_and_names(client: Client, academia: CategoryQuota, sign_in: Any) -> None:
    SessionFactory(meeting=academia.meeting, code="item-a", title="A framework")
    SessionFactory(meeting=academia.meeting, code="coffee", kind="break", title="Coffee")
    release(academia.meeting)
    EventFactory(slug="farmers")
    row = registrant(academia.meeting, state=S.APPROVED)
    for who, path, inside, outside in (
        (client, "/calendar.ics", ["UID:meeting-antalya@", "UID:event-farmers@"], ["UID:session"]),
        (client, "/meetings/antalya/meeting.ics", ["UID:meeting-antalya@", "UID:session-antalya-item-a@"], ["Coffee", "farmers"]),
        (sign_in(row.user), f"/registrations/{row.reference}.ics", ["UID:meeting-antalya@", row.reference], ["UID:session"]),
    ):
        first, second = who.get(path), who.get(path)
        assert first["Content-Type"] == "text/calendar; charset=utf-8"
        assert first.content == second.content
        text = first.content.decode().replace("\r\n ", "")
        assert all(words in text for words in [*inside, "SEQUENCE:0", "DTSTAMP:", "STATUS:CONFIRMED"]), path
        assert not any(words in text for words in outside), path


def test_a_cancelled_registration_leaves_the_calendar(academia: CategoryQuota, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    cancel_registration(registration=row, by=row.user)
    text = sign_in(row.user).get(f"/registrations/{row.reference}.ics").content.decode()
    assert "STATUS:CANCELLED" in text
    assert "SEQUENCE:1" in text


def test_registration_file_is_for_the_registrant(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    assert sign_in().get(f"/registrations/{row.reference}.ics").url.startswith("/accounts/login/")
    assert sign_in(cast.outsider).get(f"/registrations/{row.reference}.ics").status_code == 404


def test_kept_documents_are_downloads_of_announced_meetings(client: Client, meeting: Meeting, settings: Any) -> None:
    from directory.services.files import store_file

    file = store_file(content=b"%PDF-1.7 note", mime="application/pdf")
    document = DocumentFactory(meeting=meeting, code="note", file=file)
    response = client.get(f"/meetings/antalya/documents/{document.pk}/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7 note"
    assert response["Content-Disposition"] == 'attachment; filename="note-en.pdf"'
    Meeting.objects.update(state=MeetingState.DRAFT)
    assert client.get(f"/meetings/antalya/documents/{document.pk}/").status_code == 404
    assert client.get(f"/meetings/antalya/documents/{10**30}/").status_code == 404


# --- Thematic events, groups, reports --------------------------------------------------------------------------------


def test_deciding_on_an_event(cast: Cast, sign_in: Any) -> None:
    event = EventFactory(slug="idea", state=EventState.PROPOSED)
    path = "/thematic-events/idea/"
    assert sign_in().get(path).status_code == 404
    assert sign_in(cast.focal_undp).post(path + "decide/", {"decision": "accept"}).status_code == 404
    assert "Decide on this proposal" not in page(sign_in(cast.focal_fao), path)
    assert sign_in(cast.focal_fao).post(path + "decide/", {"decision": "accept"}).status_code == 403
    staff = sign_in(cast.secretariat)
    assert staff.get(path + "decide/").status_code == 405
    refused = staff.post(path + "decide/", {"decision": "decline", "reason": ""})
    assert refused.status_code == 400
    assert "Say why: the proposing agency reads the reason." in refused.content.decode()
    assert staff.post(path + "decide/", {"decision": "accept"}).status_code == 302
    assert ThematicEvent.objects.get(pk=event.pk).state == EventState.ACCEPTED
    page(sign_in(), path)
    assert "cannot become" in staff.post(path + "decide/", {"decision": "accept"}, follow=True).content.decode()


def test_group_names_agencies_outside_and_people_inside(cast: Cast, sign_in: Any) -> None:
    group = GroupFactory(slug="strategy-group")
    MemberFactory(group=group, role="chair")
    ActionFactory(group=group)
    DecisionFactory(group=group, title="For all")
    DecisionFactory(group=group, title="For members", is_public=False)
    for user, inside in ((None, False), (cast.outsider, False), (cast.contributor_undp, True), (cast.secretariat, True)):
        text = page(sign_in(user), "/working-groups/strategy-group/")
        assert "UNDP" in text
        assert "For all" in text
        assert ("Chandra Weerasuriya" in text) is inside
        assert ("For members" in text) is inside
    assert group.name in page(sign_in(), "/working-groups/")
    page(sign_in(), "/working-groups/none/", 404)


def test_reports_are_found_by_country_theme_and_language(client: Client, db: Any) -> None:
    samoa = ReportFactory(title="Report of Samoa")
    samoa.themes.add(ThemeFactory(code="sharing"))
    ReportFactory(title="Rapport du Kenya", country=CountryFactory(iso2="KE"), language="fr")
    ReportFactory(title="Not yet", state=ReportState.SUBMITTED)
    for query, titles in (
        ("", {"Report of Samoa", "Rapport du Kenya"}),
        ("?country=WS", {"Report of Samoa"}),
        ("?theme=sharing", {"Report of Samoa"}),
        ("?language=fr", {"Rapport du Kenya"}),
        ("?country=%00&theme=x&language=xx", {"Report of Samoa", "Rapport du Kenya"}),
        ("?country=KE&language=en", set()),
    ):
        text = page(client, "/reports/" + query)
        assert {title for title in ("Report of Samoa", "Rapport du Kenya", "Not yet") if title in text} == titles, query
    assert "No report matches" in page(client, "/reports/?country=KE&language=en")


def test_an_approved_registration_is_followed_on_the_desk_with_its_day(meeting: Meeting, sign_in: Any) -> None:
    row = registrant(meeting, state=S.APPROVED)
    text = page(sign_in(row.user), "/desk/")
    followed = text[text.index("What you follow") :]
    assert f'href="/registrations/{row.reference}/"' in followed
    assert re.search(rf"Approved · \s*<time [^>]*>[^<]*{meeting.starts_at.year}</time>", followed)
    assert "waiting for" not in text


def test_export_of_reports_holds_the_filtered_rows_and_no_formula(client: Client, cast: Cast, sign_in: Any) -> None:
    ReportFactory(slug="samoa", title="=Report of Samoa").themes.add(ThemeFactory(code="sharing", name="Sharing"))
    ReportFactory(title="Rapport du Kenya", country=CountryFactory(iso2="KE"), language="fr")
    ReportFactory(title="Not yet", state=ReportState.SUBMITTED)
    assert 'href="/reports/export.csv?country=WS"' in page(client, "/reports/?country=WS")
    response = client.get("/reports/export.csv?country=WS")
    head, *rows = csv.reader(StringIO(response.content.decode().removeprefix("\ufeff")))
    assert (head[0], response["Content-Disposition"]) == ("Title", 'attachment; filename="voluntary-reports.csv"')
    assert [(row[0], row[2], row[3]) for row in rows] == [("'=Report of Samoa", "Sharing", "en")]
    assert rows[0][-1].endswith("/reports/samoa/")
    assert "Not yet" not in page(client, "/reports/export.csv")
    assert "Not yet" in page(sign_in(cast.secretariat), "/reports/export.csv")
    assert client.post("/reports/export.csv").status_code == 405


def test_report_is_read_in_its_own_language(client: Client, db: Any) -> None:
    ReportFactory(slug="kenya", language="fr")
    text = page(client, "/reports/kenya/")
    assert '<div lang="fr" dir="ltr">' in text
    assert "<p>Because.</p>" in text


def test_publishing_a_report(cast: Cast, sign_in: Any) -> None:
    ReportFactory(slug="undp", state=ReportState.SUBMITTED, organization=OrganizationFactory(code="undp"))
    page(sign_in(), "/reports/undp/", 404)
    assert sign_in(cast.outsider).post("/reports/undp/publish/").status_code == 404
    assert sign_in(cast.focal_undp).post("/reports/undp/publish/").status_code == 403
    staff = sign_in(cast.secretariat)
    assert staff.get("/reports/undp/publish/").status_code == 405
    assert staff.post("/reports/undp/publish/").status_code == 302
    assert VoluntaryReport.objects.get().published_at is not None
    page(sign_in(), "/reports/undp/")
    assert "cannot become" in staff.post("/reports/undp/publish/", follow=True).content.decode()


# --- Links and words of the secretariat --------------------------------------------------------------------------------


def test_the_desk_leads_the_secretariat_to_what_it_works_on(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    def places(who: Any) -> dict[str, str]:
        return {place.url: place.note for place in sign_in(who).get("/desk/").context["places"]}

    for who in (cast.outsider, cast.focal_undp, cast.drafter, cast.administrator):
        assert places(who) == {}
    none = {
        "/meetings/": "1 meeting lies ahead",
        "/thematic-events/review/": "0 proposals wait for a decision",
        "/reports/": "0 reports wait to be published",
        "/working-groups/": "0 actions are overdue",
    }
    assert places(cast.secretariat) == none
    MeetingFactory()
    MeetingFactory(state=MeetingState.CANCELLED)
    EventFactory(state=EventState.PROPOSED, proposed_at=timezone.now())
    EventFactory(state=EventState.DRAFT)
    ReportFactory(state=ReportState.SUBMITTED)
    ActionFactory(due_on=timezone.now().date() - timedelta(days=1))
    assert list(places(cast.secretariat).values()) == [
        "2 meetings lie ahead", "1 proposal waits for a decision", "1 report waits to be published", "1 action is overdue",
    ]  # fmt: skip
    limited = UserFactory()
    MembershipFactory(user=limited, organization=OrganizationFactory(code="unossc"), role=Role.STAFF, scope="meeting:antalya")
    assert places(limited) == {"/meetings/": "1 meeting lies ahead"}
    assert 'href="/thematic-events/review/"' in page(sign_in(cast.secretariat), "/desk/")


def test_an_overdue_action_is_overdue_on_the_desk(cast: Cast, sign_in: Any) -> None:
    assert cast.focal_undp.main_organization is not None
    ActionFactory(owner=cast.focal_undp.main_organization, due_on=timezone.now().date() - timedelta(days=2))
    text = page(sign_in(cast.focal_undp), "/desk/")
    assert '<span class="time-left">overdue</span>' in text
    assert ">closed<" not in text


def test_the_tabs_of_registration_are_the_same_on_every_page(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = RegistrationFactory(meeting=academia.meeting, state=S.APPROVED)
    RegistrationEdit.objects.create(registration=row, state="proposed", before={"function": ""}, after={"function": "x"})
    staff = sign_in(cast.secretariat)
    shown = set()
    for name in ("registrations", "changes", "registration_settings", "questions"):
        text = page(staff, reverse(f"meetings:{name}", args=["antalya"]))
        tabs = text[text.index('<nav class="tabs"') :]
        shown.add(tabs[: tabs.index("</p>")].replace(' aria-current="page"', ""))
    (tabs,) = shown
    assert 'Changes <span class="tab-count">1</span>' in tabs
    assert 'href="/meetings/antalya/badges/"' in tabs


def test_staff_edit_and_release_from_the_public_programme(client: Client, meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    SessionFactory(meeting=meeting)
    release(meeting)
    acts = [f'href="/meetings/antalya/programme/{act}/"' for act in ("edit", "release")]
    staff = page(sign_in(cast.secretariat), "/meetings/antalya/programme/")
    assert [act in staff for act in acts] == [True, True]
    # Neither on the kept page, also after a member of staff has read it, nor for somebody who may not.
    for reader in (client, sign_in(cast.focal_undp), sign_in(cast.administrator)):
        text = page(reader, "/meetings/antalya/programme/")
        assert [act in text for act in acts] == [False, False]


def test_a_draft_is_discarded_and_not_cancelled(academia: CategoryQuota, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.DRAFT)
    own = sign_in(row.user)
    text = page(own, row.get_absolute_url())
    assert "Discard the draft" in text
    assert "I cannot come" not in text
    assert f'href="/registrations/{row.reference}/cancel/"' in page(own, "/meetings/antalya/register/")
    asked = page(own, f"/registrations/{row.reference}/cancel/")
    assert "takes no seat, so nobody is told" in asked
    assert "Your seat goes to" not in asked
    assert own.post(f"/registrations/{row.reference}/cancel/", {"draft": "1"}).url == "/meetings/antalya/"
    assert "The draft was discarded" in page(own, row.get_absolute_url())
    assert not Notification.objects.exists()


def test_a_draft_that_was_sent_meanwhile_is_not_discarded(academia: CategoryQuota, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    answer = sign_in(row.user).post(f"/registrations/{row.reference}/cancel/", {"draft": "1"}, follow=True)
    assert "This is no draft any more: it was sent in the meantime." in answer.content.decode()
    row.refresh_from_db()
    assert row.state == S.APPROVED


def test_a_seat_beyond_the_quota_is_offered_only_where_none_is_free(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    new = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.SUBMITTED)
    staff, beyond = sign_in(cast.secretariat), "Seat beyond the quota"
    assert beyond not in page(staff, new.get_absolute_url())
    waiting = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.WAITLISTED)
    # An approval would put the new one behind who waits; who waits would get the free seat.
    assert beyond in page(staff, new.get_absolute_url())
    assert beyond not in page(staff, waiting.get_absolute_url())
    for _seat in range(ngo.seats):
        RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.APPROVED)
    assert beyond in page(staff, new.get_absolute_url())
    assert beyond in page(staff, waiting.get_absolute_url())


def test_staff_see_when_an_offer_ends(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    until = timezone.now() + timedelta(days=2, hours=1)
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.OFFERED, offered_until=until)
    staff = sign_in(cast.secretariat)
    text = page(staff, row.get_absolute_url())
    assert "The offer ends:" in text
    assert "2 days left" in text
    assert "The offer ends:" in page(staff, "/meetings/antalya/registrations/")


def test_the_form_says_who_decides_before_a_seat(academia: CategoryQuota, ngo: CategoryQuota, sign_in: Any) -> None:
    reader = sign_in(UserFactory())
    text = page(reader, "/meetings/antalya/register/")
    assert "a seat at once" in text
    assert "the secretariat decides" in text
    CategoryQuota.objects.update(needs_endorsement=True)
    text = page(reader, "/meetings/antalya/register/")
    assert "a seat at once" not in text
    assert "a seat once your organization endorses you" in text
    assert "your organization endorses you, then the secretariat decides" in text


def test_drafts_are_no_choice_of_the_list(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    text = page(sign_in(cast.secretariat), "/meetings/antalya/registrations/")
    assert '<option value="offered">' in text
    assert '<option value="draft">' not in text
