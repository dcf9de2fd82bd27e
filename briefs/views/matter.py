"""Where the parts of a brief are made: its words, agencies, sections, notes and what it cites."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefs.forms.matter import (
    LONGEST_NOTE,
    MOST_NOTES,
    AgenciesForm,
    BriefForm,
    ChangePartForm,
    ListForm,
    NewBriefForm,
    PartForm,
    RemovePartForm,
)
from briefs.models import Brief, Section, Series
from briefs.selectors.content import cited_paragraphs
from briefs.selectors.matter import (
    next_number,
    paragraphs_to_cite,
    solutions_to_cite,
    uncited_references,
    unplaced_figures,
    version_of_agencies,
    version_of_brief,
    version_of_footnotes,
    version_of_order,
)
from briefs.selectors.references import reference_text
from briefs.selectors.revisions import compare_words, words_revisions
from briefs.services import matter, revisions
from common.access import Refused, may, require
from common.acts import told
from common.numbers import whole_number
from common.textdiff import spoken, word_diff_html
from solutions.models import Solution
from strategy.models.texts import Paragraph

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
LONGEST_SEARCH = 100


def working_brief(request: HttpRequest, slug: str, permission: str) -> Brief:
    """A brief whose parts the reader may change; 404 for outsiders, 403 for those who may only look."""
    briefs = Brief.objects.of_insider(request.user).select_related("series", "current_edition")
    brief = get_object_or_404(briefs.prefetch_related("agencies__organization"), slug=slug)
    require(request.user, permission, brief)
    return brief


def form_page(request: HttpRequest, brief: Brief, form: Any, **context: Any) -> HttpResponse:
    """The page of one form of a brief's part."""
    has_clearances = any(agency.is_given for agency in brief.agencies.all())
    context |= {"brief": brief, "form": form, "has_clearances": has_clearances}
    template = context.pop("template", "briefs/matter_form.html")
    return render(request, template, context, status=400 if form.errors else 200)


def done(request: HttpRequest, brief: Brief, words: str, anchor: str = "") -> HttpResponse:
    """Back to the contents of the brief with a sentence."""
    messages.success(request, words)
    return _contents_at(brief, anchor)


def _contents_at(brief: Brief, anchor: str) -> HttpResponse:
    response = redirect("briefs:contents", brief.slug)
    response["Location"] += anchor
    return response


def refused_form(form: Any, refusal: Refused, present: str) -> None:
    """Say why, and let the next save count as one that has seen what stands there now."""
    form.add_error(None, str(refusal))
    if "seen" in form.fields:
        form.data = form.data.copy()
        form.data["seen"] = present


@require_safe
@login_required
def contents(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that a brief is made of, with the ways to change it."""
    brief = working_brief(request, slug, "briefs.work_on_brief")
    sections = list(brief.sections.select_related("organization"))
    for section in sections:
        section.brief = brief
    unplaced, uncited = unplaced_figures(brief), uncited_references(brief)
    context = {
        "brief": brief,
        "seen": version_of_order(brief),
        "kinds": [[row for row in sections if row.kind == kind] for kind in ("section", "annex")],
        "own": {row.pk for row in sections if may(request.user, "briefs.save_section", row)},
        "figures": [(row, row not in unplaced) for row in brief.figures.all()],
        "references": [(row, reference_text(row.csl), row not in uncited) for row in brief.references.all()],
        "solutions": brief.cited_solutions.select_related("solution"),
        "paragraphs": cited_paragraphs(brief),
        "changes": brief.matter_changes.select_related("by", "on_behalf_of")[:20],
        "may_change": brief.is_open and may(request.user, "briefs.change_brief", brief),
        "may_words": brief.is_open and may(request.user, "briefs.change_words", brief),
        "may_matter": brief.is_open and may(request.user, "briefs.change_matter", brief),
    }
    return render(request, "briefs/contents.html", context)


@get_and_post
@login_required
def new_brief(request: HttpRequest) -> HttpResponse:
    """Set up a brief; the series is chosen first, because the number depends on it."""
    require(request.user, "briefs.add_brief")
    series = Series.objects.filter(slug=request.GET.get("series", "").replace("\x00", "")).first()
    if series is None:
        return render(request, "briefs/new_series_choice.html", {"all_series": Series.objects.all()})
    initial = {"number": next_number(series), "language": "en"}
    form = NewBriefForm(request.POST or None, initial=initial, series=series, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            brief = matter.create_brief(by=request.user, agencies=form.authors(), values=form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, brief, _("The brief is set up. Add its sections, and give each to an agency."))
    context = {"form": form, "series": series}
    return render(request, "briefs/new.html", context, status=400 if form.errors else 200)


@get_and_post
@login_required
def edit_brief(request: HttpRequest, slug: str) -> HttpResponse:
    """Title, summary, key messages, themes and Goals."""
    brief = working_brief(request, slug, "briefs.change_words")
    initial: dict[str, Any] = {"title": brief.title, "summary": brief.summary, "seen": version_of_brief(brief)}
    initial |= {"themes": brief.themes.all(), "sdgs": brief.sdgs.all()}
    form = BriefForm(request.POST or None, initial=initial, brief=brief)
    context: dict[str, Any] = {"title": _("Title, summary and key messages"), "template": "briefs/brief_form.html"}
    if request.method == "POST" and not form.wants_more and form.is_valid():
        try:
            matter.change_brief(brief=brief, by=request.user, values=form.values(), **form.about())
        except Refused as refusal:
            refused_form(form, refusal, version_of_brief(brief))
            context["present"] = [(_("Title"), brief.title), (_("Summary"), brief.summary)]
            context["present"] += [(_("Key message"), message) for message in brief.key_messages]
            context["difference"] = _difference(brief, form.values())
        else:
            return done(request, brief, _("Title, summary and key messages are saved."))
    return form_page(request, brief, form, **context)


def _difference(brief: Brief, mine: dict[str, Any]) -> Any:
    """What a person's words change in those that stand there."""
    theirs = [brief.title, brief.summary, *brief.key_messages]
    return spoken(word_diff_html("\n".join(theirs), "\n".join([mine["title"], mine["summary"], *mine["key_messages"]])))


@require_safe
@login_required
def words_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of title, summary and key messages, and any two of them compared."""
    brief = working_brief(request, slug, "briefs.work_on_brief")
    rows = words_revisions(brief, request.user)
    known = {row.version: row for row in rows}
    newer = known.get(whole_number(request.GET.get("new", "")) or 0) or rows[0]
    older = known.get(whole_number(request.GET.get("old", "")) or 0) or known.get(newer.version - 1)
    lines = compare_words(older, newer) if older and older != newer else []
    context = {
        "brief": brief,
        "rows": rows,
        "older": older,
        "newer": newer,
        "lines": lines,
        "differs": any(line.is_changed for line in lines),
        "inline": request.GET.get("view") == "inline",
        "seen": version_of_brief(brief),
        "may_restore": brief.is_open and may(request.user, "briefs.change_words", brief),
    }
    return render(request, "briefs/words_history.html", context)


@require_POST
@login_required
def restore_words(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the brief the words of an earlier version, as a new one."""
    brief = working_brief(request, slug, "briefs.change_words")
    asked = whole_number(request.POST.get("revision", "")) or 0
    revision = next((row for row in words_revisions(brief, request.user) if row.version == asked), None)
    if revision is None:
        raise Http404
    seen = request.POST.get("version", "")
    words = _("The words of version %(version)d are back, as a new version.") % {"version": revision.version}
    told(request, lambda: revisions.restore_words(brief=brief, revision=revision, by=request.user, seen=seen), words)
    return redirect("briefs:words_history", slug)


@get_and_post
@login_required
def footnotes(request: HttpRequest, slug: str) -> HttpResponse:
    """The footnotes, in their order."""
    brief = working_brief(request, slug, "briefs.change_matter")
    form = ListForm(
        request.POST or None,
        initial={"seen": version_of_footnotes(brief)},
        entries=brief.footnotes,
        label=_("Footnote"),
        longest=LONGEST_NOTE,
        most=MOST_NOTES,
        has_order=False,
    )
    lead = _("[^1] in a section points to the first note. Notes keep their numbers; empty the last one to take it out.")
    context: dict[str, Any] = {"title": _("Footnotes"), "lead": lead, "template": "briefs/brief_form.html"}
    if request.method == "POST" and not form.wants_more and form.is_valid():
        try:
            matter.change_footnotes(brief=brief, by=request.user, seen=form.cleaned_data["seen"], footnotes=form.entries())
        except Refused as refusal:
            refused_form(form, refusal, version_of_footnotes(brief))
            context["present"] = [(str(place), note) for place, note in enumerate(brief.footnotes, 1)]
        else:
            return done(request, brief, _("The footnotes are saved."), "#footnotes")
    return form_page(request, brief, form, **context)


@get_and_post
@login_required
def agencies(request: HttpRequest, slug: str) -> HttpResponse:
    """Which agencies write the brief, and who leads."""
    brief = working_brief(request, slug, "briefs.change_brief")
    rows = list(brief.agencies.all())
    initial: dict[str, Any] = {"agencies": [row.organization_id for row in rows], "seen": version_of_agencies(brief)}
    initial["lead"] = next((row.organization_id for row in rows if row.is_lead), None)
    form = AgenciesForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {"title": _("Agencies that write the brief")}
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            matter.change_agencies(
                brief=brief, by=request.user, seen=values["seen"], agencies=list(values["agencies"]), lead=values["lead"]
            )
        except Refused as refusal:
            refused_form(form, refusal, version_of_agencies(brief))
            context["present"] = [(str(row.organization), _("lead") if row.is_lead else "") for row in rows]
        else:
            return done(request, brief, _("The agencies are saved."), "#agencies")
    return form_page(request, brief, form, **context)


@get_and_post
@login_required
def new_part(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a section or an annex."""
    brief = working_brief(request, slug, "briefs.change_brief")
    form = PartForm(request.POST or None, brief=brief, initial={"kind": request.GET.get("kind", "section")})
    if request.method == "POST" and form.is_valid():
        try:
            matter.add_section(brief=brief, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, brief, _("It is added. The agency can write it now."), "#sections")
    return form_page(request, brief, form, title=_("New section or annex"))


def _part(request: HttpRequest, slug: str, section_id: int) -> tuple[Brief, Section]:
    brief = working_brief(request, slug, "briefs.change_brief")
    section = get_object_or_404(
        Section.objects.visible_to(request.user).select_related("organization"), brief=brief, pk=section_id
    )
    section.brief = brief
    return brief, section


@get_and_post
@login_required
def edit_part(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Rename a section, give it to another agency, make it an annex."""
    brief, section = _part(request, slug, section_id)
    initial = ChangePartForm.initial_of(section) | {"seen": version_of_order(brief)}
    form = ChangePartForm(request.POST or None, brief=brief, initial=initial)
    context: dict[str, Any] = {"title": _("Heading, kind and agency")}
    if request.method == "POST" and form.is_valid():
        try:
            matter.change_section(section=section, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refused_form(form, refusal, version_of_order(brief))
            context["present"] = [(row.heading, str(row.organization)) for row in brief.sections.select_related("organization")]
        else:
            return done(request, brief, _("The section is saved."), "#sections")
    return form_page(request, brief, form, **context)


@require_POST
@login_required
def move_part(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Move a section one place up or down."""
    brief, section = _part(request, slug, section_id)
    up = request.POST.get("to") == "up"
    seen = request.POST.get("seen", "")
    return act(
        request,
        brief,
        lambda: matter.move_section(section=section, by=request.user, seen=seen, up=up),
        _("It is moved."),
        "#sections",
    )


def act(request: HttpRequest, brief: Brief, verb: Callable[[], Any], words: str, anchor: str) -> HttpResponse:
    """Do a verb and go back to the contents with a sentence, whatever came of it."""
    told(request, verb, words)
    return _contents_at(brief, anchor)


@get_and_post
@login_required
def remove_part(request: HttpRequest, slug: str, section_id: int) -> HttpResponse:
    """Ask for a reason, then remove a section; its text stays in the trace."""
    brief, section = _part(request, slug, section_id)
    form = RemovePartForm(request.POST or None, initial={"version": section.version})
    if request.method == "POST" and form.is_valid():
        try:
            matter.remove_section(section=section, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            form.data = {**request.POST.dict(), "version": str(section.version)}
        else:
            return done(request, brief, _("It is removed. Its text is kept in the history below."), "#changes")
    lead = _("The section leaves the brief. Its text stays in the history of the brief’s contents, with your reason.")
    title = _("Remove “%(heading)s”") % {"heading": section.heading}
    context = {"title": title, "lead": lead, "submit": _("Remove the section"), "is_grave": True, "section": section}
    return form_page(request, brief, form, **context)


@require_safe
@login_required
def citations(request: HttpRequest, slug: str) -> HttpResponse:
    """What the brief cites of the portal, and a search for more."""
    brief = working_brief(request, slug, "briefs.change_matter")
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]
    context = {
        "brief": brief,
        "words": words,
        "solutions": brief.cited_solutions.select_related("solution"),
        "paragraphs": cited_paragraphs(brief),
        "found_solutions": solutions_to_cite(brief, words) if words else [],
        "found_paragraphs": paragraphs_to_cite(brief, words) if words else [],
    }
    return render(request, "briefs/citations.html", context)


@require_POST
@login_required
def cite(request: HttpRequest, slug: str) -> HttpResponse:
    """Cite a solution or a paragraph, or take a citation out."""
    brief = working_brief(request, slug, "briefs.change_matter")
    key = whole_number(request.POST.get("id", "")) or 0
    by, what = request.user, request.POST.get("act", "")
    verbs: dict[str, tuple[Any, Callable[[Any], Any], str]] = {
        "solution": (
            Solution.objects.visible_to(by),
            lambda row: matter.cite_solution(brief=brief, by=by, solution=row),
            _("The solution is cited."),
        ),
        "paragraph": (
            Paragraph.objects.visible_to(by).select_related("draft__strategy"),
            lambda row: matter.cite_paragraph(brief=brief, by=by, paragraph=row),
            _("The paragraph is cited."),
        ),
        "drop-solution": (
            brief.cited_solutions.select_related("solution"),
            lambda row: matter.drop_solution(brief=brief, by=by, cited=row),
            _("The solution is no longer cited."),
        ),
        "drop-paragraph": (
            cited_paragraphs(brief),
            lambda row: matter.drop_paragraph(brief=brief, by=by, cited=row),
            _("The paragraph is no longer cited."),
        ),
    }
    rows, verb, words = verbs.get(what, verbs["solution"])
    row = get_object_or_404(rows, pk=key)
    told(request, lambda: verb(row), words)
    return redirect("briefs:citations", slug)
