"""The secretariat's side of working groups: the group, its terms of reference, its members."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.access import require
from common.bidi import isolated
from meetings.forms.groups import EndTermForm, GroupForm, MemberForm, TermsForm
from meetings.models import GroupMember, WorkingGroup
from meetings.services.groups import add_member, change_member, end_term, save_group, set_terms
from meetings.views.acting import done, form_page, group_for

_METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(_METHODS)
def add(request: HttpRequest) -> HttpResponse:
    """A new group."""
    require(request.user, "meetings.edit_group")
    form = GroupForm(request.POST or None, person=request.user)
    if done(
        request, form, lambda: _save(request, form), _("The group is there. Write its terms of reference and name its members.")
    ):
        return redirect(form.instance)
    return form_page(request, form, title=_("New working group"), submit=_("Create the group"))


def _save(request: HttpRequest, form: GroupForm) -> None:
    save_group(group=form.instance, strategies=form.cleaned_data["strategies"], by=request.user)


@login_required
@require_http_methods(_METHODS)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Names, summary, strategies, and whether everybody sees the group."""
    found = group_for(request, slug, "meetings.edit_group")
    form = GroupForm(request.POST or None, instance=found, person=request.user)
    if done(request, form, lambda: _save(request, form), _("Saved.")):
        return redirect(found)
    return form_page(
        request, form, group=WorkingGroup.objects.get(pk=found.pk), title=_("Edit the working group"), submit=_("Save")
    )


@login_required
@require_http_methods(_METHODS)
def new_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """The next version of the terms of reference, from the text of the one in force."""
    found = group_for(request, slug, "meetings.edit_group")
    newest = found.terms_versions.first()
    initial = {
        "text": newest.text if newest else "",
        "adopted_on": timezone.now().date(),
        "seen": newest.number if newest else None,
    }
    form = TermsForm(request.POST or None, initial=initial)
    if done(request, form, lambda: set_terms(group=found, by=request.user, **form.cleaned_data), _("The version is recorded.")):
        return redirect("meetings:group_terms", found.slug)
    return form_page(
        request,
        form,
        group=found,
        title=_("New version of the terms of reference"),
        lead=_("A version that is recorded is never changed: whoever reads it later reads what was in force."),
        submit=_("Record the version"),
    )


@login_required
@require_http_methods(_METHODS)
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is a member, who was, and naming another."""
    found = group_for(request, slug, "meetings.edit_group")
    form = MemberForm(request.POST or None)
    if done(request, form, lambda: add_member(group=found, by=request.user, **form.values()), _("The person is named and told.")):
        return redirect("meetings:group_members", found.slug)
    rows = list(found.members.select_related("organization", "user"))
    context = {
        "group": found,
        "form": form,
        "members": [row for row in rows if not row.is_over],
        "past_members": [row for row in rows if row.is_over],
    }
    return render(request, "meetings/group_members.html", context, status=400 if form.is_bound and form.errors else 200)


def _member(request: HttpRequest, slug: str, pk: int) -> GroupMember:
    found = group_for(request, slug, "meetings.edit_group")
    return get_object_or_404(found.members.select_related("organization", "user", "group"), pk=pk)


@login_required
@require_http_methods(_METHODS)
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Correct who somebody is and the dates of the term."""
    found = _member(request, slug, pk)
    initial = {
        "email": found.user.email if found.user else found.email,
        "name": found.name,
        "term_from": found.term_from,
        "term_to": found.term_to,
    }
    form = MemberForm(request.POST or None, member=found, initial=initial)
    if done(request, form, lambda: change_member(member=found, by=request.user, **form.values()), _("Saved.")):
        return redirect("meetings:group_members", slug)
    return form_page(
        request,
        form,
        group=found.group,
        title=_("Change the entry of %(name)s") % {"name": isolated(found.name or found.organization.short_name)},
        lead=_("Somebody who takes on another role, or leaves, ends this term and begins another."),
        submit=_("Save"),
        back="meetings:group_members",
    )


@login_required
@require_http_methods(_METHODS)
def end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End a term; the row stays as history."""
    found = _member(request, slug, pk)
    form = EndTermForm(request.POST or None, initial={"on": timezone.now().date()})
    if done(request, form, lambda: end_term(member=found, by=request.user, **form.cleaned_data), _("The term has its last day.")):
        return redirect("meetings:group_members", slug)
    return form_page(
        request,
        form,
        group=found.group,
        title=_("End the term of %(name)s") % {"name": isolated(found.name or found.organization.short_name)},
        lead=_("The last day counts. The entry stays in the history of the group."),
        submit=_("End the term"),
        danger=True,
        back="meetings:group_members",
    )
