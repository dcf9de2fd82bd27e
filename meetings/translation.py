"""Which short public texts of meetings are kept in six languages."""

from modeltranslation.translator import TranslationOptions, register

from meetings.models import CallSection, Meeting, ReportCall, Session, ThematicEvent, WorkingGroup


@register(Meeting)
class MeetingOptions(TranslationOptions):
    fields = ("title", "summary", "place")


@register([Session, ThematicEvent])
class TitleAndSummaryOptions(TranslationOptions):
    fields = ("title", "summary")


@register(ReportCall)
class ReportCallOptions(TranslationOptions):
    fields = ("title", "introduction")


@register(CallSection)
class CallSectionOptions(TranslationOptions):
    fields = ("heading", "guidance")


@register(WorkingGroup)
class WorkingGroupOptions(TranslationOptions):
    fields = ("name", "summary")
