"""Meetings and their documents."""

from datetime import datetime, time, timedelta
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
from meetings.enums import MEETING_TRANSITIONS, PUBLIC_MEETING_STATES, EditAct, MeetingState, RegistrationWindow
from meetings.models.groups import WorkingGroup, groups_chaired_by, groups_read_by
from meetings.rules import staff_scopes

SCOPE = "meeting:"


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a text, which blank lines part; without a text, none."""
    return [part.strip() for part in (text or "").replace("\r\n", "\n").split("\n\n") if part.strip()]


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def public(self) -> "MeetingQuerySet":
        """Announced meetings, cancelled ones included: who meant to come must find out."""
        return self.filter(state__in=PUBLIC_MEETING_STATES, is_public=True)

    def managed_by(self, user: Any) -> "MeetingQuerySet":
        """The meetings for which `user` serves as secretariat staff."""
        scopes = staff_scopes(user)
        if "" in scopes:
            return self
        return self.filter(slug__in=[scope.removeprefix(SCOPE) for scope in scopes if scope.startswith(SCOPE)])

    def visible_to(self, user: Any) -> "MeetingQuerySet":
        """Announced meetings for everybody, a group's for its members; drafts for their secretariat and the group's chair."""
        listed = self.public() | self.managed_by(user)
        if not user.is_authenticated:
            return listed
        of_groups = Q(state__in=PUBLIC_MEETING_STATES, group__in=groups_read_by(user)) | Q(group__in=groups_chaired_by(user))
        return listed | self.filter(of_groups)

    def upcoming(self, now: datetime | None = None) -> "MeetingQuerySet":
        return self.filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")

    def past(self, now: datetime | None = None) -> "MeetingQuerySet":
        return self.filter(ends_at__lte=now or timezone.now()).order_by("-starts_at", "-pk")


class Meeting(models.Model):
    """A meeting in one place and time, with its programme and its registration."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), max_length=1000)
    purpose = models.TextField(_("purpose"), blank=True, help_text=_("Paragraphs separated by blank lines."))
    place = models.CharField(_("place"), max_length=200)
    city = models.CharField(_("city"), max_length=120)
    country = models.ForeignKey("directory.Country", models.PROTECT, related_name="+", verbose_name=_("country"))
    time_zone = models.CharField(_("time zone of the place"), max_length=64, default="UTC", validators=[validate_time_zone])
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    host = models.ForeignKey("directory.Organization", models.PROTECT, related_name="hosted_meetings", verbose_name=_("host"))
    conjunction = models.CharField(_("in conjunction with"), max_length=250, blank=True)
    parent_process = models.CharField(_("part of the process"), max_length=250, blank=True)
    contact_email = models.EmailField(_("address for questions"), blank=True)
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    hours_from = models.TimeField(_("rooms open from"), default=time(8), help_text=_("On the place's clock."))
    hours_to = models.TimeField(_("rooms open until"), default=time(21), help_text=_("On the place's clock."))
    delegation_ceiling = models.PositiveSmallIntegerField(
        _("largest delegation"),
        default=5,
        help_text=_("How many people an organization may name, unless it has a ceiling of its own."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours for an offer"), default=72, help_text=_("How long a seat is kept for somebody on the waiting list.")
    )
    lists_participants = models.BooleanField(
        _("publish a list of participants"), default=False, help_text=_("Only those who agree are named in it.")
    )
    retain_days = models.PositiveSmallIntegerField(
        _("days until personal data goes"), default=365, help_text=_("Counted from the end of the meeting.")
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("days before the reminder"), default=3, help_text=_("Who has a seat is reminded so many days before. 0: no reminder.")
    )
    letters_need_signature = models.BooleanField(
        _("letters wait for a signature"),
        default=False,
        help_text=_("An invitation letter goes out only once a member of the secretariat has signed it."),
    )
    purged_at = models.DateTimeField(_("personal data removed"), null=True, blank=True, editable=False)
    proceedings = models.TextField(
        _("summary of the discussion"), blank=True, help_text=_("Paragraphs separated by blank lines.")
    )
    outcome = models.TextField(_("outcome"), blank=True, help_text=_("Paragraphs separated by blank lines."))
    group = models.ForeignKey(
        WorkingGroup,
        models.PROTECT,
        related_name="meetings",
        null=True,
        blank=True,
        verbose_name=_("working group"),
        help_text=_("Whose meeting it is, where it is one of a working group."),
    )
    is_public = models.BooleanField(
        _("public"), default=True, help_text=_("Meetings of a working group are for its members, unless they are public.")
    )
    is_illustrative = models.BooleanField(_("illustrative"), default=False, help_text=_("Invented for the demonstration."))
    state = models.CharField(_("state"), max_length=10, choices=MeetingState, default=MeetingState.DRAFT)
    # Calendars replace an entry only by one with a higher number.
    sequence = models.PositiveIntegerField(_("version of the calendar entry"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    TRANSITIONS = MEETING_TRANSITIONS
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_begins",
                violation_error_message=_("The end must be after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                name="meeting_registration_closes_after_it_opens",
                violation_error_message=_("Registration must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(hours_to__gt=F("hours_from")),
                name="meeting_rooms_close_after_they_open",
                violation_error_message=_("Rooms must close after they open."),
            ),
            models.CheckConstraint(
                condition=Q(is_public=True) | Q(group__isnull=False),
                name="only_a_group_meets_among_itself",
                violation_error_message=_("Only a meeting of a working group can be kept from the public."),
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:group_meeting" if self.group_id else "meetings:meeting", args=[self.slug])

    @property
    def scope_key(self) -> str:
        """What a secretariat role limited to this meeting is limited to."""
        return SCOPE + self.slug

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def purpose_paragraphs(self) -> list[str]:
        return paragraphs(self.purpose)

    @property
    def proceedings_paragraphs(self) -> list[str]:
        return paragraphs(self.proceedings)

    @property
    def outcome_paragraphs(self) -> list[str]:
        return paragraphs(self.outcome)

    def registration_window(self, now: datetime) -> RegistrationWindow:
        """Whether this meeting takes registrations at `now`; without dates it never does."""
        if self.state == MeetingState.CANCELLED:
            return RegistrationWindow.CANCELLED
        if self.ends_at <= now:
            return RegistrationWindow.OVER
        if not self.registration_opens_at or self.registration_opens_at > now:
            return RegistrationWindow.NOT_YET
        if (self.registration_closes_at or self.ends_at) <= now:
            return RegistrationWindow.CLOSED
        return RegistrationWindow.OPEN

    @property
    def removal_at(self) -> datetime:
        """When the personal data of its registrations goes."""
        return self.ends_at + timedelta(days=self.retain_days)

    @property
    def boundaries(self) -> tuple[datetime | None, ...]:
        """The moments at which what is said about this meeting changes by itself."""
        return (self.registration_opens_at, self.registration_closes_at, self.starts_at, self.ends_at)


class MeetingStateChange(StateChange):
    subject = models.ForeignKey(Meeting, models.CASCADE, related_name="state_changes")


class MeetingDocument(models.Model):
    """A document of a meeting: a link, or a file that the portal keeps."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="documents", verbose_name=_("meeting"))
    code = models.SlugField(_("code"))
    title = models.CharField(_("title"), max_length=250)
    symbol = models.CharField(_("document symbol"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    url = models.URLField(_("address"), blank=True, max_length=500)
    file = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("file")
    )
    note = models.TextField(_("note"), blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "code", "language"], name="document_once_per_language")]

    def __str__(self) -> str:
        return self.symbol or self.title

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key

    @property
    def address(self) -> str:
        """Where the document is read; empty where it is only announced. The meeting must be loaded."""
        if self.file_id:
            return reverse("meetings_files:document", args=[self.meeting.slug, self.pk])
        return self.url


class MeetingEdit(models.Model):
    """Who did what to a meeting, its documents or its programme. What is removed keeps its name here."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="edits", verbose_name=_("meeting"))
    act = models.CharField(_("act"), max_length=20, choices=EditAct)
    thing = models.CharField(_("what"), max_length=300, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    on_behalf_of = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("edit of a meeting")
        verbose_name_plural = _("edits of meetings")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.thing}" if self.thing else self.get_act_display()
