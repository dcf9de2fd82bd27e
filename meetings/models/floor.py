"""The list of speakers of a session: who asks for the floor, in which order, who has it, for how long."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from meetings.enums import FLOOR_TRANSITIONS, LIVE_FLOOR_STATES, FloorState
from meetings.models.meetings import Meeting
from meetings.models.registration import Registration


class FloorListQuerySet(models.QuerySet["FloorList"]):
    def visible_to(self, user: Any) -> "FloorListQuerySet":
        """The lists of the meetings that the person sees."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class FloorList(models.Model):
    """The list of one session, named by its code. Its row is the lock of everything that happens on the list."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="floor_lists", verbose_name=_("meeting"))
    code = models.SlugField(_("code of the session"))
    is_open = models.BooleanField(_("open"), default=True, help_text=_("Whether participants may ask for the floor."))
    minutes = models.PositiveSmallIntegerField(_("minutes for each speaker"), default=3, help_text=_("0 means no limit."))

    objects = FloorListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of speakers")
        verbose_name_plural = _("lists of speakers")
        ordering = ["meeting", "code"]
        constraints = [models.UniqueConstraint(fields=["meeting", "code"], name="floor_list_once_per_session")]

    def __str__(self) -> str:
        return f"{self.meeting.slug}: {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:floor", args=[self.meeting.slug, self.code])

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key


class FloorRequestQuerySet(models.QuerySet["FloorRequest"]):
    def visible_to(self, user: Any) -> "FloorRequestQuerySet":
        """Whoever is in the room sees the list: those of the meetings that the person sees."""
        return self.filter(floor_list__in=FloorList.objects.visible_to(user))

    def live(self) -> "FloorRequestQuerySet":
        return self.filter(state__in=LIVE_FLOOR_STATES)


class FloorRequest(models.Model):
    """A participant's wish to speak in a session, for an organization or in their own name."""

    floor_list = models.ForeignKey(FloorList, models.PROTECT, related_name="requests", verbose_name=_("list of speakers"))
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+", verbose_name=_("registration"))
    name = models.CharField(_("name"), max_length=250, blank=True)
    body = models.CharField(
        _("on behalf of"), max_length=250, blank=True, help_text=_("Empty where somebody speaks in their own name.")
    )
    position = models.PositiveIntegerField(_("place in the order"))
    state = models.CharField(_("state"), max_length=10, choices=FloorState, default=FloorState.REQUESTED)
    requested_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("speaking since"), null=True, blank=True)
    used_seconds = models.PositiveIntegerField(_("seconds used"), default=0)

    TRANSITIONS = FLOOR_TRANSITIONS
    objects = FloorRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for the floor")
        verbose_name_plural = _("requests for the floor")
        ordering = ["floor_list", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["floor_list", "registration"],
                condition=Q(state__in=sorted(LIVE_FLOOR_STATES)),
                name="floor_request_live_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["floor_list"], condition=Q(state=FloorState.CALLED), name="floor_has_one_speaker_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | Q(state=FloorState.CALLED), name="floor_clock_runs_for_who_is_called"
            ),
        ]

    def __str__(self) -> str:
        return self.said_outside

    @property
    def scope_key(self) -> str:
        return self.floor_list.scope_key

    @property
    def said_outside(self) -> str:
        """Who speaks, as the room reads it: the organization, or the person where they speak in their own name."""
        return self.body or self.name or gettext("A former participant")


class FloorRequestStateChange(StateChange):
    subject = models.ForeignKey(FloorRequest, models.CASCADE, related_name="state_changes")
