"""What a brief is made of besides its sections: figures, references, what it cites, and the trace of changes to all this."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from briefs.enums import ChartKind, FigureKind, Licence
from briefs.models.briefs import Brief
from briefs.models.editions import Edition

KEY_SHAPE = r"^[a-z0-9-]{1,40}$"
valid_key = RegexValidator(KEY_SHAPE, _("Small letters a–z, digits and hyphens only, 40 at most, like “rainfall-2016”."))


class MatterQuerySet(models.QuerySet[Any]):
    """Rows of a brief as it is being made."""

    def visible_to(self, user: Any) -> "MatterQuerySet":
        """For those who make the brief. The public reads editions."""
        return self.filter(brief__in=Brief.objects.of_insider(user))


class Figure(models.Model):
    """A picture, or a chart with its numbers. It stands where a section has a paragraph `[figure key]`.

    A picture that came in with a document may lack words for a while; the checklist keeps the brief from being published.
    """

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="figures", verbose_name=_("brief"))
    key = models.CharField(_("key"), max_length=40, validators=[valid_key])
    kind = models.CharField(_("kind"), max_length=10, choices=FigureKind)
    caption = models.CharField(_("caption"), max_length=400)
    alt = models.TextField(_("alternative text"), max_length=1500)
    credit = models.CharField(_("credit"), max_length=300)
    licence = models.CharField(_("licence"), max_length=24, choices=Licence)
    file = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    width = models.PositiveIntegerField(_("width in pixels"), default=0)
    height = models.PositiveIntegerField(_("height in pixels"), default=0)
    chart = models.CharField(_("drawn as"), max_length=10, choices=ChartKind, blank=True)
    rows = models.JSONField(
        _("numbers"), default=list, blank=True, help_text=_("A list of rows; the first holds the heads of the columns.")
    )

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "key"],
                name="brief_figure_key_once",
                violation_error_message=_("This brief has a figure of this key already."),
            ),
            models.CheckConstraint(condition=Q(key__regex=KEY_SHAPE), name="brief_figure_key_has_its_shape"),
            models.CheckConstraint(
                condition=Q(kind=FigureKind.IMAGE, file__isnull=False, width__gt=0, height__gt=0, chart="")
                | (Q(kind=FigureKind.CHART, file__isnull=True) & ~Q(chart="") & ~Q(rows=[])),
                name="brief_figure_is_picture_or_chart",
            ),
        ]

    def __str__(self) -> str:
        return self.caption or self.key

    def get_absolute_url(self) -> str:
        return reverse("briefs:figure", args=[self.brief.slug, self.key])

    @property
    def missing(self) -> list[str]:
        """The names of the words that somebody must still write."""
        names = ("caption", "alt", "credit", "licence")
        return [str(self._meta.get_field(name).verbose_name) for name in names if not getattr(self, name)]  # type: ignore[union-attr]


class Reference(models.Model):
    """A source that sections cite by `[@key]`."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="references", verbose_name=_("brief"))
    key = models.CharField(_("key"), max_length=40, validators=[valid_key])
    csl = models.JSONField(_("description of the source"), help_text=_("An item of CSL-JSON, without its id."))

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "key"],
                name="brief_reference_key_once",
                violation_error_message=_("This brief has a reference of this key already."),
            ),
            models.CheckConstraint(condition=Q(key__regex=KEY_SHAPE), name="brief_reference_key_has_its_shape"),
        ]

    def __str__(self) -> str:
        return str(self.csl.get("title") or self.key)

    def get_absolute_url(self) -> str:
        return reverse("briefs:reference", args=[self.brief.slug, self.key])


class CitedSolution(models.Model):
    """A solution that a brief points to."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="cited_solutions", verbose_name=_("brief"))
    solution = models.ForeignKey("solutions.Solution", models.PROTECT, related_name="+", verbose_name=_("solution"))

    class Meta:
        verbose_name = _("cited solution")
        verbose_name_plural = _("cited solutions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["brief", "solution"], name="brief_cites_solution_once")]

    def __str__(self) -> str:
        return str(self.solution)


class CitedParagraph(models.Model):
    """A paragraph of a published strategy draft that a brief points to."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="cited_paragraphs", verbose_name=_("brief"))
    paragraph = models.ForeignKey("strategy.Paragraph", models.PROTECT, related_name="+", verbose_name=_("paragraph"))

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("cited paragraph")
        verbose_name_plural = _("cited paragraphs")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["brief", "paragraph"], name="brief_cites_paragraph_once")]

    def __str__(self) -> str:
        return str(self.paragraph)


class EditionFile(models.Model):
    """A picture that a frozen edition shows: it stays for as long as the edition does."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="pictures", verbose_name=_("edition"))
    key = models.CharField(_("key"), max_length=40)
    file = models.ForeignKey("directory.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta:
        verbose_name = _("picture of an edition")
        verbose_name_plural = _("pictures of editions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="brief_edition_picture_once")]

    def __str__(self) -> str:
        return self.key


class MatterChange(models.Model):
    """Who added, changed, moved or removed a part of a brief; what was removed is kept here."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="matter_changes", verbose_name=_("brief"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    on_behalf_of = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    act = models.CharField(_("what was done"), max_length=300)
    kept = models.JSONField(_("what was there before"), default=dict, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a brief’s parts")
        verbose_name_plural = _("changes of briefs’ parts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.act
