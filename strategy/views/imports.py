"""Bring in a text: upload a file, look at what it would do, then say yes or no."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.document_files import too_large
from common.textdiff import word_diff_html
from common.uploads import was_left_out
from common.word_notes import changes_in_words
from strategy.documents.blocks import Block, runs_of
from strategy.documents.import_words import losses_in_words, notes_text
from strategy.documents.merging import Step
from strategy.forms.imports import ChangesForm, TakeOverForm, TextForm
from strategy.models import DraftImport
from strategy.services.imports import apply_import, choose_changes, drop_import, read_import, steps_of
from strategy.views.reading import find_draft, posted

_MOST_CHANGES = 200  # shown on the page; all are in the list to download
_MOST_WAITING = 10


def _find(request: HttpRequest, slug: str, number: int, pk: int) -> DraftImport:
    rows = DraftImport.objects.visible_to(request.user).select_related("draft__strategy", "file")
    record = get_object_or_404(rows, pk=pk, draft__strategy__slug=slug, draft__number=number)
    require(request.user, "strategy.import_text", record.draft)
    return record


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Choose a file with a text for a draft in preparation."""
    draft = find_draft(request, slug, number)
    require(request.user, "strategy.import_text", draft)
    form = TextForm(posted(request), request.FILES or None)
    if was_left_out(request, "file"):
        form.add_error(None, too_large())
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            record = read_import(draft=draft, content=file.read(), file_name=file.name, by=request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(record)
    waiting = DraftImport.objects.visible_to(request.user).filter(draft=draft, applied_at=None, dropped_at=None)
    context = {"draft": draft, "strategy": draft.strategy, "form": form, "waiting": waiting.select_related("by")[:_MOST_WAITING]}
    return render(request, "strategy/import.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """What the file would do to the text; a deliberate yes takes it over."""
    record = _find(request, slug, number, pk)
    steps = _steps(record)
    form = _take_over(record, steps, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            apply_import(record=record, choices=form.choices, by=request.user, seen=form.cleaned_data["seen"])
        except Refused as refusal:
            return _refused(request, _find(request, slug, number, pk), refusal)
        messages.success(request, _("The text is in the draft."))
        return redirect(record.draft)
    return _page(request, record, steps, form, ChangesForm())


def _steps(record: DraftImport) -> list[Step]:
    return steps_of(record) if record.is_open and not record.asks else []


def _take_over(record: DraftImport, steps: list[Step], data: Any) -> TakeOverForm:
    conflicts = [(step.key, _number(step)) for step in steps if step.kind == "conflict"]
    return TakeOverForm(data, conflicts=conflicts, initial={"seen": record.draft.text_hash()})


def _refused(request: HttpRequest, record: DraftImport, refusal: Refused) -> HttpResponse:
    """The preview as it is now, with what was chosen; the yes is to be given again, for it was to another preview."""
    if not record.is_open:
        messages.error(request, str(refusal))
        return redirect(record)
    steps, data = _steps(record), request.POST.copy()
    data["seen"] = record.draft.text_hash()
    data.pop("confirm", None)
    form = _take_over(record, steps, data)
    form.errors.pop("confirm", None)
    form.add_error(None, str(refusal))
    return _page(request, record, steps, form, ChangesForm())


def _page(request: HttpRequest, record: DraftImport, steps: list[Step], form: TakeOverForm, changes: ChangesForm) -> HttpResponse:
    counts = Counter(step.kind for step in steps)
    reading = record.reading
    whole = request.GET.get("show") == "all"
    context = {
        "record": record,
        "draft": record.draft,
        "strategy": record.draft.strategy,
        "form": form,
        "changes_form": changes,
        "fields": [field for field in form.visible_fields() if field.name != "confirm"],
        "lines": [_line(step, form) for step in steps if whole or step.kind != "same" or step.is_moved],
        "counts": counts,
        "moved": sum(step.is_moved for step in steps),
        "whole": whole,
        "does_something": any(step.kind not in {"same", "kept", "gone"} or step.is_moved for step in steps),
        "losses": losses_in_words(reading.get("lost", {})),
        "renumbered": reading.get("renumbered", []),
        "hidden": reading.get("hidden", []),
        "changes": changes_in_words(reading.get("changes", [])[:_MOST_CHANGES]),
        "change_count": len(reading.get("changes", [])),
        "comments": reading.get("comments", []),
    }
    status = 400 if form.is_bound or changes.is_bound else 200
    return render(request, "strategy/import_preview.html", context, status=status)


def _number(step: Step) -> str:
    block = step.mine or step.theirs
    return block.number if block else ""


def _words(block: Block | None) -> str:
    """The text as a reader sees it, its footnotes behind it."""
    if block is None:
        return ""
    text = "".join(f"[{run.note}]" if run.note else run.text for run in runs_of(block.text, len(block.footnotes)))
    return text + "".join(f"\n[{place}] {note}" for place, note in enumerate(block.footnotes, 1))


def _marked(block: Block | None) -> str:
    """The text with its stars, where emphasis is all that differs."""
    return "" if block is None else "\n".join([block.text, *block.footnotes])


def _line(step: Step, form: TakeOverForm) -> dict[str, Any]:
    mine, theirs = _words(step.mine), _words(step.theirs)
    if mine == theirs and step.mine and step.theirs:
        mine, theirs = _marked(step.mine), _marked(step.theirs)
    difference: SafeString | str = word_diff_html(mine, theirs) if step.kind in {"edited", "conflict"} else ""
    numbers = [block.number for block in (step.mine, step.theirs) if block]
    return {
        "kind": step.kind,
        "is_moved": step.is_moved,
        "number": numbers[0],
        "new_number": numbers[-1] if numbers[-1] != numbers[0] else "",
        "mine": mine,
        "theirs": theirs,
        "difference": difference,
        "field": form[f"c-{step.key}"] if step.kind == "conflict" else None,
    }


@login_required
@require_POST
def import_changes(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Accept or reject the tracked changes of a document, or stop."""
    record = _find(request, slug, number, pk)
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return _page(request, record, [], TakeOverForm(conflicts=[]), form)
    choice = form.cleaned_data["choice"]
    if choice == "stop":
        return import_stop(request, slug, number, pk)
    try:
        choose_changes(record=record, accept=choice == "accept", by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(record)


@login_required
@require_POST
def import_stop(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Leave the text of the draft as it is."""
    record = _find(request, slug, number, pk)
    try:
        drop_import(record=record, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Nothing was taken over. The text of the draft is as it was."))
    return redirect(record.draft)


@login_required
@require_safe
def import_notes(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """The comments and tracked changes of a document, to keep."""
    record = _find(request, slug, number, pk)
    response = HttpResponse(
        notes_text(record.file_name, record.reading).encode("utf-8-sig"), content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}-draft-{number}-notes.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
