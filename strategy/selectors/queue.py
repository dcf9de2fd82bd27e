"""The drafters' queue: which comments wait for what, by the filters of the address, and how far the work is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from directory.enums import Role
from directory.models import Membership, User
from strategy.enums import ParagraphKind
from strategy.models import Assignment, CarryForward, Comment, ConsultationRound, Disposition, Paragraph, Strategy
from strategy.selectors.duplicates import Said, near_duplicates
from strategy.selectors.matrix import submitted_to

SHOWN = {
    "waiting": Q(disposition=None, carried=None),
    "carried": Q(disposition=None, carried__isnull=False),
    "answered": Q(disposition__isnull=False, disposition__released_at=None),
    "released": Q(disposition__released_at__isnull=False),
}
KINDS = {
    "proposal": ~Q(proposed_text=""),
    "deletion": Q(proposes_deletion=True),
    "remark": Q(proposed_text="", proposes_deletion=False),
    "participants": Q(category__isnull=False),
}
_SECTIONS = [ParagraphKind.HEADING1, ParagraphKind.ANNEX_HEADING]


@dataclass(frozen=True)
class Section:
    """A part of a draft under one heading of the first level; `end` is the place of the next one."""

    key: str
    name: str
    start: int
    end: int


def sections_of(draft: Any) -> list[Section]:
    """The sections of a draft in order. What stands before the first heading belongs to none."""
    heads = list(Paragraph.objects.filter(draft=draft, kind__in=_SECTIONS).order_by("position"))
    last = [2**31 - 1] if heads else []
    ends = [head.position for head in heads[1:]] + last
    return [
        Section(head.anchor, f"{head.number} {head.plain}", head.position, end) for head, end in zip(heads, ends, strict=True)
    ]


def filtered(rows: QuerySet[Comment], wanted: Mapping[str, Any], *, user: Any, sections: Iterable[Section]) -> QuerySet[Comment]:
    """The comments that the filters leave; an unknown value is no filter."""
    if agency := wanted.get("agency"):
        code = str(agency).removeprefix("category:")
        rows = rows.filter(organization__code=code) if code == agency else rows.filter(category__code=code)
    for section in sections:
        if section.key == wanted.get("section"):
            rows = rows.filter(paragraph__position__gte=section.start, paragraph__position__lt=section.end)
    if wanted.get("section") == "whole":
        rows = rows.filter(paragraph=None)
    if wanted.get("type"):
        rows = rows.filter(type=wanted["type"])
    if kind_of := KINDS.get(str(wanted.get("kind"))):
        rows = rows.filter(kind_of)
    assigned = {"me": Q(assignment__drafter=user), "nobody": Q(assignment=None)}.get(str(wanted.get("assigned")))
    return rows.filter(assigned) if assigned is not None else rows


def drafters_of(strategy: Strategy) -> list[User]:
    """Those who may answer the comments on a strategy, by name."""
    return sorted(Membership.objects.of_secretariat(Role.DRAFTER, strategy).people(), key=str)


@dataclass
class Around:
    """What the queue shows beside its comments: who answers, what is carried, which others say the same."""

    drafters: dict[int, str] = field(default_factory=dict)
    carried: dict[int, CarryForward] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=dict)


def around(user: Any, consultation: ConsultationRound, keys: Iterable[int]) -> Around:
    """For the comments of one page. Near duplicates are looked for among those that wait, in the paragraphs of the page."""
    shown = Comment.objects.filter(pk__in=list(keys))
    drafters = Assignment.objects.visible_to(user).filter(comment__in=shown).select_related("drafter")
    carried = CarryForward.objects.visible_to(user).filter(comment__in=shown).select_related("draft", "by")
    places = set(shown.values_list("paragraph", flat=True))
    near = Q(paragraph__in=places - {None}) | (Q(paragraph=None) if None in places else Q(pk__in=()))
    waiting = submitted_to(user, consultation).filter(near, SHOWN["waiting"]).order_by("pk")
    said = [Said(*row) for row in waiting.values_list("pk", "paragraph", "text", "proposed_text", "proposes_deletion")]
    return Around(
        drafters={row.comment_id: str(row.drafter) for row in drafters},
        carried={row.comment_id: row for row in carried},
        groups={key: group for group in near_duplicates(said) for key in group},
    )


@dataclass(frozen=True)
class Share:
    """How far the answers of one section or agency are."""

    name: str
    released: int
    answered: int
    carried: int
    waiting: int

    @property
    def total(self) -> int:
        return self.released + self.answered + self.carried + self.waiting


def progress_of(user: Any, consultation: ConsultationRound) -> tuple[list[Share], list[Share]]:
    """By section and by agency, of the comments and answers that the reader may see. Five queries, whatever their number."""
    sections = sections_of(consultation.draft_id)
    places = dict(Paragraph.objects.filter(draft=consultation.draft_id).values_list("pk", "position"))
    answers = Disposition.objects.visible_to(user).filter(comment__round=consultation)
    released = dict(answers.order_by().values_list("comment", "released_at"))
    carried = CarryForward.objects.visible_to(user).filter(comment__round=consultation)
    later = set(carried.order_by().values_list("comment", flat=True))
    by_section: dict[str, dict[str, int]] = {section.name: {} for section in sections}
    by_agency: dict[str, dict[str, int]] = {}
    rows = submitted_to(user, consultation).select_related("organization", "category").only(
        "paragraph", "organization__acronym", "organization__name", "category__name"
    )  # fmt: skip
    for row in rows:
        state = (
            ("released" if released[row.pk] else "answered")
            if row.pk in released
            else "carried"
            if row.pk in later
            else "waiting"
        )
        place = places.get(row.paragraph_id or 0, -1)
        section = next((one.name for one in sections if one.start <= place < one.end), "")
        speaker = row.organization.short_name if row.organization else str(row.category)
        for counts, name in ((by_section, section), (by_agency, speaker)):
            counts.setdefault(name, {}).setdefault(state, 0)
            counts[name][state] += 1
    return _shares(by_section), sorted(_shares(by_agency), key=lambda one: (-one.total, one.name))


def _shares(counts: Mapping[str, Mapping[str, int]]) -> list[Share]:
    states = ("released", "answered", "carried", "waiting")
    return [Share(name, *(found.get(state, 0) for state in states)) for name, found in counts.items() if found]
