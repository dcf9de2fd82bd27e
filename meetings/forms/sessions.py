"""Forms of the programme: a session with its speakers, the rooms, a move in the grid."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from briefs.models import Brief
from common.forms import PlaceHour, settle
from common.place_time import hour_at
from directory.models import Organization
from directory.models.people import validate_name
from meetings.enums import SpeakerPart
from meetings.forms.parts import LANGUAGES, Part, dress_translations, language_parts, translated
from meetings.models import Meeting, MeetingDocument, Registration, Room, Session
from meetings.selectors.documents import documents_of
from meetings.selectors.editing import linked_pages
from meetings.services.sessions import LINKED, RoomRow, SpeakerRow
from solutions.models import Solution
from strategy.models import Draft

_TEXTS = ("title", "summary")
_MOST_LINKS = 40


def linked_page(address: str, user: Any) -> tuple[str, Any] | None:
    """The draft, brief or solution at an address of the portal, with the name of its link; None for anything else."""
    path = urlsplit(address).path
    codes = {code for code, _name in settings.LANGUAGES}
    if (first := path.strip("/").split("/")[0]) in codes:
        path = path.replace(f"/{first}", "", 1)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            match = resolve(path if path.endswith("/") else f"{path}/")
    except Resolver404:
        return None
    found: Any = None
    if match.view_name == "strategy:draft":
        rows = Draft.objects.visible_to(user).select_related("strategy")
        found = "drafts", rows.filter(strategy__slug=match.kwargs["slug"], number=match.kwargs["number"]).first()
    elif match.view_name == "briefs:detail":
        found = "briefs", Brief.objects.visible_to(user).filter(slug=match.kwargs["slug"]).first()
    elif match.view_name == "solutions:detail":
        found = "solutions", Solution.objects.visible_to(user).filter(slug=match.kwargs["slug"]).first()
    return found if found and found[1] else None


class DocumentsChoice(forms.ModelMultipleChoiceField):
    """Documents of the meeting by symbol and title."""

    def label_from_instance(self, document: MeetingDocument) -> str:  # type: ignore[override]
        return f"{document.symbol} – {document.title}" if document.symbol else document.title


class SessionForm(forms.ModelForm):
    """One entry of the programme. Hours are those of the place."""

    starts_at = PlaceHour(label=_("Begins"))
    ends_at = PlaceHour(label=_("Ends"))
    interpretation = forms.MultipleChoiceField(
        label=_("Interpretation"), choices=settings.LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    links = forms.CharField(
        label=_("Linked drafts, briefs and solutions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
        help_text=_(
            "Open the page of the draft, brief or solution, copy its address and put it here, one in a line. "
            "The programme shows each reader only those that they may see."
        ),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Session
        fields = [
            *(translated(name, code) for code, _label in LANGUAGES for name in _TEXTS),
            *("kind", "number", "item", "room", "starts_at", "ends_at"),
            *("interpretation", "interpretation_team", "expected", "documents"),
        ]
        field_classes = {"documents": DocumentsChoice}
        widgets = {"documents": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, meeting: Meeting, user: Any, **kwargs: Any) -> None:
        self.meeting, self.user = meeting, user
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        dress_translations(self, required=["title"], title=_("Title"), summary=_("Summary"))
        fields["room"].queryset = meeting.rooms.all()
        fields["room"].empty_label = _("No room yet")
        linked = set(self.instance.documents.values_list("pk", flat=True)) if self.instance.pk else set()
        versions = documents_of(meeting)
        # One version stands for a document; those that are linked already stay to choose from.
        offered = {group.shown.pk for group in versions if not linked & {row.pk for row in group.versions}}
        fields["documents"].queryset = meeting.documents.filter(pk__in=offered | linked)
        if not versions:
            del fields["documents"]
        if self.instance.pk:
            self.initial = {
                **self.initial,
                "starts_at": hour_at(self.instance.starts_at, meeting.zone),
                "ends_at": hour_at(self.instance.ends_at, meeting.zone),
                "seen": self.instance.version,
                "links": "\n".join(row.get_absolute_url() for row in linked_pages(self.instance, user)),
            }

    def clean_links(self) -> dict[str, list[Any]]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        if len(lines) > _MOST_LINKS:
            raise ValidationError(_("These are more than %(most)d pages. Keep those that matter."), params={"most": _MOST_LINKS})
        chosen: dict[str, list[Any]] = {name: [] for name in LINKED}
        for line in lines:
            found = linked_page(line, self.user)
            if found is None:
                words = _(
                    "%(address)s is not the address of a draft, a brief or a solution that you may see. Copy it from its page."
                )
                raise ValidationError(words, params={"address": line})
            if found[1] not in chosen[found[0]]:
                chosen[found[0]].append(found[1])
        return chosen

    def clean(self) -> dict[str, Any]:
        super().clean()
        settle(self, self.meeting.zone)
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """The cleaned values of the session's own fields, as the service takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"documents", "links", "seen"}}

    @property
    def parts(self) -> list[Part]:
        """The parts of the page before the speakers."""
        when = ["kind", "number", "item", "room", "starts_at", "ends_at", "expected"]
        return [
            *language_parts(self, *_TEXTS),
            Part(_("When and where"), [self[name] for name in when]),
            Part(_("Interpretation"), [self[name] for name in ("interpretation", "interpretation_team")]),
            Part(_("Documents and links"), [self[name] for name in ("documents", "links") if name in self.fields]),
        ]


class SpeakerForm(forms.Form):
    """Somebody who speaks or moderates."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=200, required=False, validators=[validate_name])
    part = forms.ChoiceField(label=_("Part"), choices=SpeakerPart, initial=SpeakerPart.SPEAKER)
    role = forms.CharField(label=_("Function"), max_length=200, required=False, validators=[validate_name])
    body = forms.CharField(
        label=_("Organization"),
        max_length=250,
        required=False,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"list": "organizations", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("Address of the registration"), required=False)
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, required=False)
    remove = forms.BooleanField(label=_("Remove"), required=False)


class _Speakers(forms.BaseFormSet):
    """The people of a session. An organization of the directory is known by its acronym or name; any other is an affiliation."""

    def __init__(self, *args: Any, meeting: Meeting, user: Any, **kwargs: Any) -> None:
        self.meeting, self.user = meeting, user
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        names = {row["pk"]: row["name"] for row in self.initial or []}
        for form in self.forms:
            data = getattr(form, "cleaned_data", None) or {}
            told = data.get("body") or data.get("role") or data.get("email")
            # An erased person has no name any more, and their row stays.
            needs_name = names.get(data["pk"], told) if data.get("pk") else told
            if needs_name and not data.get("name") and not data.get("remove") and "name" not in form.errors:
                form.add_error("name", _("Say who it is, or take the row away."))
            if data.get("email") and not data.get("remove"):
                registration = self._registration(data["email"])
                if registration is None:
                    words = _(
                        "Nobody with an account has registered for this meeting under this address. "
                        "Leave it empty, or ask them to register."
                    )
                    form.add_error("email", words)
                data["user"] = registration and registration.user

    def _registration(self, email: str) -> Registration | None:
        """Only among those whose registration the editor may see: no address is looked up among all accounts."""
        rows = Registration.objects.visible_to(self.user).filter(meeting=self.meeting, user__isnull=False)
        return rows.live().filter(email__iexact=email).select_related("user").first()

    def rows(self) -> list[SpeakerRow]:
        """The people who stay, in their order."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data]
        stay = [row for row in filled if not row["remove"] and (row["name"] or row["pk"])]
        bodies = organizations_called([row["body"] for row in stay])
        # Who has no number comes after those who have one.
        ordered = sorted(stay, key=lambda row: 1000 if row["position"] is None else row["position"])
        return [
            SpeakerRow(
                pk=row["pk"],
                name=row["name"],
                part=row["part"],
                role=row["role"],
                organization=bodies.get(row["body"].casefold()),
                affiliation="" if row["body"].casefold() in bodies else row["body"][:200],
                user=row.get("user"),
            )
            for row in ordered
        ]


SpeakerFormSet: Any = forms.formset_factory(SpeakerForm, formset=_Speakers, extra=2, max_num=60, absolute_max=80)


def organizations_called(names: list[str]) -> dict[str, Organization]:
    """Organizations by acronym or name, in small letters."""
    wanted = {name.casefold() for name in names if name}
    if not wanted:
        return {}
    found: dict[str, Organization] = {}
    for row in Organization.objects.order_by("-pk"):
        for name in (row.name, row.acronym):
            if name and name.casefold() in wanted:
                found[name.casefold()] = row
    return found


def speakers_initial(session: Session | None) -> list[dict[str, Any]]:
    """What the form of a session's people starts from."""
    if session is None:
        return []
    return [
        {
            "pk": row.pk,
            "name": row.name,
            "part": row.part,
            "role": row.role,
            "body": row.organization.short_name if row.organization else row.affiliation,
            "email": row.user.email if row.user else "",
            "position": place,
        }
        for place, row in enumerate(session.speakers.select_related("organization", "user"), start=1)
    ]


class RoomForm(forms.ModelForm):
    """A room of the meeting."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, required=False)
    remove = forms.BooleanField(label=_("Remove"), required=False)

    class Meta:
        model = Room
        fields = ["name", "capacity", "note", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["capacity"].min_value = 1

    def row(self, place: int) -> RoomRow:
        data = self.cleaned_data
        return RoomRow(
            pk=data["pk"],
            name=data["name"],
            capacity=data["capacity"],
            note=data["note"],
            position=place if data["position"] is None else data["position"],
            is_removed=data["remove"],
        )


RoomFormSet: Any = forms.formset_factory(RoomForm, extra=2, max_num=100, absolute_max=120)


class MoveForm(forms.Form):
    """A session in another room or at another hour: minutes after midnight of a day, on the place's clock."""

    room: forms.ModelChoiceField = forms.ModelChoiceField(queryset=Room.objects.none(), required=False)
    day = forms.DateField(input_formats=["%Y-%m-%d"])
    start = forms.IntegerField(min_value=0, max_value=24 * 60 - 1)
    end = forms.IntegerField(min_value=1, max_value=48 * 60)
    seen = forms.IntegerField(min_value=0)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room: Any = self.fields["room"]
        room.queryset = meeting.rooms.all()

    def hours(self) -> tuple[datetime, datetime]:
        """Beginning and end as the clock of the place shows them."""
        midnight = datetime.combine(self.cleaned_data["day"], datetime.min.time())
        start, end = (midnight + timedelta(minutes=self.cleaned_data[name]) for name in ("start", "end"))
        return start, end
