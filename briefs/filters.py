"""The filters of the list of briefs, which live in its address."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from briefs.models import Series
from briefs.selectors import years_of_briefs
from common.ui_words import SDG_NAMES


class BriefFilter(forms.Form):
    """Series, year, Goal and language; a value that does not exist filters nothing."""

    series = forms.ChoiceField(label=_("Series"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    sdg = forms.ChoiceField(label=_("Goal"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "series": [(series.slug, series.title) for series in Series.objects.all()],
            "year": [(str(year), str(year)) for year in years_of_briefs()],
            "sdg": [(str(number), f"{number}. {name}") for number, name in enumerate(SDG_NAMES, 1)],
            "language": list(settings.LANGUAGES),
        }
        for name, field in self.fields.items():
            field.choices = [("", _("All")), *choices[name]]  # type: ignore[attr-defined]
            field.widget.attrs["class"] = "form-select form-select-sm"

    def chosen(self) -> dict[str, str]:
        """The values that exist, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
