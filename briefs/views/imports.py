"""Bring a Word document into a brief: upload it, look at what it would do, then say yes or no."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefs.forms import BringInForm, WordForm
from briefs.models import Brief, BriefImport, Figure
from briefs.selectors.words import lines_of
from briefs.services import apply_import, drop_import, read_import
from briefs.services.imports import ImportStep, import_steps, picture_key, sections_seen
from common.access import Refused, require
from common.acts import told
from common.document_files import too_large
from common.textdiff import spoken, word_diff_html
from common.uploads import was_left_out
from common.word_notes import changes_in_words
from directory.models import StoredFile

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
_MOST_WAITING = 10
_MOST_CHANGES = 200


@get_and_post
@login_required
def import_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a Word document for a brief."""
    brief = get_object_or_404(Brief.objects.of_insider(request.user).select_related("series"), slug=slug)
    require(request.user, "briefs.import_text", brief)
    form = WordForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if was_left_out(request, "file"):
        form.add_error(None, too_large())
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            record = read_import(brief=brief, content=file.read(), file_name=file.name, by=request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(record)
    waiting = BriefImport.objects.visible_to(request.user).filter(brief=brief, applied_at=None, dropped_at=None)
    context = {"brief": brief, "form": form, "waiting": waiting.select_related("by")[:_MOST_WAITING]}
    return render(request, "briefs/import.html", context, status=400 if form.is_bound else 200)


def _find(request: HttpRequest, slug: str, pk: int) -> BriefImport:
    rows = BriefImport.objects.visible_to(request.user).select_related("brief__series", "file", "by")
    record = get_object_or_404(rows, pk=pk, brief__slug=slug)
    require(request.user, "briefs.import_text", record.brief)
    return record


@get_and_post
@login_required
def import_preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What the document would do to the sections; a deliberate yes takes it over."""
    record = _find(request, slug, pk)
    steps = import_steps(record, request.user) if record.is_open else []
    form = BringInForm(
        request.POST if request.method == "POST" else None,
        brief=record.brief,
        conflicts=[step.place for step in steps if step.kind == "replaces"],
        added=[step.place for step in steps if step.kind == "new"],
        initial={"seen": sections_seen(record.brief)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            apply_import(record=record, choices=form.choices, owners=form.owners, by=request.user, seen=form.cleaned_data["seen"])
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(record)
        messages.success(request, _("The document is in the brief."))
        return redirect(record if _figures_of(record) else record.brief)
    context = {
        "record": record,
        "brief": record.brief,
        "form": form,
        "lines": [_line(step, form) for step in steps],
        "does_something": any(step.kind in {"new", "fills", "replaces"} for step in steps),
        "reading": record.reading,
        "changes": changes_in_words(record.reading.get("changes", [])[:_MOST_CHANGES]),
        "pictures": _pictures_of(record) if record.is_open else [],
        "figures": _figures_of(record) if record.applied_at else [],
    }
    return render(request, "briefs/import_preview.html", context, status=400 if form.is_bound else 200)


def _pictures_of(record: BriefImport) -> list[dict[str, Any]]:
    """The pictures of a document that waits, with the keys of the figures that they would become."""
    return [{**one, "place": place, "key": picture_key(record, place)} for place, one in enumerate(record.reading["pictures"], 1)]


def _figures_of(record: BriefImport) -> list[Figure]:
    """The figures that a document brought and that are still there."""
    keys = [picture_key(record, place) for place in range(1, len(record.reading["pictures"]) + 1)]
    figures = list(record.brief.figures.filter(key__in=keys))
    for figure in figures:
        figure.brief = record.brief
    return figures


def _line(step: ImportStep, form: BringInForm) -> dict[str, Any]:
    difference = ""
    if step.section and step.kind in {"replaces", "foreign"}:
        difference = spoken(word_diff_html("\n".join(lines_of(step.section.body)), "\n".join(lines_of(step.body))))
    field = {"replaces": "c", "new": "o"}.get(step.kind)
    return {
        "step": step,
        # Cleaned when it was read, and again when it is saved.
        "html": mark_safe(step.body),  # noqa: S308 - cleaned by clean_body
        "difference": difference,
        "field": form[f"{field}-{step.place}"] if field else None,
    }


@require_POST
@login_required
def import_stop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Leave the text of the brief as it is."""
    record = _find(request, slug, pk)
    done = _("Nothing was taken over. The text of the brief is as it was.")
    told(request, lambda: drop_import(record=record, by=request.user), done)
    return redirect(record.brief)


@require_safe
@login_required
def import_picture(request: HttpRequest, slug: str, pk: int, place: int) -> HttpResponseBase:
    """A picture of a document, for those who bring it in."""
    pictures = _find(request, slug, pk).reading["pictures"]
    if not 0 < place <= len(pictures) or "refused" in pictures[place - 1]:
        raise Http404
    row = get_object_or_404(StoredFile, pk=pictures[place - 1]["file"])
    response = FileResponse(row.file.open("rb"), content_type=pictures[place - 1]["mime"])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
