"""Where a section is written: under a lease, with its history, and what colleagues say about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefs.enums import CommentState
from briefs.forms import CommentForm, SectionForm, TakeOverForm
from briefs.models import Section, SectionComment, SectionRevision, clean_body
from briefs.selectors.marks import Marks, with_marks
from briefs.selectors.publishing import source_of_section
from briefs.selectors.words import compare_revisions, lines_of
from briefs.selectors.writing import comments_of, revisions_of, take_overs_of
from briefs.services import (
    SectionChanged,
    accept_suggestion,
    release_lease,
    reopen_comment,
    reply_to_comment,
    resolve_comment,
    restore_revision,
    save_section,
    take_lease,
    take_over_lease,
    write_comment,
)
from briefs.services.leases import lease_of_another, told
from common.access import Refused, may, require
from common.numbers import whole_number
from common.pasted_html import simple_html
from common.textdiff import spoken, word_diff_html

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
_LONGEST_PASTE = 1_000_000

# Beside a talk a note is its number; figures and references stay the marks that a writer knows.
_MARKS = Marks(note=lambda number, _text: f"<sup>{number}</sup>", references=lambda _cited: "", figure=lambda _figure: "")


def _find(request: HttpRequest, slug: str, section_id: int) -> Section:
    sections = Section.objects.visible_to(request.user).select_related("brief__series", "organization", "source")
    return get_object_or_404(sections.prefetch_related("brief__agencies__organization"), brief__slug=slug, pk=section_id)


def _find_own(request: HttpRequest, slug: str, section_id: int) -> Section:
    found = _find(request, slug, section_id)
    require(request.user, "briefs.save_section", found)
    return found


def _page(section: Section, **more: Any) -> dict[str, Any]:
    return {"brief": section.brief, "section": section, **more}


@get_and_post
@login_required
def section(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Write a section. A save against an older version shows both texts and overwrites nothing."""
    found = _find(request, slug, section_id)
    if not may(request.user, "briefs.save_section", found):
        return _not_yours(request, found)
    if request.method != "POST" and found.brief.is_open:
        try:
            take_lease(section=found, by=request.user)
        except Refused:
            return redirect("briefs:section_lock", slug, section_id)
    context = _page(found, source=source_of_section(found))
    initial = {"heading": found.heading, "body": found.body, "version": found.version}
    form = SectionForm(request.POST or None, initial=initial, language=found.brief.language)
    if request.method == "POST" and form.is_valid():
        try:
            save_section(section=found, by=request.user, **form.cleaned_data)
        except SectionChanged as conflict:
            form.add_error(None, str(conflict))
            context |= _both_texts(form, conflict.section)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            context["is_held"] = lease_of_another(found, request.user) is not None
        else:
            release_lease(section=found, by=request.user)
            messages.success(request, _("The section is saved."))
            return redirect("briefs:detail", slug)
    context["form"] = form
    context["has_clearances"] = any(agency.is_given for agency in found.brief.agencies.all())
    return render(request, "briefs/section.html", context, status=400 if form.errors else 200)


def _not_yours(request: HttpRequest, section: Section) -> HttpResponse:
    """403; words that were sent come back, for the section may have been given away while they were written."""
    if request.method != "POST" or not request.POST.get("body"):
        require(request.user, "briefs.save_section", section)
    form = SectionForm(request.POST, language=section.brief.language)
    form.add_error(
        None,
        _("Another agency writes this section now, so nothing was saved. Copy your words from the form and send them there."),
    )
    return render(request, "briefs/section.html", _page(section, form=form), status=403)


def _both_texts(form: SectionForm, theirs: Section) -> dict[str, Any]:
    """The text that stands there and the reader's own, with what differs; saving again replaces what was then seen."""
    mine = form.cleaned_data
    # A second save is a decision made with both texts on the page, so it goes against the version shown there.
    form.data = {**form.data.dict(), "version": str(theirs.version)}  # type: ignore[attr-defined]
    difference = word_diff_html(_words(theirs.heading, theirs.body), _words(mine["heading"], mine["body"]))
    return {"theirs": theirs, "difference": spoken(difference)}


def _words(heading: str, body: str) -> str:
    return "\n".join([heading, *lines_of(clean_body(body))])


@require_POST
@login_required
def section_lease(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """A sign of life of an open form: the lease goes on. Answered with a sentence to show."""
    found = _find_own(request, slug, section_id)
    try:
        lease = take_lease(section=found, by=request.user)
    except Refused as refusal:
        return JsonResponse({"said": str(refusal)}, status=409)
    until = time_format(timezone.localtime(lease.until), "H:i")
    return JsonResponse({"said": _("The section is yours until %(time)s, and longer while you write.") % {"time": until}})


@require_POST
@login_required
def section_leave(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Close without saving: the section is free for colleagues."""
    release_lease(section=_find_own(request, slug, section_id), by=request.user)
    return redirect("briefs:detail", slug)


@get_and_post
@login_required
def section_lock(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Who is writing here, and the deliberate yes that takes the section over."""
    found = _find_own(request, slug, section_id)
    other = lease_of_another(found, request.user)
    if other is None and request.method != "POST":
        return redirect(found)
    form = TakeOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_over_lease(section=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(found)
    context = _page(found, form=form, lease=other, told=told(other) if other else "")
    return render(request, "briefs/section_lock.html", context, status=400 if form.is_bound else 200)


@require_POST
@login_required
def section_paste(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """What another program put on the clipboard, made simple and clean."""
    _find_own(request, slug, section_id)
    source = request.POST.get("html", "")
    if len(source) > _LONGEST_PASTE:
        return JsonResponse(
            {"said": _("This is too much to paste at once. Paste it in parts, or import the document.")}, status=400
        )
    return JsonResponse({"html": clean_body(simple_html(source))})


@require_safe
@login_required
def section_history(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Every revision of a section, and any two of them compared."""
    found = _find(request, slug, section_id)
    rows = revisions_of(found, request.user)
    known = {row.version: row for row in rows}
    newer = known.get(whole_number(request.GET.get("new", "")) or 0) or rows[0]
    before = next((row for row in rows if row.version < newer.version), None)
    older = known.get(whole_number(request.GET.get("old", "")) or 0) or before
    lines = compare_revisions(older, newer) if older and older != newer else []
    context = _page(
        found,
        rows=rows,
        older=older,
        newer=newer,
        lines=lines,
        differs=any(line.is_changed for line in lines),
        inline=request.GET.get("view") == "inline",
        take_overs=take_overs_of(found, request.user),
        may_restore=found.brief.is_open and may(request.user, "briefs.save_section", found),
    )
    return render(request, "briefs/section_history.html", context)


@require_POST
@login_required
def section_restore(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Give the section the words of an earlier revision, as a new one."""
    found = _find_own(request, slug, section_id)
    rows = SectionRevision.objects.visible_to(request.user).filter(section=found)
    revision = get_object_or_404(rows, version=whole_number(request.POST.get("revision", "")) or 0)
    revision.section = found
    seen = whole_number(request.POST.get("version", "")) or 0
    try:
        restore_revision(revision=revision, by=request.user, version=seen)
    except SectionChanged:
        messages.error(request, _("Somebody saved the section after you opened this page. Look at their revision, then restore."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The words of version %(version)d are back, as a new version.") % {"version": revision.version}
        )
    return redirect("briefs:section_history", slug, section_id)


@get_and_post
@login_required
def section_comments(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """The text of a section with what colleagues say about it; write a comment or a suggestion."""
    found = _find(request, slug, section_id)
    form = CommentForm(request.POST or None)
    if request.method == "POST":
        require(request.user, "briefs.comment_on_section", found)
        if form.is_valid():
            try:
                comment = write_comment(section=found, by=request.user, **form.words())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Your words are with the agency that writes this section."))
                return redirect(comment)
    return _talk(request, found, form)


def _talk(request: HttpRequest, section: Section, form: CommentForm, failed: dict[str, Any] | None = None) -> HttpResponse:
    comments = comments_of(section, request.user)
    owns = section.brief.is_open and may(request.user, "briefs.save_section", section)
    context = _page(
        section,
        form=form,
        rows=[_row(comment, request.user, owns, failed) for comment in comments],
        open_count=sum(comment.is_open for comment in comments),
        text=with_marks(section.body, {"footnotes": section.brief.footnotes}, _MARKS),
        may_comment=section.brief.is_open and may(request.user, "briefs.comment_on_section", section),
        may_write=owns,
    )
    is_wrong = form.is_bound or failed is not None
    return render(request, "briefs/section_comments.html", context, status=400 if is_wrong else 200)


def _row(comment: SectionComment, user: Any, owns: bool, failed: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "comment": comment,
        "difference": spoken(word_diff_html(comment.quote, comment.proposal)) if comment.is_suggestion else "",
        "changes": [change for change in comment.state_changes.all() if change.old],
        "may_settle": may(user, "briefs.resolve_comment", comment),
        "may_accept": owns and comment.is_suggestion and comment.state == CommentState.OPEN,
        "failed": failed if failed and failed["pk"] == comment.pk else None,
    }


def _accept(comment: SectionComment, request: HttpRequest) -> None:
    accept_suggestion(
        comment=comment,
        by=request.user,
        version=whole_number(request.POST.get("version", "")) or 0,
        is_editorial=bool(request.POST.get("is_editorial")),
    )


def _words_of(request: HttpRequest) -> str:
    return request.POST.get("words", "")


ACTS: dict[str, Callable[[SectionComment, HttpRequest], Any]] = {
    "reply": lambda row, request: reply_to_comment(comment=row, by=request.user, text=_words_of(request)),
    "resolve": lambda row, request: resolve_comment(comment=row, by=request.user, reason=_words_of(request)),
    "reopen": lambda row, request: reopen_comment(comment=row, by=request.user, reason=_words_of(request)),
    "accept": _accept,
}


@require_POST
@login_required
def section_comment(request: HttpRequest, slug: str, section_id: int, comment_id: int) -> HttpResponse:
    """Reply to a comment, resolve or reopen it, accept a suggestion. What was typed is kept where that is refused."""
    found = _find(request, slug, section_id)
    rows = SectionComment.objects.visible_to(request.user).select_related("organization", "author")
    comment = get_object_or_404(rows, section=found, pk=comment_id)
    comment.section = found
    name = request.POST.get("act", "")
    if name not in ACTS:
        return redirect(comment)
    try:
        ACTS[name](comment, request)
    except SectionChanged:
        error = _(
            "Somebody saved the section after you opened this page. Read the suggestion against the new text, then accept it."
        )
    except Refused as refusal:
        error = str(refusal)
    else:
        done = {
            "reply": _("Your reply is written."),
            "resolve": _("The comment is resolved."),
            "reopen": _("The comment is open again."),
            "accept": _("The words proposed are in the text."),
        }
        messages.success(request, done[name])
        return redirect(comment)
    failed = {"pk": comment.pk, "error": error, "words": request.POST.get("words", ""), "act": name}
    return _talk(request, _find(request, slug, section_id), CommentForm(), failed)
