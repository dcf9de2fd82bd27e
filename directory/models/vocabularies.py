"""Vocabularies that several apps use. Names are translated; sources are named in docs/tour.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.enums import CountryStatus


class Term(models.Model):
    """A code with a translated name."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=250)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Pillar(Term):
    """One of the three pillars of the United Nations system."""

    class Meta(Term.Meta):
        verbose_name = _("pillar")
        verbose_name_plural = _("pillars")


class Agenda(Term):
    """A global agenda, such as the 2030 Agenda for Sustainable Development."""

    class Meta(Term.Meta):
        verbose_name = _("agenda")
        verbose_name_plural = _("agendas")


class Theme(Term):
    """A theme of the Conference."""

    class Meta(Term.Meta):
        verbose_name = _("theme of the Conference")
        verbose_name_plural = _("themes of the Conference")


class Language(Term):
    """A language in which texts are kept; the code is Django's (`zh-hans`)."""

    class Meta(Term.Meta):
        verbose_name = _("language")
        verbose_name_plural = _("languages")


class Region(models.Model):
    """A geographical region of the M49 standard of the United Nations Statistics Division."""

    code = models.CharField(_("M49 code"), max_length=3, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name=_("part of"))

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Country(models.Model):
    """A country or area of the M49 standard, with a point (never a boundary) to show it by."""

    m49 = models.CharField(_("M49 code"), max_length=3, unique=True)
    iso2 = models.CharField(_("ISO code, two letters"), max_length=2, unique=True)
    iso3 = models.CharField(_("ISO code, three letters"), max_length=3, unique=True)
    name = models.CharField(_("name"), max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="countries", verbose_name=_("region"))
    status = models.CharField(_("status"), max_length=10, choices=CountryStatus, default=CountryStatus.MEMBER)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("country or area")
        verbose_name_plural = _("countries and areas")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SDGGoal(models.Model):
    """A Sustainable Development Goal with its official colour."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    colour = models.CharField(_("official colour"), max_length=7)

    class Meta:
        verbose_name = _("Sustainable Development Goal")
        verbose_name_plural = _("Sustainable Development Goals")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class SDGTarget(models.Model):
    """A target of a Sustainable Development Goal, in short words."""

    goal = models.ForeignKey(SDGGoal, models.CASCADE, related_name="targets", verbose_name=_("goal"))
    code = models.CharField(_("code"), max_length=5, unique=True)
    title = models.CharField(_("title"), max_length=250)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
