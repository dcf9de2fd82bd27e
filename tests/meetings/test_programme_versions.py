"""Released versions: frozen, compared in words, read by the public everywhere; erasure; the printable programme."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation
from icalendar import Calendar

from common.access import Refused
from directory.enums import Role
from directory.models import Job
from directory.services.erasure import traces_of
from meetings.documents.programme import programme_html
from meetings.enums import MeetingState
from meetings.models import Meeting, ProgrammeFile, ProgrammeVersion, Room, Session, Speaker
from meetings.selectors.changes import compare
from meetings.selectors.snapshots import digest, snapshot
from meetings.selectors.versions import differs_from_release, read_version, working_programme
from meetings.services.personal import erase_person
from meetings.services.programme import release_programme, render_programme
from tests.conftest import Cast
from tests.factories.directory import person
from tests.factories.meetings import DocumentFactory, MeetingFactory, RoomFactory, SessionFactory, SpeakerFactory, release

PROGRAMME = "/meetings/antalya/programme/"


@pytest.fixture
def session(meeting: Meeting) -> Session:
    start = meeting.starts_at.astimezone(meeting.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    row = SessionFactory(meeting=meeting, code="item-a", item="a", title="A framework", starts_at=start, summary="Old words.")
    SpeakerFactory(session=row)
    return row


def lines(old: ProgrammeVersion | None, meeting: Meeting) -> list[tuple[str, str, list[str]]]:
    comparison = compare(read_version(old) if old else None, working_programme(meeting))
    return [(row.kind, row.session.code, [line.in_words for line in row.lines]) for row in comparison.sessions]


# --- Releasing -------------------------------------------------------------------------------------------------------


def test_the_public_reads_the_released_version_and_nothing_later(
    client: Client, meeting: Meeting, session: Session, cast: Cast
) -> None:
    for path, nothing in ((PROGRAMME, "not published yet"), ("/meetings/antalya/", "Antalya"), ("/", "Antalya")):
        text = client.get(path).content.decode()
        assert nothing in text
        assert "A framework" not in text
    release_programme(meeting=meeting, by=cast.secretariat, note="First.")
    Session.objects.update(title="Changed since", title_en="Changed since")
    Speaker.objects.update(name="Somebody New")
    for path in (
        PROGRAMME, "/meetings/antalya/", "/meetings/antalya/meeting.ics", "/api/v1/meetings/antalya", "/search/?q=framework",
        "/meetings/antalya/programme.json", "/api/v1/meetings/antalya/programme", "/",
    ):  # fmt: skip
        text = client.get(path).content.decode()
        assert "A framework" in text, path
        assert "Changed since" not in text, path
        assert "Somebody New" not in text, path
    assert "/programme/#item-a" not in client.get("/search/?q=Changed+since").content.decode()
    release_programme(meeting=meeting, by=cast.secretariat, note="Second.")
    assert "Changed since" in client.get(PROGRAMME).content.decode()


def test_only_secretariat_staff_release(meeting: Meeting, session: Session, cast: Cast) -> None:
    for who in (cast.outsider, cast.focal_undp, cast.administrator, cast.drafter):
        with pytest.raises(PermissionDenied):
            release_programme(meeting=meeting, by=who, note="x")
    limited = person(Role.STAFF, "unossc")
    limited.memberships.update(scope="meeting:antalya")
    assert release_programme(meeting=meeting, by=limited, note="x").number == 1
    elsewhere = MeetingFactory()
    SessionFactory(meeting=elsewhere)
    with pytest.raises(PermissionDenied):
        release_programme(meeting=elsewhere, by=limited, note="x")


def test_a_release_without_note_sessions_or_changes_is_refused(meeting: Meeting, cast: Cast) -> None:
    with pytest.raises(Refused, match="has no session yet"):
        release_programme(meeting=meeting, by=cast.secretariat, note="x")
    SessionFactory(meeting=meeting)
    with pytest.raises(Refused, match="Say in a sentence what is new"):
        release_programme(meeting=meeting, by=cast.secretariat, note=" ")
    release_programme(meeting=meeting, by=cast.secretariat, note="x")
    with pytest.raises(Refused, match="Nothing has changed since version 1"):
        release_programme(meeting=meeting, by=cast.secretariat, note="x")


def test_a_release_of_what_was_not_looked_at_is_refused(meeting: Meeting, session: Session, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    assert "What this changes" in client.get(f"{PROGRAMME}release/").content.decode()
    seen = digest(snapshot(meeting))
    Session.objects.update(title_en="Changed by a colleague")
    answer = client.post(f"{PROGRAMME}release/", {"note": "x", "seen": seen})
    assert answer.status_code == 400
    assert "has changed since you opened this page" in answer.content.decode()
    answer = client.post(f"{PROGRAMME}release/", {"note": "x", "seen": digest(snapshot(meeting))})
    assert answer.status_code == 302
    assert meeting.programme_versions.count() == 1
    assert client.post(f"{PROGRAMME}release/", {"note": "", "seen": seen}).status_code == 400


def test_a_version_never_changes_and_is_never_deleted(meeting: Meeting, session: Session) -> None:
    version = release(meeting)
    assert version.sha256 == digest(version.content)
    for act in (
        lambda: ProgrammeVersion.objects.update(note="x"),
        lambda: ProgrammeVersion.objects.update(content={}),
        lambda: ProgrammeVersion.objects.all()._raw_delete("default"),
        lambda: version.save(),
        lambda: version.delete(),
    ):
        with pytest.raises(IntegrityError, match="A version of a programme"), transaction.atomic():
            act()


# --- Differences -----------------------------------------------------------------------------------------------------


def test_differences_are_said_in_words(meeting: Meeting, session: Session) -> None:
    SessionFactory(meeting=meeting, code="gone", title="Gone", starts_at=session.starts_at + timedelta(hours=3))
    first = release(meeting)
    assert lines(first, meeting) == []
    Session.objects.filter(code="gone").delete()
    session.starts_at += timedelta(hours=1)
    session.ends_at += timedelta(hours=1)
    session.room = RoomFactory(meeting=meeting, code="perge", name="Perge Room")
    session.title, session.summary, session.interpretation = "A wider framework", "New words.", ["fr"]
    session.save()
    session.speakers.update(name="Rosa Manalo")
    SpeakerFactory(session=session, name="Moderating", part="moderator", organization=None)
    session.documents.add(DocumentFactory(meeting=meeting, symbol="A/RES/71/318"))
    SessionFactory(meeting=meeting, code="new", starts_at=session.starts_at + timedelta(hours=5), room=session.room)
    changes = {code: (kind, said) for kind, code, said in lines(first, meeting)}
    assert changes["item-a"] == (
        "changed",
        [
            "Time: 09:00–10:00 → 10:00–11:00",
            "Room: Aspendos Hall → Perge Room",
            "Title: A framework → A wider framework",
            "Speaker: Elif Karadere, UNDP (no longer)",
            "Speaker: Rosa Manalo, UNDP (new)",
            "Moderator: Moderating (new)",
            "Interpretation: French (new)",
            "Documents: A/RES/71/318 (new)",
            "The description has changed",
        ],
    )
    assert changes["gone"][0] == "removed"
    assert changes["new"][0] == "added"
    session.speakers.filter(part="moderator").delete()
    assert "Speaker: Elif Karadere, UNDP → Rosa Manalo, UNDP" in lines(first, meeting)[0][2]


def test_another_day_translations_functions_and_rooms_are_said(meeting: Meeting, session: Session) -> None:
    first = release(meeting)
    Session.objects.filter(pk=session.pk).update(
        title_fr="Un cadre", starts_at=session.starts_at + timedelta(days=1), ends_at=session.ends_at + timedelta(days=1)
    )
    session.speakers.update(role="Minister")
    Room.objects.filter(pk=session.room_id).update(capacity=99)
    said = lines(first, meeting)[0][2]
    assert "09:00–10:00 → " in said[0]
    assert said[0].count(",") == 2
    assert said[1:] == [
        "Speaker: Elif Karadere, UNDP → Elif Karadere, Minister, UNDP",
        "Text in other languages: French",
    ]
    comparison = compare(read_version(first), working_programme(meeting))
    assert [line.in_words for line in comparison.rooms] == ["Seats in Aspendos Hall: 220 → 99"]
    assert comparison.summary == "1 session changed · 1 change of a room"
    with translation.override("fr"):
        own = compare(read_version(first), working_programme(meeting)).sessions[0].lines
        assert any(line.new == "Un cadre" for line in own)


def test_whatever_else_changed_is_not_passed_over(meeting: Meeting, session: Session) -> None:
    first = release(meeting)
    Session.objects.update(is_illustrative=True)
    assert lines(first, meeting) == [("changed", "item-a", ["Small corrections"])]


def test_pages_of_versions_and_differences(client: Client, meeting: Meeting, session: Session, cast: Cast, sign_in: Any) -> None:
    release(meeting, note="The first one")
    Session.objects.update(title_en="A wider <framework>", summary_en="New words.")
    release(meeting, note="The second one")
    Session.objects.update(title_en="Secret title")
    text = client.get(f"{PROGRAMME}versions/").content.decode()
    assert text.index("The second one") < text.index("The first one")
    assert "1 session changed" in text
    for path in (f"{PROGRAMME}compare/", f"{PROGRAMME}compare/?old=1&new=2", f"{PROGRAMME}versions/"):
        text = client.get(path).content.decode()
        assert "A wider &lt;framework&gt;" in text
        assert "<del>Old</del><ins>New</ins> words." in text
        assert "Secret title" not in text
    old = client.get(f"{PROGRAMME}versions/1/").content.decode()
    assert "earlier version" in old
    assert "A framework" in old
    for wrong in ("versions/3/", "versions/99999999999/", "compare/?old=1&new=9", "compare/?old=x&new=2", "compare/?new=working"):
        assert client.get(PROGRAMME + wrong).status_code == 404, wrong
    staff = sign_in(cast.secretariat)
    assert "The working copy differs" in staff.get(PROGRAMME).content.decode()
    assert "Secret title" in staff.get(f"{PROGRAMME}compare/").content.decode()
    assert "Secret title" in staff.get(f"{PROGRAMME}working/").content.decode()
    assert sign_in(cast.outsider).get(f"{PROGRAMME}working/").status_code == 403
    assert "The working copy differs" not in sign_in(cast.outsider).get(PROGRAMME).content.decode()
    release(meeting)
    assert "The working copy differs" not in staff.get(PROGRAMME).content.decode()


def test_versions_of_unannounced_meetings_are_not_found(client: Client, cast: Cast, sign_in: Any) -> None:
    draft = MeetingFactory(state=MeetingState.DRAFT)
    SessionFactory(meeting=draft, code="s")
    release(draft)
    for path in (
        "programme/versions/", "programme/versions/1/", "programme/compare/", "programme.json", "programme.pdf", "now/",
        "sessions/s/speakers/",
    ):  # fmt: skip
        assert client.get(f"/meetings/{draft.slug}/{path}").status_code == 404, path
        assert sign_in(cast.administrator).get(f"/meetings/{draft.slug}/{path}").status_code == 404, path
    assert client.get(f"/api/v1/meetings/{draft.slug}/programme").status_code == 404
    assert client.get(f"/meetings/{MeetingFactory().slug}/programme.json").status_code == 404


@pytest.mark.parametrize("count", [1, 200])
def test_a_big_programme_is_one_query_and_a_page_that_is_kept(
    client: Client, meeting: Meeting, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        SpeakerFactory(session=SessionFactory(meeting=meeting, room=None, summary="Words. " * 30, code=f"s-{number}"))
    release(meeting)
    client.get("/")
    with django_assert_num_queries(4):  # the meeting, its version, lists of speakers, the line of the demo
        assert client.get(PROGRAMME).content.decode().count('class="session"') == count
    with django_assert_num_queries(0):
        client.get(PROGRAMME)


# --- Files -----------------------------------------------------------------------------------------------------------


def test_calendars_take_the_newer_version_and_drop_what_is_gone(client: Client, meeting: Meeting, session: Session) -> None:
    SessionFactory(meeting=meeting, code="gone", title="Gone")
    release(meeting)

    def entries() -> dict[str, tuple[int, str]]:
        calendar = Calendar.from_ical(client.get("/meetings/antalya/meeting.ics?x=" + str(timezone.now().timestamp())).content)
        return {str(e["uid"]).partition("@")[0]: (int(e["sequence"]), str(e["status"])) for e in calendar.walk("VEVENT")}

    assert entries()["session-antalya-gone"] == (1, "CONFIRMED")
    Session.objects.filter(code="gone").delete()
    release(meeting)
    Session.objects.update(title_en="Again")
    release(meeting)
    assert entries()["session-antalya-gone"] == (3, "CANCELLED")
    assert entries()["session-antalya-item-a"] == (3, "CONFIRMED")
    SessionFactory(meeting=meeting, code="gone", title="Back")
    release(meeting)
    assert entries()["session-antalya-gone"] == (4, "CONFIRMED")


def test_data_holds_every_language(client: Client, meeting: Meeting, session: Session) -> None:
    Session.objects.update(title_ar="إطار")
    release(meeting, note="First.")
    one = json.loads(client.get("/meetings/antalya/programme.json").content)
    assert one["version"] == 1
    assert one["sessions"][0]["title"] == {"en": "A framework", "ar": "إطار"}
    assert one["sessions"][0]["speakers"][0]["organization"] == "undp"
    two = client.get("/api/v1/meetings/antalya/programme").json()
    assert two["sha256"] == one["sha256"]
    assert two["sessions"] == [
        {**row, "starts_at": two["sessions"][0]["starts_at"], "ends_at": two["sessions"][0]["ends_at"]} for row in one["sessions"]
    ]


def test_the_printable_programme_is_made_once_and_kept(client: Client, meeting: Meeting, session: Session, cast: Cast) -> None:
    version = release_programme(meeting=meeting, by=cast.secretariat, note="First.")
    assert Job.objects.filter(kind="meetings.render_programme", arguments__version=version.pk).count() == 1
    answer = client.get("/meetings/antalya/programme.pdf")
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")
    render_programme(version=version, report=lambda done, total: None)
    assert version.files.count() == 6
    for language in ("en", "ar", "nonsense"):
        answer = client.get(f"/meetings/antalya/programme.pdf?language={language}")
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert (
            client.get(f"/meetings/antalya/programme.pdf?language={language}", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code
            == 304
        )
    before = set(ProgrammeFile.objects.values_list("file", flat=True))
    render_programme(version=version, report=lambda done, total: None)
    assert set(ProgrammeFile.objects.values_list("file", flat=True)) == before


def test_an_earlier_version_is_printed_as_it_was(client: Client, meeting: Meeting, session: Session, cast: Cast) -> None:
    first = release(meeting)
    Session.objects.update(title="Another title")
    second = release(meeting)
    for version in (first, second):
        render_programme(version=version, report=lambda done, total: None)
    answers = [client.get(f"/meetings/antalya/programme.pdf{query}") for query in ("?version=1", "?version=2", "")]
    old, new, present = (b"".join(answer.streaming_content) for answer in answers)
    assert "antalya-programme-1-en.pdf" in answers[0]["Content-Disposition"]
    assert old != new == present
    for wrong in ("3", "0", "-1", "x", "99999999", "²"):
        assert client.get(f"/meetings/antalya/programme.pdf?version={wrong}").status_code == 404
    page = client.get("/meetings/antalya/programme/versions/1/").content.decode()
    assert 'href="/meetings/antalya/programme.pdf?version=1&amp;language=en"' in page


def test_the_printable_programme_speaks_the_readers_language(meeting: Meeting, session: Session) -> None:
    Session.objects.update(title_ar="إطار")
    text = programme_html(release(meeting), "ar")
    assert 'lang="ar" dir="rtl"' in text
    assert "إطار" in text


# --- Erasure ---------------------------------------------------------------------------------------------------------


def test_erasure_takes_the_name_out_of_what_is_frozen(client: Client, meeting: Meeting, session: Session) -> None:
    gone = person(Role.CONTRIBUTOR, "undp", given_name="Elif", family_name="Karadere")
    SpeakerFactory(session=SessionFactory(meeting=meeting, code="other"), name="Elif Karadere", organization=None)
    version = release(meeting)
    session.speakers.all().delete()
    render_programme(version=version, report=lambda done, total: None)
    before = (version.sha256, version.note)
    erase_person(user=gone, traces=traces_of(gone))
    version.refresh_from_db()
    names = {row["code"]: [who["name"] for who in row["speakers"]] for row in version.content["sessions"]}
    assert names == {"item-a": [""], "other": ["Elif Karadere"]}  # of another body: somebody else
    assert "A former participant" in client.get(PROGRAMME).content.decode()
    assert (version.sha256, version.note) == before
    assert version.redacted_at
    assert not version.files.exists()
    assert Job.objects.filter(kind="meetings.render_programme").count() == 1
    assert differs_from_release(meeting, version)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        ProgrammeVersion.objects.update(content={})
