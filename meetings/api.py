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
from meetings.models import CoSponsorship, Meeting, Session, ThematicEvent, VoluntaryReport
from meetings.selectors.programme import sessions_of
from meetings.selectors.registration import seats_by_category

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
    programme: list[SessionOut]


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


def _session(session: Session) -> dict[str, Any]:
    return {
        **_plain(session, "code item kind title summary starts_at ends_at interpretation is_illustrative"),
        "room": session.room.name if session.room else "",
        "speakers": [{**_plain(who, "name role part"), "organization": who.body} for who in session.speakers.all()],
        "documents": [str(document) for document in session.documents.all()],
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
    return {
        **_meeting(meeting),
        "purpose": meeting.purpose_paragraphs,
        "categories": [{"category": row.quota.category.code, "status": row.status.value} for row in seats],
        "programme": [_session(session) for session in sessions_of(meeting)],
    }
