"""Calls for thematic events: until when agencies propose, and how many each."""

from datetime import datetime
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.rules import is_secretariat_staff


class EventCallQuerySet(models.QuerySet["EventCall"]):
    def visible_to(self, user: Any) -> "EventCallQuerySet":
        """Calls that have opened for everybody; those to come for secretariat staff."""
        return self if is_secretariat_staff(user) else self.filter(opens_at__lte=timezone.now())

    def open(self, now: datetime | None = None) -> "EventCallQuerySet":
        """Those under which events can be proposed now."""
        at = now or timezone.now()
        return self.filter(opens_at__lte=at, closes_at__gt=at)


class EventCall(models.Model):
    """A call to agencies to propose events of one preparatory process."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=250)
    introduction = models.TextField(
        _("introduction"), max_length=1500, blank=True, help_text=_("What the secretariat looks for, in a few sentences.")
    )
    process = models.CharField(
        _("process"), max_length=250, blank=True, help_text=_("A meeting that an event becomes is part of this process.")
    )
    themes = models.ManyToManyField(
        "directory.Theme",
        related_name="+",
        blank=True,
        verbose_name=_("themes of the Conference"),
        help_text=_("Events must be under one of these; none chosen means all."),
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("deadline"))
    limit_per_agency = models.PositiveSmallIntegerField(
        _("events per agency"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("Proposals that wait, are returned or are accepted count; declined and withdrawn ones do not."),
    )

    objects = EventCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for thematic events")
        verbose_name_plural = _("calls for thematic events")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="event_call_closes_after_it_opens",
                violation_error_message=_("The deadline must be after the opening."),
            ),
            models.CheckConstraint(
                condition=Q(limit_per_agency__gte=1),
                name="event_call_allows_one",
                violation_error_message=_("An agency must be able to propose one event at least."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at
