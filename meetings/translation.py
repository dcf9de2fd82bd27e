"""Which short public texts of meetings are kept in six languages."""

from modeltranslation.translator import TranslationOptions, register

from meetings.models import EventCall, Meeting, Session, ThematicEvent, WorkingGroup


@register(Meeting)
class MeetingOptions(TranslationOptions):
    fields = ("title", "summary", "place")


@register([Session, ThematicEvent])
class TitleAndSummaryOptions(TranslationOptions):
    fields = ("title", "summary")


@register(WorkingGroup)
class WorkingGroupOptions(TranslationOptions):
    fields = ("name", "summary")


@register(EventCall)
class EventCallOptions(TranslationOptions):
    fields = ("title", "introduction")
