"""Thematic events that agencies propose together."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.models.people import validate_time_zone
from directory.rules import readable_organizations
from meetings.enums import EVENT_TRANSITIONS, EventFormat, EventState
from meetings.rules import staff_scopes


class ThematicEventQuerySet(models.QuerySet["ThematicEvent"]):
    def visible_to(self, user: Any) -> "ThematicEventQuerySet":
        """Accepted ones for everybody, an agency's own proposals for its members, all for secretariat staff."""
        if "" in staff_scopes(user):
            return self
        return self.filter(Q(state=EventState.ACCEPTED) | Q(proposed_by__in=readable_organizations(user)))

    def upcoming(self, now: datetime | None = None) -> "ThematicEventQuerySet":
        return self.filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")


class ThematicEvent(models.Model):
    """An event of the preparatory process, convened by one agency with others."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), max_length=1500)
    proposed_by = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="proposed_events", verbose_name=_("proposing agency")
    )
    co_sponsors = models.ManyToManyField(
        "directory.Organization", related_name="co_sponsored_events", blank=True, verbose_name=_("co-sponsors")
    )
    theme = models.ForeignKey("directory.Theme", models.PROTECT, related_name="+", verbose_name=_("theme of the Conference"))
    format = models.CharField(_("format"), max_length=20, choices=EventFormat)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(_("time zone of the place"), max_length=64, default="UTC", validators=[validate_time_zone])
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.ForeignKey(
        "directory.Country", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("country")
    )
    expected = models.PositiveIntegerField(_("participants expected"), null=True, blank=True)
    needs = models.TextField(_("needs"), blank=True)
    is_illustrative = models.BooleanField(_("illustrative"), default=False)
    state = models.CharField(_("state"), max_length=15, choices=EventState, default=EventState.PROPOSED)
    sequence = models.PositiveIntegerField(_("version of the calendar entry"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    TRANSITIONS = EVENT_TRANSITIONS
    objects = ThematicEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("thematic event")
        verbose_name_plural = _("thematic events")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_begins",
                violation_error_message=_("The end must be after the beginning."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:event", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class ThematicEventStateChange(StateChange):
    subject = models.ForeignKey(ThematicEvent, models.CASCADE, related_name="state_changes")
