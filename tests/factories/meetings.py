"""Meetings, their programmes and registrations for tests. The meeting lies four weeks ahead with registration open."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from meetings.enums import Approval, EventFormat, EventState, MeetingState, MinutesState, RegistrationState, ReportState
from meetings.models import (
    ActionItem,
    CallSection,
    CategoryQuota,
    Confirmation,
    CoSponsorship,
    Decision,
    EventCall,
    GroupMember,
    Meeting,
    MeetingDocument,
    Minutes,
    MinutesVersion,
    ProgrammeVersion,
    Registration,
    ReportCall,
    Room,
    Scan,
    Session,
    Speaker,
    TermsVersion,
    ThematicEvent,
    VoluntaryReport,
    WorkingGroup,
)
from meetings.selectors.snapshots import snapshot
from meetings.selectors.versions import latest_version
from meetings.services.programme import freeze_programme
from tests.factories.directory import CategoryFactory, CountryFactory, OrganizationFactory, ThemeFactory, UserFactory


def _ahead(**delta: float) -> factory.LazyFunction:
    return factory.LazyFunction(lambda: timezone.now() + timedelta(**delta))


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting
        django_get_or_create = ["slug"]

    slug = factory.Sequence(lambda number: f"meeting-{number}")
    title = factory.LazyAttribute(lambda row: f"Meeting {row.slug}")
    summary = "Agencies and Member States meet."
    place = "Conference Hotel"
    city = "Antalya"
    country = factory.SubFactory(CountryFactory)
    time_zone = "Europe/Istanbul"
    starts_at = _ahead(weeks=4)
    ends_at = _ahead(weeks=4, days=1)
    host = factory.SubFactory(OrganizationFactory, code="unossc", is_secretariat=True)
    registration_opens_at = _ahead(weeks=-4)
    registration_closes_at = _ahead(weeks=3)
    state = MeetingState.PUBLISHED


class QuotaFactory(DjangoModelFactory):
    class Meta:
        model = CategoryQuota

    meeting = factory.SubFactory(MeetingFactory)
    category = factory.SubFactory(CategoryFactory, code="academia")
    seats = 5
    approval = Approval.AUTOMATIC


class RegistrationFactory(DjangoModelFactory):
    """By address, without an account; give `user` for one's own."""

    class Meta:
        model = Registration

    meeting = factory.SubFactory(MeetingFactory)
    category = factory.SubFactory(CategoryFactory, code="academia")
    email = factory.LazyAttributeSequence(lambda row, number: row.user.email if row.user else f"registrant{number}@test.example")
    user = None
    given_name = "Amina"
    family_name = factory.Sequence(lambda number: f"Registrant {number}")
    affiliation = "Lakeside University"
    state = RegistrationState.SUBMITTED
    submitted_at = factory.LazyFunction(timezone.now)
    waitlisted_at = factory.LazyAttribute(lambda row: timezone.now() if row.state == RegistrationState.WAITLISTED else None)
    offered_until = factory.LazyAttribute(
        lambda row: timezone.now() + timedelta(days=2) if row.state == RegistrationState.OFFERED else None
    )


class ScanFactory(DjangoModelFactory):
    class Meta:
        model = Scan

    registration = factory.SubFactory(RegistrationFactory, state=RegistrationState.APPROVED)
    meeting = factory.SelfAttribute("registration.meeting")
    desk = "Desk 1"
    scanned_at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    meeting = factory.SubFactory(MeetingFactory)
    code = factory.Sequence(lambda number: f"room-{number}")
    name = "Aspendos Hall"
    capacity = 220


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = MeetingDocument

    meeting = factory.SubFactory(MeetingFactory)
    code = factory.Sequence(lambda number: f"document-{number}")
    title = "Concept note"


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = Session

    meeting = factory.SubFactory(MeetingFactory)
    room = factory.SubFactory(RoomFactory, meeting=factory.SelfAttribute("..meeting"))
    code = factory.Sequence(lambda number: f"session-{number}")
    title = factory.LazyAttribute(lambda row: f"Title of {row.code}")
    starts_at = factory.LazyAttribute(lambda row: row.meeting.starts_at)
    ends_at = factory.LazyAttribute(lambda row: row.starts_at + timedelta(hours=1))


class SpeakerFactory(DjangoModelFactory):
    class Meta:
        model = Speaker

    session = factory.SubFactory(SessionFactory)
    name = "Elif Karadere"
    organization = factory.SubFactory(OrganizationFactory, code="undp")


class EventFactory(DjangoModelFactory):
    class Meta:
        model = ThematicEvent

    slug = factory.Sequence(lambda number: f"event-{number}")
    title = factory.LazyAttribute(lambda row: f"Event {row.slug}")
    summary = "Farmers teach farmers."
    proposed_by = factory.SubFactory(OrganizationFactory, code="fao")
    theme = factory.SubFactory(ThemeFactory)
    format = EventFormat.WORKSHOP
    starts_at = _ahead(weeks=10)
    ends_at = _ahead(weeks=10, days=2)
    time_zone = "Africa/Dakar"
    city = "Thiès"
    state = EventState.ACCEPTED
    proposed_at = factory.LazyAttribute(lambda row: None if row.state == EventState.DRAFT else timezone.now())
    accepted_at = factory.LazyAttribute(lambda row: timezone.now() if row.state == EventState.ACCEPTED else None)


class EventCallFactory(DjangoModelFactory):
    """Open, two events for each agency."""

    class Meta:
        model = EventCall

    slug = factory.Sequence(lambda number: f"call-{number}")
    title = "Events before the Conference"
    opens_at = _ahead(weeks=-2)
    closes_at = _ahead(weeks=4)
    limit_per_agency = 2


class CoSponsorshipFactory(DjangoModelFactory):
    class Meta:
        model = CoSponsorship

    event = factory.SubFactory(EventFactory)
    organization = factory.SubFactory(OrganizationFactory, code="who")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = WorkingGroup
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda number: f"group-{number}")
    name = factory.LazyAttribute(lambda row: f"Group {row.slug}")
    terms = factory.RelatedFactory("tests.factories.meetings.TermsFactory", "group")


class TermsFactory(DjangoModelFactory):
    class Meta:
        model = TermsVersion

    group = factory.SubFactory(GroupFactory, terms=None)
    number = 1
    text = "Purpose. The group prepares the strategy."
    adopted_on = date(2026, 9, 1)


class GroupMeetingFactory(MeetingFactory):
    """A called meeting of a group, for its members only; it was yesterday."""

    class Meta:
        model = Meeting
        django_get_or_create = ["slug"]

    slug = factory.Sequence(lambda number: f"group-meeting-{number}")
    group = factory.SubFactory(GroupFactory)
    is_public = False
    starts_at = _ahead(days=-1)
    ends_at = _ahead(hours=-22)
    registration_opens_at = None
    registration_closes_at = None


class MinutesFactory(DjangoModelFactory):
    class Meta:
        model = Minutes

    meeting = factory.SubFactory(GroupMeetingFactory)
    adopted_at = factory.LazyAttribute(lambda row: timezone.now() if row.state == MinutesState.ADOPTED else None)


class VersionFactory(DjangoModelFactory):
    class Meta:
        model = MinutesVersion

    minutes = factory.SubFactory(MinutesFactory)
    number = 1
    text = "The Chair opened the meeting.\n\nThe agenda was adopted."


class ConfirmationFactory(DjangoModelFactory):
    class Meta:
        model = Confirmation

    version = factory.SubFactory(VersionFactory)
    organization = factory.SubFactory(OrganizationFactory, code="undp")


class MemberFactory(DjangoModelFactory):
    class Meta:
        model = GroupMember

    group = factory.SubFactory(GroupFactory)
    organization = factory.SubFactory(OrganizationFactory, code="undp")
    name = "Chandra Weerasuriya"


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    group = factory.SubFactory(GroupFactory)
    title = "Scope"
    text = "The zero draft covers all three pillars."
    taken_on = date(2026, 9, 21)
    is_public = True


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = ActionItem

    group = factory.SubFactory(GroupFactory)
    text = "Circulate the list of open questions"
    owner = factory.SubFactory(OrganizationFactory, code="undp")
    due_on = date(2027, 1, 15)


class CallFactory(DjangoModelFactory):
    class Meta:
        model = ReportCall
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda number: f"call-{number}")
    title = factory.LazyAttribute(lambda row: f"Call {row.slug}")
    introduction = "Say what worked."
    opens_at = _ahead(weeks=-4)
    closes_at = _ahead(weeks=4)

    @factory.post_generation
    def template(call: ReportCall, create: bool, headings: list[str] | None, **kwargs: object) -> None:  # noqa: N805
        for place, heading in enumerate(headings or ["What was tried", "What was learned"]):
            CallSection.objects.create(call=call, heading=heading, guidance=f"Guidance on {heading}", position=place)


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = VoluntaryReport

    slug = factory.Sequence(lambda number: f"report-{number}")
    country = factory.SubFactory(CountryFactory)
    title = factory.LazyAttribute(lambda row: f"Report {row.slug}")
    summary = "How a small island State cooperates."
    sections = [{"heading": "Why", "text": "Because.\n\nAnd more."}]
    state = ReportState.PUBLISHED
    published_at = factory.LazyAttribute(lambda row: timezone.now() if row.state == ReportState.PUBLISHED else None)


def registrant(meeting: Meeting, **fields: object) -> Registration:
    """A registration of a person with an account."""
    user = UserFactory()
    return RegistrationFactory(meeting=meeting, user=user, email=user.email, **fields)


def release(meeting: Meeting, note: str = "As planned.") -> ProgrammeVersion:
    """The working copy as it is now, released, without a word to anybody."""
    last = latest_version(meeting)
    return freeze_programme(meeting=meeting, content=snapshot(meeting), note=note, by=None, at=timezone.now(), after=last)
