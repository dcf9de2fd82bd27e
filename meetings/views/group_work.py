"""What a group decides and undertakes: decisions, actions, their lists to take along."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import may, require
from directory.public_pages import page_holds_until, public_page
from meetings.documents.groups import GroupTable, actions_table, decisions_table
from meetings.enums import ACTION_TRANSITIONS, ActionState
from meetings.forms.groups import ActionForm, ActionStateForm, ChangeDecisionForm, DecisionForm
from meetings.models import ActionItem, Decision, WorkingGroup
from meetings.services.group_work import add_action, change_action, change_decision, record_decision, set_action_state
from meetings.views.acting import done, form_page, group_for
from meetings.views.groups import next_day

_METHODS = ["GET", "HEAD", "POST"]
RUN = "meetings.run_group"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _at(request: HttpRequest, group: WorkingGroup) -> Any:
    """The meeting that the address names, as the form's beginning."""
    return group.meetings.filter(slug=request.GET.get("meeting", "").replace("\x00", "")).first()


@login_required
@require_http_methods(_METHODS)
def new_decision(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a decision."""
    group = group_for(request, slug, RUN)
    at = _at(request, group)
    day = at.starts_at.astimezone(at.zone).date() if at else timezone.now().date()
    form = DecisionForm(request.POST or None, group=group, initial={"meeting": at.slug if at else None, "taken_on": day})
    act = lambda: record_decision(group=group, by=request.user, **form.cleaned_data)  # noqa: E731
    if done(request, form, act, _("The decision is recorded.")):
        return redirect(at or group)
    lead = _("It gets the next number of its year.")
    return form_page(
        request, form, group=group, meeting=at, title=_("Record a decision"), lead=lead, submit=_("Record the decision")
    )


@login_required
@require_http_methods(_METHODS)
def edit_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a decision, and who reads it."""
    rows = Decision.objects.visible_to(request.user).select_related("group", "meeting__group")
    found = get_object_or_404(rows, pk=pk)
    require(request.user, RUN, found)
    initial = {name: getattr(found, name) for name in ("title", "text", "is_public")}
    form = ChangeDecisionForm(request.POST or None, group=found.group, initial=initial)
    act = lambda: change_decision(decision=found, by=request.user, **form.cleaned_data)  # noqa: E731
    if done(request, form, act, _("Saved.")):
        return redirect(found.meeting or found.group)
    title = _("Decision %(number)s") % {"number": found.number}
    return form_page(request, form, group=found.group, meeting=found.meeting, title=title, submit=_("Save"))


@login_required
@require_http_methods(_METHODS)
def new_action(request: HttpRequest, slug: str) -> HttpResponse:
    """Record what an agency undertakes."""
    group = group_for(request, slug, RUN)
    at = _at(request, group)
    form = ActionForm(request.POST or None, group=group, initial={"meeting": at.slug if at else None})
    act = lambda: add_action(group=group, by=request.user, **form.cleaned_data)  # noqa: E731
    if done(request, form, act, _("The action is recorded, and its agency is told.")):
        return redirect(at or redirect("meetings:group_member", group.slug).url)
    return form_page(request, form, group=group, meeting=at, title=_("Add an action"), submit=_("Add the action"))


def _action(request: HttpRequest, pk: int) -> ActionItem:
    rows = ActionItem.objects.visible_to(request.user).select_related("group", "owner", "person__user", "meeting__group")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(_METHODS)
@public_page("meetings", "directory")
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """An action with its history; its agency says how far it is."""
    found, user = _action(request, pk), request.user
    page_holds_until(request, next_day())
    changes = user.is_authenticated and may(user, "meetings.change_actionitem", found)
    runs = user.is_authenticated and may(user, RUN, found)
    if request.method == "POST" and not changes:
        require(user, "meetings.change_actionitem", found)
    states = [state for state in ActionState if state in ACTION_TRANSITIONS[found.state]]
    states = [state for state in states if runs or state != ActionState.DROPPED]
    form = ActionStateForm(request.POST or None, states=states)
    act = lambda: set_action_state(  # noqa: E731
        action=found, by=user, to=form.cleaned_data["state"], note=form.cleaned_data["note"]
    )
    if done(request, form, act, _("The group sees how far it is.")):
        return redirect(found)
    is_inside = user.is_authenticated and may(user, "meetings.view_inside_of_group", found)
    history = found.state_changes.select_related("by", "on_behalf_of").order_by("-at", "-pk") if is_inside else []
    context = {
        "action": found, "group": found.group, "form": form if changes else None, "runs": runs, "is_inside": is_inside,
        "history": [{"label": ActionState(row.new).label, "at": row.at, "by": row.by, "on_behalf_of": row.on_behalf_of,
                     "reason": row.reason} for row in history],
    }  # fmt: skip
    return render(request, "meetings/action.html", context, status=400 if form.is_bound and form.errors else 200)


@login_required
@require_http_methods(_METHODS)
def edit_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Words, owner, person and day of an action."""
    found = _action(request, pk)
    require(request.user, RUN, found)
    initial = {name: getattr(found, name) for name in ("text", "owner", "person", "due_on", "is_public")}
    form = ActionForm(request.POST or None, group=found.group, action=found, initial=initial)
    act = lambda: change_action(action=found, by=request.user, **form.cleaned_data)  # noqa: E731
    if done(request, form, act, _("Saved.")):
        return redirect(found)
    title = _("Change action %(number)d") % {"number": found.number}
    return form_page(request, form, group=found.group, title=title, submit=_("Save"))


# --- Lists to take along ---------------------------------------------------------------------------------------------


def _file(table: GroupTable, name: str, ending: str) -> HttpResponseBase:
    if ending == "xlsx":
        response: Any = HttpResponse(table.xlsx(right_to_left=get_language_bidi()), content_type=XLSX)
    elif ending == "csv":
        # Read now: the lines are written after the view has returned, when the reader's language is no longer active.
        response = StreamingHttpResponse(list(table.csv()), content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _group(request: HttpRequest, slug: str) -> WorkingGroup:
    return get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)


@require_safe
def decisions_export(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The decisions that the reader sees."""
    group = _group(request, slug)
    rows = Decision.objects.visible_to(request.user).filter(group=group).select_related("meeting")
    return _file(decisions_table(rows), f"{group.slug}-decisions", ending)


@require_safe
def actions_export(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The actions that the reader sees; people's names inside the group only."""
    group = _group(request, slug)
    rows = ActionItem.objects.visible_to(request.user).filter(group=group).select_related("owner", "person", "meeting")
    names = may(request.user, "meetings.view_groupmember_names", group)
    return _file(actions_table(rows, with_names=names), f"{group.slug}-actions", ending)
