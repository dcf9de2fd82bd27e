"""What the strategy gives to the home page, the search, the desk and the sitemap."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import may
from common.search_words import contains, snippet
from directory.desk import DeskItem
from strategy.enums import CommentState, RoundKind
from strategy.models import Comment, ConsultationRound, Disposition, Draft, Paragraph, Strategy
from strategy.selectors.addresses import answers_url, moderation_url
from strategy.selectors.adoption_desk import desk_of_adoption
from strategy.selectors.rounds import Side, boundaries_of, current_round, round_figures, sides_of


def strategy_for_home(user: Any) -> dict[str, Any]:
    """The consultation that counts now, or the newest draft where there is none.

    Returns:
        `round` (ConsultationRound: `state`, `closes_at`, `opens_at`, `time_zone`; or None), `draft` (Draft or None),
        `strategy`, `figures` (`invited`, `submitted`; or None), `paragraphs` (how many the draft has), `holds_until`.
    """
    consultation = current_round(user)
    if consultation:
        draft: Draft | None = consultation.draft
    else:
        draft = Draft.objects.visible_to(user).select_related("strategy").order_by("-published_at").first()
    if draft is None:
        return {"round": None, "draft": None, "strategy": None, "figures": None, "paragraphs": 0, "holds_until": None}
    others = ConsultationRound.objects.visible_to(user).alive()
    return {
        "round": consultation,
        "draft": draft,
        "strategy": draft.strategy,
        "figures": round_figures(consultation) if consultation else None,
        "paragraphs": draft.paragraphs.exclude(kind__contains="heading").count(),
        "holds_until": next(iter(boundaries_of(others)), None),
    }


# --- Search ----------------------------------------------------------------------------------------------------------


def search_strategy(user: Any, words: str, *, limit: int) -> list[dict[str, Any]]:
    """Strategies by title and summary, then paragraphs of visible drafts that hold every word, newest draft first."""
    wanted = words.replace("\x00", " ").split()
    if not wanted:
        return []
    named, said = Q(), Q()
    for word in wanted:
        named &= contains(word, "title", "summary")
        said &= contains(word, "text")
    hits = [
        {"title": row.title, "url": row.get_absolute_url(), "kind": _("Strategy"), "snippet": row.summary}
        for row in Strategy.objects.visible_to(user).filter(named)[:limit]
    ]
    rows = Paragraph.objects.visible_to(user).filter(said).select_related("draft__strategy")
    for row in rows.order_by("-draft__number", "draft", "position")[: limit - len(hits)]:
        hits.append(
            {
                "title": _("Paragraph %(number)s, %(draft)s") % {"number": row.number, "draft": row.draft.label},
                "url": f"{row.draft.get_absolute_url()}#p{row.anchor}",
                "kind": row.draft.strategy.title,
                "snippet": snippet(row.plain, wanted[0]),
            }
        )
    return hits


# --- My desk ---------------------------------------------------------------------------------------------------------


def desk_of_strategy(user: Any) -> list[DeskItem]:
    """Comment, clear, submit, answer, release: what waits for this person in the open rounds and after them."""
    rounds = list(
        ConsultationRound.objects.visible_to(user)
        .filter(kind=RoundKind.COMMENTS, opens_at__lte=timezone.now())
        .select_related("draft__strategy")
    )
    items = []
    for consultation in rounds:
        if consultation.is_open:
            for side in sides_of(user, consultation):
                items += _desk_of_side(user, side)
    moderated = [row for row in rounds if row.takes_public_comments and may(user, "strategy.moderate_round", row)]
    if moderated:
        items += _desk_of_moderator(user, moderated)
    items += desk_of_adoption(user)
    drafting = [row for row in rounds if may(user, "strategy.answer_round", row)]
    if drafting:
        items += _desk_of_drafter(user, drafting)
    return items


def _desk_of_side(user: Any, side: Side) -> list[DeskItem]:
    if side.is_submitted:
        return []
    draft = side.consultation.draft
    title = {"draft": draft.label, "strategy": draft.strategy.title, "agency": side.organization}
    due, url = side.consultation.closes_at, side.url
    if not side.is_focal_point:
        mine = (
            Comment.objects.visible_to(user)
            .filter(round=side.consultation, organization=side.organization, author=user, state=CommentState.DRAFT)
            .count()
        )
        items = [
            DeskItem(
                _("%(draft)s: %(strategy)s") % title, _("Comment"), draft.get_absolute_url(), due, _("The consultation is open.")
            )
        ]
        if mine:
            note = ngettext("%(n)d comment of yours", "%(n)d comments of yours", mine) % {"n": mine}
            items.append(
                DeskItem(_("Clearance by your focal point: %(draft)s") % title, _("Look"), url, due, note, is_mine=False)
            )
        return items
    items, agency = [], side.organization.pk
    if side.waiting:
        note = ngettext("%(n)d comment waits for you.", "%(n)d comments wait for you.", side.waiting) % {"n": side.waiting}
        items.append(DeskItem(_("Clear the comments of %(agency)s: %(draft)s") % title, _("Clear"), url, due, note, True, agency))
    note = ngettext("%(n)d comment is cleared.", "%(n)d comments are cleared.", side.cleared) % {"n": side.cleared}
    items.append(DeskItem(_("Submit the position of %(agency)s: %(draft)s") % title, _("Submit"), url, due, note, True, agency))
    return items


def _desk_of_moderator(user: Any, rounds: list[ConsultationRound]) -> list[DeskItem]:
    waiting = Comment.objects.visible_to(user).filter(round__in=rounds, state=CommentState.MODERATION).order_by()
    items = []
    numbers = dict(waiting.values_list("round").annotate(Count("pk")))
    for consultation in rounds:
        if number := numbers.get(consultation.pk, 0):
            note = ngettext("%(n)d comment waits to be read.", "%(n)d comments wait to be read.", number) % {"n": number}
            title = _("Comments of participants on the %(draft)s") % {"draft": consultation.draft.label}
            items.append(DeskItem(title, _("Read"), moderation_url(consultation), None, note))
    return items


def _desk_of_drafter(user: Any, rounds: list[ConsultationRound]) -> list[DeskItem]:
    submitted = Comment.objects.visible_to(user).filter(round__in=rounds, state=CommentState.SUBMITTED).order_by()
    unanswered = dict(submitted.filter(disposition=None).values_list("round").annotate(Count("pk")))
    unreleased = dict(
        Disposition.objects.visible_to(user)
        .filter(comment__round__in=rounds, released_at=None)
        .order_by()
        .values_list("comment__round")
        .annotate(Count("pk"))
    )
    items = []
    for consultation in rounds:
        draft = consultation.draft
        url = answers_url(consultation)
        if number := unanswered.get(consultation.pk, 0):
            note = ngettext("%(n)d comment has no answer yet.", "%(n)d comments have no answer yet.", number) % {"n": number}
            items.append(
                DeskItem(_("Answer the comments on the %(draft)s") % {"draft": draft.label}, _("Answer"), url, None, note)
            )
        if number := unreleased.get(consultation.pk, 0):
            note = ngettext("%(n)d answer is not released.", "%(n)d answers are not released.", number) % {"n": number}
            items.append(
                DeskItem(
                    _("Release answers to the agencies: %(draft)s") % {"draft": draft.label},
                    _("Release"),
                    f"{url}&show=answered",
                    None,
                    note,
                )
            )
    return items


# --- Sitemap ---------------------------------------------------------------------------------------------------------


def addresses_of_strategy() -> list[str]:
    """English paths of the public strategies and drafts."""
    visitor = AnonymousUser()
    with translation.override("en"):
        paths = [row.get_absolute_url() for row in Strategy.objects.visible_to(visitor)]
        return paths + [row.get_absolute_url() for row in Draft.objects.visible_to(visitor).select_related("strategy")]
