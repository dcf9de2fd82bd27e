"""Writing in a draft in preparation: every verb keeps the lineage honest and leaves an act that can be undone."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from common.access import Refused
from strategy.enums import ParagraphKind, Relation, WritingKind
from strategy.models import Draft, Paragraph, ParagraphLink, ParagraphOmission, ParagraphRevision, WritingAct
from strategy.services.leases import hold, refuse_if_held
from strategy.services.numbering import number_between, numbers_for
from strategy.services.record import (
    State,
    free_numbers,
    is_reworded,
    last_place,
    open_for_writing,
    order_of,
    present,
    put_back,
    put_in_order,
    recorded,
    refuse_if_referred_to,
    refuse_unless_still,
    remove,
    without_loose_pins,
)
from strategy.services.words import Words, cut, join

_UP = {
    ParagraphKind.HEADING2: ParagraphKind.HEADING1,
    ParagraphKind.HEADING3: ParagraphKind.HEADING2,
    ParagraphKind.LIST_ITEM: ParagraphKind.PARAGRAPH,
}
_DOWN = {higher: lower for lower, higher in _UP.items()}


class Conflict(Refused):
    """Somebody has saved other words since the form was opened; `present` is the paragraph as it stands."""

    def __init__(self, row: Paragraph) -> None:
        super().__init__(
            _("Somebody else has saved other words here since you began. Nothing is overwritten: choose which words stay.")
        )
        self.present = row


@transaction.atomic
def save_paragraph(*, paragraph: Paragraph, by: Any, revision: int, words: Words) -> Paragraph:
    """Save the words, give or renew the lock and write the revision down.

    Args:
        revision: of the paragraph as the person saw it.

    Raises:
        Conflict: somebody has saved other words since.
        Refused: somebody else is writing here, or the words are not complete.
    """
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    words = words.cleaned()
    if Words.of(row) == words:
        return row
    if row.revision != revision:
        raise Conflict(row)
    refuse_if_held([row], by)
    _refuse_if_taken(draft, words.number, but=row)
    with recorded(draft, by=by, kind=WritingKind.WRITTEN, number=words.number, only=row):
        _write(row, words)
        _settle(row)
    hold(row, by)
    return draft.paragraphs.get(pk=row.pk)


@transaction.atomic
def add_paragraph(*, draft: Draft, by: Any, words: Words, after: Paragraph | None = None, at_start: bool = False) -> Paragraph:
    """Add a paragraph after another one, at the beginning or at the end; without a number it gets one like 16 bis."""
    draft = open_for_writing(draft, by)
    order = order_of(draft)
    place = 0 if at_start else order.index(str(present(draft, after).uid)) + 1 if after else len(order)
    if not words.number.strip():
        words = Words(words.kind, _number_at(draft, order, place), words.text, words.footnotes)
    words = words.cleaned()
    _refuse_if_taken(draft, words.number)
    with recorded(draft, by=by, kind=WritingKind.ADDED, number=words.number):
        row = Paragraph(draft=draft, position=last_place(draft) + 1)
        _write(row, words)
        put_in_order(draft, [*order[:place], str(row.uid), *order[place:]])
    return draft.paragraphs.get(pk=row.pk)


@transaction.atomic
def delete_paragraph(*, paragraph: Paragraph, by: Any) -> Draft:
    """Delete the paragraph; what it alone continued counts as left out of this draft on purpose, in the name of `by`."""
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    refuse_if_held([row], by)
    origins = [link.origin for link in row.origins.select_related("origin")]
    with recorded(draft, by=by, kind=WritingKind.DELETED, number=row.number):
        remove(row)
        put_in_order(draft, order_of(draft))
        for origin in origins:
            rest = list(Paragraph.objects.filter(draft=draft, origins__origin=origin).distinct())
            if not rest:
                ParagraphOmission.objects.get_or_create(paragraph=origin, draft=draft, defaults={"by": by})
            for other in rest:
                _regroup(other)
    return draft


@transaction.atomic
def move_paragraph(*, paragraph: Paragraph, by: Any, before: UUID | None = None, steps: int = 0) -> Paragraph:
    """Move the paragraph: `steps` places down (up, if negative), or before another one, or to the end with neither."""
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    order = order_of(draft)
    old = order.index(str(row.uid))
    rest = order[:old] + order[old + 1 :]
    if steps:
        place = old + steps
        if not 0 <= place <= len(rest):
            raise Refused(_("It stands at the end of the text already.") if steps > 0 else _("It stands first already."))
    elif before is None:
        place = len(rest)
    elif str(before) in rest:
        place = rest.index(str(before))
    else:
        raise Refused(_("The place was not found: the text has changed meanwhile. Load the page again."))
    with recorded(draft, by=by, kind=WritingKind.MOVED, number=row.number):
        put_in_order(draft, [*rest[:place], str(row.uid), *rest[place:]])
        _mark_moved(draft.paragraphs.get(pk=row.pk))
    return draft.paragraphs.get(pk=row.pk)


@transaction.atomic
def move_section(*, paragraph: Paragraph, by: Any, before: UUID | None = None, steps: int = 0) -> Paragraph:
    """Move a heading with all that stands under it, in one act.

    A section goes before a heading of its own level or a higher one, or to the end: elsewhere it would cut another in two.

    Args:
        before: the heading to put it before; with neither this nor steps it goes to the end.
        steps: how many such places down (up, if negative).
    """
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    if not row.is_heading:
        raise Refused(_("Only a heading has a section. Move the paragraph by itself."))
    rows = list(draft.paragraphs.order_by("position"))
    first = next(place for place, one in enumerate(rows) if one.pk == row.pk)
    section = rows[first : first + 1 + _length_of_section(rows[first + 1 :], row.heading_level)]
    rest = rows[:first] + rows[first + len(section) :]
    places = [place for place, one in enumerate(rest) if _ends_section(one, row.heading_level)] + [len(rest)]
    if steps:
        place = _step(places, first, steps)
    elif before is None:
        place = len(rest)
    else:
        place = next((place for place, one in enumerate(rest) if one.uid == before), -1)
        if place not in places:
            raise Refused(_("A section goes before a heading of its own level or a higher one, or to the end of the text."))
    with recorded(draft, by=by, kind=WritingKind.MOVED, number=row.number):
        put_in_order(draft, [str(one.uid) for one in [*rest[:place], *section, *rest[place:]]])
        keys = [one.pk for one in section]
        for one in draft.paragraphs.filter(pk__in=keys).order_by("position"):
            _mark_moved(one, together=keys)
    return draft.paragraphs.get(pk=row.pk)


def _ends_section(row: Paragraph, level: int) -> bool:
    return row.is_heading and row.heading_level <= level


def _length_of_section(following: list[Paragraph], level: int) -> int:
    """How many of the paragraphs after a heading of this level stand under it."""
    return next((place for place, one in enumerate(following) if _ends_section(one, level)), len(following))


def _step(places: list[int], present_place: int, steps: int) -> int:
    """The place so many possible ones further on."""
    way = [place for place in places if (place > present_place if steps > 0 else place < present_place)]
    if len(way) < abs(steps):
        raise Refused(
            _("This section stands at the end of the text already.") if steps > 0 else _("This section stands first already.")
        )
    return way[steps - 1] if steps > 0 else way[steps]


@transaction.atomic
def split_paragraph(*, paragraph: Paragraph, by: Any, at: int, revision: int) -> Paragraph:
    """Split before the character `at`; both parts continue what the whole continued. Returns the second part."""
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    refuse_if_held([row], by)
    if row.revision != revision:
        raise Conflict(row)
    refuse_if_referred_to(row)
    (first, notes), (second, other_notes) = cut(row.text, row.footnotes, at)
    order = order_of(draft)
    place = order.index(str(row.uid)) + 1
    with recorded(draft, by=by, kind=WritingKind.SPLIT, number=row.number):
        part = Paragraph(draft=draft, position=last_place(draft) + 1)
        _write(part, Words(row.kind, number_between(row.number, _anchors(draft)), second, tuple(other_notes)))
        _write(row, Words(row.kind, row.number, first, tuple(notes)))
        put_in_order(draft, [*order[:place], str(part.uid), *order[place:]])
        for link in row.origins.all():
            ParagraphLink.objects.create(
                origin_id=link.origin_id, target=part, relation=Relation.SPLIT, score=link.score, is_proposed=link.is_proposed,
                confirmed_by=None if link.is_proposed else by,
            )  # fmt: skip
        row.origins.update(relation=Relation.SPLIT)
        _score(row)
        _score(part)
    return draft.paragraphs.get(pk=part.pk)


@transaction.atomic
def merge_with_next(*, paragraph: Paragraph, by: Any, revision: int, following: UUID | None = None) -> Paragraph:
    """Join the next paragraph to this one, which then continues whatever either continued.

    Args:
        following: the paragraph that the person saw next to it; None asks nothing.
    """
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    second = draft.paragraphs.filter(position__gt=row.position).order_by("position").first()
    if second is None:
        raise Refused(_("It is the last one: there is nothing to merge it with."))
    if following is not None and second.uid != following:
        raise Refused(_("Another paragraph stands next to it now. Look at the text, then merge the two if that is still right."))
    refuse_if_held([row, second], by)
    if row.revision != revision:
        raise Conflict(row)
    if row.is_heading != second.is_heading:
        raise Refused(_("A heading and a text are not merged. Change the kind of one of them first."))
    refuse_if_referred_to(second)
    text, notes = join(row, second)
    with recorded(draft, by=by, kind=WritingKind.MERGED, number=row.number):
        known = set(row.origins.values_list("origin_id", flat=True))
        for link in second.origins.all():
            if link.origin_id not in known:
                link.pk, link.target, link._state.adding = None, row, True
                link.save()
        second.pinned.exclude(comment__in=row.pinned.values("comment")).update(paragraph=row)
        second.origins.all().delete()
        second.delete()
        _write(row, Words(row.kind, row.number, text, tuple(notes)))
        put_in_order(draft, order_of(draft))
        _regroup(row)
    return draft.paragraphs.get(pk=row.pk)


@transaction.atomic
def change_level(*, paragraph: Paragraph, by: Any, up: bool) -> Paragraph:
    """Raise or lower a heading by one level, or make a paragraph of a list item and the other way round."""
    draft = open_for_writing(paragraph.draft, by)
    row = present(draft, paragraph)
    refuse_if_held([row], by)
    kind = (_UP if up else _DOWN).get(ParagraphKind(row.kind))
    if kind is None:
        raise Refused(_("“%(kind)s” has no such level. Choose another kind in the form.") % {"kind": row.get_kind_display()})
    with recorded(draft, by=by, kind=WritingKind.LEVEL, number=row.number, only=row):
        _write(row, Words(kind, row.number, row.text, tuple(row.footnotes)))
        _settle(row)
    return draft.paragraphs.get(pk=row.pk)


@transaction.atomic
def renumber(*, draft: Draft, by: Any, keep_manual: bool = True) -> int:
    """Number the whole text anew; returns how many numbers changed."""
    draft = open_for_writing(draft, by)
    rows = list(draft.paragraphs.order_by("position"))
    refuse_if_held(rows, by)
    changed = []
    for row, number in numbers_for(rows, keep_manual=keep_manual):
        if row.number != number:
            row.number, row.anchor = number, Paragraph.anchor_of(number)
            changed.append(row)
    with recorded(draft, by=by, kind=WritingKind.RENUMBERED):
        free_numbers(changed)
        Paragraph.objects.bulk_update(changed, ["number", "anchor"])
    return len(changed)


@transaction.atomic
def undo_act(*, act: WritingAct, by: Any) -> WritingAct:
    """Undo the last act of writing, if it is one's own; what it did stays in the history.

    Raises:
        Refused: it is not the last one any more, is somebody else's, or somebody writes in what it would change.
    """
    draft = open_for_writing(act.draft, by)
    last = last_act(draft)
    if last is None or last.pk != act.pk:
        raise Refused(_("Something else was written meanwhile, so this is not the last act any more. Look at the history."))
    if act.by_id != by.pk:
        raise Refused(_("The last act is of %(person)s. Restore earlier words from the history instead.") % {"person": act.by})
    revisions = list(act.revisions.all())
    states = {str(row.uid): row.before for row in revisions}
    refuse_unless_still(draft, {str(row.uid): row.after for row in revisions})
    # Who only stands elsewhere again is not disturbed.
    refuse_if_held(draft.paragraphs.filter(uid__in=[row.uid for row in revisions if is_reworded(row.before, row.after)]), by)
    with recorded(draft, by=by, kind=WritingKind.UNDONE, number=act.number, undoes=act):
        put_back(draft, without_loose_pins(draft, states, [row.after for row in revisions]))
        put_in_order(draft, act.order_before or order_of(draft))
    return act


@transaction.atomic
def restore_revision(*, revision: ParagraphRevision, by: Any) -> Paragraph:
    """Give a paragraph the words that it had after an earlier act; one that was deleted comes back at the end."""
    draft = open_for_writing(revision.draft, by)
    state: State = revision.after or revision.before or {}
    row = draft.paragraphs.filter(uid=revision.uid).first()
    if row:
        refuse_if_held([row], by)
    number = state["number"]
    taken = _anchors(draft, but=row)
    if Paragraph.anchor_of(number) in taken:
        number = row.number if row else number_between(number, taken)
    with recorded(draft, by=by, kind=WritingKind.RESTORED, number=number):
        if row is None:
            put_back(draft, {str(revision.uid): {**state, "number": number}})
        else:
            _write(row, Words(state["kind"], number, state["text"], tuple(state["footnotes"])))
            _settle(row)
    return draft.paragraphs.get(uid=revision.uid)


def last_act(draft: Draft) -> WritingAct | None:
    """The last act that is not undone and undoes nothing."""
    acts = WritingAct.objects.filter(draft=draft, undone_by__isnull=True).exclude(kind=WritingKind.UNDONE)
    return acts.select_related("by").order_by("-pk").first()


# --- Words and lineage -----------------------------------------------------------------------------------------------


def _write(row: Paragraph, words: Words) -> None:
    row.kind, row.number, row.text, row.footnotes = words.kind, words.number, words.text, list(words.footnotes)
    row.save()


def _anchors(draft: Draft, but: Paragraph | None = None) -> set[str]:
    rows = draft.paragraphs.exclude(pk=but.pk) if but else draft.paragraphs
    return set(rows.values_list("anchor", flat=True))


def _refuse_if_taken(draft: Draft, number: str, but: Paragraph | None = None) -> None:
    if Paragraph.anchor_of(number) in _anchors(draft, but):
        raise Refused(
            _("Another paragraph has the number %(number)s or one that differs in signs only. Give another one, or renumber.")
            % {"number": number}
        )


def _number_at(draft: Draft, order: list[str], place: int) -> str:
    before = draft.paragraphs.get(uid=order[place - 1]).number if place else ""
    return number_between(before, _anchors(draft)) if order else "1"


def _is_same(one: Paragraph, other: Paragraph) -> bool:
    return (one.kind, one.text, one.footnotes) == (other.kind, other.text, other.footnotes)


def _likeness(one: Paragraph, other: Paragraph) -> float:
    return 1.0 if _is_same(one, other) else round(fuzz.ratio(one.plain, other.plain) / 100, 4)


def _settle(row: Paragraph) -> None:
    """Unchanged or edited, as the words say; a part, a union or a moved paragraph stays that."""
    for link in row.origins.select_related("origin"):
        if link.relation in {Relation.SAME, Relation.EDITED}:
            link.relation = Relation.SAME if _is_same(row, link.origin) else Relation.EDITED
        link.score = _likeness(row, link.origin)
        link.save(update_fields=["relation", "score"])


def _score(row: Paragraph) -> None:
    for link in row.origins.select_related("origin"):
        link.score = _likeness(row, link.origin)
        link.save(update_fields=["score"])


def _regroup(row: Paragraph) -> None:
    """Say anew what became of what `row` continues, after parts were united or one of them went."""
    links = list(row.origins.select_related("origin"))
    for link in links:
        parts = ParagraphLink.objects.filter(origin=link.origin_id, target__draft=row.draft_id).exclude(pk=link.pk)
        if len(links) > 1:
            link.relation = Relation.MERGED
        elif parts.exists():
            link.relation = Relation.SPLIT
        else:
            link.relation = Relation.SAME if _is_same(row, link.origin) else Relation.EDITED
        link.score = _likeness(row, link.origin)
        link.save(update_fields=["relation", "score"])


def _mark_moved(row: Paragraph, together: Iterable[int] = ()) -> None:
    """Moved, if it stands otherwise among its neighbours than in the earlier draft; back in its place it is not.

    Args:
        together: the paragraphs that moved with it, which say nothing about its place.
    """
    links = list(row.origins.select_related("origin"))
    if len(links) != 1 or links[0].relation not in {Relation.SAME, Relation.EDITED, Relation.MOVED}:
        return
    link, origin = links[0], links[0].origin
    others = (
        ParagraphLink.objects.filter(target__draft=row.draft_id, origin__draft=origin.draft_id)
        .exclude(target__in=[row.pk, *together])
        .exclude(relation=Relation.MOVED)
        .select_related("origin")
    )
    before = others.filter(target__position__lt=row.position).order_by("-target__position").first()
    after = others.filter(target__position__gt=row.position).order_by("target__position").first()
    in_place = (before is None or before.origin.position <= origin.position) and (
        after is None or origin.position <= after.origin.position
    )
    link.relation = (Relation.SAME if _is_same(row, origin) else Relation.EDITED) if in_place else Relation.MOVED
    link.save(update_fields=["relation"])
