"""Changes of registrations: made at once, or proposed and decided on. The seat is kept meanwhile."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from meetings.enums import CHANGE_TRANSITIONS, ChangeState
from meetings.models.registration import Registration


class RegistrationEditQuerySet(models.QuerySet["RegistrationEdit"]):
    def visible_to(self, user: Any) -> "RegistrationEditQuerySet":
        """With the registration."""
        return self.filter(registration__in=Registration.objects.visible_to(user))


class RegistrationEdit(models.Model):
    """What somebody changed in a registration, or asks to change, field by field with the value before.

    Fields go by name, answers as `answer:CODE`; a category, organization and country are kept by their codes.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="edits", verbose_name=_("registration"))
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)

    TRANSITIONS = CHANGE_TRANSITIONS
    objects = RegistrationEditQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a registration")
        verbose_name_plural = _("changes of registrations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(state=ChangeState.PROPOSED), name="edit_proposed_once_per_registration"
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration.reference}: {', '.join(self.after)}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:decide_change", args=[self.registration.reference])

    @property
    def scope_key(self) -> str:
        return self.registration.scope_key


class RegistrationEditStateChange(StateChange):
    subject = models.ForeignKey(RegistrationEdit, models.CASCADE, related_name="state_changes")
