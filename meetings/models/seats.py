"""How the seats of a meeting came to be as they are: moves of seats, and seats given from the waiting list."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.enums import BulkKind, PromotionCause
from meetings.models.meetings import Meeting
from meetings.models.registration import CategoryQuota, Registration, RegistrationStateChange


class SeatMove(models.Model):
    """Seats that went from one category to another; without a source they are new, without a target they are gone."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="seat_moves", verbose_name=_("meeting"))
    source = models.ForeignKey(CategoryQuota, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("from"))
    target = models.ForeignKey(CategoryQuota, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("to"))
    count = models.PositiveIntegerField(_("seats"))
    is_below_taken = models.BooleanField(
        _("below the taken seats"), default=False, help_text=_("An override: more people had a seat than seats were left.")
    )
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("move of seats")
        verbose_name_plural = _("moves of seats")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0), name="seat_move_of_some"),
            models.CheckConstraint(condition=Q(source__isnull=False) | Q(target__isnull=False), name="seat_move_from_or_to"),
            models.CheckConstraint(condition=Q(is_below_taken=False) | ~Q(reason=""), name="seat_override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '–'} → {self.target or '–'}: {self.count}"


class Promotion(models.Model):
    """Why somebody on the waiting list got a seat or an offer: the numbers at that moment."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="promotions", verbose_name=_("registration"))
    change = models.OneToOneField(
        RegistrationStateChange, models.CASCADE, related_name="promotion", verbose_name=_("change of state")
    )
    cause = models.CharField(_("cause"), max_length=10, choices=PromotionCause)
    place = models.PositiveIntegerField(_("place on the waiting list"))
    waiting = models.PositiveIntegerField(_("people waiting"))
    taken = models.PositiveIntegerField(_("seats taken before"))
    seats = models.PositiveIntegerField(_("seats of the category"))

    class Meta:
        verbose_name = _("seat from the waiting list")
        verbose_name_plural = _("seats from the waiting list")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.cause}, {self.place}/{self.waiting}"


class BulkActQuerySet(models.QuerySet["BulkAct"]):
    def visible_to(self, user: Any) -> "BulkActQuerySet":
        """For the secretariat staff of the meeting."""
        return self.filter(meeting__in=Meeting.objects.managed_by(user))


class BulkAct(models.Model):
    """One act on many registrations: chosen, looked at in a preview, carried out once."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="bulk_acts", verbose_name=_("meeting"))
    kind = models.CharField(_("act"), max_length=10, choices=BulkKind)
    registrations = models.JSONField(_("registrations"), default=list, help_text=_("Their keys, in the order of the act."))
    reason = models.TextField(_("reason"), blank=True)
    category = models.ForeignKey(
        "directory.StakeholderCategory",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("to the category"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("chosen at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    results = models.JSONField(_("results"), default=list, help_text=_("For each registration: its key, what came of it, words."))

    objects = BulkActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act on many registrations")
        verbose_name_plural = _("acts on many registrations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {len(self.registrations)}"


class RegistrationImportQuerySet(models.QuerySet["RegistrationImport"]):
    def visible_to(self, user: Any) -> "RegistrationImportQuerySet":
        """For the secretariat staff of the meeting."""
        return self.filter(meeting__in=Meeting.objects.managed_by(user))


class RegistrationImport(models.Model):
    """A spreadsheet of people to register, read and checked but not applied until somebody has looked at the preview."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="registration_imports", verbose_name=_("meeting"))
    file_name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(_("rows"), default=list, help_text=_("One object per row: what is registered, and its errors."))
    problems = models.PositiveIntegerField(_("rows with errors"), default=0)
    approves = models.BooleanField(
        _("approve at once"), default=False, help_text=_("A seat where one is free, else the waiting list.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("read at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    seated = models.PositiveIntegerField(_("got a seat"), default=0)
    waitlisted = models.PositiveIntegerField(_("put on the waiting list"), default=0)
    to_decide = models.PositiveIntegerField(_("wait for a decision"), default=0)

    objects = RegistrationImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of registrations")
        verbose_name_plural = _("imports of registrations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
