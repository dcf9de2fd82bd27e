"""What a meeting of a working group has: agenda, attendance, minutes with versions and confirmations."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from meetings.enums import (
    CONFIRMATION_TRANSITIONS,
    MINUTES_TRANSITIONS,
    ConfirmationState,
    MinutesState,
    Presence,
)
from meetings.models.groups import WorkingGroup, groups_chaired_by, groups_read_by
from meetings.models.meetings import Meeting, MeetingDocument, paragraphs
from meetings.rules import staff_scopes


class AgendaItem(models.Model):
    """An item of the agenda of a group's meeting; its number is its place."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda_items", verbose_name=_("meeting"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=250)
    text = models.TextField(_("what it is about"), max_length=2000, blank=True)
    introduced_by = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("introduced by"),
    )
    introducer = models.CharField(
        _("person who introduces it"), max_length=200, blank=True, help_text=_("Only the group sees the name.")
    )
    documents = models.ManyToManyField(MeetingDocument, related_name="agenda_items", blank=True, verbose_name=_("documents"))

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["number", "pk"]
        constraints = [
            # Checked at the end of the transaction: two items that change places have the same number for a moment.
            models.UniqueConstraint(
                fields=["meeting", "number"], name="agenda_number_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Attendance(models.Model):
    """Whether an agency came to a meeting of its group, and who."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance", verbose_name=_("meeting"))
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("agency"))
    presence = models.CharField(_("attendance"), max_length=10, choices=Presence)
    people = models.CharField(_("who came"), max_length=300, blank=True, help_text=_("Only the group sees the names."))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["organization__acronym", "organization__name"]
        constraints = [models.UniqueConstraint(fields=["meeting", "organization"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.get_presence_display()}"


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: Any) -> "MinutesQuerySet":
        """Adopted and public ones for everybody, circulated ones for the group, drafts for chair and secretariat staff."""
        if "" in staff_scopes(user):
            return self
        return self.filter(
            Q(is_public=True, state=MinutesState.ADOPTED, meeting__group__is_public=True)
            | (Q(meeting__group__in=groups_read_by(user)) & ~Q(state=MinutesState.DRAFT))
            | Q(meeting__group__in=groups_chaired_by(user))
        )

    def written_by(self, user: Any) -> "MinutesQuerySet":
        """Those whose working draft the person reads and writes: chair and secretariat staff."""
        return self if "" in staff_scopes(user) else self.filter(meeting__group__in=groups_chaired_by(user))


class Minutes(models.Model):
    """The minutes of a meeting of a group: written, circulated, confirmed by the agencies, adopted."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="minutes", verbose_name=_("meeting"))
    state = models.CharField(_("state"), max_length=15, choices=MinutesState, default=MinutesState.DRAFT)
    is_public = models.BooleanField(_("public"), default=False, help_text=_("Everybody reads them, once they are adopted."))
    adopted_at = models.DateTimeField(_("adopted"), null=True, blank=True)

    TRANSITIONS = MINUTES_TRANSITIONS
    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ["-meeting__starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MinutesState.ADOPTED) | Q(adopted_at__isnull=False), name="minutes_are_adopted_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return reverse("meetings:minutes", args=[self.meeting.slug])

    @property
    def group(self) -> WorkingGroup:
        assert self.meeting.group is not None
        return self.meeting.group


class MinutesStateChange(StateChange):
    subject = models.ForeignKey(Minutes, models.CASCADE, related_name="state_changes")


class MinutesVersionQuerySet(models.QuerySet["MinutesVersion"]):
    def visible_to(self, user: Any) -> "MinutesVersionQuerySet":
        """Circulated versions for the group, the working draft for those who write it, outside only what was adopted."""
        if "" in staff_scopes(user):
            return self
        later = MinutesVersion.objects.filter(minutes=OuterRef("minutes"), number__gt=OuterRef("number"))
        return self.filter(
            Q(~Exists(later), minutes__is_public=True, minutes__state=MinutesState.ADOPTED)
            & Q(minutes__meeting__group__is_public=True)
            | Q(minutes__meeting__group__in=groups_read_by(user), circulated_at__isnull=False)
            | Q(minutes__meeting__group__in=groups_chaired_by(user))
        )


class MinutesVersion(models.Model):
    """A version of minutes. The newest is worked on until it is circulated; from then on it is never changed."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="versions", verbose_name=_("minutes"))
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"), blank=True, help_text=_("Paragraphs separated by blank lines."))
    note = models.CharField(_("what changed"), max_length=500, blank=True)
    circulated_at = models.DateTimeField(_("circulated"), null=True, blank=True)
    confirm_until = models.DateTimeField(_("to be confirmed until"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("last written by")
    )
    changed_at = models.DateTimeField(_("last written"), default=timezone.now)

    objects = MinutesVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of minutes")
        verbose_name_plural = _("versions of minutes")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="minutes_number_once"),
            models.CheckConstraint(
                condition=Q(circulated_at__isnull=True, confirm_until__isnull=True)
                | Q(circulated_at__isnull=False, confirm_until__isnull=False),
                name="minutes_are_circulated_until_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes}, {self.number}"

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.text)

    @property
    def is_frozen(self) -> bool:
        return self.circulated_at is not None

    def is_open(self, now: datetime) -> bool:
        """Whether agencies can still answer."""
        return self.confirm_until is not None and now < self.confirm_until


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def visible_to(self, user: Any) -> "ConfirmationQuerySet":
        """What agencies answered is for the group and secretariat staff: a public page shows only what was adopted."""
        if "" in staff_scopes(user):
            return self
        return self.filter(version__minutes__meeting__group__in=groups_read_by(user))

    def waiting(self) -> "ConfirmationQuerySet":
        """On circulated minutes, without an answer."""
        return self.filter(state=ConfirmationState.WAITING, version__minutes__state=MinutesState.CIRCULATED)


class Confirmation(models.Model):
    """What one agency says of a version of the minutes; made for each agency of the group when it is circulated."""

    version = models.ForeignKey(MinutesVersion, models.CASCADE, related_name="confirmations", verbose_name=_("version"))
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("agency"))
    state = models.CharField(_("answer"), max_length=15, choices=ConfirmationState, default=ConfirmationState.WAITING)
    text = models.TextField(_("correction asked for"), max_length=4000, blank=True)

    TRANSITIONS = CONFIRMATION_TRANSITIONS
    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["organization__acronym", "organization__name"]
        constraints = [
            models.UniqueConstraint(fields=["version", "organization"], name="confirmation_once"),
            models.CheckConstraint(condition=~Q(state=ConfirmationState.CORRECTION) | ~Q(text=""), name="a_correction_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.get_state_display()}"

    @property
    def group(self) -> WorkingGroup:
        return self.version.minutes.group


class ConfirmationStateChange(StateChange):
    subject = models.ForeignKey(Confirmation, models.CASCADE, related_name="state_changes")
