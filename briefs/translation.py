"""Which short texts of briefs are kept in six languages. A brief itself is in one: its language editions are briefs."""

from modeltranslation.translator import TranslationOptions, register

from briefs.models import Series


@register(Series)
class SeriesOptions(TranslationOptions):
    fields = ("title", "description")
