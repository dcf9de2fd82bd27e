"""Badges: their codes, and reading a code back to a person."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from common.access import Refused
from common.bidi import isolated
from meetings.documents.badges import Badge
from meetings.enums import RegistrationState
from meetings.models import DelegationSubstitution, Meeting, Registration
from meetings.selectors.badges import code_of, read_code


def badge_code(registration: Registration) -> str:
    """What the QR code of this registration's badge says."""
    return code_of(meeting_id=registration.meeting_id, reference=registration.reference)


def was_replaced(*, meeting: Meeting, reference: str) -> bool:
    """Whether a reference was a delegate's in whose place somebody else comes now."""
    return DelegationSubstitution.objects.filter(registration__meeting=meeting, old_reference=reference).exists()


def registration_of_code(meeting: Meeting, text: str) -> Registration:
    """The registration behind a scanned or typed code of this meeting, in whatever state it is.

    Raises:
        Refused: no badge of the portal, forged, another meeting's, or replaced by a substitution; the sentence says which.
    """
    code = read_code(text)
    if code is None:
        raise Refused(_("This is not the code of a badge. Scan the square code on the badge, or look the person up by name."))
    if not code.is_genuine:
        raise Refused(_("This badge was not made by the portal: its mark is wrong. Keep it and look the person up by name."))
    if code.meeting_id != meeting.pk:
        other = Meeting.objects.filter(pk=code.meeting_id).first()
        if other is None:
            raise Refused(_("This badge is for another meeting. Look the person up by name."))
        raise Refused(
            _("This badge is for another meeting: %(meeting)s. Look the person up by name.") % {"meeting": isolated(other)}
        )
    found = Registration.objects.filter(meeting=meeting, reference=code.reference).first()
    if found is not None:
        return found
    if was_replaced(meeting=meeting, reference=code.reference):
        words = _(
            "This badge is no longer valid: the organization has named somebody else in this person's place. Look up the name"
            " of who comes instead."
        )
        raise Refused(words)
    raise Refused(_("There is no registration for this badge any more. Look the person up by name."))


def holds_badge(registration: Registration) -> bool:
    """Whether there is a badge: for who has a seat."""
    return registration.state == RegistrationState.APPROVED


def badges_of(registrations: Iterable[Registration]) -> list[Badge]:
    """What stands on the badges; meeting, category, organization and country of the rows must be loaded."""
    colours: dict[int, dict[int, str]] = {}
    badges = []
    for row in registrations:
        if row.meeting_id not in colours:
            colours[row.meeting_id] = dict(row.meeting.quotas.values_list("category_id", "badge_colour"))
        badges.append(
            Badge(
                meeting=row.meeting.title,
                when_and_where=f"{row.meeting.city}, {row.meeting.country}",
                name=row.full_name,
                function=row.function,
                body=row.organization.name if row.organization else row.affiliation,
                country=row.country.name if row.country else "",
                part=row.get_delegation_role_display() if row.delegation_role else "",
                category=row.category.name,
                colour=colours[row.meeting_id].get(row.category_id, "#0b5563"),
                reference=row.reference,
                code=badge_code(row),
            )
        )
    return badges
