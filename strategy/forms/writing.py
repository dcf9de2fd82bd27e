"""Forms for writing: a strategy, a draft, a paragraph, numbering, a lock that is broken."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from common.forms import PlainForm
from strategy.enums import ParagraphKind
from strategy.models import Draft, Paragraph, Strategy
from strategy.services.words import LONGEST_PARAGRAPH, Words

_CODES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
_ORDER = ("en", "fr", "es", "ru", "ar", "zh-hans")


def _languages(fields: Any, name: str, label: Any, widget: Any) -> None:
    """Label one translated field in six languages and let each be typed in its own direction; English is needed."""
    for code, language in settings.LANGUAGES:
        field = fields[f"{name}_{_CODES[code]}"]
        field.label = label % {"language": language}
        field.widget = widget({"lang": code, "dir": "rtl" if code in settings.LANGUAGES_BIDI else "ltr"})


class _ModelPlain(forms.ModelForm):
    """The values go to a verb, never to `save`."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StrategyForm(_ModelPlain):
    """A strategy with title and summary in six languages; its address never changes."""

    class Meta:
        model = Strategy
        fields = ["slug", *(f"title_{_CODES[code]}" for code in _ORDER), *(f"summary_{_CODES[code]}" for code in _ORDER)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        _languages(fields, "title", _("Title in %(language)s"), lambda way: forms.TextInput({**way, "maxlength": 250}))
        _languages(fields, "summary", _("Summary in %(language)s"), lambda way: forms.Textarea({**way, "rows": 3}))
        fields["title_en"].required = True
        if self.instance.pk:
            del fields["slug"]
        else:
            fields["slug"].help_text = _("Small Latin letters, digits and hyphens. It cannot be changed later.")


class DraftForm(_ModelPlain):
    """A new draft: its label in six languages, language, whether it will be public, and what it begins with."""

    begins = forms.ChoiceField(
        label=_("Begin with"),
        choices=[("copy", _("The text of the latest published draft")), ("empty", _("An empty text"))],
        initial="copy",
        widget=forms.RadioSelect,
        help_text=_("A copy remembers which paragraph each one continues, so that comments are read beside it."),
    )

    class Meta:
        model = Draft
        fields = [*(f"label_{_CODES[code]}" for code in _ORDER), "language", "is_public"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        _languages(fields, "label", _("Label in %(language)s"), lambda way: forms.TextInput({**way, "maxlength": 80}))
        fields["label_en"].required = True

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "begins"}


class ParagraphForm(PlainForm):
    """The words of one paragraph, and the revision that the person had before them."""

    kind = forms.ChoiceField(label=_("What it is"), choices=ParagraphKind, initial=ParagraphKind.PARAGRAPH)
    number = forms.CharField(
        label=_("Number"), max_length=20, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"})
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_PARAGRAPH,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("*Stars* mark emphasis, [^1] calls the first footnote. A row of a table has one line for each cell."),
    )
    footnotes = forms.CharField(
        label=_("Footnotes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("One on each line, in the order of their numbers."),
    )
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, paragraph: Paragraph | None = None, language: str = "en", **kwargs: Any) -> None:
        if paragraph:
            kwargs["initial"] = {
                "kind": paragraph.kind,
                "number": paragraph.number,
                "text": paragraph.text,
                "footnotes": "\n".join(paragraph.footnotes),
                "revision": paragraph.revision,
            }
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("text", "footnotes"):
            fields[name].widget.attrs["lang"] = language
        if paragraph:
            fields["number"].required = True
            fields["text"].widget.attrs["rows"] = min(24, max(4, len(paragraph.text) // 70 + 2))
        else:
            fields["number"].help_text = _("Left empty, it gets a number for the time being, like 16 bis.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                words = self.words()
                (words if words.number else Words(words.kind, "1", words.text, words.footnotes)).cleaned()
            except Refused as refusal:
                raise ValidationError(str(refusal)) from None
        return data

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(data["kind"], data["number"], data["text"], tuple(data["footnotes"].splitlines()))

    def typed(self) -> str:
        """The text that stands in the form, for the comparison with somebody else's words."""
        return str(self.data.get("text", "")).replace("\r\n", "\n").strip()


class RenumberForm(PlainForm):
    """How the text is numbered anew."""

    keep_manual = forms.BooleanField(
        label=_("Keep numbers given by hand, such as “Box 1” or “Preamble”"), required=False, initial=True
    )


class BreakForm(PlainForm):
    """Why a lock is broken; its holder reads it."""

    reason = forms.CharField(label=_("Reason, which its holder reads"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    confirm = forms.BooleanField(
        label=_("I break the lock and write here myself."), error_messages={"required": _("Tick the box to confirm.")}
    )
