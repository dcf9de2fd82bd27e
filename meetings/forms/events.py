"""Forms of thematic events."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EventDecisionForm(forms.Form):
    """The secretariat's decision on a proposed event."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("accept", _("Accept")), ("decline", _("Decline"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you decline: the proposing agency reads it."),
    )
