"""The programme: rooms, sessions and who speaks."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.bidi import marked
from meetings.enums import SessionKind, SpeakerPart
from meetings.models.meetings import Meeting, MeetingDocument


class Room(models.Model):
    """A room of a meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="rooms", verbose_name=_("meeting"))
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    capacity = models.PositiveIntegerField(_("seats"))
    note = models.CharField(_("note"), max_length=250, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "code"], name="room_code_once")]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One entry of the programme; a discussion item has a letter."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="sessions", verbose_name=_("meeting"))
    room = models.ForeignKey(Room, models.PROTECT, related_name="sessions", null=True, blank=True, verbose_name=_("room"))
    code = models.SlugField(_("code"), help_text=_("Names the session in addresses."))
    number = models.CharField(_("number"), max_length=10, blank=True)
    item = models.CharField(_("letter of the discussion item"), max_length=2, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=SessionKind, default=SessionKind.PLENARY)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), max_length=1500, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    interpretation = ArrayField(models.CharField(max_length=10), verbose_name=_("interpretation"), default=list, blank=True)
    interpretation_team = models.CharField(
        _("interpretation team"),
        max_length=80,
        blank=True,
        help_text=_("The name of the team in the booths, so that none is planned for two sessions at once."),
    )
    expected = models.PositiveIntegerField(
        _("people expected"),
        null=True,
        blank=True,
        help_text=_("Compared with the seats of the room. Empty: a plenary is compared with the approved registrations."),
    )
    is_illustrative = models.BooleanField(_("illustrative"), default=False, help_text=_("Invented for the demonstration."))
    documents = models.ManyToManyField(MeetingDocument, related_name="sessions", blank=True, verbose_name=_("documents"))
    drafts = models.ManyToManyField("strategy.Draft", related_name="+", blank=True, verbose_name=_("linked drafts"))
    briefs = models.ManyToManyField("briefs.Brief", related_name="+", blank=True, verbose_name=_("linked briefs"))
    solutions = models.ManyToManyField("solutions.Solution", related_name="+", blank=True, verbose_name=_("linked solutions"))
    # Two people at one programme: whoever saves names the version that they had before them.
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "room__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "code"], name="session_code_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_begins",
                violation_error_message=_("The end must be after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return marked(f"({self.item})", self.title) if self.item else self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:programme", args=[self.meeting.slug]) + f"#{self.code}"

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key


class Speaker(models.Model):
    """Somebody who moderates or speaks in a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="speakers", verbose_name=_("session"))
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("function"), max_length=200, blank=True)
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organization")
    )
    affiliation = models.CharField(
        _("affiliation"), max_length=200, blank=True, help_text=_("Where the organization is not in the directory.")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("account")
    )
    part = models.CharField(_("part"), max_length=20, choices=SpeakerPart, default=SpeakerPart.SPEAKER)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def body(self) -> str:
        """The organization as it is said beside the name."""
        return self.organization.short_name if self.organization else self.affiliation
