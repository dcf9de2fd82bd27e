"""A person's own profile, and the photos of people."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.uploads import was_left_out
from directory.forms import PhotoForm, ProfileForm
from directory.models import User
from directory.services.photos import set_photo
from directory.services.profiles import change_profile


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    context = {"form": ProfileForm(instance=_as_kept(request)), "photo_form": PhotoForm()} | forms
    refused = any(form.is_bound for form in forms.values())
    return render(request, "directory/profile.html", context, status=400 if refused else 200)


def _as_kept(request: HttpRequest) -> User:
    # A refused form has already written into its object: the head of the page shows the person as they are.
    assert request.user.is_authenticated
    return User.objects.select_related("photo").get(pk=request.user.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The signed-in person's name, language and time zone, and the way to all pages of their account."""
    if request.method != "POST":
        return _page(request)
    form = ProfileForm(request.POST, instance=_as_kept(request))
    if not form.is_valid():
        return _page(request, form=form)
    change_profile(person=form.instance, values=form.cleaned_data)
    messages.success(request, _("Your profile is saved."))
    return redirect("directory:profile")


@login_required
@require_POST
def change_photo(request: HttpRequest) -> HttpResponse:
    """Keep a new photo of the signed-in person."""
    form = PhotoForm(request.POST, request.FILES)
    if was_left_out(request, "photo"):
        form.errors["photo"] = form.error_class(
            [_("The picture has more than 25 MB; 5 MB is the most. Make it smaller or choose another one.")]
        )
    if not form.is_valid():
        return _page(request, photo_form=form)
    set_photo(person=_as_kept(request), content=form.cleaned_data["photo"])
    messages.success(request, _("Your photo is saved."))
    return redirect("directory:profile")


@login_required
@require_POST
def remove_photo(request: HttpRequest) -> HttpResponse:
    """Take away the photo of the signed-in person; its file goes too."""
    set_photo(person=_as_kept(request), content=None)
    messages.success(request, _("Your photo is gone."))
    return redirect("directory:profile")


@login_required
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """The photo of a person, for whoever is signed in."""
    person = get_object_or_404(User.objects.select_related("photo"), pk=pk, is_active=True)
    if person.photo is None:
        raise Http404(_("This person has no photo."))
    # The address that pages give carries the number of the file: a new photo has a new address.
    headers = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(person.photo.file.open("rb"), content_type=person.photo.mime, headers=headers)
