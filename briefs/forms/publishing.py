"""Forms of publishing: the moment, readers under embargo, a correction, a language edition."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from briefs.models import Brief, PlannedPublication
from common.forms import PlaceHour, PlainForm, settle
from common.place_time import hour_at

HOME_ZONE = "America/New_York"
LONGEST_CORRECTION = 4_000


class PlanForm(PlainForm):
    """When a brief is published, on the clock of a place, and whether named readers have it before."""

    time_zone = forms.ChoiceField(label=_("Time zone of the place"), help_text=_("The hours below are on this place's clock."))
    at = PlaceHour(label=_("To be published at"))
    under_embargo = forms.BooleanField(
        label=_("Under embargo until then"),
        required=False,
        help_text=_(
            "The text is frozen now and its PDFs are made. Only the readers that you name can open them before the moment."
        ),
    )

    def __init__(self, *args: Any, plan: PlannedPublication | None, **kwargs: Any) -> None:
        zone = plan.time_zone if plan else HOME_ZONE
        initial: dict[str, Any] = {"time_zone": zone}
        if plan:
            initial |= {"at": hour_at(plan.at, zoneinfo.ZoneInfo(zone)), "under_embargo": plan.under_embargo}
        super().__init__(*args, initial=initial, **kwargs)
        names = sorted(zoneinfo.available_timezones())
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if zone := data.get("time_zone"):
            settle(self, zoneinfo.ZoneInfo(zone))
        return self.cleaned_data


class ReaderForm(PlainForm):
    """Somebody who may read before the moment."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, help_text=_("Needed for a person without an account here.")
    )
    language = forms.ChoiceField(
        label=_("Language of the message"),
        initial="en",
        choices=settings.LANGUAGES,
        help_text=_("Of a person without an account here."),
    )


class CorrectionForm(PlainForm):
    """A correction of an edition, with the number of notices that its writer saw."""

    text = forms.CharField(
        label=_("Correction"),
        max_length=LONGEST_CORRECTION,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "In the language of the brief: what stands where, and what it should say. It is dated today and cannot be changed."
        ),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {"lang": brief.language, "dir": brief.direction}


class LanguageForm(PlainForm):
    """A language in which there is no edition yet, and the title in it."""

    language = forms.ChoiceField(label=_("Language"))
    title = forms.CharField(label=_("Title in this language"), max_length=250, widget=forms.TextInput(attrs={"dir": "auto"}))
    summary = forms.CharField(
        label=_("Summary in this language"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Left empty, the source’s summary stands there until it is translated."),
    )

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = {brief.language, *brief.translations.values_list("language", flat=True)}
        choices = [(code, name) for code, name in settings.LANGUAGES if code not in taken]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
