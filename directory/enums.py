"""Choices of the kernel."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in an organization."""

    FOCAL_POINT = "focal_point", _("Focal point")
    ALTERNATE = "alternate", _("Alternate focal point")
    CONTRIBUTOR = "contributor", _("Contributor")
    STAFF = "staff", _("Secretariat staff")
    DRAFTER = "drafter", _("Drafter")


FOCAL_ROLES = frozenset({Role.FOCAL_POINT, Role.ALTERNATE})
AGENCY_ROLES = FOCAL_ROLES | {Role.CONTRIBUTOR}
SECRETARIAT_ROLES = frozenset({Role.STAFF, Role.DRAFTER})


class InvitationState(models.TextChoices):
    """The life of an invitation; whether it has expired is a matter of its date."""

    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INVITATION_TRANSITIONS: dict[str, set[str]] = {
    InvitationState.SENT: {InvitationState.ACCEPTED, InvitationState.WITHDRAWN},
}


class MembershipAct(models.TextChoices):
    """What can happen to a membership."""

    BEGUN = "begun", _("Began")
    CHANGED = "changed", _("Changed")
    DELEGATED = "delegated", _("Delegated")
    ENDED = "ended", _("Ended")


class LinkProblem(models.TextChoices):
    """Why a single-use link does not work."""

    FORGED = "forged", _("Not a link of ours")
    USED = "used", _("Used already")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class JobState(models.TextChoices):
    """The life of a piece of long work."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class CountryStatus(models.TextChoices):
    """How a country or area stands towards the United Nations."""

    MEMBER = "member", _("Member State")
    OBSERVER = "observer", _("Observer State")
    OTHER = "other", _("Other")
