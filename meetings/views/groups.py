"""Working groups as they are read: the list, the public page, terms of reference, the page of members."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.access import may, require
from directory.public_pages import page_holds_until, public_page
from meetings.enums import ActionState, GroupRole
from meetings.models import ActionItem, Decision, GroupMember, Meeting, Minutes, TermsVersion, WorkingGroup
from meetings.selectors.following import own_calendar
from meetings.selectors.groups import actions_of, compared, confirmations_of
from strategy.models import Strategy


@require_safe
@public_page("meetings", "directory")
def group_list(request: HttpRequest) -> HttpResponse:
    """The working groups with how much is open."""
    page_holds_until(request, next_day())
    actions = ActionItem.objects.visible_to(request.user).unfinished().values("pk")
    today = timezone.now().date()
    in_force = Q(members__term_from=None) | Q(members__term_from__lte=today)
    in_force &= Q(members__term_to=None) | Q(members__term_to__gte=today)
    groups = WorkingGroup.objects.visible_to(request.user).annotate(
        agencies=Count("members__organization", filter=in_force, distinct=True),
        open_actions=Count("actions", filter=Q(actions__in=actions), distinct=True),
    )
    context = {"groups": groups, "may_add": may(request.user, "meetings.edit_group")}
    return render(request, "meetings/groups.html", context)


def next_day() -> datetime:
    """The midnight (UTC) ahead: terms begin and end with it, and actions are overdue."""
    return datetime.combine(timezone.now().date() + timedelta(days=1), time(0), tzinfo=UTC)


def _members(found: WorkingGroup) -> dict[str, Any]:
    members = list(found.members.in_force().select_related("organization"))
    return {
        "members": [member for member in members if member.role != GroupRole.ALTERNATE],
        "alternates": [member for member in members if member.role == GroupRole.ALTERNATE],
    }


def _actions(user: Any, found: WorkingGroup) -> dict[str, Any]:
    rows = ActionItem.objects.visible_to(user).filter(group=found).exclude(state=ActionState.DROPPED)
    actions = list(rows.select_related("owner", "person"))
    return {"actions": actions, "done": sum(action.state == ActionState.DONE for action in actions)}


def _meetings(user: Any, found: WorkingGroup) -> dict[str, Any]:
    """The meetings that the person sees, each with the minutes that they see."""
    minutes = Prefetch("minutes", Minutes.objects.visible_to(user))
    rows = Meeting.objects.visible_to(user).filter(group=found).select_related("country").prefetch_related(minutes)
    for row in (meetings := list(rows.order_by("starts_at"))):
        row.shown_minutes = getattr(row, "minutes", None)  # type: ignore[attr-defined]
    now = timezone.now()
    past = [row for row in meetings if row.ends_at <= now]
    return {"upcoming": [row for row in meetings if row.ends_at > now], "past": past[::-1]}


@require_safe
@public_page("meetings", "strategy", "directory")
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """Terms of reference, agencies, what is public of its work. Outside the group agencies are named, inside it people."""
    found = get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)
    user = request.user
    meetings = _meetings(user, found)
    page_holds_until(request, next_day(), *(meeting.ends_at for meeting in meetings["upcoming"]))
    context = {
        "group": found,
        "strategies": Strategy.objects.visible_to(user).filter(working_groups=found),
        **_members(found),
        **_actions(user, found),
        **meetings,
        "terms": found.terms_versions.first(),
        "shows_names": may(user, "meetings.view_groupmember_names", found),
        "is_inside": user.is_authenticated and may(user, "meetings.view_inside_of_group", found),
        "may_edit": may(user, "meetings.edit_group", found),
        "decisions": Decision.objects.visible_to(user).filter(group=found).select_related("meeting"),
    }
    return render(request, "meetings/group.html", context)


@require_safe
@public_page("meetings", "directory")
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of the terms of reference, and one compared with the one before it or with another."""
    found = get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)
    versions = list(TermsVersion.objects.visible_to(request.user).filter(group=found).select_related("by"))
    by_number = {str(version.number): version for version in versions}
    shown = by_number.get(request.GET.get("version", "")) or (versions[0] if versions else None)
    earlier = [version for version in versions if shown and version.number < shown.number]
    base = by_number.get(request.GET.get("with", ""))
    base = base if base in earlier else (earlier[0] if earlier else None)
    whole = request.GET.get("show") == "text" or base is None
    context = {
        "group": found,
        "versions": versions,
        "shown": shown,
        "base": base,
        "whole": whole,
        "not_whole": not whole,
        "compare_url": f"?version={shown.number}" if shown else "",
        "text_url": f"?show=text&version={shown.number}" if shown else "",
        "rows": compared(base.text, shown.text) if base and shown and not whole else [],
        "may_edit": may(request.user, "meetings.edit_group", found),
    }
    return render(request, "meetings/group_terms.html", context)


@require_safe
@login_required
def member(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of members: what waits for me, the next meeting, all decisions and actions, who is who until when."""
    found = get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)
    user = request.user
    require(user, "meetings.view_inside_of_group", found)
    past_members = found.members.filter(term_to__lt=timezone.now().date()).select_related("organization")
    context = {
        "group": found,
        "now": timezone.now(),
        "to_confirm": confirmations_of(user).filter(version__minutes__meeting__group=found),
        "my_actions": actions_of(user).filter(group=found),
        "members": GroupMember.objects.filter(group=found).in_force().select_related("organization", "user"),
        "past_members": past_members.order_by("-term_to", "pk"),
        **_actions(user, found),
        **_meetings(user, found),
        "decisions": Decision.objects.visible_to(user).filter(group=found).select_related("meeting"),
        "terms": found.terms_versions.first(),
        "runs": may(user, "meetings.run_group", found),
        "may_edit": may(user, "meetings.edit_group", found),
        **own_calendar(user),
    }
    return render(request, "meetings/group_member.html", context)
