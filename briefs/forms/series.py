"""The form of a series."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from briefs.models import Series
from briefs.models.series import RESERVED_SERIES
from common.forms import PlainForm
from directory.models import Membership, User

LANGUAGE_FIELDS = [(code.replace("-", "_"), code, name) for code, name in settings.LANGUAGES]


class SeriesForm(forms.ModelForm):
    """What a series is called in six languages, its number, rhythm, cover and editors."""

    class Meta:
        model = Series
        fields = ["slug", "issn", "periodicity", "cover", "editors"]
        widgets = {"cover": forms.RadioSelect, "editors": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainForm().helper
        for field, code, name in LANGUAGE_FIELDS:
            is_english = code == "en"
            attrs = {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
            self.fields[f"title_{field}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": name},
                max_length=200,
                required=is_english,
                initial=getattr(self.instance, f"title_{field}", ""),
                widget=forms.TextInput(attrs=attrs),
            )
            self.fields[f"description_{field}"] = forms.CharField(
                label=_("Description in %(language)s") % {"language": name},
                max_length=2000,
                required=False,
                initial=getattr(self.instance, f"description_{field}", ""),
                widget=forms.Textarea(attrs={"rows": 3, **attrs}),
            )
        self.fields["issn"].help_text = _("Like 2049-3630; empty until the number is assigned.")
        served = Membership.objects.in_force().filter(organization__is_secretariat=True).people()
        present = self.instance.editors.all() if self.instance.pk else User.objects.none()
        editors: Any = self.fields["editors"]
        editors.queryset = User.objects.filter(pk__in=[*(row.pk for row in served), *(row.pk for row in present)])
        editors.required = False
        if self.instance.pk:
            del self.fields["slug"]
            self.fields["seen"] = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED_SERIES:
            raise forms.ValidationError(_("This address is used for another page. Choose another short name."))
        return slug

    def clean_issn(self) -> str:
        return str(self.cleaned_data["issn"]).strip().upper()

    def values(self) -> dict[str, Any]:
        """What the verbs keep: the words by language, an empty one as none."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        for field, code, _name in LANGUAGE_FIELDS:
            if code != "en":
                data[f"title_{field}"] = data[f"title_{field}"] or None
        data["editors"] = list(data["editors"])
        return data
