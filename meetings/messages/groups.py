"""Messages of working groups: somebody is named, a meeting is called, changed or cancelled."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directory.models import User
from meetings.enums import GroupRole
from meetings.models import GroupMember, Meeting, WorkingGroup
from meetings.selectors.groups import is_member_by_address, people_of_group, takes_part_in_groups
from notifications.kinds import Attachment, Kind, in_all_languages, label_in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.services import Recipient, notify


def _calendar_file(context: dict[str, Any]) -> list[Attachment]:
    return [("meeting.ics", context["calendar"].encode(), "text/calendar; charset=utf-8; method=PUBLISH")]


def _may_see_meeting(notification: Notification) -> bool:
    """Who has left the group since hears no more of its meetings."""
    context, person = notification.context, notification.recipient
    if person is None:
        return is_member_by_address(context["slug"], notification.address)
    return Meeting.objects.visible_to(person).filter(slug=context["meeting_slug"]).exists()


NAMED = register(
    Kind(
        "meetings.member_named",
        subject=_("You are a member: %(group)s"),
        label=_("You are named a member of a working group"),
        may_reach=takes_part_in_groups,
        action=_("Open the working group"),
    )
)
CALLED = register(
    Kind(
        "meetings.group_meeting_called",
        subject=_("Meeting called: %(meeting)s"),
        label=_("A meeting of your working group is called"),
        may_reach=takes_part_in_groups,
        action=_("Read the agenda"),
        attachments=_calendar_file,
        is_visible=_may_see_meeting,
    )
)
CHANGED = register(
    Kind(
        "meetings.group_meeting_changed",
        subject=_("Changed: %(meeting)s"),
        label=_("A meeting of your working group has another hour or place"),
        may_reach=takes_part_in_groups,
        action=_("See what is new"),
        attachments=_calendar_file,
        is_visible=_may_see_meeting,
    )
)
CANCELLED = register(
    Kind(
        "meetings.group_meeting_cancelled",
        subject=_("Cancelled: %(meeting)s"),
        label=_("A meeting of your working group is cancelled"),
        may_reach=takes_part_in_groups,
        action=_("Open the working group"),
        attachments=_calendar_file,
        is_visible=_may_see_meeting,
    )
)


def tell_members(
    kind: Kind, *, to: Iterable[User | Recipient], cause: str, context: dict[str, Any], page: QuerySet[Any] | None
) -> None:
    """Write to the people of a group; members without an account get the link only if everybody can open it.

    Args:
        page: what the page behind the link shows, as far as visitors see it; None where it never is for visitors.
    """
    people = list(to)
    accounts = [person for person in people if isinstance(person, User)]
    notify(kind=kind, to=accounts, cause=cause, context=context)
    others = [person for person in people if isinstance(person, Recipient)]
    if others and not (page is not None and page.exists()):
        context = {**context, "link": "", "has_no_page": True}
    notify(kind=kind, to=others, cause=cause, context=context)


def _page_of(group: WorkingGroup) -> QuerySet[Any]:
    return WorkingGroup.objects.visible_to(AnonymousUser()).filter(pk=group.pk)


def member_named(member: GroupMember) -> None:
    """To who is named: in which group, for which agency, as what, until when."""
    to = member.user or (Recipient(member.email) if member.email else None)
    if to is None:
        return
    group = member.group
    tell_members(
        NAMED,
        to=[to],
        page=_page_of(group),
        cause=f"group member {member.pk} named",
        context={
            "name": member.name,
            "group": in_all_languages(group, "name"),
            "agency": member.organization.short_name,
            "role": label_in_all_languages(GroupRole(member.role).label),
            "link": link("meetings:group_member" if member.user_id else "meetings:working_group", group.slug),
        },
    )


def _context(meeting: Meeting, **more: Any) -> dict[str, Any]:
    group = meeting.group
    assert group is not None
    return {
        "meeting": in_all_languages(meeting, "title"),
        "meeting_slug": meeting.slug,
        "group": in_all_languages(group, "name"),
        "slug": group.slug,
        "place": in_all_languages(meeting, "place"),
        "city": meeting.city,
        "country": in_all_languages(meeting.country, "name"),
        "starts": moment(meeting.starts_at, meeting.time_zone),
        "ends": moment(meeting.ends_at, meeting.time_zone),
        "zone": meeting.time_zone,
        "link": link("meetings:group_meeting", meeting.slug),
        **more,
    }


def _tell(kind: Kind, meeting: Meeting, what: str, *, page: QuerySet[Any] | None = None, **more: Any) -> None:
    assert meeting.group is not None
    tell_members(
        kind,
        page=Meeting.objects.public().filter(pk=meeting.pk) if page is None else page,
        to=people_of_group(meeting.group),
        cause=f"meeting {meeting.pk} {what} {meeting.sequence}",
        context=_context(meeting, **more),
    )


def group_meeting_called(meeting: Meeting, *, calendar: str) -> None:
    """To the members: a meeting, with its calendar entry."""
    _tell(CALLED, meeting, "called", calendar=calendar)


def group_meeting_changed(meeting: Meeting, *, calendar: str) -> None:
    """To the members: another hour, place or title; the entry replaces the one they have."""
    _tell(CHANGED, meeting, "changed", calendar=calendar)


def group_meeting_cancelled(meeting: Meeting, *, reason: str, calendar: str) -> None:
    """To the members: it does not take place, and why."""
    assert meeting.group is not None
    home = link("meetings:working_group", meeting.group.slug)
    _tell(CANCELLED, meeting, "cancelled", page=_page_of(meeting.group), reason=reason, calendar=calendar, link=home)
