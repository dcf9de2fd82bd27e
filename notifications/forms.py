"""Forms of the outbox: they validate and delegate."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications.audiences import Audience
from notifications.enums import DeliveryState
from notifications.kinds import all_kinds
from notifications.models import BulkMessage

_SMALL = {"class": "form-select form-select-sm"}
_SMALL_INPUT = {"class": "form-control form-control-sm"}


def one_line(text: str) -> None:
    """Refuse what would end a header of a mail or hide in it: line breaks and other control characters."""
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text):
        raise ValidationError(_("The subject is one line of plain text: take out line breaks and other control characters."))


class OutboxFilter(forms.Form):
    """What narrows the outbox down; it lives in the address, and a bad value is no filter."""

    q = forms.CharField(
        label=_("Address, name or words of the subject"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={**_SMALL_INPUT, "type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *DeliveryState.choices], widget=forms.Select(attrs=_SMALL)
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=forms.Select(attrs=_SMALL))
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={**_SMALL_INPUT, "type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={**_SMALL_INPUT, "type": "date"}, format="%Y-%m-%d")
    )
    bulk: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Bulk message"), required=False, queryset=BulkMessage.objects.all(), widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        # PostgreSQL knows no NUL in text.
        clean = data.copy()
        for name in clean:
            clean.setlist(name, [value.replace("\x00", "") for value in clean.getlist(name)])
        super().__init__(clean, *args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("All")), *((one.name, one.name) for one in all_kinds())]

    def value(self, name: str) -> Any:
        """The chosen value; None if there is none or it is not a possible one."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class BulkForm(forms.Form):
    """A message to many: its text, and what narrows the list of its recipients down."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=150,
        # Ends are not stripped: a line break there is refused like any other.
        strip=False,
        validators=[one_line],
        widget=forms.TextInput(attrs={"maxlength": 150, "autocomplete": "off"}),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Plain text. An empty line begins a new paragraph; addresses of pages become links."),
    )
    language = forms.ChoiceField(
        label=_("Language of the text"),
        choices=settings.LANGUAGES,
        help_text=_("Everything around your text, such as the greeting of the frame, is in each recipient's own language."),
    )

    def __init__(self, *args: Any, audience: Audience, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience = audience
        for choice in audience.choices:
            options = list(choice.options(by))
            field: forms.ChoiceField
            if choice.many:
                field = forms.MultipleChoiceField(
                    label=choice.label,
                    choices=options,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    help_text=_("None chosen means all."),
                )
            else:
                field = forms.ChoiceField(label=choice.label, choices=[("", _("Choose")), *options])
            self.fields[choice.name] = field
        self.order_fields([*(choice.name for choice in audience.choices), "language", "subject", "body"])

    def clean_subject(self) -> str:
        return self.cleaned_data["subject"].strip()

    def clean_body(self) -> str:
        text = self.cleaned_data["body"].replace("\r\n", "\n")
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
            raise ValidationError(_("The text holds control characters, perhaps from copying. Type these places anew."))
        return text

    def values(self) -> dict[str, Any]:
        """What the services take: the text, its language and the chosen list."""
        chosen = {choice.name: self.cleaned_data[choice.name] for choice in self.audience.choices}
        words = {name: self.cleaned_data[name] for name in ("subject", "body", "language")}
        return {**words, "audience": {"list": self.audience.name, **chosen}}


class CountForm(forms.Form):
    """The count that the person has seen and confirms."""

    count = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
