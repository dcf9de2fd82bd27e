"""The programme as it was released, version by version, and its files."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting


class ProgrammeVersionQuerySet(models.QuerySet["ProgrammeVersion"]):
    def visible_to(self, user: Any) -> "ProgrammeVersionQuerySet":
        """Every version was released: whoever sees the meeting sees all of them."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def latest(self) -> "ProgrammeVersionQuerySet":  # type: ignore[override]
        """Of each meeting the version in force."""
        later = ProgrammeVersion.objects.filter(meeting=OuterRef("meeting"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))


class ProgrammeVersion(models.Model):
    """What the public reads until the next version. A trigger in the database refuses any change but taking a name out."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="programme_versions", verbose_name=_("meeting"))
    number = models.PositiveSmallIntegerField(_("number"))
    note = models.CharField(_("what is new"), max_length=500, help_text=_("One or two sentences for the list of changes."))
    content = models.JSONField(_("content"), help_text=_("Rooms, sessions, speakers and documents as they were released."))
    removed = models.JSONField(
        _("sessions gone"),
        default=list,
        blank=True,
        help_text=_("In earlier versions but not in this: calendars must drop them."),
    )
    text = models.TextField(_("plain text for searching"))
    sha256 = models.CharField(
        _("SHA-256 of the content"), max_length=64, help_text=_("As released: a name taken out later leaves it as it was.")
    )
    released_at = models.DateTimeField(_("released at"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("released by")
    )
    redacted_at = models.DateTimeField(_("a name was taken out"), null=True, blank=True)

    objects = ProgrammeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a programme")
        verbose_name_plural = _("versions of programmes")
        ordering = ["meeting", "-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="programme_version_number_once")]

    def __str__(self) -> str:
        return f"{self.meeting.slug}: {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:programme_version", args=[self.meeting.slug, self.number])


class ProgrammeFile(models.Model):
    """The printable programme of one version in one language."""

    version = models.ForeignKey(ProgrammeVersion, models.CASCADE, related_name="files", verbose_name=_("version"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    file = models.ForeignKey("directory.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta:
        verbose_name = _("printable programme")
        verbose_name_plural = _("printable programmes")
        ordering = ["version", "language"]
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="programme_file_once_per_language")]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"
