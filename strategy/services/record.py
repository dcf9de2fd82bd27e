"""What every act of writing leaves behind: paragraphs and order before and after, so that it can be read and undone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.services.state import locked
from strategy.enums import DraftState
from strategy.models import CommentPin, Draft, Paragraph, ParagraphLink, ParagraphOmission, ParagraphRevision, WritingAct
from strategy.models.texts import IMMUTABLE

State = dict[str, Any]
_FAR = 1_000_000  # no draft has as many paragraphs: a place to wait in while places are changed
_WORDS = ("kind", "number", "text", "footnotes")


def open_for_writing(draft: Draft, by: Any) -> Draft:
    """Return the draft with its row locked: whoever else writes in it waits, and so does its publication.

    Raises:
        Refused: the draft is published.
    """
    draft = locked(draft)
    require(by, "strategy.write_draft", draft)
    if draft.state == DraftState.PUBLISHED:
        raise Refused(IMMUTABLE)
    return draft


def present(draft: Draft, paragraph: Paragraph) -> Paragraph:
    """The paragraph as it stands now in the locked draft."""
    row = draft.paragraphs.filter(uid=paragraph.uid).first()
    if row is None:
        raise Refused(_("Somebody has deleted this paragraph meanwhile. Its words are in the history of the draft."))
    row.draft = draft
    return row


def order_of(draft: Draft) -> list[str]:
    return [str(uid) for uid in draft.paragraphs.order_by("position").values_list("uid", flat=True)]


def put_in_order(draft: Draft, uids: Iterable[str]) -> None:
    """Give the paragraphs the places 1, 2, 3 … in the order of `uids`; two steps, for a place is taken once only."""
    rows = {str(row.uid): row for row in draft.paragraphs.only("pk", "uid", "position", "draft")}
    known = [uid for uid in uids if uid in rows]
    changed = []
    for place, uid in enumerate([*known, *sorted(rows.keys() - set(known), key=lambda one: rows[one].position)], start=1):
        if rows[uid].position != place:
            rows[uid].position = place
            changed.append(rows[uid])
    if changed:
        draft.paragraphs.filter(pk__in=[row.pk for row in changed]).update(position=F("position") + _FAR)
        Paragraph.objects.bulk_update(changed, ["position"])


def free_numbers(rows: Iterable[Paragraph]) -> None:
    """Let the anchors of these paragraphs wait aside, so that numbers can be given anew among them."""
    aside = Concat(Value("~"), Cast("pk", CharField()))
    Paragraph.objects.filter(pk__in=[row.pk for row in rows]).update(anchor=aside)


def last_place(draft: Draft) -> int:
    return draft.paragraphs.aggregate(last=Max("position"))["last"] or 0


def state_of(row: Paragraph, links: Iterable[ParagraphLink], pins: Iterable[CommentPin] = ()) -> State:
    return {
        **{name: getattr(row, name) for name in _WORDS},
        "links": sorted([one.origin_id, one.relation, one.score, one.is_proposed, one.confirmed_by_id] for one in links),
        "pins": sorted([one.comment_id, one.by_id] for one in pins),
    }


def _snapshot(draft: Draft, only: Paragraph | None) -> dict[str, State]:
    rows = draft.paragraphs.filter(pk=only.pk) if only else draft.paragraphs.all()
    links: dict[int, list[ParagraphLink]] = {}
    for link in ParagraphLink.objects.filter(target__in=rows):
        links.setdefault(link.target_id, []).append(link)
    pins: dict[int, list[CommentPin]] = {}
    for pin in CommentPin.objects.filter(paragraph__in=rows):
        pins.setdefault(pin.paragraph_id, []).append(pin)
    return {str(row.uid): state_of(row, links.get(row.pk, []), pins.get(row.pk, [])) for row in rows}


@contextmanager
def recorded(
    draft: Draft, *, by: Any, kind: str, number: str = "", only: Paragraph | None = None, undoes: WritingAct | None = None
) -> Iterator[None]:
    """Write down what happens to the locked draft inside; nothing is written if nothing changed.

    Paragraphs whose words changed get the next `revision`, so that no form opened before overwrites them unseen.

    Args:
        only: the one paragraph that may change; spares looking at the others.
    """
    before, order = _snapshot(draft, only), None if only else order_of(draft)
    yield
    after, ordered = _snapshot(draft, only), None if only else order_of(draft)
    changed = [uid for uid in {**before, **after} if before.get(uid) != after.get(uid)]
    if not changed and order == ordered and undoes is None:
        return
    moved = order != ordered
    act = WritingAct.objects.create(
        draft=draft, kind=kind, number=number, by=by, undoes=undoes,
        order_before=order if moved else None, order_after=ordered if moved else None,
    )  # fmt: skip
    ParagraphRevision.objects.bulk_create(
        ParagraphRevision(act=act, draft=draft, uid=UUID(uid), before=before.get(uid), after=after.get(uid)) for uid in changed
    )
    reworded = [uid for uid in changed if uid in before and uid in after and _words(before[uid]) != _words(after[uid])]
    if reworded:
        draft.paragraphs.filter(uid__in=reworded).update(revision=F("revision") + 1)


def _words(state: State) -> list[Any]:
    return [state[name] for name in _WORDS]


def is_reworded(before: State | None, after: State | None) -> bool:
    """Whether words, number or kind differ, or the paragraph was not there; a place or a lineage alone is no such change."""
    return before is None or after is None or _words(before) != _words(after)


def refuse_unless_still(draft: Draft, states: dict[str, State | None]) -> None:
    """Refuse where the paragraphs are not as the act left them: somebody changed them by another way.

    A comment pinned or let go since is no change of the text.
    """
    present_states = _snapshot(draft, None)
    if any(_without_pins(present_states.get(uid)) != _without_pins(state) for uid, state in states.items()):
        raise Refused(_("The text was changed by another way since, so this cannot be undone. Restore words from the history."))


def _without_pins(state: State | None) -> State | None:
    return state and {name: value for name, value in state.items() if name != "pins"}


def _pins(state: State | None) -> list[list[int]]:
    """Comment and person of each pin; acts from before pins were written down have none."""
    return state.get("pins", []) if state else []


def without_loose_pins(draft: Draft, states: dict[str, State | None], left: Iterable[State | None]) -> dict[str, State | None]:
    """The states to put back, without pins that a person has taken away since the act, which `left` them; the others come loose.

    A pin that the act moved from one part to another then goes back to where it was.
    """
    were = {comment for state in left for comment, _by in _pins(state)}
    now = CommentPin.objects.filter(paragraph__draft=draft, comment__in=were)
    gone = were - set(now.values_list("comment", flat=True))
    now.filter(paragraph__uid__in=states).delete()
    return {
        uid: state and {**state, "pins": [pin for pin in _pins(state) if pin[0] not in gone]} for uid, state in states.items()
    }


def put_back(draft: Draft, states: dict[str, State | None]) -> None:
    """Give paragraphs the words and lineage of a recorded state; those that were not there go, those that were come back."""
    rows = {str(row.uid): row for row in draft.paragraphs.filter(uid__in=states)}
    for uid in [uid for uid, state in states.items() if state is None and uid in rows]:
        remove(rows.pop(uid))
    free_numbers(rows.values())
    place = last_place(draft)
    for uid, state in states.items():
        if state is None:
            continue
        row = rows.get(uid)
        if row is None:
            place += 1
            row = Paragraph(draft=draft, uid=UUID(uid), position=place)
        for name in _WORDS:
            setattr(row, name, state[name])
        row.save()
        _set_links(row, state["links"])
        _set_pins(row, _pins(state))


def _set_links(row: Paragraph, links: list[list[Any]]) -> None:
    row.origins.all().delete()
    known = set(Paragraph.objects.filter(pk__in=[link[0] for link in links]).values_list("pk", flat=True))
    ParagraphLink.objects.bulk_create(
        ParagraphLink(origin_id=origin, target=row, relation=relation, score=score, is_proposed=proposed, confirmed_by_id=by)
        for origin, relation, score, proposed, by in links
        if origin in known
    )
    # It is continued again, so it is not left out.
    ParagraphOmission.objects.filter(draft=row.draft_id, paragraph__in=known).delete()


def _set_pins(row: Paragraph, pins: list[list[int]]) -> None:
    """Comments that a drafter pinned here are read here again, unless they are pinned elsewhere in the draft by now."""
    elsewhere = CommentPin.objects.filter(paragraph__draft=row.draft_id, comment__in=[comment for comment, _by in pins])
    taken = set(elsewhere.values_list("comment", flat=True))
    CommentPin.objects.bulk_create(
        CommentPin(comment_id=comment, paragraph=row, by_id=by) for comment, by in pins if comment not in taken
    )


def remove(row: Paragraph) -> None:
    """Take the paragraph and its lineage out of its draft.

    Raises:
        Refused: a comment or a later draft refers to it.
    """
    refuse_if_referred_to(row)
    row.origins.all().delete()
    row.delete()


def refuse_if_referred_to(row: Paragraph) -> None:
    if row.comments.exists():
        raise Refused(
            _("There are comments on paragraph %(number)s, so it must stay. Change its words instead.") % {"number": row.number}
        )
    if row.continuations.exists() or row.omissions.exists():
        raise Refused(
            _("A later draft continues paragraph %(number)s, so it must stay as it is. Change the later draft.")
            % {"number": row.number}
        )
