"""My agency: who serves in an organization, invitations, delegations; and what those who may do about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, may, require
from common.ui_words import LANGUAGE_NAMES
from directory.enums import Role
from directory.forms import DelegationForm, EndForm, InvitationForm, MemberForm, MembershipForm
from directory.models import Delegation, Invitation, Membership, Organization, User
from directory.selectors import (
    delegations_of,
    history_of,
    invitations_of,
    members_of,
    own_organizations,
    past_members_of,
)
from directory.services.invitations import invite_member, resend_invitation, withdraw_invitation
from directory.services.memberships import begin_membership, change_membership, delegate, end_delegation, end_membership
from directory.services.organizations import NAMES


def _me(request: HttpRequest) -> User:
    """The signed-in person, where the view lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def visible_organization(request: HttpRequest, code: str) -> Organization:
    """The organization of that code for those who may open its page; for all others it is not there."""
    rows = Organization.objects.select_related("category", "country", "parent")
    organization: Organization = get_object_or_404(rows, code=code)
    if not may(request.user, "directory.view_organization", organization):
        raise Http404
    return organization


@login_required
@require_safe
def my_agency(request: HttpRequest) -> HttpResponse:
    """To the organization that one serves; a choice where there are several, and what to do where there is none."""
    own = own_organizations(request.user)
    if len(own) == 1:
        return redirect(own[0])
    return render(request, "directory/my_agency.html", {"organizations": own})


@login_required
@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """An organization: its names, what it belongs to, who serves in it."""
    organization = visible_organization(request, code)
    reader = request.user
    members = members_of(organization, reader)
    context = {
        "organization": organization,
        "names": [
            (language, LANGUAGE_NAMES[language], name)
            for language, column in NAMES.items()
            if (name := getattr(organization, column))
        ],
        "children": organization.children.order_by("acronym", "name"),
        "members": members,
        "past": past_members_of(organization),
        "history": history_of(organization),
        "invitations": invitations_of(organization, reader),
        "delegations": delegations_of(organization, reader),
        "may_invite": may(reader, "directory.invite_member", organization),
        "may_appoint": _may_appoint(reader, organization),
        "may_edit": may(reader, "directory.edit_organization", organization),
        "may_list": may(reader, "directory.list_organizations"),
        "is_own": any(member.is_self for member in members),
    }
    return render(request, "directory/agency.html", context)


def _may_appoint(user: Any, organization: Organization) -> bool:
    """Those who see accounts anyway name a member by address; a focal point invites instead."""
    return may(user, "directory.list_organizations") and may(user, "directory.give_roles", organization)


def _act(
    request: HttpRequest, form: Form | None, act: Callable[[], Any], said: str, organization: Organization
) -> HttpResponse | None:
    """Do it and go back to the organization's page; a refusal goes to the form, or to the page where there is none."""
    try:
        act()
    except Refused as refusal:
        if form is not None:
            form.add_error(None, str(refusal))
            return None
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    # Who has just left may not open it any more.
    person = User.objects.get(pk=request.user.pk)
    return redirect(organization if may(person, "directory.view_organization", organization) else "desk")


def _page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    return render(request, f"directory/{template}.html", {"form": form, **context}, status=400 if form.errors else 200)


def _given(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Invite a colleague by e-mail."""
    organization = visible_organization(request, code)
    require(request.user, "directory.invite_member", organization)
    form = InvitationForm(_given(request), organization=organization, by=_me(request))
    if form.is_valid():
        data = form.cleaned_data
        said = _("%(address)s is invited. The link in the message works once, for fourteen days.") % {"address": data["email"]}
        done = _act(request, form, lambda: invite_member(organization=organization, by=_me(request), **data), said, organization)
        if done:
            return done
    return _page(request, "agency_invite", form, organization=organization)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_member(request: HttpRequest, code: str) -> HttpResponse:
    """Give a role to somebody who has an account: secretariat staff in agencies, administrators in the secretariat."""
    organization = visible_organization(request, code)
    if not _may_appoint(request.user, organization):
        raise Http404
    form = MemberForm(_given(request), organization=organization, by=_me(request))
    if form.is_valid():
        data = dict(form.cleaned_data)
        person = data.pop("email")
        said = _("%(person)s has the role and gets a message.") % {"person": person}
        done = _act(
            request,
            form,
            lambda: begin_membership(organization=organization, user=person, by=_me(request), **data),
            said,
            organization,
        )
        if done:
            return done
    return _page(request, "agency_add", form, organization=organization)


def _visible_membership(request: HttpRequest, pk: int) -> Membership:
    rows = Membership.objects.visible_to(request.user).select_related("organization", "user")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Another role or other dates for a member."""
    membership = _visible_membership(request, pk)
    require(request.user, "directory.change_membership", membership)
    form = MembershipForm(_given(request), membership=membership, by=_me(request))
    if form.is_valid():
        said = _("The membership of %(person)s is changed.") % {"person": membership.user}
        done = _act(
            request,
            form,
            lambda: change_membership(membership=membership, by=_me(request), **form.cleaned_data),
            said,
            membership.organization,
        )
        if done:
            return done
    return _page(request, "agency_change", form, membership=membership, organization=membership.organization)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave an organization, or end another's membership, after a page that says what stays."""
    membership = _visible_membership(request, pk)
    require(request.user, "directory.end_membership", membership)
    leaves = membership.user_id == request.user.pk
    form = EndForm(_given(request))
    if form.is_valid():
        said = _("The membership of %(person)s has ended.") % {"person": membership.user}
        if leaves:
            said = _("You have left %(organization)s. What you did in its name stays.") % {
                "organization": membership.organization.name
            }
        done = _act(
            request,
            form,
            lambda: end_membership(membership=membership, by=_me(request), **form.cleaned_data),
            said,
            membership.organization,
        )
        if done:
            return done
    return _page(request, "agency_end", form, membership=membership, organization=membership.organization, leaves=leaves)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegate_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who stands in for a focal point."""
    membership = _visible_membership(request, pk)
    require(request.user, "directory.delegate_membership", membership)
    if membership.role != Role.FOCAL_POINT:
        raise Http404
    form = DelegationForm(_given(request), membership=membership)
    if form.is_valid():
        said = _("%(person)s stands in from the first day on and gets a message.") % {"person": form.cleaned_data["to"].user}
        done = _act(
            request,
            form,
            lambda: delegate(membership=membership, by=_me(request), **form.cleaned_data),
            said,
            membership.organization,
        )
        if done:
            return done
    return _page(request, "agency_delegate", form, membership=membership, organization=membership.organization)


@login_required
@require_POST
def stop_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its last day."""
    rows = Delegation.objects.visible_to(request.user).select_related("membership__organization", "membership__user")
    found = get_object_or_404(rows, pk=pk)
    require(request.user, "directory.end_delegation", found)
    organization = found.membership.organization
    done = _act(
        request,
        None,
        lambda: end_delegation(delegation=found, by=_me(request)),
        _("The delegation has ended. Messages go to %(person)s again.") % {"person": found.membership.user},
        organization,
    )
    return done or redirect(organization)


def _visible_invitation(request: HttpRequest, pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(request.user).select_related("organization")
    found = get_object_or_404(rows, pk=pk)
    require(request.user, "directory.manage_invitation", found)
    return found


@login_required
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link."""
    found = _visible_invitation(request, pk)
    said = _("%(address)s gets a new link. The earlier one does not work any more.") % {"address": found.email}
    done = _act(request, None, lambda: resend_invitation(invitation=found, by=_me(request)), said, found.organization)
    return done or redirect(found.organization)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = _visible_invitation(request, pk)
    said = _("The invitation of %(address)s is withdrawn. Its link does not work any more.") % {"address": found.email}
    done = _act(request, None, lambda: withdraw_invitation(invitation=found, by=_me(request)), said, found.organization)
    return done or redirect(found.organization)
