"""Long work, versions of public pages and the mark of loaded demo data."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.enums import JobState


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> "JobQuerySet":
        """The jobs that this person asked for."""
        return self.filter(asked_by=user) if user.pk else self.none()


class Job(models.Model):
    """A piece of long work: written in the transaction that asks for it, claimed once by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    key = models.CharField(_("key"), max_length=200, blank=True, help_text=_("Only one unfinished job may have this key."))
    arguments = models.JSONField(_("arguments"), default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]) & ~Q(key=""),
                name="job_unfinished_once_per_key",
            ),
        ]
        indexes = [models.Index(fields=["state", "claimed_until"])]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"


class PageVersion(models.Model):
    """The version of all public pages that show one subject; bumped in the transaction that changes the subject."""

    subject = models.CharField(_("subject"), max_length=40, primary_key=True)
    version = models.PositiveBigIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("page version")
        verbose_name_plural = _("page versions")

    def __str__(self) -> str:
        return f"{self.subject}: {self.version}"


class DemoLoad(models.Model):
    """The mark left by `load_demo`: how far the dates of the real meeting were shifted."""

    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)
    shift_weeks = models.IntegerField(_("weeks added to every date"))
    version = models.CharField(_("version of the data"), max_length=40)

    class Meta:
        verbose_name = _("demo data")
        verbose_name_plural = _("demo data")

    def __str__(self) -> str:
        return f"+{self.shift_weeks} weeks"
