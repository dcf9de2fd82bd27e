"""Voluntary reports for the Conference."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.rules import readable_organizations
from meetings.enums import REPORT_TRANSITIONS, ReportState
from meetings.rules import staff_scopes


class VoluntaryReportQuerySet(models.QuerySet["VoluntaryReport"]):
    def visible_to(self, user: Any) -> "VoluntaryReportQuerySet":
        """Published ones for everybody, an organization's own for its members, all for secretariat staff."""
        if "" in staff_scopes(user):
            return self
        return self.filter(Q(state=ReportState.PUBLISHED) | Q(organization__in=readable_organizations(user)))


class VoluntaryReport(models.Model):
    """What a Member State or a partner reports on its cooperation, in one language."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
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
    title = models.CharField(_("title"), max_length=250)
    themes = models.ManyToManyField(
        "directory.Theme", related_name="voluntary_reports", verbose_name=_("themes of the Conference")
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    summary = models.TextField(_("summary"), max_length=2000)
    sections = models.JSONField(
        _("sections"), default=list, help_text=_("A list of {heading, text}; blank lines part paragraphs.")
    )
    is_illustrative = models.BooleanField(_("illustrative"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.SUBMITTED)
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
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:report", args=[self.slug])

    @property
    def author(self) -> str:
        """Who reports: the country, else the organization."""
        return self.country.name if self.country else str(self.organization)


class VoluntaryReportStateChange(StateChange):
    subject = models.ForeignKey(VoluntaryReport, models.CASCADE, related_name="state_changes")
