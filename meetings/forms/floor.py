"""Forms of the list of speakers."""

from typing import Any

from django import forms
from django.db.models import Value
from django.db.models.functions import Coalesce, Concat, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from meetings.enums import RegistrationState
from meetings.models import Meeting, Registration


class FloorListForm(forms.Form):
    """How a list of speakers is kept."""

    minutes = forms.IntegerField(
        label=_("Minutes for each speaker"), min_value=0, max_value=60, initial=3, help_text=_("0 means no limit.")
    )
    is_open = forms.BooleanField(
        label=_("Participants may ask for the floor"),
        required=False,
        initial=True,
        help_text=_("While the list is closed only the desk adds speakers."),
    )


class ParticipantChoice(forms.ModelChoiceField):
    """A participant with a seat, by body and name: that is how a chair looks for them."""

    def label_from_instance(self, registration: Registration) -> str:  # type: ignore[override]
        return f"{registration.body} – {registration.full_name}" if registration.body else registration.full_name


class OwnRequestForm(forms.Form):
    """In whose name somebody wants to speak."""

    in_own_name = forms.BooleanField(label=_("In my own name, not for an organization"), required=False)


class AddSpeakerForm(forms.Form):
    """Somebody whom the desk puts on the list."""

    participant = ParticipantChoice(
        label=_("Participant"), queryset=Registration.objects.none(), empty_label=_("Choose somebody")
    )
    in_own_name = forms.BooleanField(label=_("In their own name"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["participant"]
        approved = Registration.objects.filter(meeting=meeting, state=RegistrationState.APPROVED)
        # In the order of what the list says of each: the acronym where there is one.
        shown = Coalesce(
            NullIf("organization__acronym", Value("")),
            "organization__name",
            NullIf("affiliation", Value("")),
            Concat("given_name", Value(" "), "family_name"),
        )
        field.queryset = approved.select_related("organization").order_by(Lower(shown), "given_name", "family_name", "pk")
