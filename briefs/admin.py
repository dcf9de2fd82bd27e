"""Briefs for secretariat staff: new ones are set up here; text, clearances and states change only through their verbs."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from briefs.models import (
    AcknowledgedWarning,
    Brief,
    BriefAgency,
    BriefImport,
    BriefStateChange,
    CitedParagraph,
    CitedSolution,
    DownloadCount,
    Edition,
    Figure,
    HeadNotice,
    LanguageEdition,
    MatterChange,
    PlannedPublication,
    PlannedPublicationChange,
    PressKit,
    Reference,
    Reviewer,
    ReviewRound,
    ReviewRoundChange,
    Section,
    SectionComment,
    SectionCommentChange,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
    Series,
    TrialRender,
)
from briefs.services import start_brief
from common.access import may
from common.admin import history_of
from directory.page_versions import bump


class _ByRules:
    """Permissions by the app's rules: Django's own would let a superuser see every draft."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _NewOnly(_ByRules):
    """Rows that are written with a new brief and only shown afterwards."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and may(request.user, "briefs.add_brief")


class AgencyInline(_NewOnly, admin.TabularInline):
    model = BriefAgency
    fields = ["organization", "is_lead", "clearance", "reservation", "cleared_by", "cleared_at", "waiver_reason"]
    readonly_fields = ["clearance", "reservation", "cleared_by", "cleared_at", "waiver_reason"]
    autocomplete_fields = ["organization"]
    extra = 2


class SectionInline(_NewOnly, admin.StackedInline):
    model = Section
    fields = ["kind", "position", "heading", "organization", "body"]
    autocomplete_fields = ["organization"]


class CitedSolutionInline(_NewOnly, admin.TabularInline):
    model = CitedSolution
    fields = ["solution"]
    raw_id_fields = ["solution"]


class _Shown(_ByRules, admin.TabularInline):
    """Parts that are made in the portal, where a change leaves its trace; here they are looked at."""

    extra = 0


class FigureInline(_Shown):
    model = Figure
    fields = ["key", "kind", "caption", "alt", "credit", "licence"]


class ReferenceInline(_Shown):
    model = Reference
    fields = ["key", "csl"]


class CitedParagraphInline(_Shown):
    model = CitedParagraph
    fields = ["paragraph"]


class MatterChangeInline(_Shown):
    model = MatterChange
    fields = ["at", "by", "on_behalf_of", "act"]
    readonly_fields = ["at", "by", "on_behalf_of", "act"]


@admin.register(Brief)
class BriefAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["title", "series", "number", "language", "state"]
    list_filter = ["state", "series", "language", "agencies__organization"]
    list_select_related = ["series"]
    search_fields = ["slug", "title"]
    readonly_fields = ["state", "clearance_deadline", "current_edition"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["translation_of"]
    filter_horizontal = ["themes", "sdgs"]
    inlines = [AgencyInline, SectionInline, CitedSolutionInline, history_of(BriefStateChange)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brief]:
        # Not merely visible: a page of the admin shows the text being written, also of what is published.
        return Brief.objects.visible_to(request.user).of_insider(request.user)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        shown = [FigureInline, ReferenceInline, CitedParagraphInline, MatterChangeInline] if obj else []
        return [*self.inlines, *shown]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "briefs.add_brief")

    def save_model(self, request: HttpRequest, obj: Brief, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            start_brief(brief=obj, by=request.user)


@admin.register(Edition)
class EditionAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["title", "number", "published_at", "sha256"]
    list_filter = ["brief__series", "brief__language"]
    search_fields = ["title", "brief__slug"]
    date_hierarchy = "published_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return Edition.objects.visible_to(request.user).select_related("brief")


@admin.register(PlannedPublication)
class PlannedPublicationAdmin(_ByRules, admin.ModelAdmin):
    """Planned, changed and taken back on the page of the publication; here it is only looked up."""

    list_display = ["brief", "at", "time_zone", "under_embargo", "state"]
    list_filter = ["state", "under_embargo"]
    search_fields = ["brief__slug", "brief__title"]
    date_hierarchy = "at"
    # The frozen text is read on the page under embargo, where each opening is recorded.
    exclude = ["content", "screen_pdf", "archive_pdf", "print_pdf"]
    inlines = [history_of(PlannedPublicationChange)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlannedPublication]:
        inside = Brief.objects.of_insider(request.user)
        return PlannedPublication.objects.visible_to(request.user).filter(brief__in=inside).select_related("brief")


@admin.register(HeadNotice)
class HeadNoticeAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["edition", "kind", "number", "at"]
    list_filter = ["kind"]
    search_fields = ["edition__title", "edition__brief__slug", "text"]
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeadNotice]:
        return HeadNotice.objects.visible_to(request.user).select_related("edition")


@admin.register(LanguageEdition)
class LanguageEditionAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["brief", "source", "started_by", "started_at"]
    search_fields = ["brief__slug", "brief__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LanguageEdition]:
        return LanguageEdition.objects.visible_to(request.user).select_related("brief", "source", "started_by")


@admin.register(Series)
class SeriesAdmin(_ByRules, TranslationAdmin):
    list_display = ["title", "slug", "issn", "periodicity"]
    filter_horizontal = ["editors"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        bump("briefs")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "briefs.change_series")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "briefs.change_series")


class _OfInsiders(_ByRules, admin.ModelAdmin):
    """What those who write a brief have written around its sections: to be looked at, by those who may."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.model._default_manager.visible_to(request.user)


@admin.register(SectionRevision)
class SectionRevisionAdmin(_OfInsiders):
    list_display = ["section", "version", "is_editorial", "note", "by", "at"]
    list_filter = ["is_editorial", "section__brief"]
    list_select_related = ["section", "by"]
    date_hierarchy = "at"


class ReplyInline(_NewOnly, admin.TabularInline):
    model = SectionReply
    fields = ["organization", "author", "text", "created_at"]
    readonly_fields = ["created_at"]


@admin.register(SectionComment)
class SectionCommentAdmin(_OfInsiders):
    list_display = ["section", "kind", "organization", "author", "state", "created_at"]
    list_filter = ["kind", "state", "section__brief"]
    list_select_related = ["section", "organization", "author"]
    search_fields = ["text", "quote", "proposal"]
    inlines = [ReplyInline, history_of(SectionCommentChange)]


@admin.register(SectionLease)
class SectionLeaseAdmin(_OfInsiders):
    list_display = ["section", "holder", "since", "until"]
    list_select_related = ["section", "holder"]


@admin.register(SectionLeaseBreak)
class SectionLeaseBreakAdmin(_OfInsiders):
    list_display = ["section", "holder", "by", "at", "reason"]
    list_select_related = ["section", "holder", "by"]


@admin.register(BriefImport)
class BriefImportAdmin(_OfInsiders):
    list_display = ["file_name", "brief", "by", "created_at", "applied_at", "dropped_at"]
    list_select_related = ["brief", "by"]
    search_fields = ["file_name", "brief__slug"]


class ReviewerInline(_ByRules, admin.TabularInline):
    model = Reviewer
    fields = ["user", "name", "address", "affiliation", "state", "decision", "answered_at"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reviewer]:
        return Reviewer.objects.visible_to(request.user)


@admin.register(ReviewRound)
class ReviewRoundAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["brief", "number", "state", "is_anonymous", "due_at", "decision"]
    list_filter = ["state", "is_anonymous", "decision"]
    search_fields = ["brief__slug", "brief__title"]
    exclude = ["content"]
    inlines = [ReviewerInline, history_of(ReviewRoundChange)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewRound]:
        # Names of reviewers stand there: only for who may know them.
        return ReviewRound.objects.visible_to(request.user).edited_by(request.user).select_related("brief")


@admin.register(TrialRender)
class TrialRenderAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["brief", "at", "pages", "sha256"]
    search_fields = ["brief__slug"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrialRender]:
        return TrialRender.objects.visible_to(request.user).select_related("brief")


@admin.register(AcknowledgedWarning)
class AcknowledgedWarningAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["brief", "key", "by", "at"]
    search_fields = ["brief__slug", "key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AcknowledgedWarning]:
        return AcknowledgedWarning.objects.visible_to(request.user).select_related("brief", "by")


@admin.register(DownloadCount)
class DownloadCountAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["edition", "file", "day", "count"]
    list_filter = ["file", "edition__brief__series"]
    list_select_related = ["edition"]
    search_fields = ["edition__title", "edition__brief__slug"]
    date_hierarchy = "day"

    def get_queryset(self, request: HttpRequest) -> QuerySet[DownloadCount]:
        return DownloadCount.objects.visible_to(request.user)


@admin.register(PressKit)
class PressKitAdmin(_ByRules, admin.ModelAdmin):
    list_display = ["edition", "notice", "made_at"]
    list_select_related = ["edition", "notice__edition"]
    search_fields = ["edition__title", "edition__brief__slug"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PressKit]:
        return PressKit.objects.visible_to(request.user)
