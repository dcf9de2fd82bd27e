"""Forms of solutions: an entry, and the decision to publish it."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import may
from directory.models import Country, Organization, SDGGoal, Theme
from directory.rules import organizations_of
from solutions.enums import CostBand, Modality, SolutionKind, VerificationLevel
from solutions.models import LONG_TEXT, Solution
from solutions.selectors.words import fold
from solutions.services.submission import NEEDED, TRANSLATED


def _long(label: Any, help_text: Any, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": rows, "data-char-count": ""}),
    )


class Names(forms.ModelMultipleChoiceField):
    """Several rows of a vocabulary as check boxes, sorted by their name in the reader's language."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, rows: Iterable[Any], *, sort: bool = True) -> None:
        by_name = sorted(rows, key=lambda row: fold(str(row))) if sort else rows
        self.choices = [(row.pk, str(row)) for row in by_name]


class SolutionForm(forms.Form):
    """An entry of the catalogue. A draft needs a title and a kind; a submission all that is marked as needed."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SolutionKind, widget=forms.RadioSelect)
    provider: Any = forms.ModelChoiceField(
        label=gettext_lazy("Provider"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=gettext_lazy("In my own name"),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of your text"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Write in any of the six languages; readers of the others see your text and its language."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=160,
        help_text=gettext_lazy("What works, and where: one line that a stranger understands."),
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "data-char-count": ""}),
        help_text=gettext_lazy("Two or three sentences for lists and search results. At most 600 characters."),
    )
    challenge = _long(gettext_lazy("Challenge"), gettext_lazy("What had to be solved, for whom?"))
    approach = _long(gettext_lazy("Approach"), gettext_lazy("What was done, by whom, with what?"))
    results = _long(gettext_lazy("Results"), gettext_lazy("What changed? Give figures with their year where you have them."))
    lessons = _long(gettext_lazy("Lessons"), gettext_lazy("What would you do differently?"), rows=4)
    conditions_for_transfer = _long(
        gettext_lazy("Conditions for transfer"),
        gettext_lazy("What must another country have in place: law, skills, climate, money?"),
        rows=4,
    )
    countries_of_origin = Names(label=gettext_lazy("Countries of origin"), queryset=Country.objects.all(), required=False)
    countries_of_use = Names(label=gettext_lazy("Also used in"), queryset=Country.objects.all(), required=False)
    sdgs = Names(label=gettext_lazy("Sustainable Development Goals"), queryset=SDGGoal.objects.all(), required=False)
    themes = Names(label=gettext_lazy("Themes of the Conference"), queryset=Theme.objects.all(), required=False)
    modality = forms.ChoiceField(label=gettext_lazy("Modality"), choices=Modality, widget=forms.RadioSelect)
    cost_band = forms.ChoiceField(label=gettext_lazy("Cost"), required=False)
    year = forms.IntegerField(label=gettext_lazy("In use since (year)"), required=False, min_value=1945)
    contact_email = forms.EmailField(
        label=gettext_lazy("Contact"),
        required=False,
        help_text=gettext_lazy("An e-mail address. It is never shown: requests to connect are passed on to it."),
    )

    def __init__(self, *args: Any, user: Any, solution: Solution | None = None, **kwargs: Any) -> None:
        self.user, self.solution = user, solution
        kwargs["initial"] = self._initial() | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self._own = self._organizations()
        self._set_choices()
        self.helper = self._helper()

    def _organizations(self) -> QuerySet[Organization]:
        keys = organizations_of(self.user)
        if self.solution and self.solution.provider_id:
            keys = keys | {self.solution.provider_id}
        return Organization.objects.filter(pk__in=keys)

    def _initial(self) -> dict[str, Any]:
        solution = self.solution
        if solution is None:
            own = organizations_of(self.user)
            return {
                "language": translation.get_language() or "en",
                "modality": "south_south",
                "provider": min(own) if len(own) == 1 else None,
                "contact_email": self.user.email,
            }
        names = [name for name in self.base_fields if name not in TRANSLATED]
        values = {name: getattr(solution, name) for name in names}
        for name, field in self.base_fields.items():
            if isinstance(field, Names):
                values[name] = list(getattr(solution, name).all())
        # The text as it was written, not as this page's language falls back.
        own_language = solution.language.replace("-", "_")
        return values | {name: getattr(solution, f"{name}_{own_language}") for name in TRANSLATED}

    def _set_choices(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["provider"].queryset = self._own
        countries = list(Country.objects.all())
        fields["countries_of_origin"].offer(countries)
        fields["countries_of_use"].offer(countries)
        fields["sdgs"].offer(SDGGoal.objects.all(), sort=False)
        fields["themes"].offer(Theme.objects.all(), sort=False)
        fields["cost_band"].choices = [("", _("Not known")), *CostBand.choices]
        fields["year"].max_value = timezone.now().year
        for name in set(NEEDED) - {"title", "kind"}:
            fields[name].label = _("%(label)s (needed to submit)") % {"label": fields[name].label}

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            Fieldset(_("What it is"), "kind", "provider", "language", "title", "summary"),
            Fieldset(_("How it works"), "challenge", "approach", "results", "lessons", "conditions_for_transfer"),
            Fieldset(
                _("Where and for what"),
                Field("countries_of_origin", wrapper_class="choice-box"),
                Field("countries_of_use", wrapper_class="choice-box"),
                Field("sdgs", wrapper_class="choice-columns"),
                "themes",
            ),
            Fieldset(_("Facts"), "modality", "cost_band", "year", "contact_email"),
        )
        return helper

    @property
    def is_submission(self) -> bool:
        """Whether the person pressed the button that submits, not the one that keeps a draft."""
        return self.data.get("action") == "submit"

    def clean_year(self) -> int | None:
        year = self.cleaned_data["year"]
        if year and year > timezone.now().year:
            raise forms.ValidationError(_("This year lies ahead. Give the year in which it was first used."))
        return year

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.is_submission:
            return values
        for name in NEEDED:
            if name not in self.errors and not values.get(name):
                self.add_error(name, _("This is needed before the entry can be submitted. To go on later, save it as a draft."))
        if "provider" not in self.errors and not self._may_submit(values.get("provider")):
            self.add_error(
                "provider",
                _(
                    "Only a focal point can submit in the name of %(provider)s. "
                    "Save the entry as a draft: your focal point finds it under “Our entries” and can submit it."
                )
                % {"provider": values["provider"]},
            )
        return values

    def _may_submit(self, provider: Organization | None) -> bool:
        author = self.solution.submitted_by if self.solution else self.user
        return may(self.user, "solutions.submit_solution", Solution(provider=provider, submitted_by=author))


class VerifyForm(forms.Form):
    """The decision to publish."""

    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        choices=VerificationLevel,
        initial=VerificationLevel.AGENCY_REVIEWED,
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Which report, letter or evaluation the level rests on. Shown on the public page."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("level") not in {None, VerificationLevel.SELF_REPORTED} and not values.get("evidence"):
            self.add_error("evidence", _("Say on which evidence this level rests: a report, a letter, an evaluation."))
        return values
