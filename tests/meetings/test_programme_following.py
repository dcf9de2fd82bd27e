"""Stars, news of a release, one's own calendar."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar

from common.access import Refused
from directory.models import Organization
from meetings.enums import RegistrationState as S
from meetings.models import CalendarToken, GroupMember, Meeting, ProgrammeFollow, Session, SessionStar
from meetings.services.programme import choose_news, make_calendar_address, release_programme, star_session
from meetings.services.registration import cancel_registration
from notifications.models import Notification, Preference
from notifications.services import deliver_due
from tests.conftest import Cast
from tests.factories.directory import UserFactory
from tests.factories.meetings import (
    GroupFactory,
    GroupMeetingFactory,
    SessionFactory,
    registrant,
    release,
)

MINE = "/meetings/antalya/programme/mine/"


@pytest.fixture(autouse=True)
def _mail_in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def programme(meeting: Meeting) -> Meeting:
    SessionFactory(meeting=meeting, code="one", title="Session One")
    SessionFactory(meeting=meeting, code="two", title="Session Two")
    release(meeting)
    return meeting


def told() -> dict[str, Notification]:
    return {row.recipient.email: row for row in Notification.objects.filter(kind="meetings.programme_released")}


def sent() -> dict[str, EmailMessage]:
    """What went out by now, by address, read back from its bytes."""
    deliver_due()
    return {one.to[0]: message_from_bytes(one.message().as_bytes(), policy=policy.default) for one in mail.outbox}


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def change(*codes: str) -> None:
    for code in codes:
        Session.objects.filter(code=code).update(title_en=f"Changed {code}", title=f"Changed {code}")


def test_each_follower_gets_one_message_with_what_changed_for_them(programme: Meeting, cast: Cast) -> None:
    starred, other, seat = UserFactory(language="fr"), UserFactory(), registrant(programme, state=S.APPROVED).user
    waiting, declined_news = registrant(programme, state=S.WAITLISTED).user, registrant(programme, state=S.APPROVED).user
    follower = UserFactory()
    star_session(meeting=programme, code="one", by=starred, on=True)
    star_session(meeting=programme, code="two", by=other, on=True)
    choose_news(meeting=programme, by=declined_news, news="none")
    choose_news(meeting=programme, by=follower, news="all")
    change("one")
    release_programme(meeting=programme, by=cast.secretariat, note="The first session has another title.")
    rows = told()
    assert set(rows) == {starred.email, seat.email, follower.email}
    assert waiting.email not in rows
    texts = sent()
    french, english = texts[starred.email], texts[seat.email]
    body = text_of(english)
    assert "Session One → Changed one" in body
    assert "The first session has another title." in body
    assert "/meetings/antalya/programme/mine/" in body
    assert "/fr/meetings/antalya/programme/mine/" in text_of(french)
    (attached,) = english.iter_attachments()
    assert attached.get_filename() == "programme.ics"
    entries = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    assert [(str(entry["summary"]), int(entry["sequence"])) for entry in entries] == [("Changed one", 2)]
    change("two")
    release_programme(meeting=programme, by=cast.secretariat, note="x")
    assert Notification.objects.filter(recipient=starred).count() == 1
    assert "Changed one" not in Notification.objects.get(recipient=other).context["changes"][0]["title"]["_texts"]["en"]


def test_the_first_release_tells_registrants_that_it_is_there(meeting: Meeting, cast: Cast) -> None:
    seat = registrant(meeting, state=S.APPROVED).user
    SessionFactory(meeting=meeting)
    release_programme(meeting=meeting, by=cast.secretariat, note="Here it is.")
    assert "the programme is published, with 1 session" in text_of(sent()[seat.email])


def test_nothing_is_said_of_a_meeting_that_is_not_announced(meeting: Meeting, cast: Cast) -> None:
    registrant(meeting, state=S.APPROVED)
    SessionFactory(meeting=meeting)
    Meeting.objects.update(state="draft")
    release_programme(meeting=meeting, by=cast.secretariat, note="x")
    assert not told()


def test_preferences_are_kept(programme: Meeting, cast: Cast) -> None:
    user = registrant(programme, state=S.APPROVED).user
    Preference.objects.create(user=user, kind="meetings.programme_released", frequency="none")
    change("one")
    release_programme(meeting=programme, by=cast.secretariat, note="x")
    assert told()[user.email].state == "kept"


@pytest.mark.parametrize("count", [1, 8])
def test_telling_takes_the_same_queries_for_one_and_for_many(
    programme: Meeting, cast: Cast, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        registrant(programme, state=S.APPROVED)
    change("one")
    with django_assert_max_num_queries(50):
        release_programme(meeting=programme, by=cast.secretariat, note="x")
    assert len(told()) == count


def test_starring_by_button_and_by_script(programme: Meeting, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    page = client.get("/meetings/antalya/programme/").content.decode()
    assert 'name="star" value="one"' in page
    answer = client.post(f"{MINE}star/", {"star": "one"})
    assert (answer.status_code, answer["Location"]) == (302, "/meetings/antalya/programme/#one")
    assert client.post(f"{MINE}star/", {"star": "one"}, headers={"Accept": "application/json"}).json() == {"starred": True}
    assert SessionStar.objects.count() == 1
    mine = client.get(MINE).content.decode()
    assert "Session One" in mine
    assert "Session Two" not in mine
    assert client.post(f"{MINE}star/", {"unstar": "one", "back": "mine"})["Location"] == f"{MINE}#one"
    assert not SessionStar.objects.exists()
    assert "no session into your programme yet" in client.get(MINE).content.decode()


def test_a_session_that_is_not_released_cannot_be_starred(programme: Meeting, cast: Cast, sign_in: Any) -> None:
    SessionFactory(meeting=programme, code="secret")
    for code in ("secret", "nonsense"):
        with pytest.raises(Refused, match="not in the programme any more"):
            star_session(meeting=programme, code=code, by=cast.outsider, on=True)
    answer = sign_in(cast.outsider).post(f"{MINE}star/", {"star": "x"}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert sign_in(cast.outsider).post(f"{MINE}star/", {"star": "<script>"})["Location"] == "/meetings/antalya/programme/"


def test_what_left_the_programme_is_said_on_ones_own_page(programme: Meeting, cast: Cast, sign_in: Any) -> None:
    star_session(meeting=programme, code="two", by=cast.outsider, on=True)
    Session.objects.filter(code="two").delete()
    release(programme)
    text = sign_in(cast.outsider).get(MINE).content.decode()
    assert "No longer in the programme" in text
    assert "Session Two" in text


def test_choosing_news(programme: Meeting, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    client.post(f"{MINE}news/", {"news": "all"})
    assert ProgrammeFollow.objects.get().news == "all"
    client.post(f"{MINE}news/", {"news": "nonsense"})
    assert ProgrammeFollow.objects.get().news == "all"
    with pytest.raises(Refused, match="Choose one of the three"):
        choose_news(meeting=programme, by=cast.outsider, news="")


# --- The calendar ----------------------------------------------------------------------------------------------------


def address(client: Client) -> str:
    text = client.get(MINE).content.decode()
    return urlsplit(re.search(r'<code dir="ltr">(.*?)</code>', text)[1]).path


def test_ones_own_calendar_holds_stars_and_registrations(programme: Meeting, sign_in: Any) -> None:
    row = registrant(programme, state=S.APPROVED)
    star_session(meeting=programme, code="two", by=row.user, on=True)
    client = sign_in(row.user)
    assert (
        "/calendar/"
        not in client.get(MINE)
        .content.decode()
        .partition('id="calendar"')[2]
        .replace("mine/calendar/", "")
        .partition("</main>")[0]
    )
    client.post(f"{MINE}calendar/")
    path = address(client)
    answer = Client().get(path)  # a program that cannot sign in
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]

    def entries() -> dict[str, str]:
        walked = Calendar.from_ical(Client().get(path).content).walk("VEVENT")
        return {str(entry["uid"]).partition("@")[0]: str(entry["status"]) for entry in walked}

    assert entries() == {"meeting-antalya": "CONFIRMED", "session-antalya-two": "CONFIRMED"}
    Session.objects.filter(code="two").delete()
    release(programme)
    cancel_registration(registration=row, by=row.user)
    assert entries() == {"meeting-antalya": "CANCELLED", "session-antalya-two": "CANCELLED"}


def test_ones_own_calendar_holds_the_meetings_of_ones_groups(cast: Cast, sign_in: Any) -> None:
    group = GroupFactory(slug="group")
    undp = Organization.objects.get(code="undp")
    GroupMember.objects.create(group=group, organization=undp, name="Elif", user=cast.focal_undp)
    GroupMeetingFactory(group=group, slug="called")
    GroupMeetingFactory(group=group, slug="draft", state="draft")
    GroupMeetingFactory(group=GroupFactory(slug="other"), slug="elsewhere")
    page = "/working-groups/group/member/"
    client = sign_in(cast.focal_undp)
    answer = client.post(f"{page}calendar/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{page}#calendar"
    text = answer.content.decode()
    assert "Your calendar has an address." in text
    path = urlsplit(re.search(r'<code dir="ltr">(.*?)</code>', text)[1]).path

    def entries() -> list[str]:
        return [str(entry["uid"]).partition("@")[0] for entry in Calendar.from_ical(Client().get(path).content).walk("VEVENT")]

    assert entries() == ["meeting-called"]
    GroupMember.objects.all().delete()
    assert entries() == []
    assert client.post(f"{page}calendar/").status_code == 403
    assert sign_in(cast.outsider).post(f"{page}calendar/").status_code == 403


def test_the_address_is_secret_and_can_be_taken_back(programme: Meeting, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    client.post(f"{MINE}calendar/")
    first = address(client)
    assert str(CalendarToken.objects.get().key.hex) in first
    for forged in (f"/calendar/{CalendarToken.objects.get().key.hex}.ics", "/calendar/x.ics", first.replace(".ics", "x.ics")):
        assert Client().get(forged).status_code == 404
    client.post(f"{MINE}calendar/")
    second = address(client)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post(f"{MINE}calendar/", {"close": "1"})
    assert Client().get(second).status_code == 404
    token = make_calendar_address(by=cast.outsider)
    cast.outsider.is_active = False
    cast.outsider.save()
    assert Client().get(second).status_code == 404
    assert CalendarToken.objects.get() == token
