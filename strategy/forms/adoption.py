"""What an agency says to a text that is to be adopted: an objection with its reason, an endorsement with its signatory."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from strategy.enums import EndorsementAnswer
from strategy.forms.fields import LongText
from strategy.forms.positions import ConfirmForm
from strategy.models.adoption import LONGEST_STATEMENT


class ObjectForm(ConfirmForm):
    """The reason of an objection, and a yes."""

    reason = LongText(
        label=_("Reason"),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 6, "data-char-count": LONGEST_STATEMENT}),
        help_text=_("Name the paragraphs and say what would have to change."),
    )
    field_order = ["reason", "confirm"]


class EndorseForm(ConfirmForm):
    """Answer, signatory, capacity, statement and date, and a yes."""

    answer = forms.ChoiceField(label=_("Answer of the agency"), choices=EndorsementAnswer, widget=forms.RadioSelect)
    signatory = forms.CharField(label=_("Signatory"), max_length=150, help_text=_("The full name, as it shall stand in public."))
    capacity = forms.CharField(label=_("Capacity"), max_length=200, help_text=_("For example: Deputy Director-General."))
    signed_on = forms.DateField(label=_("Date of signature"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    statement = LongText(
        label=_("Statement"),
        required=False,
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 4, "data-char-count": LONGEST_STATEMENT}),
        help_text=_("Needed for a reservation or an objection. It is public wherever the round is."),
    )
    field_order = ["answer", "signatory", "capacity", "signed_on", "statement", "confirm"]

    def __init__(self, *args: Any, present: Any = None, **kwargs: Any) -> None:
        names = ("answer", "signatory", "capacity", "signed_on", "statement")
        initial = {name: getattr(present, name) for name in names} if present else {}
        super().__init__(*args, initial=initial, **kwargs)
