"""Choices of policy briefs, and how a brief may move from state to state."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BriefState(models.TextChoices):
    """Where a brief stands on its way to publication."""

    DRAFTING = "drafting", _("Drafting")
    IN_CLEARANCE = "in_clearance", _("In clearance")
    CLEARED = "cleared", _("Cleared")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Published → drafting is the way to a second edition: the first stays public while the next is written.
BRIEF_TRANSITIONS: dict[str, set[str]] = {
    BriefState.DRAFTING: {BriefState.IN_CLEARANCE},
    BriefState.IN_CLEARANCE: {BriefState.CLEARED, BriefState.DRAFTING},
    BriefState.CLEARED: {BriefState.PUBLISHED, BriefState.DRAFTING},
    BriefState.PUBLISHED: {BriefState.WITHDRAWN, BriefState.DRAFTING},
    BriefState.WITHDRAWN: set(),
}
OPEN_STATES = frozenset({BriefState.DRAFTING, BriefState.IN_CLEARANCE, BriefState.CLEARED})


class Clearance(models.TextChoices):
    """What a co-authoring agency has said about the text as it stands."""

    PENDING = "pending", _("No answer yet")
    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_RESERVATION = "cleared_with_reservation", _("Cleared with reservation")
    NOT_CLEARED = "not_cleared", _("Not cleared")


GIVEN = frozenset({Clearance.CLEARED, Clearance.CLEARED_WITH_RESERVATION})


class PlanState(models.TextChoices):
    """What became of a publication that was planned for a moment."""

    WAITING = "waiting", _("Planned")
    PUBLISHED = "published", _("Published")
    TAKEN_BACK = "taken_back", _("Taken back")
    STOPPED = "stopped", _("Not published")


PLAN_TRANSITIONS: dict[str, set[str]] = {
    PlanState.WAITING: {PlanState.PUBLISHED, PlanState.TAKEN_BACK, PlanState.STOPPED},
    PlanState.PUBLISHED: set(),
    PlanState.TAKEN_BACK: set(),
    PlanState.STOPPED: set(),
}


class NoticeKind(models.TextChoices):
    """What is printed at the head of an edition after it was published."""

    CORRECTION = "correction", _("Correction")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class Opened(models.TextChoices):
    """What somebody opened under embargo."""

    PAGE = "page", _("Page")
    SCREEN = "pdf", _("PDF")
    PRINT = "print", _("PDF for print shops")
    ARCHIVE = "archive", _("PDF/A for archives")
