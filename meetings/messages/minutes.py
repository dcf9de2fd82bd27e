"""Messages of minutes: confirm them, somebody asks for a correction, they are adopted."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from meetings.enums import ConfirmationState
from meetings.messages.groups import tell_members
from meetings.models import Confirmation, Minutes, MinutesVersion
from meetings.selectors.groups import (
    is_member_by_address,
    people_of_agency,
    people_of_group,
    people_who_run,
    takes_part_in_groups,
)
from notifications.kinds import Kind, in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.services import notify


def _may_see_minutes(notification: Notification) -> bool:
    """Who has left the group since hears no more of its minutes."""
    context, person = notification.context, notification.recipient
    if person is None:
        return is_member_by_address(context["slug"], notification.address)
    return Minutes.objects.visible_to(person).filter(meeting__slug=context["meeting_slug"]).exists()


CIRCULATED = register(
    Kind(
        "meetings.minutes_circulated",
        subject=_("Please confirm the minutes: %(meeting)s"),
        label=_("Minutes of your working group wait for confirmation"),
        required=True,
        may_reach=takes_part_in_groups,
        action=_("Read and confirm the minutes"),
        is_visible=_may_see_minutes,
    )
)
REMINDER = register(
    Kind(
        "meetings.minutes_reminder",
        subject=_("Still to confirm: minutes of %(meeting)s"),
        label=_("The time to confirm minutes ends soon"),
        required=True,
        may_reach=takes_part_in_groups,
        action=_("Read and confirm the minutes"),
        is_visible=_may_see_minutes,
    )
)
CORRECTION = register(
    Kind(
        "meetings.minutes_correction",
        subject=_("%(agency)s asks for a correction: %(meeting)s"),
        label=_("An agency asks for a correction of minutes"),
        required=True,
        may_reach=takes_part_in_groups,
        action=_("Open the minutes"),
        is_visible=_may_see_minutes,
    )
)
ADOPTED = register(
    Kind(
        "meetings.minutes_adopted",
        subject=_("Minutes adopted: %(meeting)s"),
        label=_("Minutes of your working group are adopted"),
        may_reach=takes_part_in_groups,
        action=_("Read the minutes"),
        is_visible=_may_see_minutes,
    )
)


def _context(version: MinutesVersion, **more: Any) -> dict[str, Any]:
    minutes = version.minutes
    meeting = minutes.meeting
    return {
        "meeting": in_all_languages(meeting, "title"),
        "meeting_slug": meeting.slug,
        "group": in_all_languages(minutes.group, "name"),
        "slug": minutes.group.slug,
        "version": version.number,
        "note": version.note,
        "until": moment(version.confirm_until, meeting.time_zone) if version.confirm_until else "",
        "link": link("meetings:minutes", meeting.slug),
        **more,
    }


def _ask(kind: Kind, confirmation: Confirmation, what: str) -> None:
    tell_members(
        kind,
        page=None,  # before they are adopted, minutes are the group's
        to=people_of_agency(confirmation.group, confirmation.organization_id),
        cause=f"confirmation {confirmation.pk} {what}",
        context=_context(confirmation.version, agency=confirmation.organization.short_name),
    )


def minutes_circulated(version: MinutesVersion) -> None:
    """To focal points, members and alternates of each agency: confirm, or ask for a correction, until when."""
    for confirmation in version.confirmations.select_related("organization", "version__minutes__meeting__group"):
        _ask(CIRCULATED, confirmation, "asked")


def minutes_reminder(confirmation: Confirmation) -> None:
    """To an agency that has not answered: the time ends soon. Once for each version."""
    _ask(REMINDER, confirmation, "reminded")


def correction_asked(confirmation: Confirmation) -> None:
    """To secretariat and chair: which agency asks for what."""
    newest = confirmation.state_changes.order_by("-pk").values_list("pk", flat=True).first()
    notify(
        kind=CORRECTION,
        to=people_who_run(confirmation.group),
        cause=f"confirmation {confirmation.pk} change {newest}",
        context=_context(confirmation.version, agency=confirmation.organization.short_name, words=confirmation.text),
    )


def minutes_adopted(version: MinutesVersion) -> None:
    """To the members: adopted, and who disagreed."""
    disagreeing = version.confirmations.filter(state=ConfirmationState.CORRECTION).select_related("organization")
    tell_members(
        ADOPTED,
        page=Minutes.objects.visible_to(AnonymousUser()).filter(pk=version.minutes_id),
        to=people_of_group(version.minutes.group),
        cause=f"minutes {version.minutes_id} adopted",
        context=_context(version, disagreeing=", ".join(row.organization.short_name for row in disagreeing)),
    )
