"""The compilation text of a draft: to read with its brackets, to take along as a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, may, require
from common.numbers import whole_number
from directory.models import Job, StoredFile
from directory.public_pages import public_page
from strategy.forms.compilation import CompilationFilterForm
from strategy.models import ConsultationRound
from strategy.selectors.compilation import (
    Compiled,
    Figures,
    comment_rounds,
    compile_draft,
    narrowed,
    parts_of,
)
from strategy.selectors.compilation_page import blocks_of, first_notes_of
from strategy.selectors.made_files import made_anew, may_still_read
from strategy.services.compilation import FORMATS, JOB, ask_for_compilation
from strategy.views.reading import find_draft, keep_until_a_round_turns


@require_safe
@public_page("strategy", "directory")
def compilation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The text with every proposal that the reader may see, in brackets, and how many of them are open."""
    draft = find_draft(request, slug, number)
    require(request.user, "strategy.view_compilation", draft)
    rounds = comment_rounds(request.user, draft)
    only = _chosen(rounds, request.GET.get("round", ""))
    whole = compile_draft(request.user, draft, only=only)
    named = [(str(one.pk), f"{one.get_kind_display()} {one.opens_at:%Y-%m-%d}") for one in rounds]
    form = CompilationFilterForm(request.GET, speakers=whole.speakers, rounds=named)
    shown = narrowed(
        whole,
        speaker=form.value("agency") or "",
        only_open=form.value("show") == "open",
        only_bracketed=form.value("text") == "bracketed",
    )
    parts = parts_of(shown.paragraphs)
    place = _place(request.GET.get("part", ""), len(parts))
    keep_until_a_round_turns(request, draft.strategy)
    context = {
        "draft": draft, "strategy": draft.strategy, "form": form, "figures": whole.figures, "shown": shown, "rounds": rounds,
        "only": only, "is_first": place == 1,
        "blocks": blocks_of(shown, parts[place - 1], first_notes_of(whole.paragraphs)),
        "sections": _sections(whole.sections, parts, request.GET), "pages": _pages(request.GET, place, len(parts)),
        "may_answer": any(may(request.user, "strategy.answer_round", one) for one in rounds),
    }  # fmt: skip
    return render(request, "strategy/compilation.html", context)


def _chosen(rounds: Iterable[ConsultationRound], wanted: str) -> ConsultationRound | None:
    """The round named in the address; a mistyped one is no filter."""
    return next((one for one in rounds if str(one.pk) == wanted), None)


def _place(wanted: str, most: int) -> int:
    return min(max(whole_number(wanted) or 1, 1), most)


@dataclass(frozen=True)
class Section:
    """A line of the contents."""

    compiled: Compiled
    figures: Figures
    url: str


def _address(query: QueryDict, part: int) -> str:
    named = query.copy()
    named["part"] = str(part)
    return f"?{named.urlencode()}"


def _sections(sections: Iterable[tuple[Compiled, Figures]], parts: list[list[Compiled]], query: QueryDict) -> list[Section]:
    """The headings with their figures, each with the address of the part that holds it."""
    place_of = {one.paragraph.pk: place for place, part in enumerate(parts, start=1) for one in part}
    found = []
    for head, figures in sections:
        place = place_of.get(head.paragraph.pk)
        if place:
            page = _address(query, place) if len(parts) > 1 else ""
            found.append(Section(head, figures, f"{page}#p{head.paragraph.anchor}"))
    return found


def _pages(query: QueryDict, place: int, most: int) -> dict[str, Any]:
    """Where the text goes on, if it is too long for one page."""
    return {
        "place": place,
        "most": most,
        "previous": _address(query, place - 1) if place > 1 else "",
        "next": _address(query, place + 1) if place < most else "",
    }


@login_required
@require_POST
def make_compilation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have a file made in a worker, as the person may see the text."""
    draft = find_draft(request, slug, number)
    only = _chosen(comment_rounds(request.user, draft), request.POST.get("round", ""))
    try:
        job = ask_for_compilation(draft=draft, only=only, by=request.user, form=request.POST.get("form", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("strategy:compilation", slug=slug, number=number)
    return redirect("directory:job", job_id=job.pk)


@login_required
@require_safe
def compilation_file(request: HttpRequest, slug: str, number: int, job_id: UUID) -> HttpResponseBase:
    """The file of a job of one's own."""
    draft = find_draft(request, slug, number)
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind=JOB)
    kept = get_object_or_404(StoredFile, pk=job.result.get("archive") or 0)
    if job.arguments["draft"] != draft.pk:
        raise Http404
    if not may_still_read(request.user, job):
        messages.error(request, made_anew())
        return redirect("strategy:compilation", slug=slug, number=number)
    mime, ending = FORMATS[job.arguments["form"]]
    name = f"{slug}-draft-{number}-{ending}"
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=name, content_type=mime)
    response["X-Content-Type-Options"] = "nosniff"
    return response
