"""The organization's step: its focal point's page, the request by link, what staff do where nobody can answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.access import Refused, may, require
from common.bidi import isolated
from common.forms import ReasonForm
from directory.services.links import LinkRefused
from directory.views.links import link_refused
from meetings.enums import RegistrationState
from meetings.forms.delegations import AskForm, ContactForm, EndorsementForm
from meetings.models import OrganizationContact, Registration
from meetings.selectors.delegations import endorsement_desk
from meetings.services.endorsement import (
    answer_by_link,
    endorse,
    record_contact,
    refuse_endorsement,
    registration_behind,
    send_endorsement_request,
    withdraw_contact,
)
from meetings.services.registration import approve_registration


def _registration(request: HttpRequest, reference: str) -> Registration:
    rows = Registration.objects.visible_to(request.user).select_related("meeting__country", "organization", "category", "country")
    return get_object_or_404(rows, reference=reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def endorsement(request: HttpRequest, reference: str) -> HttpResponse:
    """A focal point endorses or refuses; staff see whom it waits for and send a link."""
    found = _registration(request, reference)
    decides = may(request.user, "meetings.endorse_registration", found)
    asks = may(request.user, "meetings.ask_endorsement", found)
    if not decides and not asks:
        raise PermissionDenied(_("The organization endorses a registration, not the person who registers."))
    form = EndorsementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request.user, "meetings.endorse_registration", found)
        if form.is_valid() and _answered(request, found, form):
            return redirect("meetings:delegation", slug=found.meeting.slug, code=found.organization.code)  # type: ignore[union-attr]
    context = {
        "registration": found,
        "meeting": found.meeting,
        "waits": found.state == RegistrationState.SUBMITTED,
        "decides": decides,
        "form": form,
        "asks": asks and found.organization_id is not None,
    }
    if context["asks"]:
        context |= {
            "desk": endorsement_desk(found),
            "ask_form": AskForm(registration=found),
            "contact_form": ContactForm(initial={"language": "en"}, prefix="contact"),
        }
    return render(request, "meetings/endorsement.html", context, status=400 if form.errors else 200)


def _answered(request: HttpRequest, found: Registration, form: EndorsementForm) -> bool:
    try:
        if form.endorses:
            endorse(registration=found, by=request.user)
            messages.success(request, _("You have endorsed the registration of %(name)s.") % {"name": isolated(found.full_name)})
        else:
            refuse_endorsement(registration=found, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(
                request, _("%(name)s is told that you do not endorse the registration.") % {"name": isolated(found.full_name)}
            )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@login_required
@require_POST
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the request to a checked address."""
    found = _registration(request, reference)
    require(request.user, "meetings.ask_endorsement", found)
    form = AskForm(request.POST, registration=found)
    if not form.is_valid():
        messages.error(
            request, _("This is not a checked address of the organization that the registration names. Choose another one.")
        )
        return redirect("meetings:endorsement", reference=reference)
    try:
        link = send_endorsement_request(registration=found, contact=form.cleaned_data["contact"], by=request.user)
        messages.success(request, _("The request is on its way to %(address)s.") % {"address": link.address})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:endorsement", reference=reference)


@login_required
@require_POST
def add_contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Record an address that was checked to be the organization's."""
    found = _registration(request, reference)
    require(request.user, "meetings.ask_endorsement", found)
    form = ContactForm(request.POST, prefix="contact")
    if found.organization is None or not form.is_valid():
        messages.error(request, _("Give an e-mail address and say how you checked that it is the organization's own."))
        return redirect("meetings:endorsement", reference=reference)
    try:
        made = record_contact(organization=found.organization, by=request.user, scope=found, **form.cleaned_data)
        messages.success(request, _("%(address)s is recorded. The request can be sent there.") % {"address": made.address})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:endorsement", reference=reference)


@login_required
@require_POST
def remove_contact(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Use an address no more."""
    found = _registration(request, reference)
    require(request.user, "meetings.ask_endorsement", found)
    contact = get_object_or_404(OrganizationContact, pk=min(pk, 2**63 - 1), organization=found.organization_id)
    try:
        withdraw_contact(contact=contact, by=request.user, scope=found)
        messages.success(request, _("%(address)s is used no more.") % {"address": contact.address})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:endorsement", reference=reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: opening it does nothing; the button endorses or refuses."""
    try:
        found, link = registration_behind(token=token)
        form = EndorsementForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                answer_by_link(token=token, endorses=form.endorses, reason=form.cleaned_data["reason"])
            except LinkRefused:
                raise
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                context = {"registration": found, "meeting": found.meeting, "endorsed": form.endorses}
                return render(request, "meetings/endorsement_thanks.html", context)
    except LinkRefused as refusal:
        return link_refused(request, refusal)
    context = {"registration": found, "meeting": found.meeting, "link": link, "form": form}
    return render(request, "meetings/endorsement_link.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def approve_unendorsed(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve what the organization has not endorsed, with a reason that the history keeps."""
    found = _registration(request, reference)
    require(request.user, "meetings.approve_registration", found)
    readers = _("The person and the organization read this in the history.")
    form = ReasonForm(request.POST if request.method == "POST" else None, readers=readers)
    if request.method == "POST" and form.is_valid():
        try:
            result = approve_registration(registration=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"name": isolated(found.full_name), "state": result.get_state_display()}
            messages.success(request, _("%(name)s: %(state)s. A message is on its way.") % words)
            return redirect(found)
    context = {"registration": found, "meeting": found.meeting, "form": form}
    return render(request, "meetings/approve_unendorsed.html", context, status=400 if form.errors else 200)
