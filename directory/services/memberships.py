"""Who serves in an organization: begin, change, end; and a focal point's work lent to a colleague for a period."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.announcements import delegation_made, membership_begun, membership_ended, no_focal_point_left
from directory.enums import AGENCY_ROLES, SECRETARIAT_ROLES, MembershipAct, Role
from directory.models import Delegation, Membership, MembershipEvent, Organization, User
from directory.rules import is_secretariat_staff, roles_to_give
from directory.services.addresses import has_proven_address
from directory.services.state import locked, refuse_if_changed, version_of

LONGEST_DELEGATION = timedelta(days=366)
# An end found later than this, after a long pause, is written down and no message is sent: it would be no news.
NEWS_FOR = timedelta(days=7)


def _today() -> date:
    return timezone.now().date()


def lock_organization(organization: Organization) -> Organization:
    """Return a fresh copy of `organization`, locked for others who change who serves there.

    Without its key: comments, briefs and all else that refers to the organization is written meanwhile.
    """
    return Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)


def lock_person(user: User) -> User:
    """Return a fresh copy of `user`, locked against who would close or erase the account meanwhile.

    Before the organization, as erasing does: in the other order the two would wait for each other.
    """
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _record(membership: Membership, act: MembershipAct, *, by: Any, detail: str = "", reason: str = "") -> MembershipEvent:
    return MembershipEvent.objects.create(membership=membership, act=act, by=by, detail=detail, reason=reason)


def _span(starts_on: date | None, ends_on: date | None) -> str:
    return f"dates:{starts_on or ''}>{ends_on or ''}" if starts_on or ends_on else ""


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Refused(_("The last day must not be before the first day."))


def _serving(organization: Organization, user: User) -> Membership | None:
    """The agency role that the person holds or will hold there, one that came with a delegation left out."""
    roles = Membership.objects.ahead().filter(organization=organization, user=user, role__in=AGENCY_ROLES)
    return roles.exclude(delegations_received__brings_role=True).first()


@transaction.atomic
def begin_membership(
    *,
    organization: Organization,
    user: User,
    role: str,
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
    scope: str = "",
) -> Membership:
    """Give `user` a role in `organization`; without a first day it begins today.

    Raises:
        Refused: a role that `by` does not give, a role for oneself, an account whose address nobody has proven, or a role
            beside another agency role there.
    """
    user = lock_person(user)
    organization = lock_organization(organization)
    require(by, "directory.give_roles", organization)
    if role not in roles_to_give(by, organization):
        raise Refused(
            _("Secretariat roles are given by an administrator, in the secretariat only.")
            if role in SECRETARIAT_ROLES
            else _("You may not give this role. Ask a focal point of %(organization)s or the secretariat.")
            % {"organization": organization.short_name}
        )
    if user.pk == by.pk:
        raise Refused(_("Nobody gives a role to themselves. Ask a colleague who may."))
    if user.is_active and not has_proven_address(user):
        raise Refused(
            _("The person has not confirmed this address yet. Ask them to sign in once with a code, then give the role.")
            if role in SECRETARIAT_ROLES
            else _("No account has this address. Check it, or invite the person.")
        )
    return write_membership(
        organization=organization, user=user, role=role, by=by, starts_on=starts_on, ends_on=ends_on, scope=scope
    )


def write_membership(
    *,
    organization: Organization,
    user: User,
    role: str,
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
    scope: str = "",
) -> Membership:
    """Write a membership that somebody was entitled to give, with its history and announcement.

    Args:
        organization: locked, as `lock_organization` returns it.
        user: locked, as `lock_person` returns it; in this order a closed account stays without roles.
    """
    starts_on = starts_on or _today()
    _check_days(starts_on, ends_on)
    if ends_on and ends_on < _today():
        raise Refused(_("The last day is over already. Choose a later one."))
    if not user.is_active:
        raise Refused(_("This account is closed. Nobody can serve with it."))
    held = _serving(organization, user) if role in AGENCY_ROLES else None
    if held:
        raise Refused(
            _("%(person)s already serves in %(organization)s as %(role)s. Change that role instead.")
            % {"person": user, "organization": organization.short_name, "role": held.get_role_display()}
        )
    if role in SECRETARIAT_ROLES:
        same = Membership.objects.ahead().filter(organization=organization, user=user, role=role, scope=scope)
        if same.exists():
            raise Refused(_("%(person)s holds this role already.") % {"person": user})
    membership = Membership.objects.create(
        organization=organization, user=user, role=role, scope=scope, starts_on=starts_on, ends_on=ends_on
    )
    _record(membership, MembershipAct.BEGUN, by=by, detail=_span(starts_on if starts_on > _today() else None, ends_on))
    membership_begun.send(sender=Membership, membership=membership, by=by)
    return membership


def _lasting_focal_points(organization: Organization, *, besides: Membership) -> bool:
    """Whether another focal point serves today and for as long as is known."""
    others = Membership.objects.in_force().filter(
        organization=organization, role=Role.FOCAL_POINT, ends_on__isnull=True, user__is_active=True
    )
    return others.exclude(pk=besides.pk).exists()


def _require_successor(membership: Membership, by: User) -> None:
    """Refuse to leave an organization without a focal point; the secretariat may, for it can name the next one."""
    if membership.role != Role.FOCAL_POINT or not membership.is_in_force or is_secretariat_staff(by):
        return
    if not _lasting_focal_points(membership.organization, besides=membership):
        raise Refused(
            _(
                "%(organization)s would have no focal point. Invite a successor as focal point first, "
                "or ask the secretariat to do it for you."
            )
            % {"organization": membership.organization.short_name}
        )


def _lock_with_organization(membership: Membership) -> Membership:
    """Lock the organization, then the membership: two focal points who leave at once come one after the other."""
    lock_organization(membership.organization)
    membership = locked(membership)
    if membership.ended_at or (membership.ends_on and membership.ends_on < _today()):
        raise Refused(_("This membership has ended already. Load the page again."))
    return membership


def version_of_membership(membership: Membership) -> str:
    """Names the role and the days of a membership, as they stand."""
    return version_of([membership.role, membership.starts_on, membership.ends_on])


@transaction.atomic
def change_membership(
    *,
    membership: Membership,
    by: User,
    role: str,
    starts_on: date | None,
    ends_on: date | None,
    reason: str = "",
    seen: str | None = None,
) -> Membership:
    """Change role and dates of a membership that has not ended; what changes is written into its history.

    Args:
        seen: `version_of_membership` that the person had before them; None asks nothing.
    """
    membership = _lock_with_organization(membership)
    require(by, "directory.change_membership", membership)
    refusal = _("Somebody changed this membership after you opened this page. Load the page again and write your change anew.")
    refuse_if_changed(seen=seen, present=version_of_membership(membership), refusal=refusal)
    if membership.delegations_received.ahead().filter(brings_role=True).exists():
        raise Refused(_("This role came with a delegation and ends with it. End the delegation instead."))
    if role not in roles_to_give(by, membership.organization):
        raise Refused(_("You may not give this role. Ask a focal point or the secretariat."))
    _check_days(starts_on, ends_on)
    new = {"role": role, "starts_on": starts_on, "ends_on": ends_on}
    changed = {name: value for name, value in new.items() if getattr(membership, name) != value}
    if not changed:
        return membership
    if ends_on and ends_on < _today():
        raise Refused(_("The last day is over already. To end the membership now, use “End”."))
    if role != Role.FOCAL_POINT or ends_on:
        _require_successor(membership, by)
    twin = Membership.objects.ahead().filter(
        organization=membership.organization, user=membership.user, role=role, scope=membership.scope
    )
    if "role" in changed and twin.exclude(pk=membership.pk).exists():
        raise Refused(_("%(person)s holds this role already.") % {"person": membership.user})
    detail = ";".join(f"{name}:{getattr(membership, name) or ''}>{value or ''}" for name, value in changed.items())
    was_focal_point = membership.role == Role.FOCAL_POINT and membership.is_in_force
    for name, value in changed.items():
        setattr(membership, name, value)
    membership.save(update_fields=list(changed))
    if "role" in changed or ends_on:
        _end_delegations_that_no_longer_fit(membership, by)
    event = _record(membership, MembershipAct.CHANGED, by=by, detail=detail, reason=reason)
    if was_focal_point:
        _tell_if_no_focal_point_is_left(membership.organization, cause=f"membership {membership.pk} event {event.pk}")
    return membership


def _end_delegations_that_no_longer_fit(membership: Membership, by: User | None) -> None:
    """End delegations of somebody who is no focal point any more, or beyond the last day of either side."""
    lent = Q(membership=membership)
    received = Q(alternate__user=membership.user, alternate__organization=membership.organization)
    for delegation in Delegation.objects.ahead().filter(lent | received).select_related("membership", "alternate"):
        beyond = membership.ends_on is not None and delegation.ends_on > membership.ends_on
        not_focal_point = delegation.membership_id == membership.pk and membership.role != Role.FOCAL_POINT
        not_alternate = delegation.alternate_id == membership.pk and membership.role != Role.ALTERNATE
        if membership.ended_at or beyond or not_focal_point or not_alternate:
            _end_delegation(delegation, by)


@transaction.atomic
def end_membership(*, membership: Membership, by: User, reason: str = "") -> Membership:
    """End a membership now, one's own (leaving) or another's. What was done in the organization's name stays."""
    membership = _lock_with_organization(membership)
    require(by, "directory.end_membership", membership)
    if membership.delegations_received.ahead().filter(brings_role=True).exists():
        raise Refused(_("This role came with a delegation and ends with it. End the delegation instead."))
    _require_successor(membership, by)
    was_focal_point = membership.role == Role.FOCAL_POINT and membership.is_in_force
    write_end(membership=membership, by=by, reason=reason)
    if was_focal_point:
        _tell_if_no_focal_point_is_left(membership.organization, cause=f"membership {membership.pk} ended")
    return membership


def write_end(*, membership: Membership, by: User | None, reason: str = "") -> None:
    """End a locked membership at once, the delegations that hang on it too, with its history and announcement."""
    _close(membership, by=by, reason=reason)
    _end_delegations_that_no_longer_fit(membership, by)
    membership_ended.send(sender=Membership, membership=membership, by=by)


def _close(membership: Membership, *, by: User | None, reason: str = "") -> None:
    today = _today()
    membership.ended_at = timezone.now()
    if (membership.starts_on is None or membership.starts_on <= today) and (
        membership.ends_on is None or membership.ends_on > today
    ):
        membership.ends_on = today
    membership.save(update_fields=["ended_at", "ends_on"])
    _record(membership, MembershipAct.ENDED, by=by, reason=reason)


def _tell_if_no_focal_point_is_left(organization: Organization, *, cause: str) -> None:
    serving = Membership.objects.in_force().filter(organization=organization, role=Role.FOCAL_POINT, user__is_active=True)
    if not serving.exists():
        no_focal_point_left.send(sender=Organization, organization=organization, cause=cause)


def end_what_has_run_out() -> int:
    """Write down the end of memberships whose last day has passed, each once, and tell who must know; safe to repeat.

    Access ended with the day, whenever this runs. Returns how many ends were written.
    """
    over = Membership.objects.filter(ended_at__isnull=True, ends_on__lt=_today()).select_related("organization")
    return sum(_write_natural_end(membership) for membership in over.order_by("pk"))


@transaction.atomic
def _write_natural_end(membership: Membership) -> bool:
    lock_organization(membership.organization)
    membership = locked(membership)
    if membership.ended_at or membership.ends_on is None or membership.ends_on >= _today():
        return False  # ended or made longer meanwhile
    membership.ended_at = datetime.combine(membership.ends_on + timedelta(days=1), time(), UTC)
    membership.save(update_fields=["ended_at"])
    _record(membership, MembershipAct.ENDED, by=None)
    if membership.ends_on < _today() - NEWS_FOR:
        return True
    # Who stood in for some days, or serves on under a new membership, has not left.
    stood_in = membership.delegations_received.filter(brings_role=True).exists()
    serves_on = Membership.objects.ahead().filter(organization=membership.organization, user=membership.user)
    if not stood_in and not serves_on.exists():
        membership_ended.send(sender=Membership, membership=membership, by=None)
    if membership.role == Role.FOCAL_POINT:
        _tell_if_no_focal_point_is_left(membership.organization, cause=f"membership {membership.pk} ended")
    return True


# --- Standing in -----------------------------------------------------------------------------------------------------


@transaction.atomic
def delegate(*, membership: Membership, to: Membership, starts_on: date, ends_on: date, by: User, reason: str = "") -> Delegation:
    """Lend a focal point's work to a colleague from one day to another: the alternate's role, and the messages.

    A contributor becomes an alternate for the period; who is one already stays one afterwards.

    Raises:
        Refused: not a focal point, days that do not fit, or a period that overlaps another delegation of either.
    """
    membership = _lock_with_organization(membership)
    require(by, "directory.delegate_membership", membership)
    to = Membership.objects.select_related("user").get(pk=to.pk)
    _check_delegation(membership, to, starts_on, ends_on, by)
    brings_role = to.role != Role.ALTERNATE
    alternate = to
    if brings_role:
        alternate = Membership.objects.create(
            organization=membership.organization, user=to.user, role=Role.ALTERNATE, starts_on=starts_on, ends_on=ends_on
        )
        _record(alternate, MembershipAct.BEGUN, by=by, detail=_span(starts_on, ends_on), reason=reason)
    delegation = Delegation.objects.create(
        membership=membership, alternate=alternate, starts_on=starts_on, ends_on=ends_on, reason=reason, brings_role=brings_role
    )
    _record(membership, MembershipAct.DELEGATED, by=by, detail=_span(starts_on, ends_on), reason=reason)
    delegation_made.send(sender=Delegation, delegation=delegation, by=by)
    return delegation


def _first_today(by: User) -> date:
    """The earliest day that may be called today: that of the portal, or that of the person's own time zone, still behind it."""
    return min(_today(), timezone.now().astimezone(ZoneInfo(by.time_zone)).date())


def _check_delegation(membership: Membership, to: Membership, starts_on: date, ends_on: date, by: User) -> None:
    if membership.role != Role.FOCAL_POINT:
        raise Refused(_("Only a focal point's work can be delegated."))
    if to.organization_id != membership.organization_id or to.user_id == membership.user_id:
        raise Refused(_("Choose a colleague of the same organization."))
    if to.role == Role.FOCAL_POINT:
        raise Refused(_("%(person)s is a focal point too and needs no delegation.") % {"person": to.user})
    if starts_on < _first_today(by):
        raise Refused(_("The first day is over already. Choose today or a later day."))
    _check_days(starts_on, ends_on)
    if ends_on < _today():
        raise Refused(_("The last day is over already. Choose a later one."))
    if ends_on - starts_on > LONGEST_DELEGATION:
        raise Refused(_("A delegation lasts a year at most. For longer, name another focal point."))
    if not to.user.is_active or to.ended_at or (to.starts_on and to.starts_on > starts_on) or _ends_before(to, ends_on):
        raise Refused(
            _("%(person)s does not serve for the whole period. Choose other days or somebody else.") % {"person": to.user}
        )
    if _ends_before(membership, ends_on):
        raise Refused(_("The focal point's own membership ends before the last day. Choose an earlier one."))
    overlapping = Delegation.objects.filter(ended_at__isnull=True, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if overlapping.filter(membership=membership).exists():
        raise Refused(_("There is a delegation for some of these days already. End it first, or choose other days."))
    if overlapping.filter(alternate__user=to.user, alternate__organization=to.organization_id, brings_role=True).exists():
        raise Refused(_("%(person)s stands in for somebody else on some of these days. Choose other days.") % {"person": to.user})


def _ends_before(membership: Membership, day: date) -> bool:
    return membership.ends_on is not None and membership.ends_on < day


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: User) -> Delegation:
    """End a delegation earlier than planned: by the focal point, by who stands in, or by the secretariat."""
    lock_organization(delegation.membership.organization)
    delegation = locked(delegation)
    require(by, "directory.end_delegation", delegation)
    if delegation.ended_at or delegation.ends_on < _today():
        raise Refused(_("This delegation has ended already. Load the page again."))
    _end_delegation(delegation, by)
    return delegation


def _end_delegation(delegation: Delegation, by: User | None) -> None:
    delegation.ended_at = timezone.now()
    delegation.save(update_fields=["ended_at"])
    if delegation.brings_role and delegation.alternate.ended_at is None:
        _close(locked(delegation.alternate), by=by)
