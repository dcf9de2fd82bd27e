"""Workbooks that came back filled in: read and checked, but not applied until somebody has looked at the preview."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Organization
from directory.rules import readable_organizations
from strategy.models.rounds import ConsultationRound
from strategy.models.texts import in_secretariat_scope


class MatrixImportQuerySet(models.QuerySet["MatrixImport"]):
    def visible_to(self, user: Any) -> "MatrixImportQuerySet":
        """Answers for the secretariat of the strategy; comments of an agency, which are internal, for its members alone."""
        return self.filter(
            Q(organization__in=readable_organizations(user))
            | (Q(organization=None) & in_secretariat_scope(user, "round__draft__strategy__slug"))
        )


class MatrixImport(models.Model):
    """A workbook with the answers of the drafters, or with the comments of an agency that wrote them offline."""

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="matrix_imports", verbose_name=_("round"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency"),
        help_text=_("Whose comments the file holds; empty for answers of the drafters."),
    )  # fmt: skip
    file_name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(_("rows"), default=list, help_text=_("One object per row: what it would do, and its errors."))
    problems = models.PositiveIntegerField(_("rows with errors"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("read at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    applied = models.PositiveIntegerField(_("rows applied"), default=0)

    objects = MatrixImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("response matrix that came back")
        verbose_name_plural = _("response matrices that came back")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key
