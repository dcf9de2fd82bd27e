"""Which public texts of meetings are kept in six languages."""

from modeltranslation.translator import TranslationOptions, register

from meetings.models import (
    CallSection,
    EventCall,
    Meeting,
    Question,
    ReportCall,
    RequiredDocument,
    Session,
    ThematicEvent,
    WorkingGroup,
)


@register(Meeting)
class MeetingOptions(TranslationOptions):
    fields = ("title", "summary", "place", "purpose", "proceedings", "outcome")


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


@register(Question)
class QuestionOptions(TranslationOptions):
    fields = ("label", "help_text", "options")


@register(RequiredDocument)
class RequiredDocumentOptions(TranslationOptions):
    fields = ("title", "help")


@register(EventCall)
class EventCallOptions(TranslationOptions):
    fields = ("title", "introduction")
