"""Forms to bring in a text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TextForm(forms.Form):
    """The file that holds a text."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".docx,.md,.markdown,.txt"}),
        help_text=_("Word (.docx), Markdown (.md) or plain text (.txt), 20 MB at most. Nothing changes before you have seen it."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")},
    )


class ChangesForm(forms.Form):
    """What becomes of the tracked changes in a Word document."""

    choice = forms.ChoiceField(
        label=_("What becomes of them?"),
        choices=[
            ("accept", _("Accept all: read the text as its authors changed it")),
            ("reject", _("Reject all: read the text as it was before their changes")),
            ("stop", _("Stop: I settle them in Word first")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )


class TakeOverForm(forms.Form):
    """A deliberate yes, with a choice for each paragraph that both sides have changed."""

    seen = forms.CharField(widget=forms.HiddenInput)
    confirm = forms.BooleanField(
        label=_("I take this text over into the draft."), error_messages={"required": _("Tick the box to confirm.")}
    )

    def __init__(self, *args: Any, conflicts: list[tuple[str, str]], **kwargs: Any) -> None:
        """`conflicts` are the key and number of each paragraph to choose for."""
        super().__init__(*args, **kwargs)
        for key, number in conflicts:
            self.fields[f"c-{key}"] = forms.ChoiceField(
                label=_("Paragraph %(number)s") % {"number": number},
                choices=[("mine", _("Keep the portal's text")), ("theirs", _("Take the file's text"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose which text stays.")},
            )

    @property
    def choices(self) -> dict[str, str]:
        return {name[2:]: value for name, value in self.cleaned_data.items() if name.startswith("c-")}
