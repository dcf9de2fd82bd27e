"""Thematic events for everybody, and the page on which agency, co-sponsors and secretariat work on one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.access import may
from directory.enums import FOCAL_ROLES
from directory.public_pages import page_holds_until, public_page
from directory.rules import memberships_of, organizations_of
from meetings.enums import COUNTED_EVENTS, UNDECIDED_EVENTS, CoSponsorState, EventState
from meetings.forms.events import CoSponsorAnswerForm, EventDecisionForm, EventNoteForm
from meetings.models import CoSponsorship, EventCall, Meeting, ThematicEvent
from meetings.selectors.events import choices_of, open_calls_for, spans_of
from meetings.selectors.versions import released_programme


def event_of(request: HttpRequest, slug: str) -> ThematicEvent:
    """The event at this address, for who may see it."""
    rows = ThematicEvent.objects.visible_to(request.user)
    related = ("country", "proposed_by", "theme", "call", "meeting", "session__meeting")
    return get_object_or_404(rows.select_related(*related).prefetch_related("alternatives"), slug=slug)


def decision_form(found: ThematicEvent, data: Any = None) -> EventDecisionForm:
    return EventDecisionForm(data, event=found, spans=spans_of(found))


def event_page(request: HttpRequest, found: ThematicEvent, **forms: Any) -> HttpResponse:
    """The page, with what the reader may do; `forms` are those that were sent and have errors."""
    user = request.user
    decides = may(user, "meetings.decide_thematicevent", found)
    is_internal = may(user, "meetings.view_eventnotes", found)
    own, speaks_for = organizations_of(user), organizations_of(user, FOCAL_ROLES)
    co_sponsors = list(CoSponsorship.objects.visible_to(user).filter(event=found).select_related("organization"))
    is_named = any(row.organization_id in own for row in co_sponsors)
    is_insider = is_internal or is_named
    inside = {membership.organization_id for membership in memberships_of(user)}
    is_live = found.state in COUNTED_EVENTS and found.ends_at > timezone.now()
    submits = found.is_editable and may(user, "meetings.submit_thematicevent", found)
    withdraws = EventState.WITHDRAWN in found.TRANSITIONS[found.state] and may(user, "meetings.withdraw_thematicevent", found)
    is_undecided = found.state in UNDECIDED_EVENTS
    context = {
        "event": found,
        "is_public": found.state in {EventState.ACCEPTED, EventState.WITHDRAWN} and found.accepted_at is not None,
        "is_insider": is_insider,
        "confirmed": [row for row in co_sponsors if row.state == CoSponsorState.CONFIRMED],
        "co_sponsors": co_sponsors if is_insider else [],
        "answers": [
            (row, forms.get("answer_form") or CoSponsorAnswerForm(auto_id=f"id_{row.pk}_%s"))
            for row in co_sponsors
            if is_live and row.organization_id in speaks_for
        ],
        "choices": choices_of(found, user) if is_insider else [],
        "decides": decides,
        "decision_form": (forms.get("decision_form") or decision_form(found)) if decides and is_undecided else None,
        "may_start": decides and found.state == EventState.PROPOSED,
        "may_move": decides and found.state == EventState.ACCEPTED and not found.is_placed,
        "may_place": decides and found.state == EventState.ACCEPTED and not found.is_placed and is_live,
        "meeting": _announced(request, found),
        "may_edit": may(user, "meetings.edit_thematicevent", found),
        "may_submit": submits,
        "may_withdraw": withdraws,
        "notes": _notes(found, inside) if is_internal else [],
        "note_form": (forms.get("note_form") or EventNoteForm())
        if may(user, "meetings.write_eventnote", found) and is_live
        else None,
        "last_word": _last_word(found) if is_insider else None,
        "history": _history(found, inside) if is_internal else [],
    }
    return render(request, "meetings/event.html", context, status=400 if any(form.errors for form in forms.values()) else 200)


def _announced(request: HttpRequest, found: ThematicEvent) -> Meeting | None:
    """The meeting that it is held as, or in, once the reader may see that: a session is there when it is released."""
    held = found.session.meeting if found.session else found.meeting
    meeting = Meeting.objects.visible_to(request.user).filter(pk=held.pk).first() if held else None
    if meeting and found.session:
        programme = released_programme(meeting)
        return meeting if programme and found.session.code in programme.by_code else None
    return meeting


def _notes(found: ThematicEvent, inside: set[int]) -> list[dict[str, Any]]:
    """The notes as their reader sees them: the person inside an organization, the organization outside it."""
    rows = found.notes.select_related("by", "on_behalf_of")
    return [
        {"agency": row.on_behalf_of, "person": row.by if row.on_behalf_of_id in inside else None, "at": row.at, "text": row.text}
        for row in rows
    ]


def _history(found: ThematicEvent, inside: set[int]) -> list[dict[str, Any]]:
    """The changes of state, newest first, signed as the notes are."""
    names = dict(EventState.choices)
    shown = []
    for row in found.state_changes.select_related("by", "on_behalf_of").order_by("-at", "-pk"):
        is_inside = row.on_behalf_of_id is None or row.on_behalf_of_id in inside
        signed = {"by": row.by, "on_behalf_of": row.on_behalf_of} if is_inside else {"by": row.on_behalf_of}
        shown.append({"label": names.get(row.new, row.new), "at": row.at, "reason": row.reason, **signed})
    return shown


def _last_word(found: ThematicEvent) -> Any:
    """The reason with which it came into its present state, where others need to know it."""
    if found.state not in {EventState.RETURNED, EventState.DECLINED, EventState.WITHDRAWN, EventState.ACCEPTED}:
        return None
    return found.state_changes.filter(new=found.state).exclude(reason="").last()


@require_safe
@public_page("meetings", "directory")
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """What, when, where, who convenes it; for insiders also how the proposal stands."""
    return event_page(request, event_of(request, slug))


@require_safe
@public_page("meetings", "directory")
def event_list(request: HttpRequest) -> HttpResponse:
    """The calls that are open, and the accepted events that lie ahead."""
    calls = open_calls_for(request.user)
    coming = EventCall.objects.filter(opens_at__gt=timezone.now()).order_by("opens_at").first()
    events = ThematicEvent.objects.visible_to(request.user).filter(state=EventState.ACCEPTED).upcoming()
    rows = list(events.select_related("country", "proposed_by", "theme"))
    boundaries = [coming.opens_at if coming else None, *(row.ends_at for row in rows), *(one.call.closes_at for one in calls)]
    page_holds_until(request, *boundaries)
    context = {
        "calls": calls,
        "events": rows,
        "may_propose": may(request.user, "meetings.propose_thematicevent"),
        "may_review": may(request.user, "meetings.review_thematicevents"),
    }
    return render(request, "meetings/events.html", context)
