"""Organizations and who serves in them, for administrators. Roles are given on the organization's page, with their history."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from common.admin import ReadOnlyAdmin, ReadOnlyInline, history_of
from directory.admin.people import MembershipInline
from directory.admin.vocabularies import ChosenByStaff, ShownPublicly
from directory.models import (
    Delegation,
    Invitation,
    InvitationChange,
    Membership,
    MembershipEvent,
    Organization,
    OrganizationImport,
)


class MembersInline(MembershipInline):
    """The same rows, seen from the organization."""

    fields = ["user", "role", "scope", "starts_on", "ends_on", "ended_at"]


@admin.register(Organization)
class OrganizationAdmin(ChosenByStaff, ShownPublicly, TranslationAdmin):
    """Organizations; what one did stays, so none is deleted.

    The page that asks before deleting would also list what hangs on it, an agency's internal comments among them.
    """

    list_display = ["acronym", "name", "category", "country", "is_agency", "is_secretariat"]
    list_filter = ["category", "is_agency", "is_secretariat"]
    list_select_related = ["category", "country"]
    search_fields = ["code", "acronym", "name"]
    autocomplete_fields = ["country", "parent"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[InlineModelAdmin]]:
        return [MembersInline] if request.user.is_superuser and obj else []


class MembershipEventInline(ReadOnlyInline):
    model = MembershipEvent
    fields = ["at", "act", "detail", "by", "reason"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


class InForce(admin.SimpleListFilter):
    """Roles that are held today."""

    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        held = queryset.model.objects.in_force().values("pk")
        return {"yes": queryset.filter(pk__in=held), "no": queryset.exclude(pk__in=held)}.get(self.value() or "", queryset)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "organization", "role", "scope", "starts_on", "ends_on"]
    list_filter = [InForce, "role", "organization__category"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "user__given_name", "user__family_name", "organization__acronym", "organization__code"]
    date_hierarchy = "starts_on"
    inlines = [MembershipEventInline]


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ["membership", "alternate", "starts_on", "ends_on", "ended_at"]
    list_filter = [InForce]
    list_select_related = ["membership__user", "membership__organization", "alternate__user", "alternate__organization"]
    search_fields = ["membership__user__family_name", "alternate__user__family_name", "membership__organization__acronym"]
    date_hierarchy = "starts_on"


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "organization", "role", "state", "invited_by", "created_at", "expires_at"]
    list_filter = ["state", "role", "organization__category"]
    list_select_related = ["organization", "invited_by"]
    search_fields = ["email", "organization__acronym"]
    date_hierarchy = "created_at"
    inlines = [history_of(InvitationChange)]


@admin.register(OrganizationImport)
class OrganizationImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "by", "created_at", "applied_at", "created_count", "updated_count", "problems"]
    list_select_related = ["by"]
    search_fields = ["file_name"]
    date_hierarchy = "created_at"
    exclude = ["rows"]
