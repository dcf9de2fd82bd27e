"""The history of a change of state, one concrete table for each stateful model."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StateChange(models.Model):
    """Who moved something from one state to another, for whom and why.

    A concrete class adds `subject = ForeignKey(TheModel, related_name="state_changes")`. `by` is empty where a clock
    or a rule acted.
    """

    old = models.CharField(_("from"), max_length=30)
    new = models.CharField(_("to"), max_length=30)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    on_behalf_of = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    def get_new_display(self) -> str:
        """The new state in words, as the `state` of the subject has them."""
        subject: Any = self._meta.get_field("subject").related_model
        return str(dict(subject._meta.get_field("state").flatchoices).get(self.new, self.new))
