"""Who serves: begin, change, end, leave, stand in; and what stays of those who left."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from time import sleep
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from icalendar import Calendar

from common.access import Refused, may
from directory.enums import MembershipAct, Role
from directory.jobs import end_memberships
from directory.models import Delegation, Membership, MembershipEvent, Organization, User
from directory.rules import is_focal_point, organizations_of, roles_to_give
from directory.selectors import desk_of_agencies
from directory.services.memberships import (
    begin_membership,
    change_membership,
    delegate,
    end_delegation,
    end_membership,
    end_what_has_run_out,
)
from notifications.models import Notification
from notifications.services.delivery import render
from tests.factories.briefs import brief_by
from tests.factories.directory import MembershipFactory, OrganizationFactory, UserFactory, person, proven
from tests.factories.solutions import SolutionFactory
from tests.factories.strategy import CommentFactory, PositionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast: Any) -> Any:
    """All have proven their addresses, as who gets a role must have."""
    for user in cast.everyone().values():
        proven(user)
    return cast


def today() -> date:
    return timezone.now().date()


def undp() -> Organization:
    return Organization.objects.get(code="undp")


def held(user: User, role: str | None = None) -> Membership:
    rows = Membership.objects.filter(user=user).select_related("organization", "user")
    return rows.get(role=role) if role else rows.get()


def again(user: User) -> User:
    """The same person as the next request finds them."""
    return User.objects.get(pk=user.pk)


def told() -> list[tuple[str, str]]:
    return list(Notification.objects.order_by("pk").values_list("kind", "recipient__email"))


# --- Begin, change, end ----------------------------------------------------------------------------------------------


def test_staff_give_a_role_and_it_is_written_and_told(cast: Any) -> None:
    membership = begin_membership(organization=undp(), user=cast.outsider, role=Role.CONTRIBUTOR, by=cast.secretariat)
    assert (membership.starts_on, membership.ends_on) == (today(), None)
    event = membership.events.get()
    assert (event.act, event.by) == (MembershipAct.BEGUN, cast.secretariat)
    assert told() == [
        ("notifications.membership_begun", cast.outsider.email),
        ("notifications.colleague_joined", cast.focal_undp.email),
    ]


def test_who_gives_which_roles(cast: Any) -> None:
    """Focal points all of their agency, alternates contributors, staff everywhere; secretariat roles administrators only."""
    secretariat = Organization.objects.get(code="unossc")
    alternate = person(Role.ALTERNATE, "undp")
    agency_roles = [Role.FOCAL_POINT, Role.ALTERNATE, Role.CONTRIBUTOR]
    expected = {
        cast.focal_undp: agency_roles,
        alternate: [Role.CONTRIBUTOR],
        cast.contributor_undp: [],
        cast.focal_fao: [],
        cast.secretariat: agency_roles,
        cast.drafter: [],
        cast.administrator: [],
        cast.outsider: [],
    }
    assert {user: roles_to_give(user, undp()) for user in expected} == expected
    assert roles_to_give(cast.administrator, secretariat) == [Role.STAFF, Role.DRAFTER]
    assert roles_to_give(cast.secretariat, secretariat) == agency_roles


@pytest.mark.parametrize("role", [Role.STAFF, Role.DRAFTER])
def test_secretariat_roles_are_given_by_administrators_only(cast: Any, role: Role) -> None:
    secretariat = Organization.objects.get(code="unossc")
    with pytest.raises(Refused, match="given by an administrator"):
        begin_membership(organization=secretariat, user=cast.outsider, role=role, by=cast.secretariat)
    assert begin_membership(organization=secretariat, user=cast.outsider, role=role, by=cast.administrator).role == role
    with pytest.raises(PermissionDenied):
        begin_membership(organization=undp(), user=cast.outsider, role=role, by=cast.administrator)


def test_nobody_gives_a_role_to_themselves(cast: Any) -> None:
    with pytest.raises(Refused, match="themselves"):
        begin_membership(organization=undp(), user=cast.secretariat, role=Role.FOCAL_POINT, by=cast.secretariat)


@pytest.mark.parametrize("address", ["none", "unproven", "of another mailbox"])
def test_account_whose_address_nobody_has_proven_gets_no_role(cast: Any, sign_in: Any, address: str) -> None:
    """Anybody can sign up with another's address: a role would go to whoever did."""
    user = UserFactory(email="minister@test.example")
    if address == "unproven":
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    elif address == "of another mailbox":
        EmailAddress.objects.create(user=user, email="other@test.example", verified=True, primary=False)
    with pytest.raises(Refused, match="No account has this address"):
        begin_membership(organization=undp(), user=user, role=Role.FOCAL_POINT, by=cast.secretariat)
    values = {"email": user.email, "role": "focal_point"}
    answer = sign_in(cast.secretariat).post("/agency/undp/add/", values)
    assert answer.status_code == 400
    assert "No account has this address. Check it, or invite the person." in answer.content.decode()
    answer = sign_in(cast.administrator).post("/agency/unossc/add/", {**values, "role": "staff"})
    assert answer.status_code == 400
    assert "has not confirmed this address yet" in answer.content.decode()
    assert not user.memberships.exists()
    proven(user)
    assert begin_membership(organization=undp(), user=user, role=Role.FOCAL_POINT, by=cast.secretariat)


def test_second_role_in_the_same_agency_is_refused(cast: Any) -> None:
    with pytest.raises(Refused, match="already serves in UNDP as Contributor"):
        begin_membership(organization=undp(), user=cast.contributor_undp, role=Role.ALTERNATE, by=cast.focal_undp)


def test_closed_account_gets_no_role(cast: Any) -> None:
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    assert cast.outsider.is_active, "the object was read before the account was closed"
    with pytest.raises(Refused, match="closed"):
        begin_membership(organization=undp(), user=cast.outsider, role=Role.CONTRIBUTOR, by=cast.secretariat)


@pytest.mark.django_db(transaction=True)
def test_account_closed_at_the_same_moment_gets_no_role() -> None:
    staff, user = person(Role.STAFF, "unossc"), proven(person())
    organization, closed = OrganizationFactory(code="undp"), threading.Event()

    def close() -> None:
        try:
            with transaction.atomic():
                User.objects.select_for_update(of=("self",)).get(pk=user.pk)
                closed.set()
                sleep(0.3)
                User.objects.filter(pk=user.pk).update(is_active=False)
        finally:
            connection.close()

    thread = threading.Thread(target=close)
    thread.start()
    closed.wait()
    with pytest.raises(Refused, match="closed"):
        begin_membership(organization=organization, user=user, role=Role.CONTRIBUTOR, by=staff)
    thread.join()
    assert not user.memberships.exists()


@pytest.mark.parametrize(("first", "last", "words"), [(5, 3, "before the first"), (-9, -2, "over already")])
def test_days_that_do_not_fit_are_refused(cast: Any, first: int, last: int, words: str) -> None:
    days = {"starts_on": today() + timedelta(first), "ends_on": today() + timedelta(last)}
    with pytest.raises(Refused, match=words):
        begin_membership(organization=undp(), user=cast.outsider, role=Role.CONTRIBUTOR, by=cast.secretariat, **days)


def test_change_is_written_with_old_and_new(cast: Any) -> None:
    membership = held(cast.contributor_undp)
    change_membership(
        membership=membership,
        by=cast.focal_undp,
        role=Role.ALTERNATE,
        starts_on=None,
        ends_on=today() + timedelta(30),
        reason="Leave",
    )
    event = MembershipEvent.objects.get(membership=membership)
    assert event.detail == f"role:contributor>alternate;ends_on:>{today() + timedelta(30)}"
    assert event.label.startswith("Changed: Contributor → Alternate focal point; to … → ")
    assert event.reason == "Leave"
    assert is_focal_point(again(cast.contributor_undp))


def test_change_of_nothing_leaves_no_line(cast: Any) -> None:
    change_membership(
        membership=held(cast.contributor_undp), by=cast.focal_undp, role=Role.CONTRIBUTOR, starts_on=None, ends_on=None
    )
    assert not MembershipEvent.objects.exists()


def test_focal_point_does_not_remove_or_demote_another(cast: Any) -> None:
    other = person(Role.FOCAL_POINT, "undp")
    for act in (
        lambda: end_membership(membership=held(other), by=cast.focal_undp),
        lambda: change_membership(
            membership=held(other), by=cast.focal_undp, role=Role.CONTRIBUTOR, starts_on=None, ends_on=None
        ),
        lambda: end_membership(membership=held(cast.focal_undp), by=cast.contributor_undp),
        lambda: end_membership(membership=held(cast.contributor_undp), by=cast.focal_fao),
        lambda: end_membership(membership=held(cast.contributor_undp), by=cast.administrator),
        lambda: change_membership(
            membership=held(cast.focal_undp), by=cast.focal_undp, role=Role.CONTRIBUTOR, starts_on=None, ends_on=None
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert end_membership(membership=held(other), by=cast.secretariat).ended_at


def test_ended_membership_gives_no_access_from_that_moment(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.contributor_undp)
    assert client.get("/agency/undp/").status_code == 200
    end_membership(membership=held(cast.contributor_undp), by=cast.focal_undp, reason="Moved on")
    membership = held(cast.contributor_undp)
    assert (membership.ends_on, membership.is_in_force) == (today(), False)
    assert organizations_of(again(cast.contributor_undp)) == set()
    assert client.get("/agency/undp/").status_code == 404
    assert told() == [("notifications.membership_ended", cast.contributor_undp.email)]


def test_ended_membership_is_not_ended_again(cast: Any) -> None:
    membership = held(cast.contributor_undp)
    end_membership(membership=membership, by=cast.focal_undp)
    with pytest.raises(Refused, match="ended already"):
        end_membership(membership=membership, by=cast.focal_undp)
    with pytest.raises(Refused, match="ended already"):
        change_membership(membership=membership, by=cast.focal_undp, role=Role.ALTERNATE, starts_on=None, ends_on=None)


def test_membership_planned_for_later_can_be_called_off(cast: Any) -> None:
    later = today() + timedelta(5)
    membership = begin_membership(
        organization=undp(), user=cast.outsider, role=Role.CONTRIBUTOR, by=cast.focal_undp, starts_on=later
    )
    assert membership.is_ahead
    assert end_membership(membership=membership, by=cast.focal_undp).starts_on == later
    with time_machine.travel(timezone.now() + timedelta(6)):
        assert organizations_of(again(cast.outsider)) == set()


def test_who_left_comes_back_with_a_new_membership(cast: Any) -> None:
    end_membership(membership=held(cast.contributor_undp), by=cast.contributor_undp)
    begin_membership(organization=undp(), user=cast.contributor_undp, role=Role.CONTRIBUTOR, by=cast.focal_undp)
    assert Membership.objects.filter(user=cast.contributor_undp).count() == 2
    assert organizations_of(again(cast.contributor_undp)) == {undp().pk}


# --- The last focal point --------------------------------------------------------------------------------------------


def test_last_focal_point_cannot_leave_without_a_successor(cast: Any) -> None:
    with pytest.raises(Refused, match="would have no focal point"):
        end_membership(membership=held(cast.focal_undp), by=cast.focal_undp)
    person(Role.FOCAL_POINT, "undp", is_active=False)
    with pytest.raises(Refused):
        end_membership(membership=held(cast.focal_undp), by=cast.focal_undp)
    person(Role.FOCAL_POINT, "undp")
    assert end_membership(membership=held(cast.focal_undp), by=cast.focal_undp).ended_at


def test_successor_who_leaves_soon_is_none(cast: Any) -> None:
    successor = held(person(Role.FOCAL_POINT, "undp"))
    successor.ends_on = today() + timedelta(30)
    successor.save()
    with pytest.raises(Refused):
        end_membership(membership=held(cast.focal_undp), by=cast.focal_undp)


def test_secretariat_may_remove_the_last_focal_point(cast: Any) -> None:
    assert end_membership(membership=held(cast.focal_undp), by=cast.secretariat).ended_at


@pytest.mark.django_db(transaction=True)
def test_two_focal_points_who_leave_at_once_do_not_leave_the_agency_alone() -> None:
    people = [person(Role.FOCAL_POINT, "undp"), person(Role.FOCAL_POINT, "undp")]
    gate, said = threading.Barrier(2), []

    def leave(user: User) -> None:
        gate.wait()
        try:
            end_membership(membership=held(user), by=user)
            said.append("left")
        except Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["left", "refused"]
    assert Membership.objects.focal_points().filter(organization__code="undp").count() == 1


@pytest.mark.parametrize("act", ["end", "another role", "later"])
def test_secretariat_is_told_when_staff_take_the_last_focal_point(cast: Any, act: str) -> None:
    def take(user: User) -> None:
        values = {"membership": held(user), "by": cast.secretariat}
        if act == "end":
            end_membership(**values)
        else:
            role, first = (Role.CONTRIBUTOR, None) if act == "another role" else (Role.FOCAL_POINT, today() + timedelta(5))
            change_membership(**values, role=role, starts_on=first, ends_on=None)

    missing = ("notifications.no_focal_point", cast.secretariat.email)
    second = person(Role.FOCAL_POINT, "who")
    take(second)
    assert missing not in told()
    take(cast.focal_who)
    assert told().count(missing) == 1


# --- Days that pass --------------------------------------------------------------------------------------------------


def runs_out(user: User, days: int = 3) -> Membership:
    membership = held(user)
    membership.ends_on = today() + timedelta(days)
    membership.save()
    return membership


def after(days: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days))


def test_last_day_that_passes_is_written_into_the_history_and_told_once(cast: Any) -> None:
    membership = runs_out(cast.focal_who)
    with after(3):
        assert end_what_has_run_out() == 0
    with after(4):
        end_memberships()
        assert end_what_has_run_out() == 0
    event = membership.events.get()
    assert (event.act, event.by) == (MembershipAct.ENDED, None)
    membership.refresh_from_db()
    assert membership.ended_at == datetime.combine(membership.ends_on + timedelta(1), time(), UTC)
    served = Membership.objects.filter(pk=membership.pk)
    assert served.in_force(membership.ends_on).exists()
    assert not served.in_force(membership.ends_on + timedelta(1)).exists()
    assert told() == [
        ("notifications.membership_ended", cast.focal_who.email),
        ("notifications.no_focal_point", cast.secretariat.email),
    ]
    for row in Notification.objects.select_related("recipient"):
        assert "does not serve any more" in (text := render(row)[1]) or "has ended" in text


def test_colleagues_hear_of_a_last_day_and_the_secretariat_only_of_the_last_focal_point(cast: Any) -> None:
    runs_out(person(Role.FOCAL_POINT, "who", email="second@who.example"))
    with after(4):
        end_what_has_run_out()
    assert told() == [
        ("notifications.membership_ended", "second@who.example"),
        ("notifications.colleague_left", cast.focal_who.email),
    ]


def test_who_serves_on_or_only_stood_in_is_not_said_to_have_left(cast: Any) -> None:
    last = runs_out(cast.focal_who).ends_on
    MembershipFactory(user=cast.focal_who, organization=held(cast.focal_who).organization, starts_on=last + timedelta(1))
    lend(cast, last=3)
    Notification.objects.all().delete()
    with after(4):
        assert end_what_has_run_out() == 2
    assert told() == []


def test_end_of_long_ago_is_written_down_without_a_message(cast: Any) -> None:
    membership = runs_out(cast.focal_who)
    with after(3 + 8):
        assert end_what_has_run_out() == 1
    assert membership.events.get().act == MembershipAct.ENDED
    assert told() == []


def test_membership_made_longer_in_time_goes_on(cast: Any) -> None:
    membership = runs_out(cast.focal_who)
    change_membership(membership=membership, by=cast.secretariat, role=Role.FOCAL_POINT, starts_on=None, ends_on=None)
    with after(4):
        assert end_what_has_run_out() == 0


def test_ends_are_written_down_every_day(settings: Any) -> None:
    (entry,) = [one for one in settings.CELERY_BEAT_SCHEDULE.values() if one["task"] == end_memberships.name]
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({0}, {10})


# --- What stays ------------------------------------------------------------------------------------------------------


def test_what_was_done_in_the_agencys_name_stays_with_it(cast: Any) -> None:
    """Comment, position, brief and solution of somebody who left still show the agency; the person lost them."""
    author = cast.contributor_undp
    comment = CommentFactory(organization=undp(), author=author)
    position = PositionFactory(organization=undp(), round=comment.round)
    brief = brief_by("undp", "fao")
    solution = SolutionFactory(provider=undp(), submitted_by=author)
    assert may(again(author), "strategy.view_comment", comment)
    assert may(again(author), "briefs.view_brief", brief)
    end_membership(membership=held(author), by=author)
    for row in (comment, position, solution):
        row.refresh_from_db()
    assert (comment.organization.short_name, comment.author) == ("UNDP", author)
    assert position.organization.short_name == "UNDP"
    assert [agency.organization.short_name for agency in brief.agencies.all()] == ["UNDP", "FAO"]
    assert solution.provider.short_name == "UNDP"
    gone = again(author)
    assert not may(gone, "strategy.view_comment", comment)
    assert not may(gone, "briefs.view_brief", brief)
    assert not type(comment).objects.visible_to(gone).filter(pk=comment.pk).exists()
    assert may(cast.focal_undp, "strategy.view_comment", comment)


# --- Standing in -----------------------------------------------------------------------------------------------------


def lend(cast: Any, to: User | None = None, first: int = 0, last: int = 10, **fields: Any) -> Delegation:
    values = {"membership": held(cast.focal_undp), "to": held(to or cast.contributor_undp), "by": cast.focal_undp}
    return delegate(**{**values, **fields}, starts_on=today() + timedelta(first), ends_on=today() + timedelta(last))


def reached() -> set[User]:
    return set(Membership.objects.focal_points().filter(organization__code="undp").people())


def test_contributor_is_an_alternate_for_the_period_and_gets_the_messages(cast: Any) -> None:
    assert reached() == {cast.focal_undp}
    delegation = lend(cast, first=2, last=4)
    assert delegation.brings_role
    assert told() == [("notifications.delegation_made", cast.contributor_undp.email)]
    seen = {}
    for day in range(6):
        with time_machine.travel(timezone.now() + timedelta(day)):
            seen[day] = (is_focal_point(again(cast.contributor_undp)), reached())
    absent, there = (True, {cast.contributor_undp}), (False, {cast.focal_undp})
    assert seen == {0: there, 1: there, 2: absent, 3: absent, 4: absent, 5: there}


def test_message_about_a_delegation_brings_its_days_for_the_calendar(cast: Any) -> None:
    User.objects.filter(pk=cast.contributor_undp.pk).update(language="fr")
    delegation = lend(cast, first=2, last=4)
    _subject, _text, _html, ((name, content, mime),) = render(Notification.objects.select_related("recipient").get())
    assert (name, mime) == ("delegation.ics", "text/calendar; charset=utf-8; method=PUBLISH")
    (entry,) = Calendar.from_ical(content.decode()).walk("VEVENT")
    days = (entry.decoded("DTSTART"), entry.decoded("DTEND"))
    assert days == (delegation.starts_on, delegation.ends_on + timedelta(1))
    assert entry["UID"].startswith(f"delegation-{delegation.pk}@")
    assert entry["TRANSP"] == "TRANSPARENT"
    assert str(cast.contributor_undp) in entry["SUMMARY"]
    assert "/fr/agency/undp/" in entry["URL"]


def test_alternate_stays_one_after_the_delegation(cast: Any) -> None:
    alternate = person(Role.ALTERNATE, "undp")
    delegation = lend(cast, to=alternate)
    assert (delegation.brings_role, delegation.alternate) == (False, held(alternate))
    assert reached() == {alternate}
    end_delegation(delegation=delegation, by=cast.focal_undp)
    assert reached() == {alternate, cast.focal_undp}
    assert held(alternate).is_in_force


@pytest.mark.parametrize("who", ["focal_undp", "contributor_undp", "secretariat"])
def test_delegation_ends_earlier_at_once(cast: Any, who: str) -> None:
    delegation = lend(cast)
    end_delegation(delegation=delegation, by=again(getattr(cast, who)))
    assert reached() == {cast.focal_undp}
    assert not is_focal_point(again(cast.contributor_undp))
    assert organizations_of(again(cast.contributor_undp)) == {undp().pk}
    with pytest.raises(Refused, match="ended already"):
        end_delegation(delegation=delegation, by=cast.focal_undp)


def test_others_neither_delegate_nor_end(cast: Any) -> None:
    for by in (cast.contributor_undp, cast.focal_fao, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            lend(cast, by=by)
    delegation = lend(cast)
    for by in (cast.focal_fao, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            end_delegation(delegation=delegation, by=by)


def test_overlapping_periods_are_refused(cast: Any) -> None:
    other = person(Role.CONTRIBUTOR, "undp")
    lend(cast, first=5, last=10)
    for first, last in [(10, 12), (0, 5), (6, 7), (0, 30)]:
        with pytest.raises(Refused, match="some of these days already"):
            lend(cast, to=other, first=first, last=last)
    assert lend(cast, to=other, first=11, last=12)


def test_one_person_stands_in_for_one_focal_point_at_a_time(cast: Any) -> None:
    second = person(Role.FOCAL_POINT, "undp")
    lend(cast)
    with pytest.raises(Refused, match="stands in for somebody else"):
        delegate(
            membership=held(second),
            to=held(cast.contributor_undp, Role.CONTRIBUTOR),
            by=second,
            starts_on=today(),
            ends_on=today() + timedelta(1),
        )


@pytest.mark.parametrize(
    ("first", "last", "words"), [(-1, 3, "over already"), (3, 2, "before the first"), (0, 400, "a year at most")]
)
def test_period_that_does_not_fit_is_refused(cast: Any, first: int, last: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        lend(cast, first=first, last=last)


def test_today_is_that_of_the_person_who_delegates(cast: Any) -> None:
    """In Honolulu it is still the first of December when the second has begun by the portal's clock."""
    User.objects.filter(pk=cast.focal_undp.pk).update(time_zone="Pacific/Honolulu")
    first = date(2026, 12, 1)
    values = {"membership": held(cast.focal_undp), "to": held(cast.contributor_undp)}
    with time_machine.travel(datetime(2026, 12, 2, 6, tzinfo=UTC), tick=False):
        for by, days, words in [
            (cast.secretariat, (first, first + timedelta(3)), "The first day is over already"),
            (again(cast.focal_undp), (first - timedelta(1), first + timedelta(3)), "The first day is over already"),
            (again(cast.focal_undp), (first, first), "The last day is over already"),
        ]:
            with pytest.raises(Refused, match=words):
                delegate(**values, by=by, starts_on=days[0], ends_on=days[1])
        assert delegate(**values, by=again(cast.focal_undp), starts_on=first, ends_on=first + timedelta(3)).is_in_force
        assert is_focal_point(again(cast.contributor_undp))


def test_today_of_the_portal_is_not_refused_where_tomorrow_has_begun(cast: Any) -> None:
    User.objects.filter(pk=cast.focal_undp.pk).update(time_zone="Pacific/Apia")
    with time_machine.travel(datetime(2026, 12, 2, 18, tzinfo=UTC), tick=False):
        days = {"starts_on": date(2026, 12, 2), "ends_on": date(2026, 12, 5)}
        assert delegate(
            membership=held(cast.focal_undp), to=held(cast.contributor_undp), by=again(cast.focal_undp), **days
        ).is_in_force


def test_stranger_focal_point_or_leaver_cannot_stand_in(cast: Any) -> None:
    focal = person(Role.FOCAL_POINT, "undp")
    leaver = held(person(Role.CONTRIBUTOR, "undp"))
    leaver.ends_on = today() + timedelta(3)
    leaver.save()
    for to, words in [(cast.focal_fao, "same organization"), (focal, "focal point too"), (leaver.user, "whole period")]:
        with pytest.raises(Refused, match=words):
            lend(cast, to=to)


def test_only_a_focal_points_work_is_delegated(cast: Any) -> None:
    with pytest.raises(Refused, match="Only a focal point"):
        delegate(
            membership=held(cast.contributor_undp),
            to=held(cast.focal_undp),
            by=cast.contributor_undp,
            starts_on=today(),
            ends_on=today(),
        )


@pytest.mark.parametrize("leaver", ["focal_undp", "contributor_undp"])
def test_delegation_ends_with_the_membership_of_either(cast: Any, leaver: str) -> None:
    person(Role.FOCAL_POINT, "undp")
    delegation = lend(cast)
    user = getattr(cast, leaver)
    role = Role.FOCAL_POINT if leaver == "focal_undp" else Role.CONTRIBUTOR
    end_membership(membership=held(user, role), by=cast.secretariat)
    delegation.refresh_from_db()
    assert delegation.ended_at
    assert not is_focal_point(again(cast.contributor_undp))


def test_delegate_whose_account_is_closed_takes_no_messages_along(cast: Any) -> None:
    lend(cast)
    User.objects.filter(pk=cast.contributor_undp.pk).update(is_active=False)
    assert reached() == {cast.focal_undp}


def test_role_that_came_with_a_delegation_is_ended_with_it_only(cast: Any) -> None:
    lend(cast)
    lent = held(cast.contributor_undp, Role.ALTERNATE)
    with pytest.raises(Refused, match="came with a delegation"):
        end_membership(membership=lent, by=cast.contributor_undp)
    with pytest.raises(Refused, match="came with a delegation"):
        change_membership(membership=lent, by=cast.focal_undp, role=Role.ALTERNATE, starts_on=None, ends_on=None)


def test_desk_of_both_says_who_stands_in(cast: Any) -> None:
    lend(cast)
    given, received = desk_of_agencies(cast.focal_undp), desk_of_agencies(cast.contributor_undp)
    assert given[0].title == f"{cast.contributor_undp} stands in for you in UNDP"
    assert received[0].title == f"You stand in for {cast.focal_undp} in UNDP"
    assert desk_of_agencies(cast.focal_fao) == []


def test_what_waits_for_the_focal_point_waits_for_who_stands_in(cast: Any, sign_in: Any) -> None:
    """On the absent one's desk it stands under what one follows; both may act."""
    comment = CommentFactory(organization=undp(), author=cast.contributor_undp)
    title = f"Clear the comments of UNDP: {comment.round.draft.label}"

    def waits_for(user: User) -> tuple[bool, bool]:
        context = sign_in(user).get("/desk/").context
        return tuple(title in {str(item.title) for item in context[part]} for part in ("waiting", "following"))  # type: ignore[return-value]

    assert waits_for(cast.focal_undp) == (True, False)
    delegation = lend(cast)
    assert waits_for(again(cast.focal_undp)) == (False, True)
    assert waits_for(again(cast.contributor_undp)) == (True, False)
    assert may(again(cast.focal_undp), "strategy.clear_comment", comment)
    end_delegation(delegation=delegation, by=cast.focal_undp)
    assert waits_for(again(cast.focal_undp)) == (True, False)


def test_messages_about_agencies_render_in_every_language(cast: Any) -> None:
    lend(cast, reason="On leave")
    membership = begin_membership(
        organization=undp(), user=cast.outsider, role=Role.CONTRIBUTOR, by=cast.secretariat, starts_on=today() + timedelta(3)
    )
    end_membership(membership=membership, by=cast.secretariat)
    rows = Notification.objects.select_related("recipient")
    assert {row.kind for row in rows} == {
        "notifications.delegation_made",
        "notifications.membership_begun",
        "notifications.colleague_joined",
        "notifications.membership_ended",
        "notifications.colleague_left",
    }
    for row in rows:
        for language in ("en", "fr", "es", "ru", "ar", "zh-hans"):
            row.recipient.language = language
            subject, text, html = render(row)[:3]
            assert "UNDP" in subject
            assert "%(" not in subject + text + html


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_page_of_an_agency_asks_the_same_questions_for_one_and_for_many(
    cast: Any, sign_in: Any, django_assert_num_queries: Any
) -> None:
    client = sign_in(cast.focal_undp)
    client.get("/agency/undp/")
    with django_assert_num_queries(13):
        client.get("/agency/undp/")
    for _ in range(8):
        MembershipFactory(organization=undp(), role=Role.CONTRIBUTOR)
        begin_membership(organization=undp(), user=proven(UserFactory()), role=Role.CONTRIBUTOR, by=cast.focal_undp)
    with django_assert_num_queries(13):
        client.get("/agency/undp/")


def test_my_organization_leads_to_the_one_or_asks_which(cast: Any, sign_in: Any) -> None:
    assert sign_in(cast.focal_undp).get("/agency/").url == "/agency/undp/"
    assert "You serve in no organization" in sign_in(cast.outsider).get("/agency/").content.decode()
    MembershipFactory(user=cast.focal_undp, organization=OrganizationFactory(code="fao"))
    page = sign_in(again(cast.focal_undp)).get("/agency/").content.decode()
    assert 'href="/agency/undp/"' in page
    assert 'href="/agency/fao/"' in page


def test_person_leaves_by_the_page(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.contributor_undp)
    path = f"/agency/members/{held(cast.contributor_undp).pk}/end/"
    assert "stay with it, under its name" in client.get(path).content.decode()
    answer = client.post(path, {"reason": ""})
    assert (answer.status_code, answer.url) == (302, "/desk/")
    assert held(cast.contributor_undp).ended_at


def test_refusal_stands_in_the_form_and_changes_nothing(cast: Any, sign_in: Any) -> None:
    path = f"/agency/members/{held(cast.focal_undp).pk}/end/"
    answer = sign_in(cast.focal_undp).post(path, {"reason": ""})
    assert answer.status_code == 400
    assert "would have no focal point" in answer.content.decode()
    assert held(cast.focal_undp).ended_at is None


def test_focal_point_delegates_and_ends_it_by_the_pages(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.focal_undp)
    path = f"/agency/members/{held(cast.focal_undp).pk}/delegate/"
    values = {"to": held(cast.contributor_undp).pk, "starts_on": today(), "ends_on": today() + timedelta(3)}
    assert client.post(path, {**values, "ends_on": "soon"}).status_code == 400
    assert client.post(path, values).status_code == 302
    delegation = Delegation.objects.get()
    assert "in force" in client.get("/agency/undp/").content.decode()
    assert client.get(f"/agency/delegations/{delegation.pk}/end/").status_code == 405
    assert client.post(f"/agency/delegations/{delegation.pk}/end/").status_code == 302
    delegation.refresh_from_db()
    assert delegation.ended_at


def test_member_is_changed_by_the_page_and_strangers_find_none(cast: Any, sign_in: Any) -> None:
    path = f"/agency/members/{held(cast.contributor_undp).pk}/"
    assert sign_in(cast.focal_fao).get(path).status_code == 404
    assert sign_in(cast.contributor_undp).get(path).status_code == 403
    client = sign_in(cast.focal_undp)
    assert client.get(path).status_code == 200
    assert client.post(path, {"role": "staff", "starts_on": "", "ends_on": "", "reason": ""}).status_code == 400
    assert client.post(path, {"role": "alternate", "starts_on": "", "ends_on": "", "reason": ""}).status_code == 302
    assert held(cast.contributor_undp).role == Role.ALTERNATE


def test_later_change_of_a_membership_does_not_undo_anothers_unseen(cast: Any, sign_in: Any) -> None:
    first, second, path = (
        sign_in(cast.secretariat),
        sign_in(cast.focal_undp),
        f"/agency/members/{held(cast.contributor_undp).pk}/",
    )

    def shown(client: Any) -> dict[str, Any]:
        form = client.get(path).context["form"]
        return {name: form[name].value() or "" for name in form.fields}

    one, other = shown(first), shown(second)
    assert first.post(path, {**one, "role": "alternate"}).status_code == 302
    last_day = today() + timedelta(90)
    answer = second.post(path, {**other, "ends_on": last_day})
    assert answer.status_code == 400
    assert "Somebody changed this membership after you opened this page" in answer.content.decode()
    assert second.post(path, {**shown(second), "ends_on": last_day}).status_code == 302
    membership = held(cast.contributor_undp)
    assert (membership.role, membership.ends_on) == (Role.ALTERNATE, last_day)


def test_staff_and_administrators_name_members_by_address(cast: Any, sign_in: Any) -> None:
    assert sign_in(cast.focal_undp).get("/agency/undp/add/").status_code == 404
    assert sign_in(cast.administrator).get("/agency/undp/add/").status_code == 404
    staff = sign_in(cast.secretariat)
    values = {"email": cast.outsider.email.upper(), "role": "contributor", "starts_on": "", "ends_on": ""}
    assert (
        "No account has this address" in staff.post("/agency/undp/add/", {**values, "email": "x@test.example"}).content.decode()
    )
    assert staff.post("/agency/undp/add/", {**values, "role": "staff"}).status_code == 400
    assert staff.post("/agency/undp/add/", values).status_code == 302
    assert held(cast.outsider).organization == undp()
    administrator = sign_in(cast.administrator)
    scoped = {**values, "role": "drafter", "scope": "strategy:system-wide-strategy"}
    assert administrator.post("/agency/unossc/add/", {**scoped, "scope": "everything"}).status_code == 400
    assert administrator.post("/agency/unossc/add/", scoped).status_code == 302
    assert held(cast.outsider, Role.DRAFTER).scope == "strategy:system-wide-strategy"
