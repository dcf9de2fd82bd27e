"""The filters of a compilation text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm


class CompilationFilterForm(FilterForm):
    """What of the brackets is shown, and how much of the text around them."""

    show = forms.ChoiceField(
        label=_("Brackets"), required=False, choices=[("", _("All brackets")), ("open", _("Open brackets only"))]
    )
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    text = forms.ChoiceField(
        label=_("Text"),
        required=False,
        choices=[("", _("The whole text")), ("bracketed", _("Paragraphs with brackets or comments"))],
    )
    round = forms.ChoiceField(label=_("Round"), required=False)

    def __init__(self, *args: Any, speakers: list[tuple[str, str]], rounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("All agencies")), *speakers]  # type: ignore[attr-defined]
        self.fields["round"].choices = [("", _("All rounds on this draft")), *rounds]  # type: ignore[attr-defined]
        if len(rounds) < 2:
            self.fields["round"].widget = forms.HiddenInput()
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select form-select-sm"
