"""The reminder some days before a meeting."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.enums import RegistrationState
from meetings.messages.registration import _calendar_file, _context, _registrant, public_page
from meetings.models import Registration
from meetings.selectors.badges import code_of
from notifications.kinds import Kind, link, register
from notifications.models import Notification
from notifications.services import notify


def _still_comes(notification: Notification) -> bool:
    """Who has cancelled since, or whose place another has taken, is not reminded any more."""
    reference = notification.context["reference"]
    return Registration.objects.filter(reference=reference, state=RegistrationState.APPROVED).exists()


def _badge(notification: Notification) -> dict[str, Any]:
    """The badge's address, known only now: its mark is in no table."""
    code = code_of(meeting_id=notification.context["meeting_id"], reference=notification.context["reference"])
    path = reverse("meetings_files:badge_by_code", args=[code])
    return {"badge_link": settings.PUBLIC_URL + path}


REMINDER = register(
    Kind(
        "meetings.meeting_reminder",
        subject=_("Soon: %(meeting)s"),
        label=_("A meeting at which you have a seat begins soon"),
        required=True,
        action=_("Open your registration"),
        attachments=_calendar_file,
        is_visible=_still_comes,
        prepare=_badge,
    )
)


def cause_of_reminder(reference: str) -> str:
    return f"reminder {reference}"


def meeting_reminder(registration: Registration, *, calendar: str) -> None:
    """To who has a seat: when and where, the reference, the badge, the programme."""
    context = _context(
        registration,
        meeting_id=registration.meeting_id,
        calendar=calendar,
        programme=link("meetings:programme", registration.meeting.slug) if public_page(registration.meeting) else "",
    )
    notify(kind=REMINDER, to=[_registrant(registration)], cause=cause_of_reminder(registration.reference), context=context)
