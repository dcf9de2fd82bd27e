"""The public page of a series, and where the secretariat makes and changes it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from briefs.forms.series import SeriesForm
from briefs.models import Series
from briefs.selectors import public_briefs, shelf
from briefs.selectors.feeds import feed_addresses
from briefs.selectors.matter import next_issue_due, version_of_series
from briefs.services.series import change_series, create_series
from common.access import Refused, may, require
from directory.public_pages import public_page


@require_safe
@public_page("briefs", "directory")
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """A series with its issues, the newest first."""
    found = get_object_or_404(Series, slug=slug)
    briefs = public_briefs(row for row in shelf(regions=False) if row.series == slug)
    context = {
        "series": found,
        "editors": list(found.editors.all()),
        "due": next_issue_due(found),
        "briefs": briefs,
        "issues": len({brief.number for brief in briefs}),
        "feeds": feed_addresses({"series": slug}),
        "may_change": may(request.user, "briefs.change_series"),
    }
    return render(request, "briefs/series.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_series(request: HttpRequest) -> HttpResponse:
    """Begin a series."""
    require(request.user, "briefs.change_series")
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_series(by=request.user, values=form.values())
        except Refused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("The series is set up."))
            return redirect(made)
    return _form(request, {"form": form, "title": _("New series"), "submit": _("Set up the series")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a series."""
    require(request.user, "briefs.change_series")
    found = get_object_or_404(Series, slug=slug)
    seen = version_of_series(found)
    form = SeriesForm(request.POST or None, instance=get_object_or_404(Series, slug=slug), initial={"seen": seen})
    context: dict[str, Any] = {"form": form, "series": found, "title": _("Change the series"), "submit": _("Save")}
    if request.method == "POST" and form.is_valid():
        try:
            change_series(series=found, by=request.user, seen=form.cleaned_data["seen"], values=form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            form.data = {**request.POST.dict(), "seen": seen, "editors": request.POST.getlist("editors")}
            context["present"] = [(_("Title"), found.title), (_("Description"), found.description), ("ISSN", found.issn)]
        else:
            messages.success(request, _("The series is saved."))
            return redirect(found)
    return _form(request, context)


def _form(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "briefs/series_form.html", context, status=400 if context["form"].errors else 200)
