"""Filters of the secretariat's list of proposed events."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from directory.models import Organization, Theme
from meetings.enums import UNDECIDED_EVENTS, EventState
from meetings.models import ThematicEvent

_SMALL = {"class": "form-select form-select-sm"}
TO_DECIDE = "to_decide"


class ReviewFilter(FilterForm):
    """State, theme and proposing agency."""

    state = forms.ChoiceField(label=_("State"), required=False, widget=forms.Select(attrs=_SMALL))
    theme: Any = forms.ModelChoiceField(
        label=_("Theme"),
        required=False,
        queryset=Theme.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )
    agency: Any = forms.ModelChoiceField(
        label=_("Agency"),
        required=False,
        queryset=Organization.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        widget=forms.Select(attrs=_SMALL),
    )

    def __init__(self, data: Any, *args: Any, rows: QuerySet[ThematicEvent], **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        fields: Any = self.fields
        counts = {row["state"]: row["n"] for row in rows.order_by().values("state").annotate(n=Count("pk"))}
        waiting = sum(counts.get(state, 0) for state in UNDECIDED_EVENTS)
        fields["state"].choices = [
            ("", _("All")),
            (TO_DECIDE, _("To decide (%(n)d)") % {"n": waiting}),
            *((value, f"{label} ({counts[value]})") for value, label in EventState.choices if value in counts),
        ]
        keys = rows.order_by()
        fields["theme"].queryset = Theme.objects.filter(pk__in=keys.values("theme"))
        fields["agency"].queryset = Organization.objects.filter(pk__in=keys.values("proposed_by"))

    def apply(self, rows: QuerySet[ThematicEvent]) -> QuerySet[ThematicEvent]:
        """The events that match."""
        state = self.value("state")
        if state == TO_DECIDE:
            rows = rows.filter(state__in=UNDECIDED_EVENTS)
        elif state:
            rows = rows.filter(state=state)
        for name, field in (("theme", "theme"), ("agency", "proposed_by")):
            if chosen := self.value(name):
                rows = rows.filter(**{field: chosen})
        return rows
