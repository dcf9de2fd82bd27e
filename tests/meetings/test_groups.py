"""Verbs of working groups and what they refuse."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from common.access import Refused
from directory.enums import Role
from meetings.enums import ActionState, ConfirmationState, GroupRole, MeetingState, MinutesState
from meetings.models import ActionItem, Confirmation, Decision, GroupMember, Meeting, MinutesVersion, WorkingGroup
from meetings.selectors.groups import compared, desk_of_groups
from meetings.services.group_meetings import (
    add_agenda_item,
    call_group_meeting,
    cancel_group_meeting,
    change_agenda_item,
    change_group_meeting,
    move_agenda_item,
    plan_group_meeting,
    record_attendance,
    remove_agenda_item,
)
from meetings.services.group_work import (
    add_action,
    change_decision,
    record_decision,
    remind_groups,
    set_action_state,
)
from meetings.services.groups import add_member, change_member, end_term, set_terms
from meetings.services.minutes import (
    adopt_minutes,
    ask_for_correction,
    begin_correction,
    circulate_minutes,
    confirm_minutes,
    fingerprint,
    show_minutes,
    write_minutes,
)
from notifications.models import Notification
from notifications.services import deliver_due
from notifications.services.rendering import render
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, OrganizationFactory, person
from tests.factories.meetings import (
    ActionFactory,
    DecisionFactory,
    DocumentFactory,
    GroupFactory,
    GroupMeetingFactory,
    MemberFactory,
)


@pytest.fixture
def group(cast: Cast) -> WorkingGroup:
    """UNDP and FAO are members, by their focal points' accounts; the drafter chairs it for the secretariat."""
    made = GroupFactory(slug="group")
    MemberFactory(group=made, user=cast.drafter, organization=OrganizationFactory(code="unossc"), role=GroupRole.CHAIR)
    MemberFactory(group=made, user=cast.contributor_undp, name="Chandra Weerasuriya", role=GroupRole.ALTERNATE)
    MemberFactory(group=made, organization=OrganizationFactory(code="fao"), name="Ngozi", email="ngozi@fao.example")
    return made


@pytest.fixture
def yesterday(group: WorkingGroup) -> Meeting:
    return GroupMeetingFactory(slug="yesterday", group=group)


@pytest.fixture
def ahead(group: WorkingGroup) -> Meeting:
    now = timezone.now()
    return GroupMeetingFactory(
        slug="ahead", group=group, starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=2)
    )


@pytest.fixture
def version(yesterday: Meeting, cast: Cast) -> MinutesVersion:
    """Circulated for three days."""
    write_minutes(meeting=yesterday, by=cast.drafter, text="One.\n\nTwo.")
    return circulate_minutes(minutes=yesterday.minutes, by=cast.secretariat, until=timezone.now() + timedelta(days=3))


def answer_of(version: MinutesVersion, code: str) -> Confirmation:
    return Confirmation.objects.get(version=version, organization__code=code)


def told(kind: str) -> set[str]:
    rows = Notification.objects.filter(kind=f"meetings.{kind}").select_related("recipient")
    return {row.recipient.email if row.recipient else row.address for row in rows}


# --- Terms of reference ----------------------------------------------------------------------------------------------


def test_a_change_of_the_terms_is_the_next_version(group: WorkingGroup, cast: Cast) -> None:
    first = group.terms_versions.get()
    made = set_terms(
        group=group, by=cast.secretariat, text="Purpose. New.\r\n\r\nMore.", note="Shorter", adopted_on=date(2026, 10, 1), seen=1
    )
    assert (made.number, made.text) == (2, "Purpose. New.\n\nMore.")
    first.refresh_from_db()
    assert first.text == "Purpose. The group prepares the strategy."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seen": 0}, "recorded meanwhile"),
        ({"text": " Purpose. The group prepares the strategy. "}, "the same"),
        ({"note": " "}, "Say what changed"),
        ({"adopted_on": date(2026, 8, 1)}, "before the one"),
    ],
)
def test_terms_refused(group: WorkingGroup, cast: Cast, change: dict[str, Any], words: str) -> None:
    asked = {"text": "Other.", "note": "Why", "adopted_on": date(2026, 10, 1), "seen": 1, **change}
    with pytest.raises(Refused, match=words):
        set_terms(group=group, by=cast.secretariat, **asked)
    assert group.terms_versions.count() == 1


def test_only_the_secretariat_edits_a_group(group: WorkingGroup, cast: Cast) -> None:
    for user in (cast.drafter, cast.focal_undp, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied):
            set_terms(group=group, by=user, text="x", note="y", adopted_on=date(2026, 10, 1))
        with pytest.raises(PermissionDenied):
            add_member(group=group, by=user, organization=cast.focal_who.main_organization, role="member", name="A B")


# --- Members ---------------------------------------------------------------------------------------------------------


def test_a_member_is_named_by_account_or_by_name_and_told(group: WorkingGroup, cast: Cast) -> None:
    who = cast.focal_who
    named = add_member(group=group, by=cast.secretariat, organization=who.main_organization, role="member", user=who)
    assert (named.name, named.email, named.user) == (who.full_name, "", who)
    add_member(
        group=group, by=cast.secretariat, organization=who.main_organization, role="alternate", name="H E", email="h@who.example"
    )
    assert told("member_named") == {who.email, "h@who.example"}


def test_a_second_term_at_the_same_time_is_refused_a_later_one_is_not(group: WorkingGroup, cast: Cast) -> None:
    body = cast.focal_who.main_organization
    today = timezone.now().date()
    asked: dict[str, Any] = {
        "group": group,
        "by": cast.secretariat,
        "organization": body,
        "role": "member",
        "user": cast.focal_who,
    }
    first = add_member(**asked, term_from=today - timedelta(days=9))
    with pytest.raises(Refused, match="has a term in this group"):
        add_member(**asked, term_from=today)
    end_term(member=first, by=cast.secretariat, on=today)
    with pytest.raises(Refused, match="has a term in this group"):
        add_member(**asked, term_from=today)
    add_member(**asked, term_from=today + timedelta(days=1))
    assert GroupMember.objects.filter(user=cast.focal_who).count() == 2


def test_refusals_about_members(group: WorkingGroup, cast: Cast) -> None:
    today = timezone.now().date()
    row = group.members.get(organization__code="fao")
    asked: dict[str, Any] = {"member": row, "by": cast.secretariat, "user": None, "name": "Ngozi", "email": ""}
    with pytest.raises(Refused, match="cannot end before"):
        change_member(**asked, term_from=today, term_to=today - timedelta(days=1))
    with pytest.raises(Refused, match="Choose an account, or write"):
        change_member(**{**asked, "name": " "}, term_from=None, term_to=None)
    closed = person(is_active=False)
    with pytest.raises(Refused, match="account is closed"):
        change_member(**{**asked, "user": closed}, term_from=None, term_to=None)
    change_member(**asked, term_from=today - timedelta(days=5), term_to=None)
    with pytest.raises(Refused, match="cannot end before"):
        end_term(member=row, by=cast.secretariat, on=today - timedelta(days=6))
    end_term(member=row, by=cast.secretariat, on=today - timedelta(days=1))
    for act in (
        lambda: end_term(member=row, by=cast.secretariat, on=today),
        lambda: change_member(**asked, term_from=None, term_to=None),
    ):
        with pytest.raises(Refused, match="stays as history"):
            act()


# --- Meetings --------------------------------------------------------------------------------------------------------


def _plan(group: WorkingGroup, by: Any, **more: Any) -> Meeting:
    start = datetime(2027, 3, 4, 15, tzinfo=UTC)
    fields: dict[str, Any] = {
        "title": "First", "summary": "x", "place": "Online", "city": "Rome", "country": CountryFactory(), "time_zone": "UTC",
        "starts_at": start, "ends_at": start + timedelta(hours=2), **more,
    }  # fmt: skip
    return plan_group_meeting(group=group, by=by, **fields)


def test_a_meeting_is_planned_called_changed_and_cancelled(group: WorkingGroup, cast: Cast) -> None:
    meeting = _plan(group, cast.drafter)
    assert (meeting.slug, meeting.is_public, meeting.host.code) == ("group-2027-03-04", False, "unossc")
    assert _plan(group, cast.secretariat).slug == "group-2027-03-04-2"
    assert not Meeting.objects.visible_to(cast.focal_undp).exists()
    call_group_meeting(meeting=meeting, by=cast.drafter)
    assert told("group_meeting_called") == {cast.drafter.email, cast.contributor_undp.email, "ngozi@fao.example"}
    assert Meeting.objects.visible_to(cast.focal_undp).get() == meeting
    change_group_meeting(meeting=meeting, by=cast.drafter, city="Geneva")
    assert Notification.objects.filter(kind="meetings.group_meeting_changed").count() == 3
    with pytest.raises(Refused, match="Say why"):
        cancel_group_meeting(meeting=meeting, by=cast.drafter, reason=" ")
    cancel_group_meeting(meeting=meeting, by=cast.drafter, reason="A holiday")
    row = Notification.objects.filter(kind="meetings.group_meeting_cancelled")[0]
    assert "STATUS:CANCELLED" in row.context["calendar"]
    assert "SEQUENCE:2" in row.context["calendar"]
    with pytest.raises(Refused, match="is cancelled"):
        change_group_meeting(meeting=meeting, by=cast.drafter, city="Rome")
    with pytest.raises(Refused, match="is cancelled"):
        add_agenda_item(meeting=meeting, by=cast.drafter, title="x")


def test_refusals_about_meetings(group: WorkingGroup, yesterday: Meeting, cast: Cast) -> None:
    start = datetime(2027, 3, 4, 15, tzinfo=UTC)
    with pytest.raises(Refused, match="end must be after"):
        _plan(group, cast.secretariat, ends_at=start)
    with pytest.raises(Refused, match="is over"):
        cancel_group_meeting(meeting=yesterday, by=cast.secretariat, reason="x")
    Meeting.objects.filter(pk=yesterday.pk).update(state=MeetingState.DRAFT)
    with pytest.raises(Refused, match="lies in the past"):
        call_group_meeting(meeting=yesterday, by=cast.secretariat)
    for user in (cast.focal_undp, cast.contributor_undp, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied):
            _plan(group, user)
    other = GroupFactory()
    with pytest.raises(PermissionDenied):
        _plan(other, cast.drafter)  # chairs another group


def test_the_agenda_keeps_its_numbers(ahead: Meeting, cast: Cast) -> None:
    one, two, three = (add_agenda_item(meeting=ahead, by=cast.drafter, title=title) for title in ("A", "B", "C"))
    move_agenda_item(item=three, by=cast.drafter, up=True)
    move_agenda_item(item=one, by=cast.drafter, up=True)  # the first stays
    assert list(ahead.agenda_items.values_list("number", "title")) == [(1, "A"), (2, "C"), (3, "B")]
    remove_agenda_item(item=one, by=cast.drafter)
    assert list(ahead.agenda_items.values_list("number", "title")) == [(1, "C"), (2, "B")]
    with pytest.raises(Refused, match="taken off the agenda meanwhile"):
        move_agenda_item(item=one, by=cast.drafter, up=False)
    elsewhere = DocumentFactory()
    with pytest.raises(Refused, match="belongs to another meeting"):
        change_agenda_item(
            item=two, by=cast.drafter, title="B", text="", introduced_by=None, introducer="", documents=[elsewhere]
        )
    with pytest.raises(PermissionDenied):
        add_agenda_item(meeting=ahead, by=cast.focal_undp, title="Mine")


def test_the_agenda_stays_once_its_minutes_are_circulated(version: MinutesVersion, cast: Cast) -> None:
    with pytest.raises(Refused, match="agenda stays as it is"):
        add_agenda_item(meeting=version.minutes.meeting, by=cast.drafter, title="Late")


def test_attendance(yesterday: Meeting, ahead: Meeting, cast: Cast) -> None:
    undp, who = cast.focal_undp.main_organization, cast.focal_who.main_organization
    record_attendance(meeting=yesterday, by=cast.drafter, rows={undp.pk: ("present", " Chandra ")})
    record_attendance(meeting=yesterday, by=cast.drafter, rows={undp.pk: ("excused", "Chandra")})
    assert list(yesterday.attendance.values_list("presence", "people")) == [("excused", "")]
    with pytest.raises(Refused, match="no member of the group on that day"):
        record_attendance(meeting=yesterday, by=cast.drafter, rows={who.pk: ("present", "")})
    with pytest.raises(Refused, match="has not begun"):
        record_attendance(meeting=ahead, by=cast.drafter, rows={})
    record_attendance(meeting=yesterday, by=cast.drafter, rows={undp.pk: ("", "")})
    assert not yesterday.attendance.exists()
    with pytest.raises(PermissionDenied):
        record_attendance(meeting=yesterday, by=cast.focal_undp, rows={})
    Meeting.objects.filter(pk=yesterday.pk).update(state=MeetingState.CANCELLED)
    with pytest.raises(Refused, match="called and not cancelled"):
        record_attendance(meeting=yesterday, by=cast.drafter, rows={})


# --- Minutes ---------------------------------------------------------------------------------------------------------


def test_minutes_from_draft_to_adoption_over_a_correction(version: MinutesVersion, cast: Cast) -> None:
    minutes = version.minutes
    assert set(version.confirmations.values_list("organization__code", flat=True)) == {"undp", "fao"}
    assert told("minutes_circulated") == {
        cast.focal_undp.email, cast.contributor_undp.email, cast.focal_fao.email, "ngozi@fao.example",
    }  # fmt: skip
    confirm_minutes(confirmation=answer_of(version, "undp"), by=cast.contributor_undp)
    ask_for_correction(confirmation=answer_of(version, "fao"), by=cast.focal_fao, text="Two: say three.")
    assert told("minutes_correction") == {cast.secretariat.email, cast.drafter.email}
    with pytest.raises(Refused, match="can still answer"):
        adopt_minutes(minutes=minutes, by=cast.drafter)
    second = begin_correction(minutes=minutes, by=cast.drafter)
    assert (second.number, second.text) == (2, version.text)
    with pytest.raises(Refused, match="is being corrected"):
        confirm_minutes(confirmation=answer_of(version, "fao"), by=cast.focal_fao)
    with pytest.raises(Refused, match="Say what changed"):
        circulate_minutes(minutes=minutes, by=cast.drafter, until=timezone.now() + timedelta(days=2))
    write_minutes(meeting=minutes.meeting, by=cast.drafter, text="One.\n\nThree.", note="As FAO asked")
    second = circulate_minutes(minutes=minutes, by=cast.drafter, until=timezone.now() + timedelta(days=2))
    version.refresh_from_db()
    assert version.text == "One.\n\nTwo."
    for code, user in (("undp", cast.focal_undp), ("fao", cast.focal_fao)):
        confirm_minutes(confirmation=answer_of(second, code), by=user)
    adopted = adopt_minutes(minutes=minutes, by=cast.drafter, is_public=True)
    assert (adopted.state, adopted.is_public) == (MinutesState.ADOPTED, True)
    assert [change.new for change in minutes.state_changes.all()] == [
        "draft", "circulated", "in_correction", "circulated", "adopted",
    ]  # fmt: skip
    with pytest.raises(Refused, match="are adopted"):
        confirm_minutes(confirmation=answer_of(second, "undp"), by=cast.focal_undp)
    with pytest.raises(Refused, match="stays as it is"):
        write_minutes(meeting=minutes.meeting, by=cast.drafter, text="x")
    with pytest.raises(Refused, match="cannot become"):
        begin_correction(minutes=minutes, by=cast.drafter)


def test_after_the_date_a_disagreement_needs_a_reason_and_stays_shown(version: MinutesVersion, cast: Cast) -> None:
    ask_for_correction(confirmation=answer_of(version, "fao"), by=cast.focal_fao, text="No.")
    _let_the_time_pass(version)
    for act in (
        lambda: confirm_minutes(confirmation=answer_of(version, "undp"), by=cast.focal_undp),
        lambda: ask_for_correction(confirmation=answer_of(version, "undp"), by=cast.focal_undp, text="x"),
    ):
        with pytest.raises(Refused, match="time to answer is over"):
            act()
    with pytest.raises(Refused, match="say why the text is adopted"):
        adopt_minutes(minutes=version.minutes, by=cast.drafter)
    adopt_minutes(minutes=version.minutes, by=cast.drafter, reason="The recording says two.")
    assert answer_of(version, "fao").state == ConfirmationState.CORRECTION
    row = Notification.objects.filter(kind="meetings.minutes_adopted")[0]
    assert row.context["disagreeing"] == "FAO"


def _let_the_time_pass(version: MinutesVersion) -> None:
    past = timezone.now() - timedelta(minutes=1)
    MinutesVersion.objects.filter(pk=version.pk).update(confirm_until=past)


def test_who_answers_for_an_agency(version: MinutesVersion, cast: Cast) -> None:
    colleague = person(Role.CONTRIBUTOR, "undp")
    for user in (colleague, cast.focal_fao, cast.focal_who, cast.secretariat, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied, match="focal point of the agency"):
            confirm_minutes(confirmation=answer_of(version, "undp"), by=user)
    with pytest.raises(Refused, match="Write how the text should read"):
        ask_for_correction(confirmation=answer_of(version, "undp"), by=cast.focal_undp, text=" ")
    confirm_minutes(confirmation=answer_of(version, "undp"), by=cast.focal_undp)
    for act in (
        lambda: confirm_minutes(confirmation=answer_of(version, "undp"), by=cast.contributor_undp),
        lambda: ask_for_correction(confirmation=answer_of(version, "undp"), by=cast.contributor_undp, text="x"),
    ):
        with pytest.raises(Refused, match="UNDP has confirmed this version already"):
            act()
    ask_for_correction(confirmation=answer_of(version, "fao"), by=cast.focal_fao, text="x")
    confirm_minutes(confirmation=answer_of(version, "fao"), by=cast.focal_fao)  # talked over and settled
    assert [change.new for change in answer_of(version, "fao").state_changes.all()] == ["waiting", "correction", "confirmed"]


def test_an_agency_that_has_left_does_not_answer(version: MinutesVersion, cast: Cast) -> None:
    GroupMember.objects.filter(organization__code="undp").update(term_to=timezone.now().date() - timedelta(days=1))
    for user in (cast.focal_undp, cast.contributor_undp):
        with pytest.raises(PermissionDenied):
            confirm_minutes(confirmation=answer_of(version, "undp"), by=user)


def test_refusals_about_minutes(group: WorkingGroup, yesterday: Meeting, ahead: Meeting, cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=1)
    with pytest.raises(Refused, match="has not begun"):
        write_minutes(meeting=ahead, by=cast.drafter, text="x")
    for user in (cast.focal_undp, cast.contributor_undp, cast.administrator):
        with pytest.raises(PermissionDenied):
            write_minutes(meeting=yesterday, by=user, text="x")
    draft = write_minutes(meeting=yesterday, by=cast.drafter, text="")
    minutes = draft.minutes
    with pytest.raises(Refused, match="There is no text yet"):
        circulate_minutes(minutes=minutes, by=cast.drafter, until=soon)
    write_minutes(meeting=yesterday, by=cast.drafter, text="One.", seen=fingerprint(draft))
    with pytest.raises(Refused, match="Somebody else has changed the draft"):
        write_minutes(meeting=yesterday, by=cast.secretariat, text="Other.", seen=fingerprint(draft))
    with pytest.raises(Refused, match="need time to answer"):
        circulate_minutes(minutes=minutes, by=cast.drafter, until=timezone.now())
    with pytest.raises(Refused, match="cannot become"):
        adopt_minutes(minutes=minutes, by=cast.drafter)
    with pytest.raises(Refused, match="Only adopted minutes"):
        show_minutes(minutes=minutes, by=cast.drafter, to_everybody=True)
    GroupMember.objects.exclude(user=cast.drafter).delete()
    with pytest.raises(Refused, match="No agency is a member"):
        circulate_minutes(minutes=minutes, by=cast.drafter, until=soon)
    Meeting.objects.filter(pk=yesterday.pk).update(state=MeetingState.DRAFT)
    with pytest.raises(Refused, match="called and not cancelled"):
        write_minutes(meeting=yesterday, by=cast.drafter, text="x")


# --- Decisions and actions -------------------------------------------------------------------------------------------


def test_decisions_are_numbered_by_year(group: WorkingGroup, yesterday: Meeting, cast: Cast) -> None:
    DecisionFactory(group=group, number="2026/9")
    DecisionFactory(group=group, number="2025/30")
    asked: dict[str, Any] = {"group": group, "by": cast.drafter, "title": "T", "text": "x"}
    assert record_decision(**asked, taken_on=date(2026, 11, 1), meeting=yesterday).number == "2026/10"
    assert record_decision(**asked, taken_on=date(2025, 11, 1)).number == "2025/31"
    with pytest.raises(Refused, match="meeting of another group"):
        record_decision(**asked, taken_on=date(2026, 11, 1), meeting=GroupMeetingFactory())
    with pytest.raises(Refused, match="not ahead"):
        record_decision(**asked, taken_on=timezone.now().date() + timedelta(days=9))
    Meeting.objects.filter(pk=yesterday.pk).update(state=MeetingState.CANCELLED)
    yesterday.refresh_from_db()
    with pytest.raises(Refused, match="is cancelled"):
        record_decision(**asked, taken_on=date(2026, 11, 1), meeting=yesterday)
    with pytest.raises(PermissionDenied):
        record_decision(**{**asked, "by": cast.focal_undp}, taken_on=date(2026, 11, 1))


def test_a_decision_stays_once_its_minutes_are_adopted(version: MinutesVersion, cast: Cast) -> None:
    decision = DecisionFactory(group=version.minutes.group, meeting=version.minutes.meeting, is_public=False)
    change_decision(decision=decision, by=cast.drafter, title="Other", text="x", is_public=False)
    _let_the_time_pass(version)
    adopt_minutes(minutes=version.minutes, by=cast.drafter)
    with pytest.raises(Refused, match="Record a new decision"):
        change_decision(decision=decision, by=cast.drafter, title="Another", text="x", is_public=False)
    change_decision(decision=decision, by=cast.drafter, title="Other", text="x", is_public=True)
    assert Decision.objects.get(pk=decision.pk).is_public


def test_an_action_is_undertaken_and_done_with_a_note(group: WorkingGroup, cast: Cast) -> None:
    undp = cast.focal_undp.main_organization
    assert undp is not None
    member = group.members.get(user=cast.contributor_undp)
    action = add_action(group=group, by=cast.drafter, text="Send", owner=undp, person=member, due_on=date(2027, 1, 1))
    assert action.number == 1
    assert told("action_assigned") == {cast.focal_undp.email, cast.contributor_undp.email}
    with pytest.raises(Refused, match="Say in a line"):
        set_action_state(action=action, by=cast.contributor_undp, to=ActionState.DONE, note=" ")
    with pytest.raises(PermissionDenied, match="Only the chair"):
        set_action_state(action=action, by=cast.contributor_undp, to=ActionState.DROPPED, note="x")
    for user in (cast.focal_fao, cast.focal_who, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied):
            set_action_state(action=action, by=user, to=ActionState.DONE, note="x")
    set_action_state(action=action, by=cast.contributor_undp, to=ActionState.DONE, note="Sent")
    with pytest.raises(Refused, match="cannot become"):
        set_action_state(action=action, by=cast.secretariat, to=ActionState.DROPPED, note="x")
    change = action.state_changes.order_by("-pk")[0]
    assert (change.new, change.reason, change.by, change.on_behalf_of) == ("done", "Sent", cast.contributor_undp, undp)


def test_refusals_about_actions(group: WorkingGroup, cast: Cast) -> None:
    undp, who = cast.focal_undp.main_organization, cast.focal_who.main_organization
    assert undp is not None
    assert who is not None
    asked: dict[str, Any] = {"group": group, "by": cast.drafter, "text": "Send", "due_on": date(2027, 1, 1)}
    with pytest.raises(Refused, match="no member of this group today"):
        add_action(**asked, owner=who)
    with pytest.raises(Refused, match="does not stand for the agency"):
        add_action(**asked, owner=undp, person=group.members.get(organization__code="fao"))
    with pytest.raises(Refused, match="another group"):
        add_action(**asked, owner=undp, meeting=GroupMeetingFactory())
    GroupMember.objects.filter(user=cast.contributor_undp).update(term_to=timezone.now().date() - timedelta(days=1))
    MemberFactory(group=group, name="Another")
    with pytest.raises(Refused, match="has ended"):
        add_action(**asked, owner=undp, person=group.members.get(user=cast.contributor_undp))
    with pytest.raises(PermissionDenied):
        add_action(**{**asked, "by": cast.focal_undp}, owner=undp)


# --- Reminders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "kind", "causes"),
    [
        (8, None, 0), (7, "action_due", 1), (5, "action_due", 1), (1, "action_due", 1), (0, "action_due", 1),
        (-1, "action_overdue", 1), (-8, "action_overdue", 1),
    ],
)  # fmt: skip
def test_reminders_of_actions(group: WorkingGroup, cast: Cast, days: int, kind: str | None, causes: int) -> None:
    action = ActionFactory(group=group, due_on=timezone.now().date() + timedelta(days=days))
    for _again in range(2):
        remind_groups()
    rows = Notification.objects.filter(kind__startswith="meetings.action")
    assert {row.kind for row in rows} == ({f"meetings.{kind}"} if kind else set())
    assert len({row.cause for row in rows}) == causes
    assert rows.count() == 2 * causes  # the focal point and the alternate of UNDP, each once
    ActionItem.objects.filter(pk=action.pk).update(state=ActionState.DONE)
    Notification.objects.all().delete()
    remind_groups()
    assert not Notification.objects.exists()


def test_overdue_actions_are_told_weekly(group: WorkingGroup, cast: Cast) -> None:
    action = ActionFactory(group=group, due_on=timezone.now().date() - timedelta(days=1))
    for days in (1, 2, 7, 8, 14, 15):
        ActionItem.objects.filter(pk=action.pk).update(due_on=timezone.now().date() - timedelta(days=days))
        remind_groups()
    weeks = {row.cause.rpartition(" ")[2] for row in Notification.objects.all()}
    assert weeks == {"0", "1", "2"}


def test_silent_agencies_are_reminded_of_minutes_once(version: MinutesVersion, cast: Cast) -> None:
    confirm_minutes(confirmation=answer_of(version, "fao"), by=cast.focal_fao)
    remind_groups()
    assert told("minutes_reminder") == set()
    MinutesVersion.objects.filter(pk=version.pk).update(confirm_until=timezone.now() + timedelta(hours=30))
    for _again in range(2):
        remind_groups()
    rows = Notification.objects.filter(kind="meetings.minutes_reminder")
    assert sorted(row.recipient.email for row in rows if row.recipient) == sorted(
        [cast.focal_undp.email, cast.contributor_undp.email]
    )


# --- The desk, differences -------------------------------------------------------------------------------------------


def test_the_desk_of_a_member(version: MinutesVersion, ahead: Meeting, cast: Cast) -> None:
    group = version.minutes.group
    ActionFactory(group=group, text="For all", due_on=date(2027, 1, 1))
    ActionFactory(group=group, text="Named", due_on=date(2026, 1, 1), person=group.members.get(user=cast.contributor_undp))

    def desk(user: Any) -> list[tuple[str, bool]]:
        return [(str(item.act), item.is_mine) for item in desk_of_groups(user)]

    whole = [("Confirm the minutes", True), ("Say how far it is", True), ("Say how far it is", True), ("Open the agenda", False)]
    assert desk(cast.contributor_undp) == whole
    assert desk(cast.focal_undp) == whole
    assert desk(person(Role.CONTRIBUTOR, "undp")) == [
        ("Say how far it is", False), ("Say how far it is", True), ("Open the agenda", False),
    ]  # fmt: skip
    for user in (cast.outsider, cast.focal_who, cast.administrator):
        assert desk(user) == []
    ask_for_correction(confirmation=answer_of(version, "fao"), by=cast.focal_fao, text="x")
    assert ("Correct or adopt the minutes", True) in desk(cast.drafter)
    assert ("Correct or adopt the minutes", True) in desk(cast.secretariat)


def test_versions_are_compared_by_paragraph_and_word() -> None:
    rows = compared("A. One two three.\n\nB. Gone for good.\n\nC. Same.", "A. One two four.\n\nC. Same.\n\n<D> new.")
    assert [(str(row.html), row.changed) for row in rows] == [
        ("A. One two <del>three</del><ins>four</ins>.", True),
        ("<del>B. Gone for good.</del>", True),
        ("C. Same.", False),
        ("<ins>&lt;D&gt; new.</ins>", True),
    ]
    assert compared("", "") == []


# --- As it is sent ---------------------------------------------------------------------------------------------------


def test_every_message_of_groups_is_rendered_with_its_words(
    version: MinutesVersion, ahead: Meeting, cast: Cast, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    group, undp = version.minutes.group, cast.focal_undp.main_organization
    assert undp is not None
    Meeting.objects.filter(pk=ahead.pk).update(state=MeetingState.DRAFT)
    call_group_meeting(meeting=ahead, by=cast.drafter)
    change_group_meeting(meeting=ahead, by=cast.drafter, city="Geneva")
    add_member(group=group, by=cast.secretariat, organization=undp, role="member", user=cast.focal_undp)
    ask_for_correction(confirmation=answer_of(version, "undp"), by=cast.focal_undp, text="Say <three>.")
    for days in (60, 5, -1):
        add_action(group=group, by=cast.drafter, text="Send it", owner=undp, due_on=timezone.now().date() + timedelta(days=days))
    MinutesVersion.objects.filter(pk=version.pk).update(confirm_until=timezone.now() + timedelta(hours=9))
    remind_groups()
    while deliver_due():
        pass
    texts = dict.fromkeys(Notification.objects.values_list("kind", flat=True), "")
    for row in Notification.objects.all():
        assert row.state == "sent", row.kind
        texts[row.kind] += row.subject + row.text
    assert "/group-meetings/ahead/" in texts["meetings.group_meeting_called"]
    assert "Geneva" in texts["meetings.group_meeting_changed"]
    assert "Your part: Member." in texts["meetings.member_named"]
    assert "Say <three>." in texts["meetings.minutes_correction"]
    assert "/group-meetings/yesterday/minutes/" in texts["meetings.minutes_circulated"]
    assert "FAO has not answered yet" in texts["meetings.minutes_reminder"]
    assert "Send it" in texts["meetings.action_assigned"]
    assert "due soon" in texts["meetings.action_due"]
    assert "is overdue" in texts["meetings.action_overdue"]
    assert not any("%(" in text for text in texts.values())


def test_a_member_without_an_account_gets_a_link_only_to_what_visitors_see(
    version: MinutesVersion, ahead: Meeting, cast: Cast, client: Client
) -> None:
    """The group is public, its meetings and minutes are not; one action is."""
    group, fao = version.minutes.group, OrganizationFactory(code="fao")
    Meeting.objects.filter(pk=ahead.pk).update(state=MeetingState.DRAFT)
    call_group_meeting(meeting=ahead, by=cast.drafter)
    change_group_meeting(meeting=ahead, by=cast.drafter, city="Geneva")
    cancel_group_meeting(meeting=ahead, by=cast.drafter, reason="No agenda")
    add_member(
        group=group,
        by=cast.secretariat,
        organization=OrganizationFactory(code="ilo"),
        role="member",
        name="Ada",
        email="ada@ilo.example",
    )
    soon = timezone.now().date() + timedelta(days=60)
    add_action(group=group, by=cast.drafter, text="Send it", owner=fao, due_on=soon)
    add_action(group=group, by=cast.drafter, text="Show it", owner=fao, due_on=soon, is_public=True)
    linked, unlinked = set(), set()
    for row in Notification.objects.exclude(address="").order_by("pk"):
        text = render(row).text
        (linked if row.context["link"] else unlinked).add(row.kind.removeprefix("meetings."))
        assert ("without an account" in text) == (not row.context["link"])
        for path in re.findall(r"http://[^/\s]+(/[a-z-]+/\S+)", text):
            if "unsubscribe" not in path:
                assert client.get(path).status_code == 200, (row.kind, path)
    assert linked == {"member_named", "group_meeting_cancelled", "action_assigned"}
    assert unlinked == {"group_meeting_called", "group_meeting_changed", "minutes_circulated", "action_assigned"}
    with_account = Notification.objects.filter(kind="meetings.group_meeting_called", address="")
    assert with_account
    assert all(row.context["link"] for row in with_account)


def test_nothing_of_a_group_that_is_not_public_is_linked_for_who_has_no_account(group: WorkingGroup, cast: Cast) -> None:
    WorkingGroup.objects.update(is_public=False)
    group.refresh_from_db()
    add_member(
        group=group,
        by=cast.secretariat,
        organization=OrganizationFactory(code="ilo"),
        role="member",
        name="Ada",
        email="ada@ilo.example",
    )
    assert not Notification.objects.get(address="ada@ilo.example").context["link"]


def test_who_has_left_the_group_hears_no_more(version: MinutesVersion, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    GroupMember.objects.all().update(term_to=timezone.now().date() - timedelta(days=1))
    while deliver_due():
        pass
    states = set(Notification.objects.filter(kind="meetings.minutes_circulated").values_list("state", flat=True))
    assert states == {"withdrawn"}
