"""Forms of what a brief is made of. All of them work without JavaScript and keep what was typed when they are refused."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from briefs.enums import ChartKind, FigureKind, Licence, ReferenceType, SectionKind
from briefs.models import Brief, BriefAgency, Figure, Section, Series
from briefs.models.briefs import RESERVED_SLUGS
from briefs.models.matter import valid_key
from briefs.services.figures import picture_fields
from common.access import Refused
from common.bibliography import LONGEST, is_web_address, line_from_name, name_from_line
from common.chart_numbers import LONGEST_CSV, as_csv, rows_of
from common.forms import PlainForm
from directory.models import Organization, SDGGoal, Theme

LONGEST_MESSAGE = 400
LONGEST_NOTE = 1_000
MOST_MESSAGES, MOST_NOTES = 12, 200
SPARE = 3


def agencies_to_choose() -> Any:
    """Agencies of the system, and whoever writes a brief already."""
    return Organization.objects.filter(Q(is_agency=True) | Q(pk__in=BriefAgency.objects.values("organization"))).order_by(
        "acronym", "name"
    )


class SeenForm(PlainForm):
    """A form that names what its reader saw, so that nobody's change is overwritten unseen."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ListForm(SeenForm):
    """A list with one field for each entry and some empty ones; emptied entries go, numbers give the order.

    Args:
        entries: what stands there now.
        rooms: how many fields there are, at least as many as entries and some more.
        has_order: whether entries may change places.
    """

    def __init__(
        self, *args: Any, entries: list[str], label: Any, longest: int, most: int, has_order: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.has_order = has_order
        self.rooms = self._rooms(len(entries), most)
        for place in range(self.rooms):
            self.fields[f"entry-{place}"] = forms.CharField(
                label=f"{label} {place + 1}",
                required=False,
                max_length=longest,
                initial=entries[place] if place < len(entries) else "",
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            )
            if has_order:
                self.fields[f"place-{place}"] = forms.IntegerField(
                    label=_("Place in the list"), required=False, min_value=1, max_value=999, initial=place + 1
                )

    def _rooms(self, count: int, most: int) -> int:
        asked = sum(name.startswith("entry-") for name in self.data) if self.is_bound else 0
        more = SPARE if not self.is_bound or "more" in self.data else 0
        return min(max(asked + more, count + (0 if self.is_bound else SPARE)), max(most, count))

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"entry-{place}"], self[f"place-{place}"] if self.has_order else None) for place in range(self.rooms)]

    @property
    def wants_more(self) -> bool:
        return "more" in self.data

    def entries(self) -> list[str]:
        """The entries in the order of their places; in a list without order with their empty ones."""
        words = [(self.cleaned_data.get(f"entry-{place}") or "").strip() for place in range(self.rooms)]
        if not self.has_order:
            return words
        places = [self.cleaned_data.get(f"place-{place}") or place + 1 for place in range(self.rooms)]
        return [word for _place, word in sorted(zip(places, words, strict=True), key=lambda row: row[0]) if word]


class _Words(SeenForm):
    """Title and summary, and what a brief is about."""

    title = forms.CharField(label=_("Title"), max_length=250, widget=forms.TextInput(attrs={"dir": "auto"}))
    summary = forms.CharField(
        label=_("Summary"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("Two or three sentences. They stand under the title, in lists and in search engines."),
    )
    themes: Any = forms.ModelMultipleChoiceField(
        label=_("Themes"), queryset=Theme.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    sdgs: Any = forms.ModelMultipleChoiceField(
        label=_("Sustainable Development Goals"),
        queryset=SDGGoal.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class BriefForm(_Words, ListForm):
    """Title, summary, key messages, themes and Goals of a brief."""

    is_editorial = forms.BooleanField(
        label=_("An editorial change only"),
        required=False,
        help_text=_(
            "Spelling, punctuation, layout: nothing of substance. "
            "Agencies that agreed to it when they cleared are told and need not clear again."
        ),
    )
    note = forms.CharField(
        label=_("What you changed"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("A few words for your colleagues; they stand in the history."),
    )

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        super().__init__(
            *args, entries=brief.key_messages, label=_("Key message"), longest=LONGEST_MESSAGE, most=MOST_MESSAGES, **kwargs
        )

    def values(self) -> dict[str, Any]:
        names = ("title", "summary", "themes", "sdgs")
        return {name: self.cleaned_data[name] for name in names} | {"key_messages": self.entries()}

    def about(self) -> dict[str, Any]:
        """What is said of the change, and what its writer saw."""
        return {name: self.cleaned_data[name] for name in ("seen", "is_editorial", "note")}


class NewBriefForm(PlainForm):
    """A new brief: where it stands, in what language, what it is called and who writes it."""

    number = forms.IntegerField(
        label=_("Number in the series"), min_value=1, max_value=9999, help_text=_("The next free number is proposed.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    title = forms.CharField(label=_("Title"), max_length=250, widget=forms.TextInput(attrs={"dir": "auto"}))
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=120,
        help_text=_("Latin letters, digits and hyphens, like solar-irrigation. It is printed and cited, and never changes."),
    )
    summary = forms.CharField(label=_("Summary"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    translation_of: Any = forms.ModelChoiceField(
        label=_("Language edition of"),
        queryset=Brief.objects.none(),
        required=False,
        help_text=_("Only where the brief exists in another language: both then share series and number."),
    )
    lead: Any = forms.ModelChoiceField(label=_("Lead agency"), queryset=Organization.objects.none())
    agencies: Any = forms.ModelMultipleChoiceField(
        label=_("Other agencies that write it"),
        queryset=Organization.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )

    def __init__(self, *args: Any, series: Series, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = series
        agencies = agencies_to_choose()
        self.fields["lead"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["agencies"].queryset = agencies  # type: ignore[attr-defined]
        originals = Brief.objects.of_insider(by).filter(series=series, translation_of__isnull=True)
        self.fields["translation_of"].queryset = originals  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED_SLUGS:
            raise forms.ValidationError(_("This address is used for another page. Choose another short name."))
        if Brief.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another brief has this short name already. Choose another one."))
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number, language, first = (cleaned.get(name) for name in ("number", "language", "translation_of"))
        if first and number and number != first.number:
            self.add_error(
                "number", _("A language edition has the number of the first edition: %(number)d.") % {"number": first.number}
            )
        elif number and language and Brief.objects.filter(series=self.series, number=number, language=language).exists():
            self.add_error("number", _("This series already has a brief of this number in this language."))
        if first and language and (first.language == language or first.translations.filter(language=language).exists()):
            self.add_error("language", _("This brief already has an edition in this language."))
        return cleaned

    def values(self) -> dict[str, Any]:
        names = ("number", "language", "title", "slug", "summary", "translation_of")
        return {name: self.cleaned_data[name] for name in names} | {"series": self.series}

    def authors(self) -> list[Organization]:
        lead = self.cleaned_data["lead"]
        return [lead, *(row for row in self.cleaned_data["agencies"] if row != lead)]


class AgenciesForm(SeenForm):
    """Which agencies write the brief, and who leads."""

    agencies: Any = forms.ModelMultipleChoiceField(
        label=_("Agencies that write it"), queryset=Organization.objects.none(), widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("Hold Ctrl (on a Mac, Command) to choose several.")
    )  # fmt: skip
    lead: Any = forms.ModelChoiceField(label=_("Lead agency"), queryset=Organization.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("agencies", "lead"):
            self.fields[name].queryset = agencies_to_choose()  # type: ignore[attr-defined]


class PartForm(PlainForm):
    """Heading, kind and agency of a section or an annex."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SectionKind.choices, widget=forms.RadioSelect, initial=SectionKind.SECTION)
    heading = forms.CharField(label=_("Heading"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    organization: Any = forms.ModelChoiceField(
        label=_("Agency that writes it"), queryset=Organization.objects.none(), empty_label=None,
        help_text=_("One of the agencies of this brief.")
    )  # fmt: skip

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(co_authored_briefs__brief=brief)  # type: ignore[attr-defined]


class ChangePartForm(PartForm, SeenForm):
    """The same for a section that exists."""

    @staticmethod
    def initial_of(section: Section) -> dict[str, Any]:
        return {"kind": section.kind, "heading": section.heading, "organization": section.organization_id}


class RemovePartForm(PlainForm):
    """Why a section is removed, with the version that was seen."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The agencies read it.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class FigureForm(PlainForm):
    """Words that every figure has."""

    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        validators=[valid_key],
        help_text=_("A short name. The figure stands where a section has a paragraph [figure KEY], and nothing else in it."),
    )
    caption = forms.CharField(label=_("Caption"), max_length=400, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    alt = forms.CharField(
        label=_("Alternative text"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("What a person who does not see the figure needs to know. It does not repeat the caption."),
    )
    credit = forms.CharField(
        label=_("Credit"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Who made it, and where the numbers come from: “Photo: UNDP Samoa”, “Source: FAO, 2016”."),
    )  # fmt: skip
    licence = forms.ChoiceField(label=_("Licence"), choices=[("", _("Choose …")), *Licence.choices])

    def __init__(self, *args: Any, figure: Figure | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figure = figure
        if figure:
            del self.fields["key"]
            self.fields["seen"] = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
            self.initial = {**self.initial} | {name: getattr(figure, name) for name in ("caption", "alt", "credit", "licence")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        caption, alt = cleaned.get("caption"), cleaned.get("alt")
        if caption and alt and caption.strip().casefold() == alt.strip().casefold():
            self.add_error("alt", _("This repeats the caption. Say what can be seen: who, what, which way the numbers go."))
        return cleaned

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("caption", "alt", "credit", "licence")}

    def values(self) -> dict[str, Any]:
        """What the verb keeps of the figure."""
        raise NotImplementedError


class PictureForm(FigureForm):
    """A picture with its words."""

    file = forms.FileField(
        label=_("Picture"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_(
            "PNG, JPEG or WebP, 10 MB at most, 200 pixels on each side at least. What the camera wrote into it is taken out."
        ),
        error_messages={"required": _("Choose a picture."), "empty": _("The file is empty. Choose another one.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.figure:
            self.fields["file"].required = False
            self.fields["file"].label = _("Another picture in its place")

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if upload:
            try:
                self.kept = picture_fields(upload)
            except Refused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return upload

    def values(self) -> dict[str, Any]:
        return self.words() | getattr(self, "kept", {})


class ChartForm(FigureForm):
    """A chart with its words and its numbers."""

    chart = forms.ChoiceField(label=_("Drawn as"), choices=ChartKind.choices, widget=forms.RadioSelect, initial=ChartKind.BAR)
    numbers = forms.CharField(
        label=_("Numbers"),
        required=False,
        max_length=LONGEST_CSV,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "class": "section-source", "spellcheck": "false"}),
        help_text=_(
            "Rows copied from a spreadsheet, or CSV: heads in the first row, then one label and one to four numbers in each row, "
            "40 rows at most."
        ),
    )
    file = forms.FileField(
        label=_("Or a CSV file"), required=False, max_length=255, widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
        error_messages={"empty": _("The file is empty. Choose another one.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.figure:
            self.initial = {**self.initial} | {"chart": self.figure.chart, "numbers": as_csv(self.figure.rows)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        upload, field = cleaned.get("file"), "file" if cleaned.get("file") else "numbers"
        try:
            self.kept = rows_of(_text_of(upload) if upload else cleaned.get("numbers") or "")
        except Refused as refusal:
            if "file" not in self.errors and "numbers" not in self.errors:
                self.add_error(field, str(refusal))
        return cleaned

    def values(self) -> dict[str, Any]:
        return self.words() | {"chart": self.cleaned_data["chart"], "rows": self.kept}


def _text_of(upload: Any) -> str:
    if upload.size > LONGEST_CSV:
        raise Refused(_("The file is too large for one chart. Give 40 rows at most."))
    try:
        return str(upload.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(_("The file is not text in UTF-8. Save it as CSV UTF-8, or paste the rows.")) from error


FIGURE_FORMS: dict[str, type[FigureForm]] = {FigureKind.IMAGE: PictureForm, FigureKind.CHART: ChartForm}
_CSL_WORDS = {
    "title": "title", "container": "container-title", "publisher": "publisher", "place": "publisher-place",
    "volume": "volume", "issue": "issue", "symbol": "number", "pages": "page", "doi": "DOI", "url": "URL",
}  # fmt: skip


class ReferenceForm(PlainForm):
    """A source, typed."""

    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        validators=[valid_key],
        help_text=_("Sections cite the source as [@KEY]; several as [@KEY; @OTHER]."),
    )
    type = forms.ChoiceField(label=_("Kind of source"), choices=ReferenceType.choices, initial=ReferenceType.REPORT)
    authors = forms.CharField(
        label=_("Authors"), required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One in each line: “Family name, given name”, or the name of an agency."),
    )  # fmt: skip
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1500, max_value=date.today().year + 2)
    title = forms.CharField(label=_("Title"), max_length=600, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    container = forms.CharField(label=_("Journal, book or website in which it stands"), required=False, max_length=300)
    volume = forms.CharField(label=_("Volume"), required=False, max_length=40)
    issue = forms.CharField(label=_("Issue"), required=False, max_length=40)
    pages = forms.CharField(label=_("Pages"), required=False, max_length=40)
    symbol = forms.CharField(
        label=_("Document symbol or report number"), required=False, max_length=80, help_text=_("Like A/RES/71/244.")
    )
    publisher = forms.CharField(label=_("Publisher"), required=False, max_length=200)
    place = forms.CharField(label=_("Place of publication"), required=False, max_length=120)
    doi = forms.RegexField(
        r"^10\.[0-9]{4,9}/[^\s\"<>]+$", label="DOI", required=False, max_length=300,
        help_text=_("Like 10.18356/2d5a3d1c-en, without the address before it."),
        error_messages={"invalid": _("A DOI begins with 10. and has a slash, like 10.18356/2d5a3d1c-en.")},
    )  # fmt: skip
    url = forms.CharField(label=_("Web address"), required=False, max_length=500)

    def __init__(self, *args: Any, csl: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = csl or {}
        if csl is not None:
            del self.fields["key"]
            self.fields["seen"] = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
            self.initial = {**self.initial} | {name: csl.get(target, "") for name, target in _CSL_WORDS.items()}
            issued = csl.get("issued", {}).get("date-parts", [[None]])
            self.initial = {**self.initial} | {
                "type": csl.get("type", "document"),
                "authors": "\n".join(line_from_name(name) for name in csl.get("author", [])),
                "year": issued[0][0],
            }

    def clean_url(self) -> str:
        address: str = self.cleaned_data["url"].strip()
        if address and not is_web_address(address):
            raise forms.ValidationError(_("A web address begins with https:// or http://."))
        return address

    def csl(self) -> dict[str, Any]:
        """The source as CSL-JSON; what the form does not show of it stays."""
        data = self.cleaned_data
        shown = {*_CSL_WORDS.values(), "author", "issued", "type"}
        csl = {name: value for name, value in self.before.items() if name not in shown} | {"type": data["type"]}
        csl |= {target: data[name].strip() for name, target in _CSL_WORDS.items() if data[name].strip()}
        authors = [name_from_line(line) for line in data["authors"].splitlines() if line.strip(" ,")]
        if authors:
            csl["author"] = authors
        if data["year"]:
            csl["issued"] = {"date-parts": [[data["year"]]]}
        return csl


class PasteForm(PlainForm):
    """References as another program wrote them."""

    text = forms.CharField(
        label=_("References"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto", "class": "section-source", "spellcheck": "false"}),
        help_text=_(
            "BibTeX, RIS, or lines of text with a DOI in each. Nothing is kept before you have seen what was understood."
        ),
        error_messages={"required": _("Paste references first.")},
    )
