"""Delegations: an organization's page for its focal points, all of them for the secretariat."""

from collections.abc import Callable
from typing import Any

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from common.bidi import isolated
from directory.models import Organization
from meetings.documents.participants import delegations_xlsx
from meetings.enums import DelegationRole, RegistrationState
from meetings.forms.delegations import CeilingForm, DelegateForm, PartForm, SubstituteForm
from meetings.forms.registration import CancelForm
from meetings.models import Meeting, Registration
from meetings.selectors.delegations import ceiling_of, delegations_of, members_of, served_organizations, to_endorse_for
from meetings.services.delegations import AddressRefused, nominate, set_ceiling, set_part, substitute, withdraw_delegate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _meeting(request: HttpRequest, slug: str) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)


@login_required
@require_safe
def my_delegation(request: HttpRequest, slug: str) -> HttpResponse:
    """To the delegation of the organization that the person serves; a choice where there are several."""
    meeting = _meeting(request, slug)
    served = served_organizations(request.user)
    if len(served) == 1:
        return redirect("meetings:delegation", slug=slug, code=served[0].code)
    if not served:
        if may(request.user, "meetings.list_registrations", meeting):
            return redirect("meetings:delegations", slug=slug)
        raise Http404
    return render(request, "meetings/delegation_choice.html", {"meeting": meeting, "organizations": served})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Who comes for an organization, who waits for its endorsement; name somebody."""
    meeting = _meeting(request, slug)
    organization: Organization = get_object_or_404(Organization.objects.select_related("category", "country"), code=code)
    ceiling = ceiling_of(meeting, organization)
    if not may(request.user, "meetings.view_delegation", ceiling):
        raise Http404  # whether an organization names anybody is its own matter
    form = DelegateForm(request.POST if request.method == "POST" else None, organization=organization)
    if request.method == "POST" and form.is_valid():
        act = lambda: nominate(meeting=meeting, organization=organization, by=request.user, **form.cleaned_data)  # noqa: E731
        if made := _named(request, meeting, form, act):
            messages.success(request, _nominated(made))
            return redirect("meetings:delegation", slug=slug, code=code)
    members: list[Any] = members_of(request.user, meeting, organization)
    for row in members:
        row.part_form = PartForm(initial={"role": row.delegation_role}, auto_id=f"id_{row.pk}_%s")
    context = {
        "meeting": meeting,
        "organization": organization,
        "members": members,
        "largest": ceiling.largest,
        "left": max(ceiling.largest - len(members), 0),
        "has_head": any(row.delegation_role == DelegationRole.HEAD for row in members),
        "waiting": to_endorse_for(request.user, meeting, organization),
        "manages": may(request.user, "meetings.change_ceiling", ceiling),
        "is_over": meeting.ends_at <= timezone.now(),
        "form": form,
    }
    return render(request, "meetings/delegation.html", context, status=400 if form.errors else 200)


def _named(request: HttpRequest, meeting: Meeting, form: Any, act: Callable[[], Registration]) -> Registration | None:
    """Who is named now; None, and the form says why not.

    Who could not name ten addresses within an hour waits: by trying, one would find out whose address is known. Not so the
    secretariat, which reads the list anyway.
    """
    counts = not may(request.user, "meetings.list_registrations", meeting)
    if counts and not consume(request, action="delegate_address", dry_run=True):
        form.add_error(None, _("Too many addresses could not be named. Wait an hour, or write to the secretariat."))
        return None
    try:
        return act()
    except Refused as refusal:
        if counts and isinstance(refusal, AddressRefused):
            consume(request, action="delegate_address")
        form.add_error(None, str(refusal))
        return None


def _nominated(made: Registration) -> str:
    if made.state == RegistrationState.APPROVED:
        return _("%(name)s is named, has a seat and gets a message.") % {"name": isolated(made.full_name)}
    if made.state == RegistrationState.WAITLISTED:
        return _("%(name)s is named and on the waiting list: no seat is free.") % {"name": isolated(made.full_name)}
    return _("%(name)s is named and gets a message. The secretariat decides on the seat.") % {"name": isolated(made.full_name)}


def _delegate(request: HttpRequest, reference: str) -> Registration:
    """A member of a delegation whom the person may change."""
    rows = Registration.objects.visible_to(request.user).select_related("meeting__country", "organization", "category")
    found = get_object_or_404(rows, reference=reference)
    require(request.user, "meetings.change_delegate", found)
    return found


def _back(found: Registration) -> HttpResponse:
    assert found.organization is not None
    return redirect("meetings:delegation", slug=found.meeting.slug, code=found.organization.code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def substitute_delegate(request: HttpRequest, reference: str) -> HttpResponse:
    """Let somebody else come in a delegate's place."""
    found = _delegate(request, reference)
    form = SubstituteForm(request.POST if request.method == "POST" else None, registration=found)
    if request.method == "POST" and form.is_valid():
        act = lambda: substitute(registration=found, by=request.user, **form.cleaned_data)  # noqa: E731
        if made := _named(request, found.meeting, form, act):
            messages.success(
                request,
                _("%(new)s comes instead of %(old)s; both get a message.")
                % {"new": isolated(made.full_name), "old": isolated(found.full_name)},
            )
            return _back(found)
    context = {"registration": found, "meeting": found.meeting, "form": form}
    return render(request, "meetings/delegate_substitute.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then take somebody out of the delegation."""
    found = _delegate(request, reference)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_delegate(registration=found, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(
                request, _("%(name)s is no longer in the delegation and gets a message.") % {"name": isolated(found.full_name)}
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        return _back(found)
    context = {"registration": found, "meeting": found.meeting, "form": form}
    return render(request, "meetings/delegate_withdraw.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def part(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a delegate another part."""
    found = _delegate(request, reference)
    form = PartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what the person is in the delegation: head, alternate head or adviser."))
        return _back(found)
    try:
        made = set_part(registration=found, by=request.user, role=form.cleaned_data["role"])
        messages.success(
            request, _("%(name)s: %(part)s.") % {"name": isolated(made.full_name), "part": made.get_delegation_role_display()}
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest, slug: str) -> HttpResponse:
    """Every delegation with its ceiling; set the ceiling of an organization."""
    meeting = _meeting(request, slug)
    require(request.user, "meetings.list_registrations", meeting)
    form = CeilingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ceiling = set_ceiling(meeting=meeting, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"organization": isolated(ceiling.organization.short_name), "n": ceiling.largest}
            messages.success(request, _("%(organization)s may name %(n)d people.") % words)
            return redirect("meetings:delegations", slug=slug)
    lines = delegations_of(request.user, meeting)
    context = {
        "meeting": meeting,
        "lines": lines,
        "form": form,
        "count_text": ngettext("%(n)d organization", "%(n)d organizations", len(lines)) % {"n": len(lines)},
        "people": sum(line.named for line in lines),
    }
    return render(request, "meetings/delegations.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """Every delegation as a workbook."""
    meeting = _meeting(request, slug)
    require(request.user, "meetings.list_registrations", meeting)
    content = delegations_xlsx(delegations_of(request.user, meeting), right_to_left=get_language_bidi())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}-delegations.xlsx"'
    return response
