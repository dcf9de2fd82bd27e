"""Accepting an invitation: the page behind the single-use link. Opening it does nothing; the button does."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.access import Refused
from directory.enums import LinkProblem
from directory.forms import NewAccountForm
from directory.models import Invitation
from directory.services.addresses import account_with, owns_address
from directory.services.invitations import accept_invitation, accept_with_new_account, invitation_behind
from directory.services.links import LinkRefused
from directory.views.links import link_refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show who invites to what; accept with the account of the invited address, or with a new one made here."""
    try:
        found = invitation_behind(token=token)
        if request.POST.get("act") == "switch":
            logout(request)
            return redirect("directory:invitation", token=token)
        if request.user.is_authenticated:
            return _signed_in(request, token, found)
        return _signed_out(request, token, found)
    except LinkRefused as refusal:
        return _refused(request, refusal)


def _refused(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    """Who has accepted before is led on to the organization; everybody else reads what to do."""
    if refusal.problem == LinkProblem.USED and refusal.link and request.user.is_authenticated:
        row = (
            Invitation.objects.filter(pk=refusal.link.subject, membership__user=request.user)
            .select_related("organization")
            .first()
        )
        if row:
            return link_refused(
                request,
                refusal,
                next_url=row.organization.get_absolute_url(),
                next_text=_("Open the page of %(organization)s") % {"organization": row.organization.short_name},
            )
    return link_refused(request, refusal)


def _signed_in(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    refusal = ""
    is_theirs = owns_address(request.user, found.email)
    if request.method == "POST" and is_theirs:
        try:
            accepted = accept_invitation(token=token, by=request.user)  # type: ignore[arg-type]
        except LinkRefused:
            raise
        except Refused as error:
            refusal = str(error)
        else:
            messages.success(
                request, _("Welcome. You serve in %(organization)s now.") % {"organization": accepted.organization.name}
            )
            return redirect(accepted.organization)
    context = {"invitation": found, "is_theirs": is_theirs, "refusal": refusal}
    return render(request, "directory/invitation.html", context, status=400 if refusal else 200)


def _signed_out(request: HttpRequest, token: str, found: Invitation) -> HttpResponseBase:
    here = reverse("directory:invitation", args=[token])
    if account_with(found.email):
        # Only who holds the link reads this, and the link proves the mailbox: nothing is given away.
        login_url = f"{reverse('account_login')}?{urlencode({'next': here})}"
        return render(request, "directory/invitation.html", {"invitation": found, "login_url": login_url})
    form = NewAccountForm(request.POST if request.method == "POST" else None, email=found.email)
    if request.method == "POST" and form.is_valid():
        try:
            person = accept_with_new_account(token=token, language=get_language() or found.language, **form.cleaned_data)
        except LinkRefused:
            raise
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Welcome. You serve in %(organization)s now.") % {"organization": found.organization.name}
            )
            return perform_login(request, person, redirect_url=found.organization.get_absolute_url())
    return render(request, "directory/invitation.html", {"invitation": found, "form": form}, status=400 if form.errors else 200)
