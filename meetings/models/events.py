"""Thematic events that agencies propose together."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.models.people import validate_time_zone
from directory.rules import readable_organizations
from meetings.enums import EDITABLE_EVENTS, EVENT_TRANSITIONS, EventFormat, EventState
from meetings.models.event_calls import EventCall
from meetings.models.meetings import Meeting
from meetings.models.programme import Session
from meetings.rules import staff_scopes


class ThematicEventQuerySet(models.QuerySet["ThematicEvent"]):
    def proposed(self) -> "ThematicEventQuerySet":
        """What has left its agency; a draft, also one set aside, is internal to it."""
        return self.exclude(Q(state=EventState.DRAFT) | Q(state=EventState.WITHDRAWN, proposed_at__isnull=True))

    def visible_to(self, user: Any) -> "ThematicEventQuerySet":
        """Accepted ones for everybody; proposals for their agency, those named as co-sponsors and secretariat staff.

        Drafts are for members of their agency alone. One that was accepted and is withdrawn stays readable.
        """
        own = readable_organizations(user)
        public = Q(state=EventState.ACCEPTED) | Q(state=EventState.WITHDRAWN, accepted_at__isnull=False)
        shown = public | Q(proposed_by__in=own)
        proposed = self.proposed()
        if "" in staff_scopes(user):
            return self.filter(shown | Q(pk__in=proposed.order_by().values("pk")))
        if own:
            named = proposed.filter(co_sponsorships__organization__in=own).order_by().values("pk")
            return self.filter(shown | Q(pk__in=named))
        return self.filter(shown)

    def upcoming(self, now: datetime | None = None) -> "ThematicEventQuerySet":
        return self.filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")


class ThematicEvent(models.Model):
    """An event of the preparatory process, convened by one agency with others."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    call = models.ForeignKey(
        EventCall, models.PROTECT, related_name="events", null=True, blank=True, verbose_name=_("call for events")
    )
    language = models.CharField(_("language of the proposal"), max_length=10, choices=settings.LANGUAGES, default="en")
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), max_length=1500)
    proposed_by = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="proposed_events", verbose_name=_("proposing agency")
    )
    co_sponsors = models.ManyToManyField(
        "directory.Organization",
        through="meetings.CoSponsorship",
        related_name="co_sponsored_events",
        blank=True,
        verbose_name=_("co-sponsors"),
    )
    theme = models.ForeignKey("directory.Theme", models.PROTECT, related_name="+", verbose_name=_("theme of the Conference"))
    format = models.CharField(_("format"), max_length=20, choices=EventFormat)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(_("time zone of the place"), max_length=64, default="UTC", validators=[validate_time_zone])
    place = models.CharField(_("place"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.ForeignKey(
        "directory.Country", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("country")
    )
    expected = models.PositiveIntegerField(_("participants expected"), null=True, blank=True)
    needs = models.TextField(_("needs"), blank=True)
    is_illustrative = models.BooleanField(_("illustrative"), default=False)
    state = models.CharField(_("state"), max_length=15, choices=EventState, default=EventState.DRAFT)
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    # What an accepted event became: one of the two at most. A session that is taken out of a programme frees its event.
    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="thematic_event", null=True, blank=True, editable=False, verbose_name=_("meeting")
    )
    session = models.OneToOneField(
        Session, models.SET_NULL, related_name="thematic_event", null=True, blank=True, editable=False, verbose_name=_("session")
    )
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
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) | Q(session__isnull=True),
                name="event_is_a_meeting_or_a_session",
                violation_error_message=_("An event becomes a meeting or a session, not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:event", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_EVENTS

    @property
    def is_placed(self) -> bool:
        """Whether it has become a meeting or a session."""
        return self.meeting_id is not None or self.session_id is not None

    @property
    def version(self) -> str:
        """Names the words and dates as they stand, for acts on what a person has read."""
        return self.changed_at.isoformat()


class ThematicEventStateChange(StateChange):
    subject = models.ForeignKey(ThematicEvent, models.CASCADE, related_name="state_changes")


class AlternativeDates(models.Model):
    """Other dates at which the proposing agency could hold its event, after its first choice."""

    event = models.ForeignKey(ThematicEvent, models.CASCADE, related_name="alternatives", verbose_name=_("thematic event"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("alternative dates")
        verbose_name_plural = _("alternative dates")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="alternative_ends_after_it_begins",
                violation_error_message=_("The end must be after the beginning."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class EventNote(models.Model):
    """What the secretariat and the proposing agency write to each other about a proposal."""

    event = models.ForeignKey(ThematicEvent, models.CASCADE, related_name="notes", verbose_name=_("thematic event"))
    text = models.TextField(_("text"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    on_behalf_of = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("note on a proposal")
        verbose_name_plural = _("notes on proposals")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.text[:60]}"
