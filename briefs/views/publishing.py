"""Where the secretariat plans a publication, names readers under embargo, corrects and starts language editions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from briefs.enums import BriefState
from briefs.forms.publishing import CorrectionForm, LanguageForm, PlanForm, ReaderForm
from briefs.models import Brief, Edition, EmbargoOpening, EmbargoReader, LanguageEdition
from briefs.selectors.failed_files import failed_files
from briefs.selectors.publishing import last_stopped, newest_source, plan_of
from briefs.services import (
    correct_edition,
    name_reader,
    plan_publication,
    revoke_reader,
    start_language_edition,
    take_back_plan,
    take_newer_source,
)
from common.access import Refused, may, require
from common.acts import told
from common.textdiff import word_diff_html

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
OPENINGS = 50


def _brief(request: HttpRequest, slug: str, permission: str) -> Brief:
    briefs = Brief.objects.visible_to(request.user).select_related("series", "current_edition", "translation_of__current_edition")
    brief = get_object_or_404(briefs, slug=slug)
    require(request.user, permission, brief)
    return brief


def _tried(request: HttpRequest, form: Form, act: Callable[[], Any], done: str) -> bool:
    """Do a verb with what a form says; a refusal is written on the form, so that nothing typed is lost."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, done)
    return True


@get_and_post
@login_required
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """The moment of publication: planned, changed; under embargo its readers and who opened what."""
    brief = _brief(request, slug, "briefs.publish_brief")
    plan = plan_of(brief)
    form = PlanForm(request.POST or None, plan=plan)

    def act() -> None:
        plan_publication(brief=brief, by=request.user, **form.cleaned_data)

    if _tried(request, form, act, _("The publication is planned.")):
        return redirect("briefs:publication", slug)
    return _publication_page(request, brief, form, ReaderForm())


def _publication_page(request: HttpRequest, brief: Brief, form: Form, reader_form: Form) -> HttpResponse:
    plan = plan_of(brief)
    openings = EmbargoOpening.objects.filter(plan=plan if plan and plan.under_embargo else None)
    openings = openings.select_related("reader__user", "user")
    page = Paginator(openings, OPENINGS).get_page(request.GET.get("page"))
    context = {
        "brief": brief,
        "plan": plan,
        "now": timezone.now(),
        "stopped": last_stopped(brief),
        "form": form,
        "reader_form": reader_form,
        "failed_files": failed_files(brief),
        "is_cleared": brief.state == BriefState.CLEARED,
        "readers": plan.readers.select_related("user", "added_by", "revoked_by") if plan and plan.under_embargo else [],
        "openings": page,
    }
    return render(request, "briefs/publication.html", context, status=400 if form.errors or reader_form.errors else 200)


@require_POST
@login_required
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the plan back."""
    brief = _brief(request, slug, "briefs.publish_brief")
    plan = plan_of(brief)
    if plan is None:
        messages.error(request, _("No publication is planned for this brief now."))
        return redirect("briefs:publication", slug)
    done = _("The plan is taken back. Nothing is published until you plan or publish again.")
    told(request, lambda: take_back_plan(plan=plan, by=request.user), done)
    return redirect("briefs:publication", slug)


@require_POST
@login_required
def add_reader(request: HttpRequest, slug: str) -> HttpResponse:
    """Name a reader under embargo."""
    brief = _brief(request, slug, "briefs.publish_brief")
    plan = plan_of(brief)
    if plan is None:
        messages.error(request, _("No publication is planned for this brief now."))
        return redirect("briefs:publication", slug)
    form = ReaderForm(request.POST)

    def act() -> None:
        name_reader(plan=plan, by=request.user, **form.cleaned_data)

    if _tried(request, form, act, _("The reader is named and is being told.")):
        return redirect("briefs:publication", slug)
    return _publication_page(request, brief, PlanForm(plan=plan), form)


@require_POST
@login_required
def revoke(request: HttpRequest, slug: str, reader_id: int) -> HttpResponse:
    """Revoke a reader."""
    brief = _brief(request, slug, "briefs.publish_brief")
    reader = get_object_or_404(EmbargoReader.objects.select_related("plan__brief"), plan__brief=brief, pk=reader_id)
    done = _("The reader is revoked: what they were given opens nothing any more.")
    told(request, lambda: revoke_reader(reader=reader, by=request.user), done)
    return redirect("briefs:publication", slug)


@get_and_post
@login_required
def correct(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Publish a correction at the head of an edition."""
    brief = _brief(request, slug, "briefs.correct_edition")
    edition = get_object_or_404(Edition.objects.defer("content", "text").select_related("brief"), brief=brief, number=number)
    notices = list(edition.notices.all())
    form = CorrectionForm(request.POST or None, brief=brief, initial={"seen": len(notices)})

    def act() -> None:
        correct_edition(edition=edition, by=request.user, **form.cleaned_data)

    if _tried(request, form, act, _("The correction is published. The PDFs with it are being made and appear within minutes.")):
        return redirect("briefs:edition", slug, number)
    if form.errors and form.is_bound:
        # A second try is made with the notices on the page, so it goes against those.
        form.data = {**form.data.dict(), "seen": str(len(notices))}  # type: ignore[attr-defined]
    context = {"brief": brief, "edition": edition, "notices": notices, "form": form}
    return render(request, "briefs/correct.html", context, status=400 if form.errors else 200)


@get_and_post
@login_required
def translate(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a language edition."""
    brief = _brief(request, slug, "briefs.add_brief")
    first = brief.translation_of or brief
    if first.pk != brief.pk:
        return redirect("briefs:translate", first.slug)
    form = LanguageForm(request.POST or None, brief=brief)
    made: list[Brief] = []

    def act() -> None:
        made.append(start_language_edition(brief=brief, by=request.user, **form.cleaned_data))

    if _tried(request, form, act, _("The language edition is started. The agencies find it among their briefs in the making.")):
        return redirect("briefs:source", made[0].slug)
    others = list(brief.translations.select_related("current_edition").defer("current_edition__content", "current_edition__text"))
    context = {"brief": brief, "form": form, "others": others, "is_public": brief.current_edition_id is not None}
    return render(request, "briefs/translate.html", context, status=400 if form.errors else 200)


@get_and_post
@login_required
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """A translation beside its source, section by section; a newer edition of the source can be taken over."""
    brief = _brief(request, slug, "briefs.work_on_brief")
    translated = get_object_or_404(LanguageEdition.objects.visible_to(request.user).select_related("source__brief"), brief=brief)
    newest = newest_source(brief)
    is_old = newest is not None and newest.number > translated.source.number
    if request.method == "POST":
        try:
            take_newer_source(brief=brief, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The source beside the text is the newest edition now."))
        return redirect("briefs:source", slug)
    content = translated.source.content
    context = {
        "brief": brief,
        "content": content,
        "translated": translated,
        "newest": newest if is_old else None,
        "may_follow": is_old and brief.state == BriefState.DRAFTING and may(request.user, "briefs.add_brief", brief),
        "rows": [
            _pair(section, content, newest if is_old else None, request.user)
            for section in brief.sections.select_related("source", "organization")
        ],
    }
    return render(request, "briefs/source.html", context)


def _pair(section: Any, content: dict[str, Any], newest: Edition | None, user: Any) -> dict[str, Any]:
    place = section.source.place if hasattr(section, "source") else 0
    own = content["sections"][place - 1] if 0 < place <= len(content["sections"]) else None
    newer = newest.content["sections"][place - 1] if newest and 0 < place <= len(newest.content["sections"]) else None
    changed = bool(own and newer and (own["heading"], own["body"]) != (newer["heading"], newer["body"]))
    return {
        "section": section,
        "source": {**own, "html": mark_safe(own["body"])} if own else None,  # noqa: S308 - cleaned when it was saved
        "section_html": mark_safe(section.body),  # noqa: S308 - cleaned when it was saved
        "difference": word_diff_html(_words(own), _words(newer)) if changed else "",
        "edit_url": section.get_absolute_url() if may(user, "briefs.save_section", section) else "",
    }


def _words(section: dict[str, Any] | None) -> str:
    return f"{section['heading']}\n{strip_tags(section['body'].replace('<', ' <')).strip()}" if section else ""
