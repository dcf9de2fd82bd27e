"""Where figures and references of a brief are made, changed, brought in and removed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from briefs.enums import FigureKind
from briefs.forms.matter import FIGURE_FORMS, PasteForm, ReferenceForm
from briefs.models import Figure, Reference
from briefs.selectors.content import chart_svg
from briefs.selectors.matter import version_of_figure, version_of_reference
from briefs.selectors.references import reference_text
from briefs.services.figures import add_figure, change_figure, remove_figure
from briefs.services.references import add_reference, change_reference, import_references, remove_reference
from briefs.views.matter import act, done, form_page, get_and_post, refused_form, working_brief
from common.access import Refused
from common.bibliography import read_bibliography
from common.uploads import was_left_out

MATTER = "briefs.change_matter"


def _with_size(request: HttpRequest, form: Any) -> None:
    """Say why a file is not there that was too large to be kept."""
    if request.method == "POST" and was_left_out(request, "file"):
        form.add_error("file", _("The file is too large. Make it smaller or choose another one."))


@get_and_post
@login_required
def new_figure(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Add a picture or a chart."""
    brief = working_brief(request, slug, MATTER)
    if kind not in FIGURE_FORMS:
        raise Http404
    form = FIGURE_FORMS[kind](request.POST or None, request.FILES or None)
    _with_size(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            figure = add_figure(brief=brief, by=request.user, kind=kind, key=form.cleaned_data["key"], values=form.values())
        except Refused as refusal:
            form.add_error("key", str(refusal))
        else:
            words = _("The figure is added. Write [figure %(key)s] as a paragraph of its own where it is to stand.")
            return done(request, brief, words % {"key": figure.key}, "#figures")
    title = _("New picture") if kind == FigureKind.IMAGE else _("New chart")
    return form_page(request, brief, form, title=title, has_file=True)


@get_and_post
@login_required
def figure(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Change a figure: its words, its picture, its numbers."""
    brief = working_brief(request, slug, MATTER)
    found = get_object_or_404(brief.figures, key=key)
    seen = version_of_figure(found)
    form = FIGURE_FORMS[found.kind](request.POST or None, request.FILES or None, figure=found, initial={"seen": seen})
    _with_size(request, form)
    context: dict[str, Any] = {"title": _("Figure “%(key)s”") % {"key": key}, "has_file": True, "figure": found}
    if found.kind == FigureKind.CHART:
        context["drawing"] = chart_svg(found)
    if request.method == "POST" and form.is_valid():
        try:
            change_figure(figure=found, by=request.user, seen=form.cleaned_data["seen"], values=form.values())
        except Refused as refusal:
            refused_form(form, refusal, seen)
            context["present"] = [(_("Caption"), found.caption), (_("Alternative text"), found.alt), (_("Credit"), found.credit)]
        else:
            return done(request, brief, _("The figure is saved."), "#figures")
    return form_page(request, brief, form, **context)


@require_POST
@login_required
def drop_figure(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Remove a figure that no section shows."""
    brief = working_brief(request, slug, MATTER)
    found: Figure = get_object_or_404(brief.figures.select_related("brief"), key=key)
    return act(request, brief, lambda: remove_figure(figure=found, by=request.user), _("The figure is removed."), "#figures")


@get_and_post
@login_required
def new_reference(request: HttpRequest, slug: str) -> HttpResponse:
    """Type a source."""
    brief = working_brief(request, slug, MATTER)
    form = ReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_reference(brief=brief, by=request.user, key=form.cleaned_data["key"], csl=form.csl())
        except Refused as refusal:
            form.add_error("key", str(refusal))
        else:
            words = _("The reference is added. Cite it in a section as [@%(key)s].") % {"key": made.key}
            return done(request, brief, words, "#references")
    return form_page(request, brief, form, title=_("New reference"))


@get_and_post
@login_required
def reference(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Change what is said of a source."""
    brief = working_brief(request, slug, MATTER)
    found = get_object_or_404(brief.references, key=key)
    seen = version_of_reference(found)
    form = ReferenceForm(request.POST or None, csl=found.csl, initial={"seen": seen})
    context: dict[str, Any] = {"title": _("Reference “%(key)s”") % {"key": key}}
    if request.method == "POST" and form.is_valid():
        try:
            change_reference(reference=found, by=request.user, seen=form.cleaned_data["seen"], csl=form.csl())
        except Refused as refusal:
            refused_form(form, refusal, seen)
            context["present"] = [(_("Reference"), reference_text(found.csl))]
        else:
            return done(request, brief, _("The reference is saved."), "#references")
    return form_page(request, brief, form, **context)


@require_POST
@login_required
def drop_reference(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Remove a source that no section cites."""
    brief = working_brief(request, slug, MATTER)
    found: Reference = get_object_or_404(brief.references.select_related("brief"), key=key)
    return act(
        request, brief, lambda: remove_reference(reference=found, by=request.user), _("The reference is removed."), "#references"
    )


@get_and_post
@login_required
def bring_references(request: HttpRequest, slug: str) -> HttpResponse:
    """Paste references, see line by line what was understood, then take over the chosen ones."""
    brief = working_brief(request, slug, MATTER)
    form = PasteForm(request.POST or None)
    context: dict[str, Any] = {"brief": brief, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            reading = read_bibliography(form.cleaned_data["text"])
            chosen = request.POST.getlist("take")
            if "confirm" in request.POST:
                made = import_references(brief=brief, by=request.user, entries=[e for e in reading.entries if e.key in chosen])
                return done(request, brief, _("References brought in: %(count)d.") % {"count": len(made)}, "#references")
        except Refused as refusal:
            form.add_error("text", str(refusal))
            messages.error(request, str(refusal))
        else:
            taken = set(brief.references.values_list("key", flat=True))
            context["reading"] = reading
            context["rows"] = [(entry, reference_text(entry.csl), entry.key in taken) for entry in reading.entries]
    return render(request, "briefs/references_import.html", context, status=400 if form.errors else 200)
