"""The compilation text of a draft: every proposal that the reader may see at its place in the text, counted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from directory.models import Organization, StakeholderCategory
from strategy.enums import SETTLING, CommentState, Decision, ParagraphKind, RoundKind
from strategy.models import Comment, ConsultationRound, Disposition, Draft, Paragraph, Position
from strategy.selectors.brackets import Bracket, Voice, Woven, woven

_SECTIONS = {ParagraphKind.HEADING1, ParagraphKind.ANNEX_HEADING}
MOST_ON_A_PAGE = 400  # paragraphs, brackets and notes together


@dataclass
class Compiled:
    """A paragraph of the compilation text."""

    paragraph: Paragraph
    woven: Woven

    @property
    def open(self) -> int:
        return sum(one.is_open for one in self.woven.all)

    @property
    def total(self) -> int:
        return len(self.woven.all)

    @property
    def weight(self) -> int:
        """How much of a page it takes, roughly."""
        return 1 + self.total + len(self.woven.notes)


@dataclass(frozen=True)
class Figures:
    """How many brackets there are and how many wait for a decision; notes are comments that propose no other words."""

    open: int = 0
    total: int = 0
    notes: int = 0


@dataclass
class Compilation:
    """The whole text with everything that is proposed to it."""

    draft: Draft
    paragraphs: list[Compiled]
    whole: list[Voice] = field(default_factory=list)  # on the draft as a whole
    speakers: list[tuple[str, str]] = field(default_factory=list)  # code and name of who has said anything

    @property
    def figures(self) -> Figures:
        figures = figures_of(self.paragraphs)
        return replace(figures, notes=figures.notes + len(self.whole))

    @property
    def sections(self) -> list[tuple[Compiled, Figures]]:
        """The headings of the first level with the figures of what stands under them."""
        parts: list[list[Compiled]] = []
        for one in self.paragraphs:
            if one.paragraph.kind in _SECTIONS:
                parts.append([])
            if parts:
                parts[-1].append(one)
        return [(part[0], figures_of(part)) for part in parts]

    def voices(self) -> Iterator[tuple[Compiled | None, Voice]]:
        """Every comment once, in the order of the text, those on the draft as a whole first."""
        for voice in self.whole:
            yield None, voice
        for one in self.paragraphs:
            named = [*one.woven.notes, *(voice for bracket in one.woven.all for voice in bracket.voices)]
            for voice in sorted({voice.number: voice for voice in named}.values(), key=lambda voice: voice.number):
                yield one, voice


def figures_of(paragraphs: Iterable[Compiled]) -> Figures:
    rows = list(paragraphs)
    return Figures(sum(one.open for one in rows), sum(one.total for one in rows), sum(len(one.woven.notes) for one in rows))


def comment_rounds(user: Any, draft: Draft) -> list[ConsultationRound]:
    """The rounds in which comments on the draft were asked for, as far as the reader may see them; the latest first."""
    rows = ConsultationRound.objects.visible_to(user).filter(draft=draft, kind=RoundKind.COMMENTS)
    return list(rows.order_by("-opens_at", "-pk"))


def compile_draft(user: Any, draft: Draft, *, only: ConsultationRound | None = None) -> Compilation:
    """What the reader may see of the proposals to a draft: submitted ones, by the one filter. Six queries, whatever their number.

    Args:
        only: of this round; otherwise of every round on the draft.
    """
    comments = Comment.objects.visible_to(user).filter(round__draft=draft, state=CommentState.SUBMITTED)
    if only is not None:
        comments = comments.filter(round=only)
    by_place: dict[int | None, list[Voice]] = defaultdict(list)
    for place, voice in _voices(user, draft, comments):
        by_place[place].append(voice)
    paragraphs = Paragraph.objects.visible_to(user).filter(draft=draft).order_by("position")
    speakers = {voice.code: voice.speaker for voices in by_place.values() for voice in voices}
    compiled = [Compiled(row, woven(row.text, len(row.footnotes), by_place[row.pk])) for row in paragraphs]
    names = sorted(speakers.items(), key=lambda pair: pair[1].casefold())
    return Compilation(draft, compiled, by_place[None], names)


def _voices(user: Any, draft: Draft, comments: Any) -> Iterator[tuple[int | None, Voice]]:
    settled, decisions = _decisions(user, draft)
    sent = Position.objects.visible_to(user).filter(round__draft=draft).order_by()
    submitted = {(row[0], row[1]): row[2] for row in sent.values_list("round", "organization", "submitted_at")}
    rows = list(
        comments.order_by("pk").values_list(
            "pk", "paragraph", "round", "organization", "category", "type", "text", "proposed_text", "proposes_deletion",
            "quote", "quote_prefix", "quote_suffix", "created_at",
        )
    )  # fmt: skip
    agencies = Organization.objects.in_bulk({row[3] for row in rows if row[3]})
    categories = StakeholderCategory.objects.in_bulk({row[4] for row in rows if row[4]})
    for key, place, consultation, agency, category, kind, *said, written in rows:
        text, proposed, deletes, quote, prefix, suffix = said
        body: Any = agencies[agency] if agency else categories[category]
        yield (
            place,
            Voice(
                number=key,
                speaker=body.short_name if agency else str(body),
                title=body.name if agency else "",
                code=body.code if agency else f"category:{body.code}",
                type=kind,
                text=text,
                proposed_text=proposed,
                proposes_deletion=deletes,
                quote=quote,
                quote_prefix=prefix,
                quote_suffix=suffix,
                # When an agency worked on it inside is its own affair.
                at=submitted.get((consultation, agency)) if agency else written,
                decision=decisions.get(key, ""),
                is_open=key not in settled,
            ),
        )


def _decisions(user: Any, draft: Draft) -> tuple[set[int], dict[int, str]]:
    """The comments about which it is decided whether their words go into the text, as far as the reader knows; and what."""
    rows = Disposition.objects.visible_to(user).filter(comment__round__draft__strategy=draft.strategy_id).order_by()
    known = {key: (decision, original) for key, decision, original in rows.values_list("comment", "decision", "duplicate_of")}
    settled = {key for key in known if _last(key, known) in SETTLING}
    return settled, {key: _last(key, known) if key in settled else decision for key, (decision, _original) in known.items()}


def _last(key: int, known: Mapping[int, tuple[str, int | None]]) -> str:
    """The decision on the comment that a duplicate repeats, if the reader knows it."""
    seen: set[int] = set()
    while True:
        decision, original = known[key]
        seen.add(key)
        if decision != Decision.DUPLICATE_OF or original is None or original not in known or original in seen:
            return decision
        key = original


# --- What of it is shown ---------------------------------------------------------------------------------------------


def narrowed(
    compilation: Compilation, *, speaker: str = "", only_open: bool = False, only_bracketed: bool = False
) -> Compilation:
    """The same text with fewer brackets: those of one speaker, those still open; or fewer paragraphs: those with any."""

    def wanted(bracket: Bracket) -> bool:
        return (not only_open or bracket.is_open) and (not speaker or any(one.code == speaker for one in bracket.voices))

    def heard(voice: Voice) -> bool:
        return not speaker or voice.code == speaker

    rows = []
    for one in compilation.paragraphs:
        text = replace(
            one.woven,
            brackets=[bracket for bracket in one.woven.brackets if wanted(bracket)],
            behind=[bracket for bracket in one.woven.behind if wanted(bracket)],
            notes=[voice for voice in one.woven.notes if heard(voice)],
        )
        if text.all or text.notes or not only_bracketed or one.paragraph.kind in _SECTIONS:
            rows.append(Compiled(one.paragraph, text))
    whole = [voice for voice in compilation.whole if heard(voice)]
    return Compilation(compilation.draft, rows, whole, compilation.speakers)


def parts_of(paragraphs: Iterable[Compiled]) -> list[list[Compiled]]:
    """The text in parts that a page can hold; a paragraph is never cut."""
    parts: list[list[Compiled]] = [[]]
    weight = 0
    for one in paragraphs:
        if parts[-1] and weight + one.weight > MOST_ON_A_PAGE:
            parts.append([])
            weight = 0
        parts[-1].append(one)
        weight += one.weight
    return parts
