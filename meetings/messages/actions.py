"""Messages of action items: undertaken, due soon, overdue."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from meetings.messages.groups import tell_members
from meetings.models import ActionItem
from meetings.selectors.groups import is_member_by_address, people_of_agency, takes_part_in_groups
from notifications.kinds import Kind, day, in_all_languages, link, register
from notifications.models import Notification


def _still_to_do(notification: Notification) -> bool:
    """Nobody is reminded of what is done, nor who has left the group."""
    context, person = notification.context, notification.recipient
    rows = ActionItem.objects.unfinished().filter(pk=context["action"])
    if person is None:
        return rows.exists() and is_member_by_address(context["slug"], notification.address)
    return rows.visible_to(person).exists()


ASSIGNED = register(
    Kind(
        "meetings.action_assigned",
        subject=_("%(agency)s has an action to do: %(group)s"),
        label=_("Your agency has an action of a working group to do"),
        may_reach=takes_part_in_groups,
        action=_("Open the action"),
        is_visible=_still_to_do,
    )
)
DUE = register(
    Kind(
        "meetings.action_due",
        subject=_("An action of %(agency)s is due soon: %(group)s"),
        label=_("An action of your agency is due soon"),
        may_reach=takes_part_in_groups,
        action=_("Say how far it is"),
        is_visible=_still_to_do,
    )
)
OVERDUE = register(
    Kind(
        "meetings.action_overdue",
        subject=_("An action of %(agency)s is overdue: %(group)s"),
        label=_("An action of your agency is overdue"),
        may_reach=takes_part_in_groups,
        action=_("Say how far it is"),
        is_visible=_still_to_do,
    )
)


def _tell(kind: Kind, action: ActionItem, cause: str) -> None:
    tell_members(
        kind,
        page=ActionItem.objects.visible_to(AnonymousUser()).filter(pk=action.pk),
        to=people_of_agency(action.group, action.owner_id),
        cause=f"action {action.pk} {cause}",
        context={
            "action": action.pk,
            "text": action.text,
            "agency": action.owner.short_name,
            "group": in_all_languages(action.group, "name"),
            "slug": action.group.slug,
            "due": day(action.due_on),
            "link": link("meetings:action", action.pk),
        },
    )


def action_assigned(action: ActionItem) -> None:
    """To the focal points and members of the agency that has undertaken it."""
    _tell(ASSIGNED, action, f"owner {action.owner_id}")


def action_due(action: ActionItem, *, days: int) -> None:
    """To the same, some days before. The day is part of the cause: a moved date is reminded of anew."""
    _tell(DUE, action, f"due {action.due_on} before {days}")


def action_overdue(action: ActionItem, *, week: int) -> None:
    """To the same, on the day after and every week until it is done."""
    _tell(OVERDUE, action, f"due {action.due_on} overdue week {week}")
