"""Delegations of organizations: how large they may be, who came in whose place, and through which address they are reached."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from meetings.models.registration import Registration


class DelegationCeiling(models.Model):
    """How many people an organization may name for a meeting. Its row is the lock of the delegation."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="ceilings", verbose_name=_("meeting"))
    organization = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name=_("organization"))
    people = models.PositiveSmallIntegerField(
        _("people"), null=True, blank=True, help_text=_("Empty: the largest delegation that the meeting's settings allow.")
    )

    class Meta:
        verbose_name = _("ceiling of a delegation")
        verbose_name_plural = _("ceilings of delegations")
        ordering = ["organization__acronym", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "organization"], name="ceiling_once_per_organization")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.largest}"

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key

    @property
    def largest(self) -> int:
        """The ceiling in force. The meeting must be loaded."""
        return self.meeting.delegation_ceiling if self.people is None else self.people


class DelegationSubstitution(models.Model):
    """Somebody came in another's place and kept the seat: the registration went on under a new reference."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="substitutions", verbose_name=_("registration"))
    old_reference = models.CharField(_("reference before"), max_length=20, unique=True)
    new_reference = models.CharField(_("reference after"), max_length=20)
    old_name = models.CharField(_("name before"), max_length=250, blank=True)
    old_email = models.EmailField(_("address before"), blank=True)
    new_name = models.CharField(_("name after"), max_length=250, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    on_behalf_of = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("on behalf of")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("substitution in a delegation")
        verbose_name_plural = _("substitutions in delegations")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.old_reference} → {self.new_reference}"


class OrganizationContactQuerySet(models.QuerySet["OrganizationContact"]):
    def in_force(self) -> "OrganizationContactQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class OrganizationContact(models.Model):
    """An address that staff have checked to be an organization's own: requests for endorsement go there and nowhere else."""

    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="verified_contacts", verbose_name=_("organization")
    )
    address = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language of messages"), max_length=10, default="en")
    how = models.CharField(
        _("how you checked it"), max_length=300, help_text=_("For example the note verbale, or the website and the date.")
    )
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checked by"))
    verified_at = models.DateTimeField(_("checked at"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)

    objects = OrganizationContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("verified address of an organization")
        verbose_name_plural = _("verified addresses of organizations")
        ordering = ["organization__acronym", "pk"]
        constraints = [
            models.UniqueConstraint(
                "organization", Lower("address"), condition=Q(withdrawn_at__isnull=True), name="contact_once_per_organization"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.address}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.address = self.address.strip()
        super().save(*args, **kwargs)
