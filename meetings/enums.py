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


class EditAct(models.TextChoices):
    """What the secretariat did to a meeting, its documents or its programme."""

    CHANGED = "changed", _("Details changed")
    ROOMS = "rooms", _("Rooms changed")
    SESSION_ADDED = "session_added", _("Session added")
    SESSION_CHANGED = "session_changed", _("Session changed")
    SESSION_MOVED = "session_moved", _("Session moved")
    SESSION_REMOVED = "session_removed", _("Session removed")
    DOCUMENT_ADDED = "document_added", _("Document added")
    DOCUMENT_CHANGED = "document_changed", _("Document changed")
    DOCUMENT_REPLACED = "document_replaced", _("File of a document replaced")
    DOCUMENT_REMOVED = "document_removed", _("Document removed")


class WarningKind(models.TextChoices):
    """What a programme should not have."""

    ROOM_TWICE = "room_twice", _("Room taken twice")
    SPEAKER_TWICE = "speaker_twice", _("Speaker in two places")
    TEAM_TWICE = "team_twice", _("Interpreters in two places")
    ROOM_SMALL = "room_small", _("Room too small")
    OUTSIDE = "outside", _("Outside the hours")
    NO_ROOM = "no_room", _("No room")


class SpeakerPart(models.TextChoices):
    """What somebody does in a session."""

    MODERATOR = "moderator", _("Moderator")
    SPEAKER = "speaker", _("Speaker")
    RAPPORTEUR = "rapporteur", _("Rapporteur")


class ProgrammeNews(models.TextChoices):
    """Of which changes of a programme somebody wants to hear."""

    ALL = "all", _("All changes of the programme")
    STARRED = "starred", _("Changes of the sessions in my programme")
    NONE = "none", _("No changes")


class FloorState(models.TextChoices):
    """The life of a request for the floor."""

    REQUESTED = "requested", _("On the list")
    CALLED = "called", _("Has the floor")
    SPOKEN = "spoken", _("Has spoken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LIVE_FLOOR_STATES = frozenset({FloorState.REQUESTED, FloorState.CALLED})

FLOOR_TRANSITIONS: dict[str, set[str]] = {
    FloorState.REQUESTED: {FloorState.CALLED, FloorState.WITHDRAWN},
    # Called and not in the room: back to the list.
    FloorState.CALLED: {FloorState.SPOKEN, FloorState.WITHDRAWN, FloorState.REQUESTED},
    FloorState.SPOKEN: set(),
    FloorState.WITHDRAWN: {FloorState.REQUESTED},
}


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


class QuestionKind(models.TextChoices):
    """What kind of answer a question of a meeting asks for."""

    TEXT = "text", _("A line of text")
    LONG_TEXT = "long_text", _("Several lines of text")
    CHOICE = "choice", _("One of several choices")
    CHOICES = "choices", _("Any of several choices")
    FILE = "file", _("A file")
    DATE = "date", _("A date")
    COUNTRY = "country", _("A country or area")
    CONSENT = "consent", _("Consent: a box that must be ticked")


class ChangeState(models.TextChoices):
    """What becomes of a change of a registration."""

    MADE = "made", _("Made")
    PROPOSED = "proposed", _("Waits for the secretariat")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


CHANGE_TRANSITIONS: dict[str, set[str]] = {
    ChangeState.MADE: set(),
    ChangeState.PROPOSED: {ChangeState.ACCEPTED, ChangeState.DECLINED, ChangeState.WITHDRAWN},
    ChangeState.ACCEPTED: set(),
    ChangeState.DECLINED: set(),
    ChangeState.WITHDRAWN: set(),
}


class PromotionCause(models.TextChoices):
    """Why somebody on a waiting list was given a seat, or offered one."""

    FREED = "freed", _("A seat became free")
    RAISED = "raised", _("The category was given more seats")
    LAPSED = "lapsed", _("An offer to somebody else ran out or was turned down")
    PLANNED = "planned", _("Seats of other categories were shared out")
    BY_HAND = "by_hand", _("The secretariat decided so")


class BulkKind(models.TextChoices):
    """What is done to many registrations at once."""

    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline, with a reason")
    OFFER = "offer", _("Offer a seat")
    MOVE = "move", _("Move to another category")
    REMIND = "remind", _("Remind of missing documents")


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
    # The secretariat takes a decision or a cancellation back; what follows is decided anew.
    _R.DECLINED: {_R.SUBMITTED},
    _R.CANCELLED: {_R.SUBMITTED},
}
# What the organization or the secretariat has looked at: what matters in it is not changed behind their back.
LOOKED_AT = frozenset({_R.ENDORSED, _R.WAITLISTED, _R.OFFERED, _R.APPROVED})


class LetterState(models.TextChoices):
    """The life of an invitation letter."""

    REQUESTED = "requested", _("Waits for a signature")
    ISSUED = "issued", _("Issued")
    REFUSED = "refused", _("Not issued")
    REVOKED = "revoked", _("No longer valid")


LETTER_TRANSITIONS: dict[str, set[str]] = {
    LetterState.REQUESTED: {LetterState.ISSUED, LetterState.REFUSED, LetterState.REVOKED},
    LetterState.ISSUED: {LetterState.REVOKED},
    LetterState.REFUSED: set(),
    LetterState.REVOKED: set(),
}


class EventState(models.TextChoices):
    """The life of a thematic event."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    UNDER_REVIEW = "under_review", _("Under review")
    RETURNED = "returned", _("Returned for changes")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNDECIDED_EVENTS = frozenset({EventState.PROPOSED, EventState.UNDER_REVIEW})
EDITABLE_EVENTS = frozenset({EventState.DRAFT, EventState.RETURNED})
# What counts against the limit of an agency: one that is returned keeps its place.
COUNTED_EVENTS = UNDECIDED_EVENTS | {EventState.RETURNED, EventState.ACCEPTED}

EVENT_TRANSITIONS: dict[str, set[str]] = {
    EventState.DRAFT: {EventState.PROPOSED, EventState.WITHDRAWN},
    EventState.PROPOSED: {
        EventState.UNDER_REVIEW,
        EventState.RETURNED,
        EventState.ACCEPTED,
        EventState.DECLINED,
        EventState.WITHDRAWN,
    },
    EventState.UNDER_REVIEW: {EventState.RETURNED, EventState.ACCEPTED, EventState.DECLINED, EventState.WITHDRAWN},
    EventState.RETURNED: {EventState.PROPOSED, EventState.WITHDRAWN},
    EventState.ACCEPTED: {EventState.WITHDRAWN},
    EventState.DECLINED: set(),
    EventState.WITHDRAWN: set(),
}


class CoSponsorState(models.TextChoices):
    """What a named co-sponsor has answered."""

    ASKED = "asked", _("Asked, no answer yet")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")


CO_SPONSOR_TRANSITIONS: dict[str, set[str]] = {
    CoSponsorState.ASKED: {CoSponsorState.CONFIRMED, CoSponsorState.DECLINED},
    CoSponsorState.CONFIRMED: {CoSponsorState.DECLINED},
    CoSponsorState.DECLINED: {CoSponsorState.CONFIRMED},
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
    DROPPED = "dropped", _("No longer needed")


ENDED_ACTIONS = frozenset({ActionState.DONE, ActionState.DROPPED})

ACTION_TRANSITIONS: dict[str, set[str]] = {
    ActionState.OPEN: {ActionState.IN_PROGRESS, ActionState.DONE, ActionState.DROPPED},
    ActionState.IN_PROGRESS: {ActionState.OPEN, ActionState.DONE, ActionState.DROPPED},
    ActionState.DONE: {ActionState.IN_PROGRESS},
    ActionState.DROPPED: {ActionState.OPEN},
}


class Presence(models.TextChoices):
    """Whether an agency came to a meeting of its group."""

    PRESENT = "present", _("Present")
    ABSENT = "absent", _("Absent")
    EXCUSED = "excused", _("Excused")


class MinutesState(models.TextChoices):
    """The life of the minutes of a group's meeting."""

    DRAFT = "draft", _("Draft")
    CIRCULATED = "circulated", _("Circulated for confirmation")
    IN_CORRECTION = "in_correction", _("Being corrected")
    ADOPTED = "adopted", _("Adopted")


MINUTES_TRANSITIONS: dict[str, set[str]] = {
    MinutesState.DRAFT: {MinutesState.CIRCULATED},
    MinutesState.CIRCULATED: {MinutesState.IN_CORRECTION, MinutesState.ADOPTED},
    MinutesState.IN_CORRECTION: {MinutesState.CIRCULATED},
    MinutesState.ADOPTED: set(),
}


class ConfirmationState(models.TextChoices):
    """What an agency says of a version of the minutes."""

    WAITING = "waiting", _("No answer yet")
    CONFIRMED = "confirmed", _("Confirmed")
    CORRECTION = "correction", _("Asks for a correction")


CONFIRMATION_TRANSITIONS: dict[str, set[str]] = {
    ConfirmationState.WAITING: {ConfirmationState.CONFIRMED, ConfirmationState.CORRECTION},
    ConfirmationState.CORRECTION: {ConfirmationState.CONFIRMED},
    ConfirmationState.CONFIRMED: set(),
}


class ReportState(models.TextChoices):
    """The life of a voluntary report."""

    DRAFT = "draft", _("Draft")
    IN_CLEARANCE = "in_clearance", _("In clearance")
    SUBMITTED = "submitted", _("Submitted")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Nobody outside the reporting organization sees these, the secretariat neither.
INTERNAL_REPORTS = frozenset({ReportState.DRAFT, ReportState.IN_CLEARANCE})

REPORT_TRANSITIONS: dict[str, set[str]] = {
    ReportState.DRAFT: {ReportState.IN_CLEARANCE, ReportState.SUBMITTED, ReportState.WITHDRAWN},
    ReportState.IN_CLEARANCE: {ReportState.DRAFT, ReportState.SUBMITTED, ReportState.WITHDRAWN},
    # Back to the draft when the secretariat returns it.
    ReportState.SUBMITTED: {ReportState.DRAFT, ReportState.PUBLISHED, ReportState.WITHDRAWN},
    ReportState.PUBLISHED: set(),
    ReportState.WITHDRAWN: set(),
}


class CallStatus(models.TextChoices):
    """Whether a call for reports takes them now."""

    NOT_YET = "not_yet", _("Not open yet")
    OPEN = "open", _("Open")
    LATE = "late", _("Past the deadline; late reports are taken")
    CLOSED = "closed", _("Closed")
