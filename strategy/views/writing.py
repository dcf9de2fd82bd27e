"""The page where a draft in preparation is written: the outline, one paragraph in place, what is done to it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.access import Refused, require
from common.numbers import whole_number
from common.textdiff import word_diff_html
from strategy import services
from strategy.enums import ParagraphKind
from strategy.forms.positions import ConfirmForm
from strategy.forms.rows import RowForm, sends_cells
from strategy.forms.writing import BreakForm, ParagraphForm, RenumberForm
from strategy.models import Draft, Paragraph, ParagraphLease, ParagraphRevision, WritingAct
from strategy.selectors.writing import breaks, columns_of, history, lineage_of, outline
from strategy.services.leases import lease_of_another, told
from strategy.services.numbering import numbers_for
from strategy.services.words import places_to_cut
from strategy.services.writing import Conflict, last_act
from strategy.views.reading import find_draft, posted

AUTOSAVE = "autosave"  # value of the header X-Writing, sent by static/js/writing.js


def find_open(request: HttpRequest, slug: str, number: int) -> Draft:
    draft = find_draft(request, slug, number)
    require(request.user, "strategy.write_draft", draft)
    return draft


def find_paragraph(request: HttpRequest, slug: str, number: int, uid: UUID) -> Paragraph:
    draft = find_open(request, slug, number)
    row = get_object_or_404(Paragraph.objects.visible_to(request.user), draft=draft, uid=uid)
    row.draft = draft
    return row


def page_of(draft: Draft, name: str = "write", *args: Any) -> str:
    return reverse(f"strategy:{name}", args=[draft.strategy.slug, draft.number, *args])


def back_to(draft: Draft, uid: Any = None, did: str = "", *, alone: bool = False) -> HttpResponse:
    """The outline at the paragraph, the button that was pressed in focus again, and the choice about headings as it was."""
    return redirect(page_of(draft) + (f"?at={uid}&did={did}{'&alone=1' if alone else ''}#w-{uid}" if uid else ""))


def show(request: HttpRequest, draft: Draft, *, status: int = 200, **context: Any) -> HttpResponse:
    """The whole page, with a form in the place of one paragraph if there is one."""
    lines = outline(request.user, draft)
    act = last_act(draft) if not draft.is_published else None
    return render(
        request,
        "strategy/write.html",
        {
            "draft": draft,
            "strategy": draft.strategy,
            "lines": lines,
            "contents": [one for one in lines if one.paragraph.is_heading],
            "last_act": act,
            "may_undo": act is not None and act.by_id == request.user.pk,
            "at": request.GET.get("at", ""),
            "did": request.GET.get("did", ""),
            "alone": request.GET.get("alone") == "1",
            **context,
        },
        status=status,
    )


@login_required
@require_http_methods(["GET", "HEAD"])
def write(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The text as an outline; a published draft says that it is written no more."""
    return show(request, find_open(request, slug, number))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, number: int, uid: UUID) -> HttpResponse:
    """One paragraph in place: open it and lock it, save it, or be told who is writing there."""
    row = find_paragraph(request, slug, number, uid)
    if request.method == "POST":
        return _save(request, row)
    try:
        services.take_lease(paragraph=row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        other = lease_of_another(row, request.user)
        return redirect(page_of(row.draft, "write_lock", row.uid) if other else page_of(row.draft))
    return show(request, row.draft, edited=row, form=_form_of(row))


def _form_of(row: Paragraph, data: Any = None) -> ParagraphForm:
    """The form of a paragraph; of a row of a table, with a field for each cell."""
    language = row.draft.language
    if sends_cells(data) or (data is None and row.kind == ParagraphKind.TABLE_ROW):
        columns, is_head = columns_of(row.draft, row)
        return RowForm(data, paragraph=row, columns=columns, has_spare=is_head, language=language)
    return ParagraphForm(data, paragraph=row, language=language)


def _save(request: HttpRequest, row: Paragraph) -> HttpResponse:
    """Save what was sent. An autosave is answered with JSON, whatever comes of it; the words are never thrown away."""
    is_auto = request.headers.get("X-Writing") == AUTOSAVE
    form = _form_of(row, request.POST)
    choice, conflict = request.POST.get("choice", ""), None
    if choice == "theirs":
        return redirect(page_of(row.draft, "write_paragraph", row.uid))
    if form.is_valid():
        try:
            saved = services.save_paragraph(
                paragraph=row, by=request.user, revision=form.cleaned_data["revision"] or 0, words=form.words()
            )
        except Conflict as refusal:
            conflict = refusal.present
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, saved, is_auto)
    if is_auto:
        return _not_saved(request, row, form, conflict)
    if conflict:
        form.data = {**request.POST.dict(), "revision": str(conflict.revision)}
    return show(request, row.draft, status=409 if conflict else 400, edited=row, form=form, **_both(form, conflict))


def _saved(request: HttpRequest, row: Paragraph, is_auto: bool) -> HttpResponse:
    at = time_format(timezone.localtime(), "H:i")
    if is_auto:
        services.take_lease(paragraph=row, by=request.user)
        return JsonResponse({"revision": row.revision, "said": _("Saved at %(time)s.") % {"time": at}})
    if request.POST.get("then") == "split":
        return redirect(page_of(row.draft, "write_split", row.uid) + f"?at={request.POST.get('caret', '')}")
    services.release_lease(paragraph=row, by=request.user)
    messages.success(request, _("Paragraph %(number)s is saved.") % {"number": row.number})
    return back_to(row.draft, row.uid, "edit")


def _not_saved(request: HttpRequest, row: Paragraph, form: ParagraphForm, conflict: Paragraph | None) -> HttpResponse:
    if conflict:
        html = render_to_string("strategy/_write_conflict.html", _both(form, conflict), request)
        return JsonResponse({"conflict": html, "revision": conflict.revision}, status=409)
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return JsonResponse({"said": _("Not saved yet.") + " " + said}, status=400)


def _both(form: ParagraphForm, conflict: Paragraph | None) -> dict[str, Any]:
    """The other's words and mine with what differs; empty without a conflict."""
    if conflict is None:
        return {}
    return {
        "conflict": conflict,
        "theirs_notes": conflict.footnotes,
        "difference": word_diff_html(conflict.text, form.typed()),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A new paragraph after another one (`?after=`), at the beginning (`?after=start`) or at the end."""
    draft = find_open(request, slug, number)
    if draft.is_published:
        return redirect(page_of(draft))
    after = request.GET.get("after", "")
    beside = draft.paragraphs.filter(uid=after).first() if _is_uuid(after) else None
    form = _form_to_add(request, draft, beside)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.add_paragraph(
                draft=draft, by=request.user, words=form.words(), after=beside, at_start=after == "start"
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Paragraph %(number)s is added.") % {"number": row.number})
            return back_to(draft, row.uid, "add")
    status = 400 if form.is_bound else 200
    where = {"adds_at_start": after == "start", "adds_after": beside, "adds_at_end": not beside and after != "start"}
    return show(request, draft, status=status, form=form, adds=True, **where)


def _form_to_add(request: HttpRequest, draft: Draft, beside: Paragraph | None) -> ParagraphForm:
    """The form of a new paragraph, or (`?kind=row`) of a new row of the table that another row stands in."""
    data = posted(request)
    is_row = request.GET.get("kind") == "row" and beside is not None and beside.kind == ParagraphKind.TABLE_ROW
    if beside is not None and (sends_cells(data) or (data is None and is_row)):
        columns, is_head = columns_of(draft, beside)
        return RowForm(
            data, columns=[cell.strip() for cell in beside.plain.split("\n")] if is_head else columns, language=draft.language
        )
    return ParagraphForm(data, language=draft.language)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _mover(row: Paragraph, data: Any) -> Callable[..., Any]:
    """What moves a row: a heading takes its section along, unless the person wants it alone."""
    return services.move_section if row.is_heading and data.get("section") else services.move_paragraph


ACTS: dict[str, Callable[..., Any]] = {
    "up": lambda row, by, data: _mover(row, data)(paragraph=row, by=by, steps=-1),
    "down": lambda row, by, data: _mover(row, data)(paragraph=row, by=by, steps=1),
    "move": lambda row, by, data: _mover(row, data)(
        paragraph=row, by=by, before=UUID(data["before"]) if _is_uuid(data.get("before", "")) else None
    ),
    "promote": lambda row, by, data: services.change_level(paragraph=row, by=by, up=True),
    "demote": lambda row, by, data: services.change_level(paragraph=row, by=by, up=False),
    "merge": lambda row, by, data: services.merge_with_next(
        paragraph=row, by=by, revision=row.revision, following=UUID(data["following"]) if _is_uuid(data["following"]) else None
    ),
    "leave": lambda row, by, data: services.release_lease(paragraph=row, by=by),
}


@login_required
@require_POST
def act(request: HttpRequest, slug: str, number: int, uid: UUID) -> HttpResponse:
    """One act on a paragraph, by a button of its row."""
    row = find_paragraph(request, slug, number, uid)
    name = request.POST.get("act", "")
    if name in ACTS:
        try:
            ACTS[name](row, request.user, {"following": request.GET.get("following", ""), **request.POST.dict()})
        except Refused as refusal:
            messages.error(request, str(refusal))
    return back_to(row.draft, row.uid, name, alone=row.is_heading and not request.POST.get("section"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, slug: str, number: int, uid: UUID) -> HttpResponse:
    """Choose the place where the paragraph is split: where the caret stood, or the end of a sentence."""
    row = find_paragraph(request, slug, number, uid)
    places = places_to_cut(row.text)
    at = whole_number(request.GET.get("at", "")) or 0
    if 0 < at < len(row.text):
        places = [(at, row.text[:at].strip()[-60:], row.text[at:].strip()[:60]), *[one for one in places if one[0] != at]]
    error = ""
    if request.method == "POST":
        place, seen = (whole_number(request.POST.get(name, ""), digits=9) for name in ("place", "revision"))
        try:
            part = services.split_paragraph(
                paragraph=row, by=request.user, at=place or 0, revision=row.revision if seen is None else seen
            )
        except Refused as refusal:
            error = str(refusal)
        else:
            services.release_lease(paragraph=row, by=request.user)
            messages.success(request, _("Split: the second part is %(number)s.") % {"number": part.number})
            return back_to(row.draft, part.uid, "edit")
    context = {"draft": row.draft, "strategy": row.draft.strategy, "paragraph": row, "places": places, "error": error}
    context["title"] = _("Split")
    return render(request, "strategy/write_split.html", context, status=400 if error else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str, number: int, uid: UUID) -> HttpResponse:
    """Tell what the paragraph continues, ask for a deliberate yes, delete it."""
    row = find_paragraph(request, slug, number, uid)
    sentence = _("I delete paragraph %(number)s from this draft.") % {"number": row.number}
    form = ConfirmForm(posted(request), sentence=sentence)
    if request.method == "POST" and form.is_valid():
        try:
            services.delete_paragraph(paragraph=row, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Paragraph %(number)s is deleted. You can undo it.") % {"number": row.number})
            return redirect(page_of(row.draft))
    context = {"links": lineage_of(request.user, row), "paragraph": row, "title": _("Delete a paragraph"), "word": _("Delete")}
    return _ask(request, row.draft, form, "strategy/write_delete.html", context)


def _ask(request: HttpRequest, draft: Draft, form: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    context = {"draft": draft, "strategy": draft.strategy, "form": form, "back": page_of(draft), **context}
    return render(request, template, context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest, slug: str, number: int, uid: UUID) -> HttpResponse:
    """Who is writing here, and the deliberate yes that breaks the lock."""
    row = find_paragraph(request, slug, number, uid)
    other: ParagraphLease | None = lease_of_another(row, request.user)
    if other is None and request.method != "POST":
        return redirect(page_of(row.draft, "write_paragraph", row.uid))
    form = BreakForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.break_lease(paragraph=row, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(page_of(row.draft, "write_paragraph", row.uid))
    context = {"paragraph": row, "title": _("Break the lock"), "word": _("Break the lock"), "lease": other}
    return _ask(request, row.draft, form, "strategy/write_lock.html", {**context, "told": told(other) if other else ""})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def renumber(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show which numbers would change, then number the text anew."""
    draft = find_open(request, slug, number)
    form = RenumberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.renumber(draft=draft, by=request.user, keep_manual=form.cleaned_data["keep_manual"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Numbers that changed: %(count)d.") % {"count": changed})
            return redirect(page_of(draft))
    rows = list(Paragraph.objects.visible_to(request.user).filter(draft=draft).order_by("position"))
    changes = [(row, new) for row, new in numbers_for(rows, keep_manual=True) if row.number != new]
    context = {"changes": changes, "title": _("Number the text anew"), "word": _("Number anew")}
    return _ask(request, draft, form, "strategy/write_renumber.html", context)


@login_required
@require_POST
def undo(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Undo the last act, if it is still the one that the person saw."""
    draft = find_open(request, slug, number)
    last = get_object_or_404(WritingAct.objects.filter(draft=draft), pk=whole_number(request.POST.get("seen", "")))
    try:
        services.undo_act(act=last, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Undone."))
    return redirect(page_of(draft))


@login_required
@require_http_methods(["GET", "HEAD"])
def draft_history(request: HttpRequest, slug: str, number: int, uid: UUID | None = None) -> HttpResponse:
    """Every act of writing in the draft, or in one of its paragraphs, with what it changed."""
    draft = find_open(request, slug, number)
    rows = history(request.user, draft, uid)
    paragraph = draft.paragraphs.filter(uid=uid).first() if uid else None
    context = {
        "draft": draft,
        "strategy": draft.strategy,
        "rows": rows,
        "uid": uid,
        "paragraph": paragraph,
        "breaks": breaks(request.user, draft, uid),
        "title": _("History"),
    }
    return render(request, "strategy/write_history.html", context)


@login_required
@require_POST
def restore(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Give a paragraph its words after an earlier act."""
    draft = find_open(request, slug, number)
    revision = get_object_or_404(ParagraphRevision.objects.visible_to(request.user), draft=draft, pk=pk)
    try:
        row = services.restore_revision(revision=revision, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(draft, "write_history", revision.uid))
    messages.success(request, _("The earlier words of paragraph %(number)s are back.") % {"number": row.number})
    return back_to(draft, row.uid, "edit")
