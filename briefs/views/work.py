"""Where a brief is made: start the clearance, clear, publish, withdraw, open for a new edition."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefs.enums import Clearance
from briefs.forms import ClearanceForm
from briefs.models import Brief
from briefs.selectors import briefs_in_progress, next_step, text_hash
from briefs.services import (
    clear_brief,
    publish_brief,
    refuse_clearance,
    render_again,
    revise_brief,
    withdraw_brief,
)
from common.access import Refused, may, require
from common.acts import told
from common.forms import ReasonForm
from directory.enums import FOCAL_ROLES
from directory.rules import organizations_of

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _brief_or_404(request: HttpRequest, slug: str) -> Brief:
    briefs = Brief.objects.visible_to(request.user).select_related("series", "current_edition")
    return get_object_or_404(briefs.prefetch_related("agencies__organization"), slug=slug)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The briefs that the reader's agencies, or the secretariat, have in the making."""
    briefs = list(briefs_in_progress(request.user))
    context = {
        "rows": [(brief, next_step(brief)) for brief in briefs],
        "may_add": may(request.user, "briefs.add_brief"),
        "may_see_downloads": may(request.user, "briefs.view_downloads"),
    }
    return render(request, "briefs/desk.html", context)


def _after(request: HttpRequest, slug: str, act: Any, done: str) -> HttpResponse:
    """Do a verb and go back to the brief with a sentence, whatever came of it."""
    told(request, act, done)
    return redirect("briefs:detail", slug)


@require_POST
@login_required
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the cleared text."""
    brief = _brief_or_404(request, slug)
    require(request.user, "briefs.publish_brief", brief)
    done = _("The brief is published. Its PDFs are being made and appear here within minutes.")
    return _after(request, slug, lambda: publish_brief(brief=brief, by=request.user), done)


@require_POST
@login_required
def render_files(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the files made that the brief lacks: of its editions, of notices at their head, of the text under embargo."""
    brief = _brief_or_404(request, slug)
    require(request.user, "briefs.render_edition", brief)
    return _after(request, slug, lambda: render_again(brief=brief, by=request.user), _("The PDFs are being made."))


@get_and_post
@login_required
def clear(request: HttpRequest, slug: str) -> HttpResponse:
    """A focal point's answer for an agency: clear, clear with a reservation, or not."""
    brief = _brief_or_404(request, slug)
    focal = organizations_of(request.user, FOCAL_ROLES)
    mine = [agency for agency in brief.agencies.all() if agency.organization_id in focal]
    require(request.user, "briefs.answer_clearance", brief)
    form = ClearanceForm(request.POST or None, initial={"seen": text_hash(brief)}, brief=brief, organizations=focal)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        common = {"brief": brief, "by": request.user, "on_behalf_of": values["organization"].organization, "seen": values["seen"]}
        try:
            if values["answer"] == Clearance.NOT_CLEARED:
                refuse_clearance(**common, reason=values["words"])
            else:
                clear_brief(**common, reservation=values["words"], keeps_editorial=values["keeps_editorial"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The answer of %(agency)s is recorded.") % {"agency": values["organization"].organization}
            )
            return redirect("briefs:detail", slug)
    context = {"brief": brief, "form": form, "mine": mine}
    return render(request, "briefs/clear.html", context, status=400 if form.errors else 200)


def _with_reason(
    request: HttpRequest, slug: str, *, permission: str, verb: Any, done: str, words: dict[str, Any]
) -> HttpResponse:
    """A page that asks for a reason and then does a verb with it."""
    brief = _brief_or_404(request, slug)
    require(request.user, permission, brief)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(brief=brief, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("briefs:detail", slug)
    return render(request, "briefs/reason.html", {"brief": brief, "form": form, **words}, status=400 if form.errors else 200)


@get_and_post
@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw a published brief with a reason."""
    words = {
        "title": _("Withdraw this brief"),
        "lead": _("The brief stays at its address and citable, under a banner with your reason."),
        "button": _("Withdraw the brief"),
        "is_grave": True,
    }
    done = _("The brief is withdrawn.")
    return _with_reason(request, slug, permission="briefs.withdraw_brief", verb=withdraw_brief, done=done, words=words)


@get_and_post
@login_required
def revise(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a published brief for its next edition."""
    words = {
        "title": _("Open for a new edition"),
        "lead": _("Readers keep seeing the present edition until the new text is cleared and published."),
        "button": _("Open for a new edition"),
        "is_grave": False,
    }
    done = _("The brief is open for its next edition. The agencies can edit their sections.")
    return _with_reason(request, slug, permission="briefs.revise_brief", verb=revise_brief, done=done, words=words)
