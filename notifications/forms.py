"""Forms of the outbox, the inbox and the preferences: they validate and delegate."""

import unicodedata
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from common.filters import FilterForm
from common.forms import PlainForm
from notifications.audiences import Audience
from notifications.enums import DeliveryState, Frequency
from notifications.kinds import all_kinds
from notifications.models import BulkMessage, MailHours
from notifications.selectors.preferences import Choice, is_choosable

_SMALL = {"class": "form-select form-select-sm"}
_SMALL_INPUT = {"class": "form-control form-control-sm"}


def one_line(text: str) -> None:
    """Refuse what would end a header of a mail or hide in it: line breaks and other control characters."""
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text):
        raise ValidationError(_("The subject is one line of plain text: take out line breaks and other control characters."))


class OutboxFilter(FilterForm):
    """What narrows the outbox down."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        labels = ((one.name, str(one.label or one.name)) for one in all_kinds())
        kind.choices = [("", _("All")), *sorted(labels, key=itemgetter(1))]


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
            options, label = list(choice.options(by)), cast(Any, choice.label)
            field: forms.ChoiceField
            if choice.many:
                field = forms.MultipleChoiceField(
                    label=label,
                    choices=options,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    help_text=_("None chosen means all."),
                )
            else:
                field = forms.ChoiceField(label=label, choices=[("", _("Choose")), *options])
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


class BulkConfirmForm(CountForm):
    """The count and the text that the person has seen and confirms."""

    seen = forms.CharField(max_length=64, required=False, empty_value=None)


class InboxFilter(FilterForm):
    """What narrows a person's inbox down."""

    unread = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("All")), ("1", _("Unread only"))], widget=forms.Select(attrs=_SMALL)
    )
    about = forms.ChoiceField(label=_("Part of the portal"), required=False, widget=forms.Select(attrs=_SMALL))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {kind.app for kind in all_kinds() if is_choosable(kind)}
        names = [(app.label, str(app.verbose_name)) for app in apps.get_app_configs() if app.label in known]
        about: Any = self.fields["about"]
        about.choices = [("", _("All")), *sorted(names, key=itemgetter(1))]


class PreferencesForm(PlainForm):
    """How often a person wants each kind of mail."""

    def __init__(self, *args: Any, choices: Mapping[str, list[Choice]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        for one in (one for group in choices.values() for one in group if not one.kind.required):
            self.fields[one.kind.name] = forms.ChoiceField(
                label=str(one.kind.label),
                choices=Frequency.choices,
                initial=one.frequency,
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )

    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The kinds by heading: each with its field, or without one where a procedure requires it."""
        return [
            (heading, [{"kind": one.kind, "field": None if one.kind.required else self[one.kind.name]} for one in group])
            for heading, group in self.choices.items()
        ]


class HoursForm(forms.ModelForm):
    """At which hours of their own clock a person wants mail."""

    digest_weekday = forms.TypedChoiceField(label=_("Weekly digest on"), coerce=int)

    class Meta:
        model = MailHours
        fields = ["quiet_from", "quiet_to", "digest_at", "digest_weekday"]
        labels = {"digest_at": _("Digests at")}
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_to", "digest_at")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weekday: Any = self.fields["digest_weekday"]
        weekday.choices = list(WEEKDAYS.items())
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
