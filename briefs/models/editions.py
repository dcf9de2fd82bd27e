"""Editions: what was published, frozen."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from briefs.models.briefs import Brief

FILE_FIELDS = ("screen_pdf", "archive_pdf", "print_pdf")


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: Any) -> "EditionQuerySet":
        """Every edition was published: whoever sees the brief sees all its editions."""
        return self.filter(brief__in=Brief.objects.visible_to(user))


class Edition(models.Model):
    """One edition of a brief. A trigger in the database refuses any change but giving it its files, once."""

    brief = models.ForeignKey(Brief, models.PROTECT, related_name="editions", verbose_name=_("brief"))
    number = models.PositiveSmallIntegerField(_("edition"))
    published_at = models.DateTimeField(_("published at"))
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"))
    content = models.JSONField(_("content"), help_text=_("Everything that is printed, as it was when published."))
    text = models.TextField(_("plain text for searching"))
    sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    screen_pdf = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF for screens")
    )
    archive_pdf = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF for archives")
    )
    print_pdf = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF for print shops")
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["brief", "-number"]
        constraints = [models.UniqueConstraint(fields=["brief", "number"], name="brief_edition_number_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("briefs:edition", args=[self.brief.slug, self.number])

    @property
    def is_rendered(self) -> bool:
        return all(getattr(self, f"{field}_id") for field in FILE_FIELDS)
