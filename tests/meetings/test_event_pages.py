"""Thematic events in the browser: proposing, answering, deciding, placing; the calendar with filters and overlaps; messages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from meetings.enums import CoSponsorState, EventState
from meetings.models import EventCall, Meeting, ThematicEvent
from meetings.services import event_review as review
from meetings.services import events as work
from meetings.services.programme import release_programme
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, OrganizationFactory, ThemeFactory
from tests.factories.meetings import (
    CoSponsorshipFactory,
    EventCallFactory,
    EventFactory,
    MeetingFactory,
    QuotaFactory,
    RoomFactory,
)
from tests.meetings.test_event_services import proposed
from tests.meetings.test_messages import sent_to, text_of

S = EventState


@pytest.fixture
def call(db: Any) -> EventCall:
    return EventCallFactory(slug="events")


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def sent_form(cast: Cast, call: EventCall, **other: Any) -> dict[str, Any]:
    year = timezone.now().year + 1
    return {
        "proposed_by": cast.focal_undp.main_organization.pk,
        "call": call.pk,
        "language": "en",
        "title": "Clinics on sun power",
        "summary": "Clinics compare.",
        "theme": ThemeFactory().pk,
        "format": "workshop",
        "co_sponsors": [cast.focal_who.main_organization.pk],
        "time_zone": "Europe/Paris",
        "starts_at": f"{year}-06-01T09:00",
        "ends_at": f"{year}-06-02T17:00",
        "starts_2": f"{year}-07-01T09:00",
        "ends_2": f"{year}-07-02T17:00",
        "city": "Paris",
        "country": CountryFactory(iso2="FR").pk,
        "expected": "80",
        "action": "propose",
    } | other


def test_from_the_form_to_the_public_calendar(call: EventCall, cast: Cast, sign_in: Any) -> None:
    focal, who, staff = sign_in(cast.focal_undp), sign_in(cast.focal_who), sign_in(cast.secretariat)
    assert "2 left" in page(focal, "/thematic-events/").replace("\n", " ")
    page(focal, "/thematic-events/new/")
    assert focal.post("/thematic-events/new/", sent_form(cast, call)).url == "/thematic-events/clinics-on-sun-power/"
    event = ThematicEvent.objects.get()
    path = event.get_absolute_url()
    assert (event.state, event.starts_at.hour, event.alternatives.count()) == (S.PROPOSED, 7, 1)
    page(sign_in(), path, 404)
    page(sign_in(cast.focal_fao), path, 404)
    assert "Does WHO co-sponsor this event of UNDP?" in page(who, path)
    assert who.post(path + "co-sponsors/who/", {"answer": "confirm"}).status_code == 302
    assert event.co_sponsorships.get().state == CoSponsorState.CONFIRMED
    assert staff.post(path + "start/").status_code == 302
    assert staff.post(path + "notes/", {"text": "Which hall?"}).status_code == 302
    text = page(focal, path)
    assert "Which hall?" in text
    assert str(cast.secretariat) not in text  # the secretariat outside, its people inside
    assert str(cast.secretariat) in page(staff, path)
    assert "Which hall?" not in page(who, path)
    seen = ThematicEvent.objects.get().version
    assert staff.post(path + "decide/", {"decision": "accept", "dates": "1", "seen": seen}).status_code == 302
    event.refresh_from_db()
    assert (event.state, event.starts_at.month) == (S.ACCEPTED, 7)
    public = page(sign_in(), path)
    assert "WHO" in public
    assert "Which hall?" not in public
    assert "Clinics on sun power" in page(sign_in(), "/calendar/")


def test_a_draft_is_kept_edited_and_submitted_by_the_focal_point(call: EventCall, cast: Cast, sign_in: Any) -> None:
    member = sign_in(cast.contributor_undp)
    shown = member.post("/thematic-events/new/", sent_form(cast, call), follow=True)  # only a focal point proposes
    assert shown.status_code == 403
    event = ThematicEvent.objects.get()
    path = event.get_absolute_url()
    assert event.state == S.DRAFT
    assert "Its focal point proposes it" in page(member, path)
    form = sent_form(cast, call, title="Clinics", action="draft")
    assert member.post(path + "edit/", form).status_code == 302
    assert "Clinics" in page(sign_in(cast.focal_undp), "/thematic-events/ours/")
    stale = member.post(path + "edit/", form | {"seen": "another"})
    assert stale.status_code == 400
    assert "Somebody else has changed" in stale.content.decode()
    focal = sign_in(cast.focal_undp)
    assert "Propose this event" in page(focal, path)
    focal.post(path + "submit/")
    assert ThematicEvent.objects.get().state == S.PROPOSED
    assert "cannot be edited now" in focal.get(path + "edit/", follow=True).content.decode()
    assert "cannot become" in focal.post(path + "submit/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T09:00"}, "02:30 does not exist"),
        ({"starts_at": "2027-10-31T02:30", "ends_at": "2027-10-31T09:00"}, "show 02:30 twice"),
        ({"ends_at": "2027-05-01T09:00", "starts_at": "2027-06-01T09:00"}, "The end must be after the beginning."),
        ({"ends_2": ""}, "Give both the beginning and the end."),
        ({"ends_at": "2029-06-01T09:00"}, "Look at the year of both dates."),
    ],
)
def test_hours_that_cannot_be_are_said_at_their_field(
    call: EventCall, cast: Cast, sign_in: Any, other: dict[str, str], words: str
) -> None:
    answer = sign_in(cast.focal_undp).post("/thematic-events/new/", sent_form(cast, call, **other))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ThematicEvent.objects.exists()


def test_beyond_the_limit_the_draft_is_kept(call: EventCall, cast: Cast, sign_in: Any) -> None:
    EventCall.objects.update(limit_per_agency=1)
    proposed(cast.focal_undp, call)
    answer = sign_in(cast.focal_undp).post("/thematic-events/new/", sent_form(cast, call), follow=True)
    assert "has reached the limit of this call: 1" in answer.content.decode()
    assert list(ThematicEvent.objects.order_by("pk").values_list("state", flat=True)) == [S.PROPOSED, S.DRAFT]


def test_returning_declining_withdrawing_on_pages(call: EventCall, cast: Cast, sign_in: Any) -> None:
    focal, staff = sign_in(cast.focal_undp), sign_in(cast.secretariat)
    event = proposed(cast.focal_undp, call)
    path = event.get_absolute_url()
    for decision in ("return", "decline"):
        assert staff.post(path + "decide/", {"decision": decision, "reason": ""}).status_code == 400
    assert staff.post(path + "decide/", {"decision": "accept", "dates": "other"}).status_code == 400
    staff.post(path + "decide/", {"decision": "return", "reason": "Name the councils."})
    assert "Name the councils." in page(focal, path + "edit/")
    focal.post(path + "submit/")
    staff.post(path + "decide/", {"decision": "decline", "reason": "No theme fits."})
    assert "No theme fits." in page(focal, path)
    other = proposed(cast.focal_undp, call).get_absolute_url()
    assert focal.post(other + "withdraw/", {"reason": ""}).status_code == 400
    assert focal.post(other + "withdraw/", {"reason": "Another idea."}).url == "/thematic-events/ours/"
    assert "Another idea." in page(staff, other)


def test_a_withdrawn_event_stays_in_calendars_as_cancelled(cast: Cast, sign_in: Any) -> None:
    event = EventFactory(slug="farmers", proposed_by=cast.focal_undp.main_organization)
    work.withdraw_event(event=event, by=cast.focal_undp, reason="Internal words.")
    text = page(sign_in(), "/thematic-events/farmers/")
    assert "This event is withdrawn" in text
    assert "Internal words." not in text
    assert "Withdrawn" in page(sign_in(), "/calendar/")
    file = sign_in().get("/calendar.ics").content.decode()
    assert "STATUS:CANCELLED" in file
    assert "SEQUENCE:1" in file
    assert sign_in().get("/api/v1/meetings/thematic-events").json() == []


def test_an_event_becomes_a_meeting_that_people_register_for(cast: Cast, sign_in: Any) -> None:
    model = QuotaFactory().meeting
    EventFactory(slug="farmers", title="Seeds and salt")
    staff, path = sign_in(cast.secretariat), "/thematic-events/farmers/"
    page(staff, path + "meeting/")
    sent = {"place": "Hall", "city": "Thiès", "country": CountryFactory(iso2="SN").pk, "seats_like": model.pk}
    opened = f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert staff.post(path + "meeting/", sent | {"registration_opens_at": opened}).url == "/meetings/farmers/"
    assert "Meeting and registration" not in page(sign_in(), path)
    assert page(sign_in(), "/calendar/").count("Seeds and salt") == 1
    assert page(staff, "/calendar/").count("Seeds and salt") == 1
    staff.post("/meetings/farmers/publish/")
    assert "/meetings/farmers/register/" in page(sign_in(), "/meetings/farmers/")
    assert "Meeting and registration" in page(sign_in(), path)
    file = sign_in().get("/calendar.ics").content.decode()
    assert ("UID:meeting-farmers@" in file, "UID:event-farmers@" in file) == (True, False)
    assert page(sign_in(), "/calendar/?theme=overarching").count("Seeds and salt") == 1
    again = staff.post(path + "meeting/", sent)
    assert again.status_code == 400
    assert Meeting.objects.filter(slug__startswith="farmers").count() == 1


def test_an_event_becomes_a_side_event(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    room = RoomFactory(meeting=meeting)
    EventFactory(slug="farmers", title="Farmers teach")
    staff, path = sign_in(cast.secretariat), "/thematic-events/farmers/"
    assert meeting.title in page(staff, path + "session/")
    start = meeting.starts_at.astimezone(meeting.zone)
    sent = {"starts_at": f"{start:%Y-%m-%dT}23:59", "ends_at": f"{start:%Y-%m-%dT}23:00", "room": room.pk}
    assert staff.post(path + "session/?meeting=antalya", sent).status_code == 400
    begins, ends = start + timedelta(hours=1), start + timedelta(hours=2)
    sent = {"starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{ends:%Y-%m-%dT%H:%M}", "room": room.pk}
    assert staff.post(path + "session/?meeting=antalya", sent).url == path
    assert "In the programme" not in page(sign_in(), path)  # it would lead nowhere yet
    release_programme(meeting=meeting, by=cast.secretariat, note="A side event is new.")
    assert "Farmers teach" in page(sign_in(), "/meetings/antalya/programme/")
    assert "In the programme" in page(sign_in(), path)
    page(staff, path + "session/?meeting=none", 404)


def test_moving_and_translating_on_pages(cast: Cast, sign_in: Any) -> None:
    event = EventFactory(slug="farmers", country=CountryFactory())
    staff, path = sign_in(cast.secretariat), "/thematic-events/farmers/"
    page(staff, path + "move/")
    year = timezone.now().year + 1
    hours = {"starts_at": f"{year}-06-01T09:00", "ends_at": f"{year}-06-02T17:00"}
    sent = {"time_zone": "UTC", "city": "Apia", "seen": ThematicEvent.objects.get().version, **hours}
    assert staff.post(path + "move/", sent).status_code == 302
    assert staff.post(path + "move/", sent).status_code == 400
    event.refresh_from_db()
    assert (event.city, event.sequence, event.starts_at.month) == ("Apia", 1, 6)
    assert 'dir="rtl"' in page(staff, path + "translations/")
    assert staff.post(path + "translations/", {"title_fr": "Les paysans"}).status_code == 302
    assert "Les paysans" in page(sign_in(), "/fr" + path)
    page(sign_in(cast.focal_fao), path + "translations/", 403)


def test_staff_see_what_overlaps_in_list_and_calendar_and_others_do_not(cast: Cast, sign_in: Any) -> None:
    one = EventFactory(title="One event", country=CountryFactory())
    EventFactory(title="Two events", state=S.PROPOSED, starts_at=one.starts_at, ends_at=one.ends_at)
    staff = sign_in(cast.secretariat)
    listed = page(staff, "/thematic-events/review/?state=to_decide")
    assert "1 event" in listed
    assert "same theme" in listed
    assert "Two events" in page(staff, "/calendar/")
    assert "Two events" not in page(sign_in(cast.focal_undp), "/calendar/")
    file = b"".join(staff.get("/thematic-events/review/export.csv?state=to_decide")).decode()
    assert ("Two events" in file, "One event" in file) == (True, False)
    page(sign_in(cast.focal_undp), "/thematic-events/review/", 403)


def test_calls_are_made_on_a_page(cast: Cast, sign_in: Any) -> None:
    staff = sign_in(cast.secretariat)
    sent = {
        "title_en": "Events",
        "slug": "events",
        "opens_at": "2026-01-01T09:00",
        "closes_at": "2036-01-01T09:00",
        "limit_per_agency": 3,
    }
    assert staff.post("/thematic-events/calls/", sent | {"closes_at": "2025-01-01T09:00"}).status_code == 400
    assert staff.post("/thematic-events/calls/", sent).status_code == 302
    assert 'value="2036-01-01T09:00"' in page(staff, "/thematic-events/calls/events/")
    assert staff.post("/thematic-events/calls/events/", sent | {"limit_per_agency": 1}).status_code == 302
    assert EventCall.objects.get().limit_per_agency == 1


def test_a_call_is_written_in_six_languages_and_english_stands_in(cast: Cast, client: Client, sign_in: Any) -> None:
    EventCallFactory(slug="events")
    staff = sign_in(cast.secretariat)
    form = staff.get("/thematic-events/calls/events/").context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    sent |= {name: f"{sent[name]:%Y-%m-%dT%H:%M}" for name in ("opens_at", "closes_at")}
    texts = {"title_en": "Events", "title_ar": "مناسبات", "introduction_en": "Propose events."}
    assert staff.post("/thematic-events/calls/events/", sent | texts).status_code == 302
    arabic = page(client, "/ar/thematic-events/")
    assert "<h2>مناسبات</h2>" in arabic
    assert '<p lang="en" dir="ltr">Propose events.</p>' in arabic
    assert "<h2>Events</h2>" in page(client, "/thematic-events/")
    assert staff.post("/thematic-events/calls/events/", sent | texts | {"title_en": ""}).status_code == 400


def test_filters_of_the_calendar_count_and_give_their_own_file(client: Client, db: Any) -> None:
    theme, kenya = ThemeFactory(code="trade", name="Trade"), CountryFactory(iso2="KE")
    one = EventFactory(slug="one", title="Event one", theme=theme, country=kenya, proposed_by=OrganizationFactory(code="who"))
    CoSponsorshipFactory(event=one, organization=OrganizationFactory(code="ilo"), state=CoSponsorState.CONFIRMED)
    CoSponsorshipFactory(event=one, organization=OrganizationFactory(code="itu"))
    EventFactory(slug="two", title="Event two", country=CountryFactory())
    MeetingFactory(slug="three", title="Meeting three", host=OrganizationFactory(code="who"))
    for query, expected in (
        ("", {"one", "two", "three"}),
        ("theme=trade", {"one"}),
        ("agency=who", {"one", "three"}),
        ("agency=ilo", {"one"}),
        ("agency=itu", {"one", "two", "three"}),  # not confirmed, so no filter
        ("country=KE", {"one"}),
        (f"month={one.starts_at:%Y-%m}&agency=who", {"one"}),
        ("theme=%00&country=nowhere", {"one", "two", "three"}),
    ):
        text = page(client, f"/calendar/?{query}")
        assert {slug for slug in ("one", "two", "three") if f'id="{slug}"' in text} == expected, query
        file = client.get(f"/calendar.ics?{query}").content.decode()
        assert file.count("BEGIN:VEVENT") == len(expected), query
    assert "WHO (2)" in page(client, "/calendar/")
    assert "/calendar.ics?theme=trade" in page(client, "/calendar/?theme=trade&other=1")


@pytest.mark.parametrize("count", [1, 6])
def test_pages_of_staff_take_the_same_queries_at_one_event_and_at_many(
    cast: Cast, sign_in: Any, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        event = EventFactory(country=CountryFactory(), state=S.PROPOSED)
        CoSponsorshipFactory(event=event)
        EventFactory(country=CountryFactory(), starts_at=event.starts_at, ends_at=event.ends_at)
        MeetingFactory(starts_at=event.starts_at, ends_at=event.ends_at)
    staff = sign_in(cast.secretariat)
    page(staff, "/meetings/")
    with django_assert_num_queries(15):
        page(staff, "/thematic-events/review/")
    with django_assert_num_queries(12):
        page(staff, "/calendar/")


def test_the_declined_agency_reads_the_reason_in_its_mail(call: EventCall, cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    event = proposed(cast.focal_undp, call, cast.focal_who.main_organization)
    review.decide_event(event=event, by=cast.secretariat, accept=False, reason="No theme fits.")
    (declined,) = sent_to(cast.focal_undp.email)
    assert declined["Subject"] == "Not accepted: Clinics on sun power"
    assert "No theme fits." in text_of(declined)
    assert "Nairobi, Kenya" in text_of(declined)
    asked, also_declined = sent_to(cast.focal_who.email)
    assert "No theme fits." in text_of(also_declined)
    assert "Until WHO confirms, it is not named in public." in " ".join(text_of(asked).split())


def test_who_has_left_the_agency_reads_no_message_any_more(call: EventCall, cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    event = proposed(cast.focal_undp, call)
    review.return_event(event=event, by=cast.secretariat, reason="Say more.")
    cast.focal_undp.memberships.update(ended_at=timezone.now(), ends_on=timezone.now().date() - timedelta(days=1))
    assert sent_to(cast.focal_undp.email) == []


def test_the_proposing_agency_is_no_choice_as_its_own_co_sponsor(call: EventCall, cast: Cast, sign_in: Any) -> None:
    undp, who = cast.focal_undp.main_organization, cast.focal_who.main_organization
    assert undp is not None
    assert who is not None
    focal = sign_in(cast.focal_undp)
    event = EventFactory(state=S.DRAFT, proposed_by=undp)
    for path in ("/thematic-events/new/", f"/thematic-events/{event.slug}/edit/"):
        text = page(focal, path)
        assert f'name="co_sponsors" value="{who.pk}"' in text
        assert f'name="co_sponsors" value="{undp.pk}"' not in text
    refused = focal.post("/thematic-events/new/", sent_form(cast, call, co_sponsors=[undp.pk]))
    assert refused.status_code == 400
