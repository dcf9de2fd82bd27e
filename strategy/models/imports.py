"""A text that was brought in as a file: kept with what was read from it until somebody says yes or no."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import StoredFile
from strategy.models.texts import Draft, in_secretariat_scope


class DraftImportQuerySet(models.QuerySet["DraftImport"]):
    def visible_to(self, user: Any) -> "DraftImportQuerySet":
        """What was brought into the strategies that the person serves as secretariat."""
        return self.filter(in_secretariat_scope(user, "draft__strategy__slug"))


class DraftImport(models.Model):
    """A file for a draft in preparation, read and not yet taken over; the file itself goes as soon as that is decided."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="imports", verbose_name=_("draft"))
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file"),
        help_text=_("Kept only while the import waits for an answer."),
    )  # fmt: skip
    file_name = models.CharField(_("name of the file"), max_length=200)
    format = models.CharField(_("format"), max_length=4, help_text=_("Its ending: docx, md or txt."))
    accept = models.BooleanField(
        _("tracked changes are accepted"), null=True, blank=True, help_text=_("Empty until somebody has chosen.")
    )
    reading = models.JSONField(_("what was read"), default=dict, editable=False)
    origins = models.JSONField(
        _("origins"), default=dict, editable=False,
        help_text=_("Hidden name of each paragraph that continues one of another draft, and the hidden name of that one."),
    )  # fmt: skip
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("brought in at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    objects = DraftImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("text brought in")
        verbose_name_plural = _("texts brought in")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(applied_at=None) | Q(dropped_at=None), name="draftimport_applied_or_dropped"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("strategy:import", args=[self.draft.strategy.slug, self.draft.number, self.pk])

    @property
    def scope_key(self) -> str:
        return self.draft.scope_key

    @property
    def is_open(self) -> bool:
        return self.applied_at is None and self.dropped_at is None

    @property
    def asks(self) -> bool:
        """Whether the file holds tracked changes and nobody has said yet what becomes of them."""
        return self.accept is None and bool(self.reading.get("changes"))
