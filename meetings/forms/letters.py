"""Forms of invitation letters and badges."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from directory.models import Country, StakeholderCategory
from directory.models.people import validate_name
from meetings.models import Meeting, Registration, VisaDetails


class LetterForm(PlainForm):
    """What the letter says of the person: as it stands in the passport."""

    passport_name = forms.CharField(
        label=_("Full name as in the passport"),
        max_length=250,
        validators=[validate_name],
        help_text=_("In Latin letters, as the passport has it."),
    )
    nationality: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Nationality"), queryset=Country.objects.none(), empty_label=_("Choose a country")
    )
    born_on = forms.DateField(label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    passport_number = forms.CharField(label=_("Passport number"), max_length=30)
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=settings.LANGUAGES, help_text=_("The one that the consulate reads.")
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        kept = VisaDetails.objects.filter(registration=registration).first()
        initial: dict[str, Any] = {"language": registration.language, "passport_name": registration.full_name}
        if kept:
            for name in ("passport_name", "nationality", "born_on", "passport_number"):
                initial[name] = getattr(kept, name)
        super().__init__(*args, initial=initial, **kwargs)
        nationality: Any = self.fields["nationality"]
        nationality.queryset = Country.objects.order_by("name")
        self.fields["born_on"].widget.attrs["max"] = timezone.now().date().isoformat()

    def clean_born_on(self) -> date:
        if self.cleaned_data["born_on"] > timezone.now().date():
            raise ValidationError(_("The date of birth lies in the future. Check the year."))
        return self.cleaned_data["born_on"]


class BadgesForm(PlainForm):
    """Which badges are printed."""

    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Category"),
        queryset=StakeholderCategory.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("All categories, one after another"),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = StakeholderCategory.objects.filter(pk__in=meeting.quotas.values("category"))
