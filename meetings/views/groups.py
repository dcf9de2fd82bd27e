"""Working groups."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common.access import may
from directory.public_pages import public_page
from meetings.enums import ActionState, GroupRole
from meetings.models import Decision, WorkingGroup
from strategy.models import Strategy


@require_safe
@public_page("meetings", "directory")
def group_list(request: HttpRequest) -> HttpResponse:
    """The working groups with how much is open."""
    groups = WorkingGroup.objects.annotate(
        agencies=Count("members__organization", distinct=True),
        open_actions=Count("actions", filter=~Q(actions__state=ActionState.DONE), distinct=True),
    )
    return render(request, "meetings/groups.html", {"groups": groups})


@require_safe
@public_page("meetings", "strategy", "directory")
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """Terms of reference, agencies, decisions and actions. Outside the group agencies are named, inside it people."""
    found = get_object_or_404(WorkingGroup, slug=slug)
    members = list(found.members.select_related("organization"))
    actions = list(found.actions.select_related("owner"))
    context = {
        "group": found,
        "strategies": Strategy.objects.visible_to(request.user).filter(working_groups=found),
        "members": [member for member in members if member.role != GroupRole.ALTERNATE],
        "alternates": [member for member in members if member.role == GroupRole.ALTERNATE],
        "shows_names": may(request.user, "meetings.view_groupmember_names", found),
        "decisions": Decision.objects.visible_to(request.user).filter(group=found),
        "actions": actions,
        "done": sum(action.state == ActionState.DONE for action in actions),
    }
    return render(request, "meetings/group.html", context)
