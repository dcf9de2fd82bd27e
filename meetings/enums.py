"""Choices of meetings, and how each state may change."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingState(models.TextChoices):
    """The life of a meeting."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", _("Cancelled")


PUBLIC_MEETING_STATES = frozenset({MeetingState.PUBLISHED, MeetingState.CANCELLED})

MEETING_TRANSITIONS: dict[str, set[str]] = {
    MeetingState.DRAFT: {MeetingState.PUBLISHED, MeetingState.CANCELLED},
    MeetingState.PUBLISHED: {MeetingState.CANCELLED},
    MeetingState.CANCELLED: set(),
}


class SessionKind(models.TextChoices):
    """What happens in a session."""

    PLENARY = "plenary", _("Plenary")
    CONSULTATION = "consultation", _("Consultation")
    CLINIC = "clinic", _("Clinic")
    SIDE_EVENT = "side_event", _("Side event")
    SERVICE = "service", _("Service")
    BREAK = "break", _("Break")


class SpeakerPart(models.TextChoices):
    """What somebody does in a session."""

    MODERATOR = "moderator", _("Moderator")
    SPEAKER = "speaker", _("Speaker")
    RAPPORTEUR = "rapporteur", _("Rapporteur")


class Approval(models.TextChoices):
    """Who gives a seat of a category: a rule or the secretariat."""

    AUTOMATIC = "automatic", _("Automatic")
    MANUAL = "manual", _("By the secretariat")


class RegistrationWindow(models.TextChoices):
    """Whether a meeting takes registrations now."""

    NOT_YET = "not_yet", _("Registration is not open yet")
    OPEN = "open", _("Registration is open")
    CLOSED = "closed", _("Registration is closed")
    OVER = "over", _("The meeting is over")
    CANCELLED = "cancelled", _("The meeting is cancelled")


class CategoryStatus(models.TextChoices):
    """Whether people of a category can register now."""

    OPEN = "open", _("Open")
    FULL = "full", _("Full, waiting list")
    CLOSED = "closed", _("Closed")


class RegistrationState(models.TextChoices):
    """The life of a registration."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    ENDORSED = "endorsed", _("Endorsed")
    APPROVED = "approved", _("Approved")
    WAITLISTED = "waitlisted", _("On the waiting list")
    OFFERED = "offered", _("Seat offered")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")


class Gender(models.TextChoices):
    """What a person says of their gender, if they want to: for statistics only."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Another")
    UNSAID = "", _("Not said")


class DelegationRole(models.TextChoices):
    """What somebody is in the delegation of an organization."""

    HEAD = "head", _("Head of delegation")
    ALTERNATE = "alternate", _("Alternate head")
    ADVISER = "adviser", _("Adviser")


class ScanKind(models.TextChoices):
    """What a line of the desk's record says."""

    CHECK_IN = "check_in", _("Checked in")
    UNDO = "undo", _("Check-in taken back")


_R = RegistrationState
ENDED_REGISTRATIONS = frozenset({_R.DECLINED, _R.CANCELLED})
TO_DECIDE = frozenset({_R.SUBMITTED, _R.ENDORSED})

REGISTRATION_TRANSITIONS: dict[str, set[str]] = {
    _R.DRAFT: {_R.SUBMITTED, _R.CANCELLED},
    _R.SUBMITTED: {_R.ENDORSED, _R.APPROVED, _R.WAITLISTED, _R.DECLINED, _R.CANCELLED},
    _R.ENDORSED: {_R.APPROVED, _R.WAITLISTED, _R.DECLINED, _R.CANCELLED},
    _R.WAITLISTED: {_R.OFFERED, _R.APPROVED, _R.DECLINED, _R.CANCELLED},
    _R.OFFERED: {_R.APPROVED, _R.WAITLISTED, _R.DECLINED, _R.CANCELLED},
    _R.APPROVED: {_R.CANCELLED},
    _R.DECLINED: set(),
    _R.CANCELLED: set(),
}


class EventState(models.TextChoices):
    """The life of a thematic event."""

    PROPOSED = "proposed", _("Proposed")
    UNDER_REVIEW = "under_review", _("Under review")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNDECIDED_EVENTS = frozenset({EventState.PROPOSED, EventState.UNDER_REVIEW})

EVENT_TRANSITIONS: dict[str, set[str]] = {
    EventState.PROPOSED: {EventState.UNDER_REVIEW, EventState.ACCEPTED, EventState.DECLINED, EventState.WITHDRAWN},
    EventState.UNDER_REVIEW: {EventState.ACCEPTED, EventState.DECLINED, EventState.WITHDRAWN},
    EventState.ACCEPTED: {EventState.WITHDRAWN},
    EventState.DECLINED: set(),
    EventState.WITHDRAWN: set(),
}


class EventFormat(models.TextChoices):
    """How a thematic event is held."""

    WORKSHOP = "workshop", _("Workshop")
    CONFERENCE = "conference", _("Conference")
    SEMINAR = "seminar", _("Seminar")
    STUDY_VISIT = "study_visit", _("Study visit")
    DIALOGUE = "dialogue", _("Dialogue")
    HYBRID = "hybrid", _("In the room and online")
    ONLINE = "online", _("Online meeting")


class GroupRole(models.TextChoices):
    """What an agency's person is in a working group."""

    CHAIR = "chair", _("Chair")
    VICE_CHAIR = "vice_chair", _("Vice-Chair")
    MEMBER = "member", _("Member")
    ALTERNATE = "alternate", _("Alternate")


class ActionState(models.TextChoices):
    """Where an action item stands."""

    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")


class ReportState(models.TextChoices):
    """The life of a voluntary report."""

    SUBMITTED = "submitted", _("Submitted")
    PUBLISHED = "published", _("Published")


REPORT_TRANSITIONS: dict[str, set[str]] = {
    ReportState.SUBMITTED: {ReportState.PUBLISHED},
    ReportState.PUBLISHED: set(),
}
