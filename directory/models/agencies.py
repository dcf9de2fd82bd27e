"""How people come into an organization, stand in for each other in it, and leave."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.enums import FOCAL_ROLES, INVITATION_TRANSITIONS, InvitationState, MembershipAct, Role
from directory.models.state import StateChange
from directory.rules import is_administrator, is_secretariat_staff, memberships_of, organizations_of


class MembershipEvent(models.Model):
    """One line in the history of a membership: begun, its role or dates changed, ended."""

    membership = models.ForeignKey("directory.Membership", models.PROTECT, related_name="events", verbose_name=_("membership"))
    act = models.CharField(_("act"), max_length=20, choices=MembershipAct)
    detail = models.CharField(
        _("what changed"),
        max_length=300,
        blank=True,
        help_text=_("Field, old and new value as codes: “role:contributor>alternate”."),
    )
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("line in the history of a membership")
        verbose_name_plural = _("history of memberships")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.membership}"

    @property
    def label(self) -> str:
        """What happened, in the reader's language: the act, then each change."""
        return ": ".join(
            filter(None, [self.get_act_display(), "; ".join(map(_change_in_words, filter(None, self.detail.split(";"))))])
        )


def _change_in_words(change: str) -> str:
    field, _colon, values = change.partition(":")
    old, _arrow, new = values.partition(">")
    if field == "role":
        return f"{Role(old).label} → {Role(new).label}"
    days = [date_format(day, "DATE_FORMAT") if (day := parse_date(value)) else "…" for value in (old, new)]
    words = {"starts_on": gettext("from"), "ends_on": gettext("to")}
    return f"{words[field]} {days[0]} → {days[1]}" if field in words else f"{days[0]} – {days[1]}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: Any) -> "InvitationQuerySet":
        """Those of the organizations whose focal point the person is; all for secretariat staff and administrators."""
        if is_secretariat_staff(user) or is_administrator(user):
            return self
        return self.filter(organization__in=organizations_of(user, FOCAL_ROLES))

    def open(self) -> "InvitationQuerySet":
        """Sent, neither accepted nor withdrawn, and not expired."""
        return self.filter(state=InvitationState.SENT, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A colleague is asked by e-mail to serve in an organization; the link works once and expires."""

    TRANSITIONS = INVITATION_TRANSITIONS

    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="invitations", verbose_name=_("organization")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    language = models.CharField(_("language of the message"), max_length=10, default="en")
    note = models.CharField(_("a line of your own"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=InvitationState, default=InvitationState.SENT)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    created_at = models.DateTimeField(_("invited at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    membership = models.OneToOneField(
        "directory.Membership", models.PROTECT, null=True, blank=True, related_name="invitation", verbose_name=_("membership")
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "organization", Lower("email"), condition=Q(state="sent"), name="invitation_open_once_per_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.organization}"

    @property
    def is_expired(self) -> bool:
        """Whether the link stopped working because its time is over."""
        return self.state == InvitationState.SENT and self.expires_at <= timezone.now()


class InvitationChange(StateChange):
    """Who sent, accepted or withdrew an invitation."""

    subject = models.ForeignKey(Invitation, models.CASCADE, related_name="state_changes")


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, user: Any) -> "DelegationQuerySet":
        """Those of the organizations that the person serves; all for secretariat staff and administrators."""
        if is_secretariat_staff(user) or is_administrator(user):
            return self
        return self.filter(membership__organization__in={membership.organization_id for membership in memberships_of(user)})

    def in_force(self, on: date | None = None) -> "DelegationQuerySet":
        """Delegations that have begun and not ended on the given day (today, UTC)."""
        day = on or timezone.now().date()
        return self.filter(starts_on__lte=day, ends_on__gte=day, ended_at__isnull=True)

    def ahead(self) -> "DelegationQuerySet":
        """Delegations in force or still to begin."""
        return self.filter(ends_on__gte=timezone.now().date(), ended_at__isnull=True)


class Delegation(models.Model):
    """A focal point's work goes to a colleague for a period: the colleague holds the alternate's role and gets the messages."""

    membership = models.ForeignKey(
        "directory.Membership", models.PROTECT, related_name="delegations", verbose_name=_("of the focal point")
    )
    alternate = models.ForeignKey(
        "directory.Membership", models.PROTECT, related_name="delegations_received", verbose_name=_("to the alternate")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    brings_role = models.BooleanField(
        _("brings the role"),
        default=False,
        help_text=_("The colleague is an alternate for this period only: the membership ends with the delegation."),
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="delegation_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(condition=~Q(membership=F("alternate")), name="delegation_to_another_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.membership.user} → {self.alternate.user}, {self.starts_on}–{self.ends_on}"

    @property
    def is_in_force(self) -> bool:
        """Whether the colleague stands in today (UTC)."""
        return self.ended_at is None and self.starts_on <= timezone.now().date() <= self.ends_on


class OrganizationImport(models.Model):
    """A spreadsheet of organizations, read and checked but not applied until somebody has looked at the preview."""

    file_name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(_("rows"), default=list, help_text=_("One object per row: what will be written, and its errors."))
    problems = models.PositiveIntegerField(_("rows with errors"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("read at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    created_count = models.PositiveIntegerField(_("added"), default=0)
    updated_count = models.PositiveIntegerField(_("changed"), default=0)

    class Meta:
        verbose_name = _("import of organizations")
        verbose_name_plural = _("imports of organizations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
