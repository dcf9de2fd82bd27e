"""Calls for voluntary reports, and the reports."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.rules import is_secretariat_staff, readable_organizations
from meetings.enums import INTERNAL_REPORTS, REPORT_TRANSITIONS, CallStatus, ReportState
from meetings.models.meetings import paragraphs
from meetings.rules import staff_scopes


class ReportCallQuerySet(models.QuerySet["ReportCall"]):
    def visible_to(self, user: Any) -> "ReportCallQuerySet":
        """Calls that have opened for everybody; those to come for secretariat staff."""
        return self if is_secretariat_staff(user) else self.filter(opens_at__lte=timezone.now())

    def taking_reports(self, now: datetime | None = None) -> "ReportCallQuerySet":
        """Open, or past the deadline with late reports taken."""
        at = now or timezone.now()
        return self.filter(Q(closes_at__gt=at) | Q(accepts_late=True), opens_at__lte=at)


class ReportCall(models.Model):
    """A call to Member States and partners to report, with the questions that a report answers."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=250)
    introduction = models.TextField(_("introduction"), help_text=_("Paragraphs separated by blank lines."))
    themes = models.ManyToManyField("directory.Theme", related_name="report_calls", verbose_name=_("themes of the Conference"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("deadline"))
    accepts_late = models.BooleanField(
        _("late reports are taken"), default=True, help_text=_("They are marked as late, and published all the same.")
    )
    contact_email = models.EmailField(_("address for questions"), blank=True)

    objects = ReportCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for voluntary reports")
        verbose_name_plural = _("calls for voluntary reports")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("The deadline must be after the opening."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:report_call", args=[self.slug])

    def status(self, now: datetime) -> CallStatus:
        """Whether reports can be submitted at `now`."""
        if self.opens_at > now:
            return CallStatus.NOT_YET
        if self.closes_at > now:
            return CallStatus.OPEN
        return CallStatus.LATE if self.accepts_late else CallStatus.CLOSED

    @property
    def introduction_paragraphs(self) -> list[str]:
        return paragraphs(self.introduction)


class CallSection(models.Model):
    """One part of the template of a call."""

    call = models.ForeignKey(ReportCall, models.CASCADE, related_name="template", verbose_name=_("call"))
    heading = models.CharField(_("heading"), max_length=200)
    guidance = models.TextField(_("guidance"), max_length=1000, blank=True, help_text=_("What belongs into this section."))
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("section of the template")
        verbose_name_plural = _("sections of the template")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.heading


class VoluntaryReportQuerySet(models.QuerySet["VoluntaryReport"]):
    def visible_to(self, user: Any) -> "VoluntaryReportQuerySet":
        """Published ones for everybody, an organization's own for its members, for staff what has been submitted once."""
        own = Q(organization__in=readable_organizations(user))
        if "" in staff_scopes(user):
            return self.filter(own | ~Q(state__in=sorted(INTERNAL_REPORTS)) & ~Q(state=ReportState.WITHDRAWN, submitted_at=None))
        return self.filter(Q(state=ReportState.PUBLISHED) | own)


class VoluntaryReport(models.Model):
    """What a Member State or a partner reports on its cooperation, in one language."""

    slug = models.SlugField(_("short name in addresses"), max_length=120, unique=True)
    call = models.ForeignKey(
        ReportCall, models.PROTECT, related_name="reports", null=True, blank=True, verbose_name=_("call for reports")
    )
    country = models.ForeignKey(
        "directory.Country", models.PROTECT, related_name="voluntary_reports", null=True, blank=True, verbose_name=_("country")
    )
    organization = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        related_name="voluntary_reports",
        null=True,
        blank=True,
        verbose_name=_("organization"),
    )
    title = models.CharField(_("title"), max_length=250, blank=True)
    themes = models.ManyToManyField(
        "directory.Theme", related_name="voluntary_reports", blank=True, verbose_name=_("themes of the Conference")
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    sections = models.JSONField(
        _("sections"), default=list, help_text=_("A list of {heading, text}; blank lines part paragraphs.")
    )
    file = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("file of the report")
    )
    file_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    meetings = models.ManyToManyField(
        "meetings.Meeting", related_name="citing_reports", blank=True, verbose_name=_("meetings whose outcomes it cites")
    )
    events = models.ManyToManyField(
        "meetings.ThematicEvent", related_name="citing_reports", blank=True, verbose_name=_("thematic events it cites")
    )
    citations = models.TextField(
        _("other outcomes it cites"),
        max_length=2000,
        blank=True,
        help_text=_("Outcomes of regional and sectoral meetings, one a line, with their symbols."),
    )
    is_illustrative = models.BooleanField(_("illustrative"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("edited by")
    )
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    receipt = models.CharField(_("receipt"), max_length=80, unique=True, null=True, blank=True)
    is_late = models.BooleanField(_("late"), default=False)
    sha256 = models.CharField(_("SHA-256 of what was submitted"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=ReportState, default=ReportState.DRAFT)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    TRANSITIONS = REPORT_TRANSITIONS
    objects = VoluntaryReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("voluntary report")
        verbose_name_plural = _("voluntary reports")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(country__isnull=False) | Q(organization__isnull=False),
                name="report_of_a_country_or_an_organization",
                violation_error_message=_("Name the country or the organization that reports."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.PUBLISHED) | Q(published_at__isnull=False), name="report_is_published_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["call", "organization", "language"],
                condition=Q(call__isnull=False, organization__isnull=False) & ~Q(state=ReportState.WITHDRAWN),
                name="report_once_for_each_call_and_language",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Report without a title"))

    def get_absolute_url(self) -> str:
        return reverse("meetings:report", args=[self.slug])

    @property
    def is_internal(self) -> bool:
        """Whether only the reporting organization sees it."""
        return self.state in INTERNAL_REPORTS

    @property
    def citation_lines(self) -> list[str]:
        return [line.strip() for line in self.citations.splitlines() if line.strip()]

    @property
    def author(self) -> str:
        """Who reports: the country, else the organization."""
        return self.country.name if self.country else str(self.organization)


class VoluntaryReportStateChange(StateChange):
    subject = models.ForeignKey(VoluntaryReport, models.CASCADE, related_name="state_changes")
