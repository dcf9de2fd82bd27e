"""Several comments of an agency become one: their words side by side, and the form of the one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.access import Refused, require
from common.numbers import whole_number
from strategy.enums import CommentType
from strategy.forms.comments import CommentForm
from strategy.models import Comment
from strategy.selectors.addresses import position_url
from strategy.selectors.rounds import sides_of
from strategy.selectors.threads import Entry, entries_of
from strategy.services import merge_comments
from strategy.services.merging import refuse_unlike, version_of_all
from strategy.views.reading import find_strategy, posted

MOST = 20
# The one comment weighs as much as the heaviest of those that it is made of.
_WEIGHT = [CommentType.EDITORIAL, CommentType.GENERAL, CommentType.SUBSTANTIVE, CommentType.RED_LINE]


def _chosen(request: HttpRequest, slug: str) -> list[Entry]:
    """The comments ticked on the page of the position; 404 for whatever is not the reader's to see."""
    wanted = request.POST.getlist("comments") or request.GET.getlist("comments")
    keys = {key for one in wanted[:MOST] if (key := whole_number(one)) is not None}
    rows = Comment.objects.filter(pk__in=keys, round__draft__strategy__slug=slug, organization__isnull=False).order_by("pk")
    entries = entries_of(request.user, rows, [])
    if len(entries) != len(keys):
        raise Http404
    return entries


def _initial(comments: list[Comment]) -> dict[str, Any]:
    """The words of all in one form: what each says, and the first proposal with the passage that it replaces."""
    proposing = next((row for row in comments if row.proposed_text or row.quote), comments[0])
    initial: dict[str, Any] = {
        "type": max((row.type for row in comments), key=lambda one: _WEIGHT.index(CommentType(one))),
        "text": "\n\n".join(row.text for row in comments if row.text),
        "passage": proposing.quote,
        "passage_prefix": proposing.quote_prefix,
        "passage_suffix": proposing.quote_suffix,
        "proposes_deletion": all(row.proposes_deletion for row in comments),
        "share_with": comments[0].share_with,
    }
    if proposing.proposed_text:
        initial["proposed_text"] = proposing.proposed_text
    return initial


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the chosen comments side by side and write the one that they become."""
    strategy = find_strategy(request, slug)
    entries = _chosen(request, slug)
    comments = [entry.comment for entry in entries]
    if not comments:
        messages.error(request, _("Choose two comments or more: they become one."))
        return redirect("strategy:position", slug)
    for comment in comments:
        require(request.user, "strategy.merge_comment", comment)
    first = comments[0]
    back = position_url(first.round, first.organization)
    try:
        refuse_unlike(comments)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    form = CommentForm(
        posted(request), paragraph=first.paragraph, agencies=[], sharing=first.round.sharing, initial=_initial(comments)
    )
    seen = request.POST.get("seen") or version_of_all(comments)
    if request.method == "POST" and form.is_valid():
        try:
            one = merge_comments(comments=comments, by=request.user, seen=seen, **form.content())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            seen = version_of_all(comments)
        else:
            messages.success(request, _("The comments are one now. What each said is kept among the dropped ones."))
            return redirect(f"{back}#c{one.pk}")
    side = next((one for one in sides_of(request.user, first.round) if one.organization.pk == first.organization_id), None)
    context = {
        "entries": entries, "form": form, "seen": seen, "paragraph": first.paragraph, "draft": first.round.draft,
        "strategy": strategy, "side": side, "back": back, "agency": first.organization,
    }  # fmt: skip
    return render(request, "strategy/merge.html", context, status=400 if form.is_bound else 200)
