"""Series: the shelves on which briefs stand."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from briefs.enums import CoverStyle, Periodicity

RESERVED_SERIES = ["new"]
ISSN_SHAPE = r"^[0-9]{4}-[0-9]{3}[0-9X]$"


def validate_issn(value: str) -> None:
    """Refuse what is no ISSN: its last sign is computed from the seven digits before it (ISO 3297)."""
    digits = value.replace("-", "")
    if len(value) != 9 or value[4] != "-" or not (digits[:7].isascii() and digits[:7].isdigit()):
        raise ValidationError(_("An ISSN has two groups of four, like 2049-3630."), code="shape")
    check = -sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), digits, strict=False)) % 11
    if digits[7] != "0123456789X"[check]:
        raise ValidationError(
            _("This is no ISSN: its last sign does not fit the others. Compare it with the letter of the ISSN centre."),
            code="check",
        )


class Series(models.Model):  # type: ignore[django-manager-missing]
    """A series in which briefs appear under numbers."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    issn = models.CharField(
        _("ISSN"),
        max_length=9,
        blank=True,
        validators=[validate_issn],
        help_text=_("Like 2049-3630; empty until the number is assigned."),
    )
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("editors"),
        help_text=_("Their names stand on the series’ public page."),
    )
    periodicity = models.CharField(_("appears"), max_length=12, choices=Periodicity, default=Periodicity.OCCASIONAL)
    cover = models.CharField(_("cover"), max_length=8, choices=CoverStyle, default=CoverStyle.FIELD)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_SERIES),
                name="brief_series_slug_not_reserved",
                violation_error_message=_("This address is used for another page. Choose another short name."),
            ),
            models.CheckConstraint(condition=Q(issn="") | Q(issn__regex=ISSN_SHAPE), name="brief_series_issn_has_its_shape"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefs:series", args=[self.slug])
