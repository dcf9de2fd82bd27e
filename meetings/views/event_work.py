"""What agencies do with proposed events: write, propose, withdraw, answer as co-sponsor, write notes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from common.bidi import isolated
from common.forms import ReasonForm
from meetings.enums import EventState, MeetingState
from meetings.forms.events import CoSponsorAnswerForm, EventForm, EventNoteForm
from meetings.models import CoSponsorship, ThematicEvent
from meetings.selectors.events import choices_of, co_sponsored_by, open_calls_for, proposals_of
from meetings.services.co_sponsors import answer_co_sponsorship
from meetings.services.events import save_event, submit_event, withdraw_event, write_event_note
from meetings.views.events import event_of, event_page


@login_required
@require_safe
def ours(request: HttpRequest) -> HttpResponse:
    """The proposals of one's organizations, and what others ask them to co-sponsor."""
    require(request.user, "meetings.propose_thematicevent")
    own = proposals_of(request.user)
    counts: dict[str, int] = {}
    for state in own.order_by().values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    state = request.GET.get("state", "")
    context = {
        "rows": own.filter(state=state) if state in counts else own,
        "state": state if state in counts else "",
        "tabs": [(value, label, counts[value]) for value, label in EventState.choices if value in counts],
        "count": sum(counts.values()),
        "asked": co_sponsored_by(request.user),
        "calls": open_calls_for(request.user),
    }
    return render(request, "meetings/events_ours.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new proposal: kept as a draft, or proposed at once."""
    require(request.user, "meetings.propose_thematicevent")
    return _write(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on with a draft or a returned proposal."""
    found = event_of(request, slug)
    if not may(request.user, "meetings.edit_thematicevent", found):
        require(request.user, "meetings.view_eventnotes", found)
        messages.info(request, _("This proposal cannot be edited now. If it must change, ask the secretariat to return it."))
        return redirect(found)
    return _write(request, found)


def _write(request: HttpRequest, found: ThematicEvent | None) -> HttpResponse:
    form = EventForm(request.POST if request.method == "POST" else None, person=request.user, event=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = save_event(
                event=found,
                by=request.user,
                content=form.content(),
                co_sponsors=data["co_sponsors"],
                alternatives=data["alternatives"],
                seen=request.POST.get("seen") or None,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _propose_or_keep(request, kept, wants_to_propose=form.wants_to_propose)
    context = {
        "form": form,
        "event": found,
        "choices": choices_of(found, request.user) if found else [],
        "returned": found.state_changes.filter(new=EventState.RETURNED).last()
        if found and found.state == EventState.RETURNED
        else None,
        "seen": request.POST.get("seen") or (found.version if found else ""),
    }
    return render(request, "meetings/event_form.html", context, status=400 if form.errors else 200)


def _propose_or_keep(request: HttpRequest, event: ThematicEvent, *, wants_to_propose: bool) -> HttpResponse:
    if not wants_to_propose:
        messages.success(request, _("The draft is saved. Only members of your organization see it."))
        return redirect(event)
    try:
        submit_event(event=event, by=request.user)
    except Refused as refusal:
        # The text is kept as a draft, so nothing is lost.
        messages.error(request, str(refusal))
        return redirect("meetings:edit_event", slug=event.slug)
    messages.success(request, _("The event is proposed. The co-sponsors are asked, and you get a message when it is decided."))
    return redirect(event)


@login_required
@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose a draft in the agency's name."""
    found = event_of(request, slug)
    try:
        submit_event(event=found, by=request.user, seen=request.POST.get("seen") or None)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("The event is proposed. The co-sponsors are asked, and you get a message when it is decided."))
    return redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the event back, with a reason."""
    found = event_of(request, slug)
    require(request.user, "meetings.withdraw_thematicevent", found)
    is_draft = found.state == EventState.DRAFT
    readers = "" if is_draft else _("Co-sponsors and the secretariat read it.")
    if found.meeting and found.meeting.state == MeetingState.PUBLISHED:
        readers = _("Co-sponsors, the secretariat and everybody who registered read it; it stands on the page of the meeting.")
    form = ReasonForm(request.POST if request.method == "POST" else None, readers=readers)
    form.fields["reason"].required = not is_draft
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_event(event=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is set aside.") if is_draft else _("The event is withdrawn."))
            return redirect("meetings:events_ours")
    context = {"event": found, "form": form, "is_draft": is_draft}
    return render(request, "meetings/event_withdraw.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def answer(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Confirm or decline to co-sponsor, in the name of the organization with this code."""
    found = event_of(request, slug)
    rows = CoSponsorship.objects.visible_to(request.user).filter(event=found, organization__code=code)
    row = get_object_or_404(rows.select_related("organization", "event__proposed_by"))
    require(request.user, "meetings.answer_cosponsorship", row)
    form = CoSponsorAnswerForm(request.POST, auto_id=f"id_{row.pk}_%s")
    confirm = request.POST.get("answer") == "confirm"
    if not form.is_valid():
        return event_page(request, found, answer_form=form)
    try:
        answer_co_sponsorship(co_sponsorship=row, by=request.user, confirm=confirm, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = _("%(body)s co-sponsors this event.") if confirm else _("%(body)s does not co-sponsor this event.")
        messages.success(request, done % {"body": isolated(row.organization.short_name)})
    return redirect(found.get_absolute_url() + "#co-sponsors")


@login_required
@require_POST
def note(request: HttpRequest, slug: str) -> HttpResponse:
    """A note to the secretariat, or from it to the agency."""
    found = event_of(request, slug)
    require(request.user, "meetings.write_eventnote", found)
    form = EventNoteForm(request.POST)
    if not form.is_valid():
        return event_page(request, found, note_form=form)
    write_event_note(event=found, by=request.user, text=form.cleaned_data["text"])
    messages.success(request, _("The note is sent."))
    return redirect(found.get_absolute_url() + "#notes")
