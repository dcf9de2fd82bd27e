"""What readers take: counts by day without anybody's trace, and the press kit."""

from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from briefs.enums import DownloadFile
from briefs.models.briefs import Brief
from briefs.models.editions import Edition
from briefs.models.publishing import HeadNotice


class DownloadCountQuerySet(models.QuerySet["DownloadCount"]):
    def visible_to(self, user: Any) -> "DownloadCountQuerySet":
        """The counts of the briefs that `user` may see: an edition was published."""
        return self.filter(edition__brief__in=Brief.objects.visible_to(user))


class DownloadCount(models.Model):
    """How often a file of an edition was taken on a day. A number only: no address, no cookie, no name."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="downloads", verbose_name=_("edition"))
    file = models.CharField(_("file"), max_length=10, choices=DownloadFile)
    day = models.DateField(_("day"), help_text=_("The day in UTC."))
    count = models.PositiveIntegerField(_("downloads"), default=0)

    objects = DownloadCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("downloads of a day")
        verbose_name_plural = _("downloads by day")
        ordering = ["-day", "edition", "file"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "file", "day"], name="brief_downloads_once_per_day"),
            models.CheckConstraint(condition=Q(file__in=DownloadFile.values), name="brief_downloads_of_known_file"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.get_file_display()} · {self.day}: {self.count}"


class DownloadBatch(models.Model):
    """A batch of counts that was taken over from Redis: a worker that comes again with the same batch adds nothing."""

    key = models.UUIDField(_("batch"), unique=True, editable=False)
    at = models.DateTimeField(_("taken over at"), auto_now_add=True)

    class Meta:
        verbose_name = _("batch of download counts")
        verbose_name_plural = _("batches of download counts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.key)


class PressKitQuerySet(models.QuerySet["PressKit"]):
    def visible_to(self, user: Any) -> "PressKitQuerySet":
        """Those of the editions that `user` may see."""
        return self.filter(edition__in=Edition.objects.visible_to(user))

    def up_to_date(self) -> "PressKitQuerySet":
        """What may go to the press: every correction so far is in it. Of a withdrawal no kit is made."""
        later = HeadNotice.objects.filter(edition=OuterRef("edition")).order_by("-number")
        newest = Coalesce(Subquery(later.values("pk")[:1]), 0)
        return self.annotate(newest_notice=newest).filter(newest_notice=Coalesce("notice_id", 0))


class PressKit(models.Model):
    """The press kit of an edition: one archive with cover, words and screen PDF, made again with each correction."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="press_kit", verbose_name=_("edition"))
    notice = models.ForeignKey(
        HeadNotice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("newest correction in it"),
        help_text=_("Empty for the edition as it was published."),
    )
    file = models.ForeignKey("directory.StoredFile", models.PROTECT, related_name="+", verbose_name=_("archive"))
    made_at = models.DateTimeField(_("made at"), auto_now=True)

    objects = PressKitQuerySet.as_manager()

    class Meta:
        verbose_name = _("press kit")
        verbose_name_plural = _("press kits")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.edition)
