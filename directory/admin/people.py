"""Accounts, for administrators."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import NeverDeleted, ReadOnlyInline
from directory.announcements import time_zone_changed
from directory.models import Membership, User
from directory.rules import is_administrator


class MembershipInline(ReadOnlyInline):
    """Who serves where, to look at: roles are given and ended on the organization's page, with their history.

    Administrators hold no agency role themselves: see `directory.rules.organizations_of`.
    """

    model = Membership
    fields = ["organization", "role", "scope", "starts_on", "ends_on", "ended_at"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "organization")


class Erased(admin.SimpleListFilter):
    """Accounts that were erased, or those that were not."""

    title = _("erased")
    parameter_name = "erased"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("No")), ("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in {"no", "yes"}:
            return queryset.filter(erased_at__isnull=self.value() == "no")
        return queryset


class NewPersonForm(forms.ModelForm):
    """A new account without a password: who made one for somebody else would know it."""

    class Meta:
        model = User
        fields = ["email"]

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class PersonAdmin(NeverDeleted, UserAdmin):
    """Accounts; what a person did stays, so people are erased on request or made inactive, never deleted.

    Nobody sets another's password or address here: that would be a way into an agency's internal texts. Who lost
    theirs asks for a new one by mail.
    """

    list_display = ["email", "given_name", "family_name", "is_active", "is_staff", "is_superuser", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", Erased, "language", "memberships__role"]
    search_fields = ["email", "given_name", "family_name", "memberships__organization__acronym"]
    date_hierarchy = "date_joined"
    ordering = ["email"]
    inlines = [MembershipInline]
    readonly_fields = ["last_login", "date_joined", "erased_at", "erase"]
    fieldsets = [
        (None, {"fields": ["email"]}),
        (_("Person"), {"fields": ["given_name", "family_name", "family_name_first", "language", "time_zone"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
        (_("Erasure"), {"fields": ["erased_at", "erase"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email"]})]
    add_form = NewPersonForm
    add_form_template = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.readonly_fields
        if obj.erased_at:  # nobody wakes an erased account again
            return [field for _name, part in self.fieldsets for field in part["fields"]]
        return [*self.readonly_fields, "email"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "time_zone" in form.changed_data:
            time_zone_changed.send(sender=User, person=obj)

    @admin.display(description=_("on the person's request"))
    def erase(self, person: User) -> SafeString | str:
        """The way to the page that says what goes and what stays."""
        if person.pk is None or person.erased_at:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("erase_person", args=[person.pk]), _("Erase this account …"))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        raise PermissionDenied(_("Passwords are set by their owners, through the link on the sign-in page."))

    @admin.action(description=_("Erase the selected person on their request"), permissions=["erase"])
    def erase_selected(self, request: HttpRequest, queryset: Any) -> Any:
        """Lead to the page that asks for the reason; one person at a time."""
        people = list(queryset[:2])
        if len(people) != 1:
            self.message_user(request, _("Choose one person: each erasure has its own reason."), level="error")
            return None
        return HttpResponseRedirect(reverse("erase_person", args=[people[0].pk]))

    actions = ["erase_selected"]

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return bool(is_administrator(request.user))
