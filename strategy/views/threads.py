"""The thread of a paragraph, and what members of an agency do with its comments.

The thread's page and its partial for htmx come from one view and one address; every form works without a script.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.access import Refused, may, require
from directory.public_pages import public_page
from strategy.enums import SHAREABLE
from strategy.forms.comments import CommentForm, PublicCommentForm, ReplyForm
from strategy.models import Comment, ConsultationRound, Draft, Paragraph
from strategy.selectors.pages import first_note_of, is_head_of_table, line_of
from strategy.selectors.participants import categories_of, may_comment_publicly
from strategy.selectors.rounds import Side, current_round, sides_of
from strategy.selectors.threads import earlier_thread, passages_in, thread_of, thread_version
from strategy.services import (
    clear_comment,
    drop_comment,
    edit_comment,
    reopen_comment,
    reply_to_comment,
    write_comment,
    write_public_comment,
)
from strategy.views.reading import find_draft, keep_until_a_round_turns, posted, readers_clock


@require_http_methods(["GET", "HEAD", "POST"])
@public_page("strategy", "directory")
def thread(request: HttpRequest, slug: str, number: int, anchor: str = "") -> HttpResponse:
    """Comments on one paragraph (without an anchor: on the draft as a whole), and the form to write one."""
    draft = find_draft(request, slug, number)
    paragraph = get_object_or_404(draft.paragraphs, anchor=anchor) if anchor else None
    if request.method == "POST":
        return _write(request, draft, paragraph)
    return show_thread(request, draft, paragraph)


def show_thread(
    request: HttpRequest,
    draft: Draft,
    paragraph: Paragraph | None,
    *,
    form: CommentForm | None = None,
    said: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the thread: the whole page, its panel for htmx with the paragraph's line, or only its comments for what is new."""
    consultation = current_round(request.user, draft=draft)
    if consultation:
        consultation.draft = draft
    asks_for_news = bool(request.htmx) and "since" in request.GET and request.method == "GET"  # type: ignore[attr-defined]
    version = thread_version(request.user, draft, paragraph)
    if asks_for_news and request.GET["since"] == version:
        return HttpResponse(status=204)
    sides = sides_of(request.user, consultation)
    if paragraph:
        paragraph.draft = draft
    if form is None:
        form = _form_for(request.user, consultation, sides, paragraph)
    entries, earlier = thread_of(request.user, draft, paragraph, sides), earlier_thread(request.user, draft, paragraph)
    keep_until_a_round_turns(request, draft.strategy)
    context = {
        "draft": draft,
        "strategy": draft.strategy,
        "paragraph": paragraph,
        "round": consultation,
        "sides": sides,
        "entries": entries,
        "earlier": earlier,
        "form": form,
        "said": said,
        "refused": refused,
        "here": _address(draft, paragraph),
        "version": version,
        "whole": paragraph is None,
        **readers_clock(request),
    }
    if paragraph:
        context["line"] = line_of(
            paragraph,
            count=len(entries) + len(earlier),
            url=context["here"],
            first_note=first_note_of(draft, paragraph),
            passages=passages_in(paragraph, [*entries, *earlier]),
            is_head=is_head_of_table(draft, paragraph),
        )
    if request.htmx:  # type: ignore[attr-defined]
        template = "strategy/_thread_comments.html" if asks_for_news else "strategy/_thread.html"
        # The page of the thread asks for news too; its forms lead from page to page.
        live = not (asks_for_news and "page" in request.GET)
        return render(request, template, {**context, "live": live, "polls": True}, status=status)
    context["polls"] = request.user.is_authenticated
    context["previous"], context["next"] = _neighbours(draft, paragraph)
    return render(request, "strategy/thread.html", context, status=status)


def _form_for(
    user: Any, consultation: ConsultationRound | None, sides: list[Side], paragraph: Paragraph | None, data: Any = None
) -> CommentForm | None:
    """The form that this person may fill in now: of an agency, of a participant, or none."""
    if consultation and ((data is not None and sides) or any(side.takes_comments for side in sides)):
        return CommentForm(data, paragraph=paragraph, agencies=_agencies(sides), sharing=consultation.sharing)
    if consultation is None or sides:
        return None
    # What is sent after the close gets the refusal of the verb, in words, with what was typed still there.
    if may_comment_publicly(user, consultation) or (
        data is not None and may(user, "strategy.write_public_comment", consultation)
    ):
        return PublicCommentForm(data, paragraph=paragraph, categories=categories_of(user))
    return None


def _address(draft: Draft, paragraph: Paragraph | None) -> str:
    base = draft.get_absolute_url()
    return f"{base}paragraphs/{paragraph.anchor}/" if paragraph else f"{base}comments/"


def _neighbours(draft: Draft, paragraph: Paragraph | None) -> tuple[Paragraph | None, Paragraph | None]:
    """The paragraphs before and after, headings skipped."""
    rows = draft.paragraphs.exclude(kind__contains="heading")
    if paragraph is None:
        return None, rows.order_by("position").first()
    before = rows.filter(position__lt=paragraph.position).order_by("-position").first()
    return before, rows.filter(position__gt=paragraph.position).order_by("position").first()


def _agencies(sides: list[Side]) -> list[tuple[str, str]]:
    return [(side.organization.code, side.organization.short_name) for side in sides]


def _write(request: HttpRequest, draft: Draft, paragraph: Paragraph | None) -> HttpResponse:
    """Save a comment in the name of one's agency or under one's category; whatever is refused, the words stay in the form."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    consultation = current_round(request.user, draft=draft)
    sides = sides_of(request.user, consultation)
    form = _form_for(request.user, consultation, sides, paragraph, request.POST)
    if form is None or consultation is None:
        raise PermissionDenied(
            _("Comments are written by members of the agencies that the round invites. Ask your agency's focal point to add you.")
        )
    if form.is_valid():
        try:
            comment, said = _save(request, form, consultation, sides, paragraph)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if request.htmx:  # type: ignore[attr-defined]
                return show_thread(request, draft, paragraph, said=said)
            messages.success(request, said)
            return redirect(f"{_address(draft, paragraph)}#c{comment.pk}")
    return show_thread(request, draft, paragraph, form=form, status=400)


def _save(
    request: HttpRequest,
    form: CommentForm,
    consultation: ConsultationRound,
    sides: list[Side],
    paragraph: Paragraph | None,
) -> tuple[Comment, str]:
    """Write what the form holds; the comment, and what the person is told."""
    by = request.user
    if not sides:
        comment = write_public_comment(consultation=consultation, by=by, paragraph=paragraph, **form.content())
        return comment, _("Your comment has reached the secretariat, which reads it before it is published. You get a message.")
    code = form.cleaned_data.get("agency") or sides[0].organization.code
    side = next(one for one in sides if one.organization.code == code)
    content = form.content()
    comment = write_comment(consultation=side.consultation, by=by, on_behalf_of=side.organization, paragraph=paragraph, **content)
    return comment, _said_written(side)


def _said_written(side: Side) -> str:
    if side.is_focal_point:
        return _("Your comment is saved inside %(agency)s. Clear it, and it goes with the position.") % {
            "agency": side.organization
        }
    return _("Your comment is saved inside %(agency)s. Its focal point has been told that it waits for clearance.") % {
        "agency": side.organization
    }


# --- Acts on a comment -----------------------------------------------------------------------------------------------


def find_comment(request: HttpRequest, slug: str, pk: int) -> Comment:
    rows = Comment.objects.visible_to(request.user).select_related(
        "round__draft__strategy", "paragraph", "organization", "category"
    )
    return get_object_or_404(rows, pk=pk, round__draft__strategy__slug=slug)


def _back(request: HttpRequest, comment: Comment) -> HttpResponseRedirect:
    """To the page that the act came from, at the comment; pages of other hosts are ignored."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(f"{wanted.partition('#')[0]}#c{comment.pk}")
    return HttpResponseRedirect(comment.get_absolute_url())


def answer_act(request: HttpRequest, comment: Comment, *, said: str = "", refused: str = "") -> HttpResponse:
    """What an act on a comment leads to: the thread again for htmx, else back with a message."""
    if request.htmx:  # type: ignore[attr-defined]
        draft = comment.round.draft
        status = 400 if refused else 200
        return show_thread(request, draft, comment.paragraph, said=said, refused=refused, status=status)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, said)
    return _back(request, comment)


def _act(
    request: HttpRequest, slug: str, pk: int, permission: str, verb: Callable[..., Any], said: str, **more: Any
) -> HttpResponse:
    comment = find_comment(request, slug, pk)
    require(request.user, permission, comment)
    try:
        verb(comment=comment, by=request.user, **more)
    except Refused as refusal:
        return answer_act(request, comment, refused=str(refusal))
    return answer_act(request, comment, said=said)


@login_required
@require_POST
def clear(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Clear a comment for the agency's position."""
    said = _("The comment is cleared.")
    wish = request.POST.get("share_with", "")
    more = {"seen": request.POST.get("seen"), "share_with": wish if wish in SHAREABLE else None}
    return _act(request, slug, pk, "strategy.clear_comment", clear_comment, said, **more)


@login_required
@require_POST
def drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Leave a comment out of the agency's position."""
    said = _("The comment is dropped. It stays readable inside your agency.")
    return _act(request, slug, pk, "strategy.drop_comment", drop_comment, said, seen=request.POST.get("seen"))


@login_required
@require_POST
def reopen(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open a cleared or dropped comment again."""
    return _act(
        request,
        slug,
        pk,
        "strategy.reopen_comment",
        reopen_comment,
        _("The comment is open again and can be edited."),
        seen=request.POST.get("seen"),
    )


@login_required
@require_POST
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say something about a comment inside the agency."""
    comment = find_comment(request, slug, pk)
    require(request.user, "strategy.reply_to_comment", comment)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "comment": comment, "strategy": comment.round.draft.strategy, "draft": comment.round.draft}
        if request.htmx:  # type: ignore[attr-defined]
            return answer_act(request, comment, refused=" ".join(map(str, form.errors["text"])))
        return render(request, "strategy/reply.html", context, status=400)
    reply_to_comment(comment=comment, by=request.user, text=form.cleaned_data["text"])
    return answer_act(request, comment, said=_("Your reply is saved inside your agency."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a comment that waits for clearance."""
    comment = find_comment(request, slug, pk)
    require(request.user, "strategy.edit_comment", comment)
    initial = {name: getattr(comment, name) for name in ("type", "text", "proposes_deletion", "share_with")}
    initial["passage"] = comment.quote
    if comment.proposed_text:
        initial["proposed_text"] = comment.proposed_text
    form = CommentForm(posted(request), paragraph=comment.paragraph, agencies=[], sharing=comment.round.sharing, initial=initial)
    seen, has_changed = request.POST.get("seen"), False
    if request.method == "POST" and form.is_valid():
        try:
            edit_comment(comment=comment, by=request.user, seen=seen, **form.content())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            # The page now shows the present text beside the words typed, so the next save replaces it knowingly.
            comment = find_comment(request, slug, pk)
            has_changed = seen is not None and seen != comment.version
            seen = comment.version
        else:
            messages.success(request, _("The comment is changed."))
            return _back(request, comment)
    draft = comment.round.draft
    context = {"form": form, "comment": comment, "draft": draft, "strategy": draft.strategy, "paragraph": comment.paragraph}
    context |= {"seen": comment.version if seen is None else seen, "has_changed": has_changed}
    context["next"] = request.POST.get("next") or request.GET.get("next", "")
    return render(request, "strategy/edit.html", context, status=400 if form.is_bound else 200)
