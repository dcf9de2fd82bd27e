"""The outbox."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.rules import is_secretariat_staff
from notifications.enums import DeliveryState


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> "NotificationQuerySet":
        """Everything for secretariat staff (confidential kinds: the envelope only), one's own for others."""
        if not user.is_authenticated:
            return self.none()
        if is_secretariat_staff(user):
            return self
        return self.filter(recipient=user)


class Notification(models.Model):
    """One message to one recipient for one cause, written in the transaction of its cause."""

    kind = models.CharField(_("kind"), max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="notifications", verbose_name=_("recipient")
    )
    address = models.EmailField(_("address"), blank=True, help_text=_("Where a person without an account is written to."))
    language = models.CharField(_("language"), max_length=10, default="en")
    context = models.JSONField(_("frozen context"), default=dict)
    cause = models.CharField(_("idempotency key"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    created_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.EmailField(_("sent to"), blank=True)
    subject = models.CharField(_("subject as sent"), max_length=300, blank=True)
    text = models.TextField(_("text as sent"), blank=True)
    html = models.TextField(_("HTML as sent"), blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "cause", "recipient", "address"], name="notification_once_per_cause", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="") | (Q(recipient__isnull=True) & ~Q(address="")),
                name="notification_to_a_person_or_an_address",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=["queued", "claimed"]), name="notification_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.destination}"

    @property
    def destination(self) -> str:
        """Where it went, or where it will go."""
        return self.sent_to or self.address or (self.recipient.email if self.recipient else "")
