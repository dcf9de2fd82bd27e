"""What the page of a registration shows besides its state: delegation, endorsement, letter, badge, consent."""

from typing import Any

from django.utils import timezone

from common.access import may
from meetings.enums import ENDED_REGISTRATIONS, RegistrationState
from meetings.models import InvitationLetter, Registration


def parts_of_page(user: Any, registration: Registration) -> dict[str, Any]:
    """For the includes of `meetings/registration.html`: what `user`, or who holds the link, sees and may do there."""
    meeting = registration.meeting
    coming = meeting.ends_at > timezone.now()
    seated = registration.state == RegistrationState.APPROVED
    letters = InvitationLetter.objects.visible_to(user).filter(registration=registration).select_related("signed_by")
    for letter in (rows := list(letters[:5])):
        letter.registration = registration
    waits = meeting.quotas.filter(category=registration.category_id, needs_endorsement=True).exists()
    asks = may(user, "meetings.ask_letter", registration)
    return {
        "waits_for_endorsement": waits and registration.state == RegistrationState.SUBMITTED,
        "can_endorse": coming and may(user, "meetings.endorse_registration", registration),
        "can_ask_endorsement": coming and registration.organization_id and may(user, "meetings.ask_endorsement", registration),
        "can_change_delegate": coming and may(user, "meetings.change_delegate", registration),
        "can_choose_listing": registration.state not in ENDED_REGISTRATIONS
        and meeting.lists_participants
        and may(user, "meetings.list_consent", registration),
        "can_get_badge": seated and may(user, "meetings.get_badge", registration),
        "can_ask_letter": coming and seated and asks,
        "letters": rows if asks else [],
    }
