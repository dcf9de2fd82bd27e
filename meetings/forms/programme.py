"""Forms of the programme."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from meetings.enums import ProgrammeNews
from meetings.selectors.versions import WORKING


class ReleaseForm(PlainForm):
    """The words that stand with a new version."""

    note = forms.CharField(
        label=_("What is new"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences. They stand in the list of changes and in the message to those who follow."),
        error_messages={"required": _("Say in a sentence what is new: it stands in the list of changes.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class NewsForm(PlainForm):
    """Of which changes somebody wants to hear."""

    news = forms.ChoiceField(label=_("Tell me of"), choices=ProgrammeNews.choices, widget=forms.RadioSelect)


class CompareForm(forms.Form):
    """Which two versions; the working copy for those who may see it."""

    old = forms.ChoiceField(label=_("Older"))
    new = forms.ChoiceField(label=_("Newer"))

    def __init__(self, *args: Any, numbers: list[int], with_working: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(number), _("Version %(number)d") % {"number": number}) for number in numbers]
        self.fields["old"].choices = choices  # type: ignore[attr-defined]
        working = [(WORKING, _("Working copy"))] if with_working else []
        self.fields["new"].choices = [*working, *choices]  # type: ignore[attr-defined]
