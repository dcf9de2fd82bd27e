"""What the admin pages of every app are made from: rows by `visible_to`, read-only pages, read-only histories."""

from typing import Any

from django.contrib import admin
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest


class VisibleRows:
    """Starts from `visible_to` where the model has it: the admin shows nobody more than the portal's pages do."""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows


class NeverDeleted:
    """What was done stays: nothing here is deleted, one by one or in bulk."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NeverDeleted):
    """To look at: what has a verb is done through it, with its checks, history and messages."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HiddenFields:
    """What a page leaves out is not filtered by either: letter by letter, a filter would read it out."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        page: Any = self
        hidden = set(page.exclude or ())
        if page.fields:
            hidden |= {field.name for field in page.opts.concrete_fields if not field.primary_key} - set(page.fields)
        return lookup.split(LOOKUP_SEP)[0] not in hidden and super().lookup_allowed(lookup, value, request)  # type: ignore[misc]


class ReadOnlyAdmin(ReadOnly, VisibleRows, HiddenFields, admin.ModelAdmin):
    """A model to look at; administrators only, unless a subclass says otherwise."""


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows of a parent to look at; whoever sees the parent sees them."""

    extra = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or super().get_readonly_fields(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)


class HistoryInline(ReadOnlyInline):
    """The changes of a state: who, when, for whom, why."""

    fields = ["at", "old", "new", "by", "on_behalf_of", "reason"]
    ordering = ["-at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by", "on_behalf_of")


def history_of(model: Any) -> type[HistoryInline]:
    """The inline of a concrete StateChange table."""
    return type(f"{model.__name__}Inline", (HistoryInline,), {"model": model})
