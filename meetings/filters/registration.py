"""Filters of the list of registrations."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from common.search_words import contains
from directory.models import StakeholderCategory
from meetings.enums import TO_DECIDE, RegistrationState
from meetings.models import Meeting, Registration

TO_DECIDE_CODE = "to_decide"
MISSING = "missing"
_SMALL = {"class": "form-select form-select-sm"}


# In which columns the words typed above the list of registrations are looked up.
_LOOKED_UP = ("given_name", "family_name", "email", "reference", "affiliation", "organization__acronym", "organization__name")


class RegistrationFilter(FilterForm):
    """State, category and words of the secretariat's list."""

    q = forms.CharField(
        label=_("Name, address or reference"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm", "type": "search"}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, widget=forms.Select(attrs=_SMALL))
    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Category"),
        required=False,
        queryset=StakeholderCategory.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )

    documents = forms.ChoiceField(label=_("Documents"), required=False, widget=forms.Select(attrs=_SMALL))

    def __init__(self, data: Any, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        state: Any = self.fields["state"]
        # A draft is its writer's alone: the list never shows one.
        sent = [choice for choice in RegistrationState.choices if choice[0] != RegistrationState.DRAFT]
        state.choices = [("", _("All")), (TO_DECIDE_CODE, _("To decide")), *sent]
        documents: Any = self.fields["documents"]
        documents.choices = [("", _("All")), (MISSING, _("A document is missing"))]
        category: Any = self.fields["category"]
        category.queryset = StakeholderCategory.objects.filter(pk__in=meeting.quotas.values("category"))

    def apply(self, rows: QuerySet[Registration]) -> QuerySet[Registration]:
        """The registrations that match."""
        if state := self.value("state"):
            rows = rows.filter(state__in=TO_DECIDE if state == TO_DECIDE_CODE else [state])
        if category := self.value("category"):
            rows = rows.filter(category=category)
        if self.value("documents") == MISSING:
            rows = rows & Registration.objects.missing_documents()
        # Each word must be somewhere, so that "Okafor Amina" finds Amina Okafor.
        for word in (self.value("q") or "").split():
            rows = rows.filter(contains(word, *_LOOKED_UP))
        return rows
