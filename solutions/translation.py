"""Which short texts of solutions are kept in six languages."""

from modeltranslation.translator import TranslationOptions, register

from solutions.models import Solution


@register(Solution)
class SolutionOptions(TranslationOptions):
    """An entry is written in any language: where the reader's is missing, any other is better than nothing."""

    fields = ("title", "summary")
    required_languages = ()
    fallback_languages = {"default": ("en", "es", "fr", "ru", "ar", "zh-hans")}
