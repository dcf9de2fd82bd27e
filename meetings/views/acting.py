"""What the pages of working groups share: finding a row, doing a verb, saying how it went."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise

from common.access import Refused, require
from meetings.models import Meeting, WorkingGroup


def group_for(request: HttpRequest, slug: str, permission: str) -> WorkingGroup:
    """The group, if the person sees it (else 404) and may do what is asked (else 403)."""
    found = get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)
    require(request.user, permission, found)
    return found


def group_meeting_for(request: HttpRequest, slug: str, permission: str = "") -> Meeting:
    """The meeting of a group, with its group; other meetings are not found here."""
    rows = Meeting.objects.visible_to(request.user).exclude(group=None).select_related("group", "country", "host")
    found = get_object_or_404(rows, slug=slug)
    if permission:
        require(request.user, permission, found)
    return found


def done(request: HttpRequest, form: forms.Form | forms.ModelForm, act: Callable[[], Any], success: str | Promise) -> bool:
    """Do a verb with a valid form and say so; a refusal becomes an error of the form. False: show the form again."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, str(success))
    return True


def press(request: HttpRequest, act: Callable[[], Any], success: str | Promise, back: Any) -> HttpResponse:
    """Do a verb that needs no form, say how it went and go back."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(success))
    return redirect(back)


def form_page(request: HttpRequest, form: forms.Form | forms.ModelForm, **context: Any) -> HttpResponse:
    """The one page of all these forms: group, meeting (or None), title, lead, submit, danger, back."""
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "meetings/group_form.html", {"form": form, **context}, status=status)
