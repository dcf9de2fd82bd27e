"""What named readers see before the moment: the text with a notice, and its files. Every opening is recorded."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from briefs.documents import embargoed_copy
from briefs.enums import Opened, PlanState
from briefs.models import EmbargoReader, PlannedPublication
from briefs.selectors.publishing import reader_behind
from briefs.services import record_opening
from briefs.views.files import FIELDS, file_name, whole_picture
from briefs.views.reading import FILES, files_of, reading_context
from directory.enums import LinkProblem
from directory.models import StoredFile
from directory.services.links import LinkRefused
from directory.views.links import link_refused

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _plan_for(request: HttpRequest, slug: str) -> tuple[PlannedPublication, EmbargoReader | None]:
    """The embargoed text of a brief and the reader's row; 404 for whoever is no reader and does not make the brief."""
    plans = PlannedPublication.objects.visible_to(request.user).waiting().filter(under_embargo=True, brief__slug=slug)
    plan = get_object_or_404(plans.select_related("brief__series", "brief__current_edition"))
    return plan, plan.readers.filter(user=request.user.pk, revoked_at__isnull=True).first()


def _reader_of(token: str) -> EmbargoReader:
    """The reader of a link.

    Raises:
        LinkRefused: nobody was given this link, it was revoked, or there is no embargo any more.
    """
    reader = reader_behind(token)
    if reader is None:
        raise LinkRefused(LinkProblem.FORGED)
    if reader.revoked_at or reader.plan.state in {PlanState.TAKEN_BACK, PlanState.STOPPED}:
        raise LinkRefused(
            LinkProblem.WITHDRAWN, words=_("This link was withdrawn: the text can no longer be read before its publication.")
        )
    return reader


def _answer(response: Any) -> Any:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _page(request: HttpRequest, plan: PlannedPublication, address: Callable[[str, str], str]) -> HttpResponse:
    """The text, with the addresses of its files and pictures: `address` of what, and of its name."""
    edition = plan.as_edition()
    context = reading_context(plan.brief, edition.content, edition, request.user, lambda key: address("picture", key))
    addresses = {name: address("file", name) for _field, name, _label in FILES}
    context |= {"plan": plan, "files": files_of(edition, addresses), "earlier": [], "other_languages": []}
    return _answer(render(request, "briefs/embargo.html", context))


def _file(plan: PlannedPublication, name: str, *, reader: str, address: str) -> HttpResponseBase:
    """One of the files with the reader's name on each page; `address` stands in for a name that no font can write."""
    edition = plan.as_edition()
    stored = getattr(edition, FIELDS[name])
    if stored is None:
        raise Http404
    with stored.file.open("rb") as file:
        content = file.read()
    response = HttpResponse(embargoed_copy(content, plan, reader=reader, address=address), content_type=stored.mime)
    response["Content-Disposition"] = f'inline; filename="EMBARGO-{file_name(edition, name)}"'
    return _answer(response)


def _picture(plan: PlannedPublication, key: str) -> HttpResponseBase:
    """A picture of the frozen text, for its readers only. It is part of the page, whose opening is recorded."""
    assert plan.content is not None, "only an embargoed text is frozen ahead"
    file = next((one["file"] for one in plan.content.get("figures", []) if one["key"] == key and one["file"]), None)
    if file is None:
        raise Http404
    return _answer(whole_picture(get_object_or_404(StoredFile, pk=int(file))))


@require_safe
@login_required
def embargo(request: HttpRequest, slug: str) -> HttpResponse:
    """The embargoed text for a named user or for those who make the brief."""
    plan, reader = _plan_for(request, slug)
    record_opening(plan=plan, what=Opened.PAGE, user=request.user, reader=reader)
    return _page(request, plan, lambda what, name: reverse(f"briefs:embargo_{what}", args=[slug, name]))


@require_safe
@login_required
def embargo_file(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    """One of its files."""
    plan, reader = _plan_for(request, slug)
    response = _file(plan, name, reader=str(request.user), address=str(getattr(request.user, "email", "")))
    record_opening(plan=plan, what=name, user=request.user, reader=reader)
    return response


@require_safe
@login_required
def embargo_picture(request: HttpRequest, slug: str, key: str) -> HttpResponseBase:
    """One of its pictures."""
    plan, _reader = _plan_for(request, slug)
    return _picture(plan, key)


@get_and_post
def embargo_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The embargoed text for somebody from outside: first what an embargo means, then, by their own act, the text.

    Programs that look into mail follow links, but press no button: what is recorded was a person.
    """
    try:
        reader = _reader_of(token)
    except LinkRefused as refusal:
        return _answer(link_refused(request, refusal))
    plan = reader.plan
    if plan.state == PlanState.PUBLISHED:
        return redirect(plan.brief)
    if request.method != "POST":
        kept = settings.RETAIN_EMBARGO_READERS_DAYS
        context = {"plan": plan, "reader": reader, "brief": plan.brief, "kept_days": kept}
        return _answer(render(request, "briefs/embargo_terms.html", context))
    record_opening(plan=plan, what=Opened.PAGE, reader=reader)
    return _page(request, plan, lambda what, name: reverse(f"briefs:embargo_{what}_by_link", args=[token, name]))


@require_safe
def embargo_file_by_link(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One of its files, by a link."""
    try:
        reader = _reader_of(token)
    except LinkRefused as refusal:
        return _answer(link_refused(request, refusal))
    if reader.plan.state == PlanState.PUBLISHED:
        return redirect(f"briefs_files:{name}", reader.plan.brief.slug)
    response = _file(reader.plan, name, reader=reader.name, address=reader.email)
    record_opening(plan=reader.plan, what=name, reader=reader)
    return response


@require_safe
def embargo_picture_by_link(request: HttpRequest, token: str, key: str) -> HttpResponseBase:
    """One of its pictures, by a link."""
    try:
        reader = _reader_of(token)
    except LinkRefused as refusal:
        return _answer(link_refused(request, refusal))
    return _picture(reader.plan, key)
