"""Which short texts of the kernel are kept in six languages."""

from modeltranslation.translator import TranslationOptions, register

from directory.models import Agenda, Country, Language, Organization, Pillar, Region, SDGGoal, StakeholderCategory, Theme


@register([Agenda, Country, Language, Organization, Pillar, Region, StakeholderCategory, Theme])
class NameOptions(TranslationOptions):
    fields = ("name",)


@register(SDGGoal)
class TitleOptions(TranslationOptions):
    fields = ("title",)
