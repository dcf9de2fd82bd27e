"""Links that work once, and an administrator's recorded way into what is internal to an agency."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.rules import is_administrator, organizations_of


class SingleUseLink(models.Model):
    """The right to do one thing once, for somebody who may have no account. The token is signed when the mail is made.

    The table holds nothing that opens anything: a link is `sign(id)`, checked against the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=60)
    subject = models.CharField(_("about"), max_length=60, help_text=_("The primary key of what the link is about."))
    address = models.EmailField(_("sent to"))
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("single-use link")
        verbose_name_plural = _("single-use links")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["purpose", "subject"], name="link_by_subject")]

    def __str__(self) -> str:
        return f"{self.purpose} → {self.address}"


class InternalAccessGrantQuerySet(models.QuerySet["InternalAccessGrant"]):
    def in_force(self, at: datetime | None = None) -> "InternalAccessGrantQuerySet":
        """Grants that have neither expired nor been ended."""
        moment = at or timezone.now()
        return self.filter(ended_at__isnull=True, starts_at__lte=moment, expires_at__gt=moment)

    def visible_to(self, user: Any) -> "InternalAccessGrantQuerySet":
        """All for administrators; for a member of an agency those that open that agency."""
        if is_administrator(user):
            return self
        return self.filter(organization__in=organizations_of(user))


class InternalAccessGrant(models.Model):
    """An administrator may read what is internal to one agency, for a stated reason and a short time."""

    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="internal_access_grants", verbose_name=_("agency")
    )
    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="internal_access_grants", verbose_name=_("administrator")
    )
    reason = models.TextField(_("reason"))
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    expires_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    objects = InternalAccessGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant for agency-internal matters")
        verbose_name_plural = _("grants for agency-internal matters")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="grant_expires_after_it_starts"),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.administrator} → {self.organization}"

    def get_absolute_url(self) -> str:
        return reverse("internal_access", args=[self.pk])

    @property
    def is_in_force(self) -> bool:
        """Whether it opens anything now."""
        return self.ended_at is None and self.starts_at <= timezone.now() < self.expires_at


class InternalAccessUse(models.Model):
    """One use of a grant: which page was opened under it, and when."""

    grant = models.ForeignKey(InternalAccessGrant, models.PROTECT, related_name="uses", verbose_name=_("grant"))
    what = models.CharField(_("what was opened"), max_length=300)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("use of a grant")
        verbose_name_plural = _("uses of grants")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.what
