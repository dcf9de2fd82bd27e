"""Public API of meetings: what everybody may read, and nothing of registrations but whether a category is open."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from meetings.enums import EventState
from meetings.models import CoSponsorship, Meeting, ThematicEvent, VoluntaryReport
from meetings.selectors.registration import seats_by_category
from meetings.selectors.snapshots import ProgrammeSession
from meetings.selectors.versions import latest_version, programme_data, released_programme

router = Router()
NOBODY = AnonymousUser()


class MeetingOut(Schema):
    """A meeting in brief."""

    slug: str = Field(description="Short name, part of the meeting's address")
    title: str
    summary: str
    place: str
    city: str
    country: str = Field(description="ISO 3166-1 code of two letters")
    time_zone: str = Field(description="IANA name of the place's time zone")
    starts_at: datetime = Field(description="UTC")
    ends_at: datetime = Field(description="UTC")
    host: str = Field(description="Code of the organization that holds the meeting")
    state: str = Field(description="published or cancelled")
    registration: str = Field(description="not_yet, open, closed, over or cancelled")
    is_illustrative: bool = Field(description="True for meetings invented for the demonstration")


class SpeakerOut(Schema):
    """Somebody who moderates or speaks."""

    name: str
    role: str
    organization: str
    part: str = Field(description="moderator, speaker or rapporteur")


class SessionOut(Schema):
    """An entry of the programme."""

    code: str = Field(description="Name of the session, its anchor on the programme's page")
    item: str = Field(description="Letter of the discussion item, or empty")
    kind: str
    title: str
    summary: str
    starts_at: datetime = Field(description="UTC")
    ends_at: datetime = Field(description="UTC")
    room: str
    interpretation: list[str] = Field(description="Language codes")
    speakers: list[SpeakerOut]
    documents: list[str] = Field(description="Symbols or titles")
    is_illustrative: bool


class CategoryOut(Schema):
    """Whether people of a category can register now."""

    category: str = Field(description="Code of the stakeholder category")
    status: str = Field(description="open, full (there is a waiting list) or closed")


class MeetingDetail(MeetingOut):
    """A meeting with its programme and categories."""

    purpose: list[str] = Field(description="Paragraphs")
    categories: list[CategoryOut]
    programme_version: int | None = Field(description="Number of the released version, or null where none is released")
    programme: list[SessionOut] = Field(description="Of the released version; empty where none is released")


class RoomTexts(Schema):
    """A room of the meeting."""

    code: str
    name: dict[str, str] = Field(description="By language; a name that is not translated stands under an empty code")
    seats: int
    note: str


class SpeakerTexts(Schema):
    """Somebody who moderates or speaks; the name is empty where the person had their account erased."""

    name: str
    role: str
    part: str = Field(description="moderator, speaker or rapporteur")
    organization: str = Field(description="Code of the organization, or empty")
    body: dict[str, str] = Field(description="The organization as it is said beside the name, by language")


class DocumentTexts(Schema):
    """A document of a session."""

    symbol: str
    title: dict[str, str]
    language: str
    url: str = Field(description="Where it is read; empty where it is only announced")


class SessionTexts(Schema):
    """An entry of the programme in all its languages."""

    code: str = Field(description="Name of the session, the same in every version")
    number: str
    item: str = Field(description="Letter of the discussion item, or empty")
    kind: str = Field(description="plenary, consultation, clinic, side_event, service or break")
    title: dict[str, str] = Field(description="By language")
    summary: dict[str, str] = Field(description="By language")
    starts_at: datetime = Field(description="UTC")
    ends_at: datetime = Field(description="UTC")
    room: str = Field(description="Code of the room, or empty")
    interpretation: list[str] = Field(description="Language codes")
    is_illustrative: bool
    speakers: list[SpeakerTexts]
    documents: list[DocumentTexts]


class ProgrammeOut(Schema):
    """A released version of a programme."""

    meeting: str
    version: int
    note: str = Field(description="What is new, in the secretariat's words")
    released_at: datetime = Field(description="UTC")
    sha256: str = Field(description="Of the content as it was released")
    time_zone: str = Field(description="IANA name of the place's time zone")
    rooms: list[RoomTexts]
    sessions: list[SessionTexts]
    removed: list[str] = Field(description="Codes of sessions that stood in an earlier version only")


class EventOut(Schema):
    """An accepted thematic event."""

    slug: str
    title: str
    summary: str
    proposed_by: str = Field(description="Code of the proposing agency")
    co_sponsors: list[str] = Field(description="Codes of the organizations that have confirmed")
    theme: str
    format: str
    starts_at: datetime = Field(description="UTC")
    ends_at: datetime = Field(description="UTC")
    time_zone: str
    city: str
    country: str = Field(description="ISO 3166-1 code of two letters, or empty")


class ReportOut(Schema):
    """A published voluntary report in brief."""

    slug: str
    title: str
    country: str = Field(description="ISO 3166-1 code of two letters, or empty")
    organization: str = Field(description="Code of the organization, or empty")
    themes: list[str]
    language: str
    summary: str
    published_at: datetime | None


class Message(Schema):
    """Why there is no answer."""

    detail: str


class Page(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=100, description="How many at most")
    offset: int = Field(0, ge=0, le=100_000, description="How many to leave out")

    def of(self, rows: Any) -> list[Any]:
        return list(rows[self.offset : self.offset + self.limit])


def _plain(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        **_plain(meeting, "slug title summary place city time_zone starts_at ends_at state is_illustrative"),
        "country": meeting.country.iso2,
        "host": meeting.host.code,
        "registration": meeting.registration_window(timezone.now()).value,
    }


def _session(session: ProgrammeSession) -> dict[str, Any]:
    return {
        **_plain(session, "code item kind title summary starts_at ends_at interpretation is_illustrative"),
        "room": session.room.name if session.room else "",
        "speakers": [{**_plain(who, "name role part"), "organization": who.body} for who in session.speakers],
        "documents": [str(document) for document in session.documents],
    }


@router.get("/", response=list[MeetingOut], summary="Meetings", operation_id="list_meetings")
def list_meetings(request: HttpRequest, page: Query[Page]) -> list[dict[str, Any]]:
    """Announced meetings, the latest first."""
    rows = Meeting.objects.visible_to(NOBODY).select_related("country", "host").order_by("-starts_at", "-pk")
    return [_meeting(meeting) for meeting in page.of(rows)]


@router.get("/thematic-events", response=list[EventOut], summary="Thematic events", operation_id="list_thematic_events")
def list_events(request: HttpRequest, page: Query[Page]) -> list[dict[str, Any]]:
    """Accepted thematic events, by date, with the co-sponsors that have confirmed."""
    accepted = ThematicEvent.objects.visible_to(NOBODY).filter(state=EventState.ACCEPTED)
    confirmed = CoSponsorship.objects.visible_to(NOBODY).confirmed().select_related("organization")
    rows = accepted.select_related("country", "proposed_by", "theme").prefetch_related(Prefetch("co_sponsorships", confirmed))
    return [
        {
            **_plain(row, "slug title summary format starts_at ends_at time_zone city"),
            "proposed_by": row.proposed_by.code,
            "co_sponsors": [one.organization.code for one in row.co_sponsorships.all()],
            "theme": row.theme.code,
            "country": row.country.iso2 if row.country else "",
        }
        for row in page.of(rows)
    ]


@router.get("/reports", response=list[ReportOut], summary="Voluntary reports", operation_id="list_voluntary_reports")
def list_reports(request: HttpRequest, page: Query[Page]) -> list[dict[str, Any]]:
    """Published voluntary reports, the newest first."""
    rows = VoluntaryReport.objects.visible_to(NOBODY).select_related("country", "organization").prefetch_related("themes")
    return [
        {
            **_plain(row, "slug title language summary published_at"),
            "country": row.country.iso2 if row.country else "",
            "organization": row.organization.code if row.organization else "",
            "themes": [theme.code for theme in row.themes.all()],
        }
        for row in page.of(rows)
    ]


@router.get(
    "/{slug}", response={200: MeetingDetail, 404: Message}, summary="One meeting with its programme", operation_id="get_meeting"
)
def get_meeting(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A meeting, its categories and every session."""
    rows = Meeting.objects.visible_to(NOBODY).select_related("country", "host")
    meeting = get_object_or_404(rows, slug=slug.replace("\x00", ""))
    seats = seats_by_category(meeting, timezone.now())
    programme = released_programme(meeting)
    return {
        **_meeting(meeting),
        "purpose": meeting.purpose_paragraphs,
        "categories": [{"category": row.quota.category.code, "status": row.status.value} for row in seats],
        "programme_version": programme.number if programme else None,
        "programme": [_session(session) for session in programme.sessions] if programme else [],
    }


@router.get(
    "/{slug}/programme",
    response={200: ProgrammeOut, 404: Message},
    summary="The released programme of a meeting",
    operation_id="get_programme",
)
def get_programme(request: HttpRequest, slug: str) -> Any:
    """The version in force with every text in all its languages; `/meetings/{slug}/programme.json` gives the same."""
    meeting = get_object_or_404(Meeting.objects.visible_to(NOBODY), slug=slug.replace("\x00", ""))
    version = latest_version(meeting)
    if version is None:
        return 404, {"detail": "The programme is not published yet."}
    return programme_data(version)
