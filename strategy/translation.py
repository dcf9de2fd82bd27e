"""Which short texts of the strategy are kept in six languages."""

from modeltranslation.translator import TranslationOptions, register

from strategy.models import Draft, Strategy


@register(Strategy)
class StrategyOptions(TranslationOptions):
    fields = ("title", "summary")


@register(Draft)
class DraftOptions(TranslationOptions):
    fields = ("label",)
