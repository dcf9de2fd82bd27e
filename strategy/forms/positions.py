"""A deliberate yes: to submit or withdraw a position, to publish."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    """A deliberate yes to an act that others will see; the sentence comes from the view."""

    confirm = forms.BooleanField(error_messages={"required": _("Tick the box to confirm.")})

    def __init__(self, *args: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].label = sentence


class WithdrawForm(ConfirmForm):
    """A yes, and why."""

    reason = forms.CharField(
        label=_("Reason, for your agency's own record"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["reason", "confirm"]
