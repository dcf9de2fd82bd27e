"""The filters of the drafters' queue and the acts on several comments at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from strategy.enums import WITHOUT_REASON, CommentType, Decision
from strategy.forms.fields import LongText, text_area
from strategy.models.comments import LONGEST_TEXT


class QueueFilterForm(FilterForm):
    """What of the queue is shown."""

    agency = forms.ChoiceField(label=_("Agency"), required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False, choices=[("", _("All types")), *CommentType.choices])
    kind = forms.ChoiceField(
        label=_("Says"),
        required=False,
        choices=[
            ("", _("Anything")),
            ("proposal", _("Proposes a text")),
            ("deletion", _("Proposes to delete")),
            ("remark", _("Remark without a proposal")),
            ("participants", _("From the public consultation")),
        ],
    )
    assigned = forms.ChoiceField(
        label=_("Assigned"), required=False, choices=[("", _("To anybody")), ("me", _("To me")), ("nobody", _("To nobody"))]
    )

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("All agencies")), *agencies]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select form-select-sm"
        whole = ("whole", _("The draft as a whole"))
        self.fields["section"].choices = [("", _("All sections")), whole, *sections]  # type: ignore[attr-defined]


class BatchForm(forms.Form):
    """One answer for several comments."""

    decision = forms.ChoiceField(label=_("Decision"), choices=[("", _("Choose…")), *Decision.choices])
    duplicate_of = forms.IntegerField(
        label=_("Duplicate of comment no."), required=False, min_value=1, max_value=2**31 - 1,
        help_text=_("Only for duplicates. The original itself is left out and answered by itself."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    reason = LongText(
        label=_("Reason"), required=False, max_length=LONGEST_TEXT, widget=text_area(3),
        help_text=_("Needed unless the comments are accepted."),
    )  # fmt: skip
    resulting_text = LongText(
        label=_("Resulting text of the paragraph"), required=False, max_length=LONGEST_TEXT, widget=text_area(4),
        help_text=_("Left empty, the proposal of each accepted comment becomes its text."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        decision = data.get("decision")
        if decision and decision not in WITHOUT_REASON and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Give the reason: the agency will ask for it. Only an accepted comment needs none."))
        if decision == Decision.DUPLICATE_OF and not data.get("duplicate_of"):
            self.add_error("duplicate_of", _("Choose the comment that this one repeats."))
        return data


class UploadForm(forms.Form):
    """A workbook that comes back filled in."""

    file = forms.FileField(
        label=_("The workbook, filled in"),
        max_length=255,
        help_text=_("XLSX, at most 10 MB. Nothing is changed before you have seen a preview."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Download it again and fill it in.")},
    )
