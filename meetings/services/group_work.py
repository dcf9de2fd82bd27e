"""Verbs of what a group decides and undertakes: decisions, action items, reminders."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start
from meetings.enums import ActionState, MeetingState, MinutesState
from meetings.messages import actions as messages
from meetings.messages import minutes as minutes_messages
from meetings.models import ActionItem, Confirmation, Decision, GroupMember, Meeting, Minutes, WorkingGroup
from meetings.models.groups import next_numbers
from meetings.services.group_meetings import acts_for

# Days before an action is due on which its agency is reminded; afterwards every week until it is done.
DAYS_BEFORE = (7, 1)
DAYS_BETWEEN = 7
# How long before its date the minutes' silent agencies are reminded.
CONFIRMATION_BEFORE = timedelta(days=2)


def _refuse_other_meeting(group: WorkingGroup, meeting: Meeting | None) -> None:
    if meeting is None:
        return
    if meeting.group_id != group.pk:
        raise Refused(_("This is a meeting of another group. Choose one of this group's."))
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled; nothing was decided at it."))


# --- Decisions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_decision(
    *,
    group: WorkingGroup,
    by: Any,
    title: str,
    text: str,
    taken_on: date,
    meeting: Meeting | None = None,
    is_public: bool = False,
) -> Decision:
    """Record a decision under the next number of its year."""
    group = locked(group)  # two at once get two numbers
    require(by, "meetings.run_group", group)
    _refuse_other_meeting(group, meeting)
    if taken_on > timezone.now().date() + timedelta(days=1):
        raise Refused(_("A decision is recorded once it is taken. Choose a day that is not ahead."))
    number = next_numbers(list(group.decisions.values_list("number", flat=True)), taken_on.year)
    made = Decision.objects.create(
        group=group, meeting=meeting, number=number, title=title, text=text, taken_on=taken_on, is_public=is_public
    )
    bump("meetings")
    return made


@transaction.atomic
def change_decision(*, decision: Decision, by: Any, title: str, text: str, is_public: bool) -> Decision:
    """Correct the words of a decision until the minutes of its meeting are adopted; after that only who sees it changes."""
    decision = locked(decision)
    require(by, "meetings.run_group", decision)
    changed = (title, text) != (decision.title, decision.text)
    if changed and Minutes.objects.filter(meeting=decision.meeting_id, state=MinutesState.ADOPTED).exists():
        raise Refused(_("The minutes of the meeting that took this decision are adopted. Record a new decision to change it."))
    decision.title, decision.text, decision.is_public = title, text, is_public
    decision.save(update_fields=["title", "text", "is_public"])
    bump("meetings")
    return decision


# --- Action items ----------------------------------------------------------------------------------------------------


def _check_owner(group: WorkingGroup, owner: Organization, person: GroupMember | None) -> None:
    if not group.members.in_force().filter(organization=owner).exists():
        words = _("%(agency)s is no member of this group today. Choose one of its agencies.")
        raise Refused(words % {"agency": isolated(owner.short_name)})
    if person and (person.group_id != group.pk or person.organization_id != owner.pk):
        raise Refused(_("This person does not stand for the agency in this group. Choose another, or none."))
    if person and person.is_over:
        raise Refused(_("The term of this person in the group has ended. Choose another, or none."))


@transaction.atomic
def add_action(
    *,
    group: WorkingGroup,
    by: Any,
    text: str,
    owner: Organization,
    due_on: date,
    person: GroupMember | None = None,
    meeting: Meeting | None = None,
    is_public: bool = False,
) -> ActionItem:
    """Record what an agency has undertaken, under the next number of the group; its people are told."""
    group = locked(group)
    require(by, "meetings.run_group", group)
    _refuse_other_meeting(group, meeting)
    _check_owner(group, owner, person)
    number = (group.actions.aggregate(last=Max("number"))["last"] or 0) + 1
    action = ActionItem.objects.create(
        group=group, meeting=meeting, number=number, text=text, owner=owner, person=person, due_on=due_on, is_public=is_public
    )
    record_start(action, by=by, on_behalf_of=acts_for(by, group))
    messages.action_assigned(action)
    bump("meetings")
    return action


@transaction.atomic
def change_action(
    *, action: ActionItem, by: Any, text: str, owner: Organization, due_on: date, person: GroupMember | None, is_public: bool
) -> ActionItem:
    """Change words, owner or day; a new owner is told."""
    locked(action.group)
    action = locked(action)
    require(by, "meetings.run_group", action)
    if action.state in {ActionState.DONE, ActionState.DROPPED}:
        raise Refused(_("This action has ended. Open it again before you change it."))
    if owner.pk != action.owner_id or (person and person.pk != action.person_id):
        _check_owner(action.group, owner, person)
    is_new_owner = owner.pk != action.owner_id
    action.text, action.owner, action.due_on, action.person, action.is_public = text, owner, due_on, person, is_public
    action.save(update_fields=["text", "owner", "due_on", "person", "is_public"])
    if is_new_owner:
        messages.action_assigned(action)
    bump("meetings")
    return action


@transaction.atomic
def set_action_state(*, action: ActionItem, by: Any, to: str, note: str) -> ActionItem:
    """Say how far an action is, with a note: the owner's people, the chair or the secretariat."""
    action = locked(action)
    require(by, "meetings.change_actionitem", action)
    if to == ActionState.DROPPED:
        require(by, "meetings.run_group", action, message=_("Only the chair and the secretariat drop an action. Ask them."))
    if not note.strip():
        raise Refused(_("Say in a line what was done: the group reads it."))
    for_whom = next((row for row in by.current_memberships if row.organization_id == action.owner_id), None)
    on_behalf_of = for_whom.organization if for_whom else _agency_in_group(action, by)
    change_state(action, to=to, by=by, on_behalf_of=on_behalf_of, reason=note.strip())
    bump("meetings")
    return action


def _agency_in_group(action: ActionItem, by: Any) -> Organization | None:
    own = action.group.members.agencies_of(by)
    return action.owner if action.owner_id in own else acts_for(by, action.group)


# --- Reminders -------------------------------------------------------------------------------------------------------


def _remind_of(action: ActionItem, today: date) -> None:
    left = (action.due_on - today).days
    if left < 0:
        messages.action_overdue(action, week=(-left - 1) // DAYS_BETWEEN)
        return
    # The nearest reminder that is due: a job that missed a day makes up for it and writes no two at once.
    days = min((days for days in DAYS_BEFORE if left <= days), default=None)
    if days is not None:
        messages.action_due(action, days=days)


def remind_groups() -> dict[str, int]:
    """Remind of actions that are due or overdue, and of minutes that wait for an answer. May run as often as it likes."""
    today, now = timezone.now().date(), timezone.now()
    soon = ActionItem.objects.unfinished().filter(due_on__lte=today + timedelta(days=max(DAYS_BEFORE)))
    actions = list(soon.select_related("group", "owner", "person__user").order_by("pk"))
    for action in actions:
        with transaction.atomic():
            _remind_of(action, today)
    waiting = Confirmation.objects.waiting().filter(
        version__confirm_until__gt=now, version__confirm_until__lte=now + CONFIRMATION_BEFORE
    )
    rows = list(waiting.select_related("version__minutes__meeting__group", "organization").order_by("pk"))
    for row in rows:
        with transaction.atomic():
            minutes_messages.minutes_reminder(row)
    return {"actions": len(actions), "confirmations": len(rows)}
