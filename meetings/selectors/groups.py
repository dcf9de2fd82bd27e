"""What is said of working groups: whom to write to, what waits for a person, differences of versions."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.access import may
from common.bidi import isolated
from common.textdiff import word_diff_html
from directory.desk import DeskItem
from directory.enums import FOCAL_ROLES, Role
from directory.models import Membership, User
from directory.rules import is_active_person, organizations_of
from meetings.enums import MeetingState, MinutesState
from meetings.models import ActionItem, Confirmation, GroupMember, Meeting, Minutes, WorkingGroup
from meetings.models.groups import groups_chaired_by
from notifications.selectors.reach import serves_an_organization
from notifications.services import Recipient

# --- Whom to write to ------------------------------------------------------------------------------------------------


def takes_part_in_groups(user: Any) -> bool:
    """Serves in an agency, or is a member of a group by account."""
    return serves_an_organization(user) or GroupMember.objects.filter(user=user).in_force().exists()


def _reached(member: GroupMember) -> User | Recipient | None:
    if member.user_id:
        return member.user if member.user and member.user.is_active else None
    return Recipient(member.email) if member.email else None


def people_of_group(group: WorkingGroup) -> list[User | Recipient]:
    """The members and alternates of today; the focal points of an agency none of whose members can be reached."""
    members = list(group.members.in_force().select_related("user"))
    reached = [(member.organization_id, who) for member in members if (who := _reached(member))]
    mute = {member.organization_id for member in members} - {organization for organization, _who in reached}
    return [*(who for _organization, who in reached), *Membership.objects.focal_points().filter(organization__in=mute).people()]


def people_of_agency(group: WorkingGroup, organization: int) -> list[User | Recipient]:
    """Who answers for an agency in a group: its focal points, its members and alternates."""
    members = group.members.in_force().filter(organization=organization).select_related("user")
    focal = Membership.objects.focal_points().filter(organization=organization).people()
    return [*focal, *(who for member in members if (who := _reached(member)))]


def people_who_run(group: WorkingGroup) -> list[User]:
    """The secretariat staff and the chairs by account."""
    chairs = User.objects.filter(group_terms__in=group.members.in_force().filter(role="chair"), is_active=True)
    return [*Membership.objects.of_secretariat(Role.STAFF).people(), *chairs.order_by("pk").distinct()]


def is_member_by_address(group: str, address: str) -> bool:
    """Whether somebody without an account still stands for an agency in the group."""
    return GroupMember.objects.in_force().filter(group__slug=group, user=None, email__iexact=address).exists()


# --- What waits for a person -----------------------------------------------------------------------------------------


def confirmations_of(user: Any) -> Any:
    """The answers on minutes that the person can give now."""
    if not is_active_person(user) or user.is_superuser:
        return Confirmation.objects.none()
    own = GroupMember.objects.in_force().filter(user=user)
    waiting = Confirmation.objects.waiting().filter(version__confirm_until__gt=timezone.now())
    waiting = waiting.select_related("version__minutes__meeting__group", "organization").order_by("version__confirm_until", "pk")
    by_account = set(own.values_list("group", "organization"))
    focal = organizations_of(user, FOCAL_ROLES)
    members = set(GroupMember.objects.in_force().filter(organization__in=focal).values_list("group", "organization"))
    mine = by_account | members
    rows = waiting.filter(organization__in={organization for _group, organization in mine})
    return rows.filter(version__minutes__meeting__group__in={group for group, _organization in mine})


def actions_of(user: Any) -> Any:
    """The actions that the person's agencies have still to do."""
    own = GroupMember.objects.none().agencies_of(user)
    if is_active_person(user) and not user.is_superuser:
        own = GroupMember.objects.agencies_of(user)
    rows = ActionItem.objects.visible_to(user).filter(owner__in=organizations_of(user) | own).unfinished()
    return rows.select_related("group", "owner", "person").order_by("due_on", "pk")


def meetings_of(user: Any) -> Any:
    """The called meetings ahead of the groups that the person is a member of, by account or by agency."""
    if not is_active_person(user) or user.is_superuser:
        return Meeting.objects.none()
    groups = GroupMember.objects.of_reader(user).values("group")
    return Meeting.objects.filter(group__in=groups, state=MeetingState.PUBLISHED).upcoming().select_related("group", "country")


def desk_of_groups(user: Any) -> list[DeskItem]:
    """Minutes to confirm, actions due, the next meeting; for chairs what they have begun and not sent."""
    focal = organizations_of(user, FOCAL_ROLES)
    items = [
        DeskItem(
            title=row.version.minutes.meeting.title,
            act=_("Confirm the minutes"),
            url=row.version.minutes.get_absolute_url(),
            due=row.version.confirm_until,
            note=_("For %(agency)s") % {"agency": isolated(row.organization.short_name)},
            focal_points_of=row.organization_id if row.organization_id in focal else None,
        )
        for row in confirmations_of(user)
    ]
    for action in actions_of(user):
        # What a colleague is named for, others of the agency follow; its focal points answer for it in any case.
        is_mine = action.owner_id in focal or action.person is None or action.person.user_id == user.pk
        items.append(
            DeskItem(
                title=action.text,
                act=_("Say how far it is"),
                url=action.get_absolute_url(),
                due=datetime.combine(action.due_on, time(23, 59), tzinfo=UTC),
                note=action.get_state_display(),
                is_mine=is_mine,
                focal_points_of=action.owner_id if action.owner_id in focal else None,
                stays_due=True,
            )
        )
    seen: set[int] = set()
    for meeting in meetings_of(user):
        if meeting.group_id not in seen:  # one each: the next
            seen.add(meeting.group_id)
            url = meeting.get_absolute_url()
            note = _("Next meeting of the working group")
            items.append(DeskItem(meeting.title, _("Open the agenda"), url, meeting.starts_at, note, is_mine=False))
    return [*items, *_of_chairs(user)]


def _of_chairs(user: Any) -> list[DeskItem]:
    rows = Minutes.objects.filter(state=MinutesState.CIRCULATED, meeting__group__in=_run_by(user)).select_related("meeting")
    now = timezone.now()
    items = []
    for minutes in rows.prefetch_related("versions__confirmations"):
        version = minutes.versions.all()[0]
        answers = {answer.state for answer in version.confirmations.all()}
        if "correction" in answers or answers == {"confirmed"} or not version.is_open(now):
            act = _("Correct or adopt the minutes")
            items.append(DeskItem(minutes.meeting.title, act, minutes.get_absolute_url(), note=minutes.get_state_display()))
    return items


def _run_by(user: Any) -> Any:
    if may(user, "meetings.edit_group"):
        return WorkingGroup.objects.values("pk")
    return groups_chaired_by(user)


# --- Versions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A paragraph of a text as it stands in two versions: the words struck and added are marked."""

    html: SafeString
    changed: bool


def compared(old: str, new: str) -> list[Compared]:
    """The paragraphs of two texts side by side, words marked; a paragraph that only one has is marked whole."""
    before, after = _paragraphs(old), _paragraphs(new)
    rows = []
    for i, j in _pairs(before, after):
        one, other = before[i] if i is not None else "", after[j] if j is not None else ""
        rows.append(Compared(word_diff_html(one, other), one != other))
    return rows


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _pairs(before: list[str], after: list[str]) -> Iterable[tuple[int | None, int | None]]:
    """Which paragraph goes with which: the same ones by their words, those between them by likeness, in order."""
    for operation, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from zip(range(a, b), range(c, d), strict=True)
            continue
        old, new = list(range(a, b)), list(range(c, d))
        while old and new:
            ratios = {
                (i, j): difflib.SequenceMatcher(None, before[i].split(), after[j].split()).ratio()
                for i, j in ((old[0], new[0]), *((old[0], j) for j in new[1:4]), *((i, new[0]) for i in old[1:4]))
            }
            (i, j), best = max(ratios.items(), key=lambda pair: pair[1])
            if best < 0.3:
                yield old.pop(0), None
                yield None, new.pop(0)
                continue
            while old[0] != i:
                yield old.pop(0), None
            while new[0] != j:
                yield None, new.pop(0)
            yield old.pop(0), new.pop(0)
        yield from ((i, None) for i in old)
        yield from ((None, j) for j in new)
