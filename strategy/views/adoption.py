"""What agencies do in a silence procedure and an endorsement; certificates, and the page that verifies one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, require
from strategy.documents.certificates import certificate_of_agency, certificate_of_round
from strategy.forms.adoption import EndorseForm, ObjectForm
from strategy.forms.positions import WithdrawForm
from strategy.models import Endorsement, RoundOutcome
from strategy.selectors.round_page import AgencySide, own_sides
from strategy.services import lodge_objection, record_endorsement, withdraw_objection
from strategy.views.reading import posted
from strategy.views.rounds import around, find_round


def _find_side(request: HttpRequest, consultation: Any) -> AgencySide:
    """The side of the agency named in the address (`?agency=`), else of one's first; 404 for whoever has none."""
    code = request.POST.get("agency") or request.GET.get("agency", "")
    sides = [side for side in own_sides(request.user, consultation) if not code or side.organization.code == code]
    if not sides:
        raise Http404
    return sides[0]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lodge(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for the reason and a deliberate yes, then lodge the agency's objection."""
    consultation = find_round(request, slug, pk)
    side = _find_side(request, consultation)
    agency = side.organization
    require(request.user, "strategy.object", Endorsement(round=consultation, organization=agency))
    sentence = _("I object in the name of %(agency)s. The text is not adopted while this objection stands.") % {"agency": agency}
    form = ObjectForm(posted(request), sentence=sentence)
    if request.method == "POST" and form.is_valid():
        try:
            lodge_objection(consultation=consultation, by=request.user, on_behalf_of=agency, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The objection of %(agency)s is lodged. The secretariat is told.") % {"agency": agency})
            return redirect(consultation)
    context = around(request, consultation, side=side, form=form)
    return render(request, "strategy/object.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for a deliberate yes, then withdraw the agency's objection."""
    consultation = find_round(request, slug, pk)
    side = _find_side(request, consultation)
    if side.objection is None:
        raise Http404
    require(request.user, "strategy.object", side.objection)
    sentence = _("I withdraw the objection of %(agency)s.") % {"agency": side.organization}
    form = WithdrawForm(posted(request), sentence=sentence)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_objection(objection=side.objection, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The objection is withdrawn. The secretariat is told."))
            return redirect(consultation)
    context = around(request, consultation, side=side, form=form)
    return render(request, "strategy/object_withdraw.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def endorse(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for answer, signatory and a deliberate yes, then record what the agency says to the text."""
    consultation = find_round(request, slug, pk)
    side = _find_side(request, consultation)
    agency, present = side.organization, side.endorsement
    require(request.user, "strategy.endorse", Endorsement(round=consultation, organization=agency))
    sentence = _("I record this answer in the name of %(agency)s.") % {"agency": agency}
    form = EndorseForm(posted(request), present=present, sentence=sentence)
    seen = request.POST.get("seen", present.code if present else "")
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "confirm"}
        try:
            record_endorsement(consultation=consultation, by=request.user, on_behalf_of=agency, seen=seen, **values)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The answer of %(agency)s is recorded. A receipt is on its way.") % {"agency": agency})
            return redirect(consultation)
    earlier = Endorsement.objects.visible_to(request.user).filter(round=consultation, organization=agency)
    context = around(
        request, consultation, side=side, form=form, hidden=[("seen", seen)],
        earlier=earlier.exclude(replaced_at=None).select_related("by").order_by("-at"),
    )  # fmt: skip
    return render(request, "strategy/endorse.html", context, status=400 if form.is_bound else 200)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'}
    )


@require_safe
def certificate(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The certificate of a round's outcome; where the text was not adopted, a record of it."""
    consultation = find_round(request, slug, pk)
    outcome = get_object_or_404(RoundOutcome.objects.visible_to(request.user), round=consultation)
    outcome.round = consultation
    rows = Endorsement.objects.visible_to(request.user).current().filter(round=consultation).select_related("organization")
    content = certificate_of_round(outcome, list(rows), language=get_language() or "en")
    return _pdf(content, f"{'certificate' if outcome.is_adoption else 'record'}-{outcome.code}")


@require_safe
def agency_certificate(request: HttpRequest, slug: str, pk: int, agency: str) -> HttpResponse:
    """The certificate of what one agency says to the text."""
    consultation = find_round(request, slug, pk)
    rows = Endorsement.objects.visible_to(request.user).current().filter(round=consultation).select_related("organization")
    endorsement = get_object_or_404(rows, organization__code=agency)
    endorsement.round = consultation
    return _pdf(certificate_of_agency(endorsement, language=get_language() or "en"), f"certificate-{endorsement.code}")


@never_cache
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever holds a certificate: whether one with this code was made, and for which text.

    A code cannot be guessed and stands on the certificate alone: who has it has read what the page repeats.
    """
    code = code.upper()[:20]
    near = ("round__draft__strategy",)
    endorsement = Endorsement.objects.filter(code=code).select_related("organization", *near).first()
    outcome = RoundOutcome.objects.filter(code=code).select_related(*near).first()
    found: Any = endorsement or outcome
    context = {
        "code": code,
        "endorsement": endorsement,
        "outcome": outcome,
        "round": found.round if found else None,
    }
    return render(request, "strategy/verify_certificate.html", context, status=200 if found else 404)
