"""Public API of strategy: strategies and their public drafts with numbered paragraphs."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema

from strategy.enums import RoundKind
from strategy.models import ConsultationRound, Draft, Endorsement, Strategy
from strategy.selectors.rounds import round_figures

router = Router()
PUBLIC = AnonymousUser()
LARGEST_NUMBER = 32767


class Problem(Schema):
    """Why there is no answer."""

    detail: str


class StrategyRow(Schema):
    """A strategy in the list."""

    slug: str = Field(description="Its name in addresses.")
    title: str
    summary: str
    url: str = Field(description="The path of its page.")


class StrategyPage(Schema):
    """One page of the list."""

    items: list[StrategyRow]
    after: str | None = Field(description="Give this as `after` for the next page; null at the end.")


class EndorsementRow(Schema):
    """What an agency says to the text of an endorsement round."""

    agency: str
    answer: str = Field(description="endorsed, no_objection, reserved, objected or not_participating")
    signatory: str
    capacity: str
    statement: str
    signed_on: date
    sha256: str = Field(description="SHA-256 of the text that it is about.")


class RoundRow(Schema):
    """A public consultation round."""

    kind: str = Field(description="comments, silence or endorsement")
    state: str = Field(description="upcoming, open, paused, closed or cancelled")
    opens_at: datetime = Field(description="UTC")
    closes_at: datetime = Field(description="UTC")
    time_zone: str = Field(description="Name of the time zone of the place that set the deadline.")
    agencies_invited: int
    agencies_submitted: int = Field(description="Agencies that have answered; of a silence procedure, objections that stand.")
    result: str | None = Field(description="Of a concluded silence procedure or endorsement; else null.")
    agencies_not_reached: int | None = Field(description="Of a concluded silence procedure: not counted as consenting.")
    endorsements: list[EndorsementRow]
    url: str


class DraftRow(Schema):
    """A public draft."""

    number: int = Field(description="0 for the zero draft.")
    label: str
    language: str = Field(description="Language of the text.")
    published_at: datetime = Field(description="UTC")
    sha256: str = Field(description="SHA-256 of the canonical text.")
    url: str
    rounds: list[RoundRow]


class StrategyDetail(StrategyRow):
    """A strategy with its public drafts."""

    drafts: list[DraftRow]


class ParagraphRow(Schema):
    """A numbered paragraph."""

    number: str = Field(description="As printed: 12, 16(a), IV.A.")
    anchor: str = Field(description="The number as in addresses; the page's fragment is this after a p.")
    kind: str = Field(description="heading1, heading2, heading3, paragraph, list_item or annex_heading")
    text: str = Field(description="Plain text in which *stars* mark emphasis.")


class DraftDetail(DraftRow):
    """A public draft with its paragraphs in order."""

    paragraphs: list[ParagraphRow]


def _strategy(row: Strategy) -> dict[str, Any]:
    return {"slug": row.slug, "title": row.title, "summary": row.summary, "url": row.get_absolute_url()}


def _endorsements(consultation: ConsultationRound) -> list[dict[str, Any]]:
    if consultation.kind != RoundKind.ENDORSEMENT:
        return []
    names = ("answer", "signatory", "capacity", "statement", "signed_on", "sha256")
    rows = Endorsement.objects.visible_to(PUBLIC).current().filter(round=consultation).select_related("organization")
    return [{"agency": row.organization.code} | {name: getattr(row, name) for name in names} for row in rows]


def _rounds(drafts: list[Draft]) -> dict[int, list[dict[str, Any]]]:
    rounds: dict[int, list[dict[str, Any]]] = {}
    near = ("outcome", "draft__strategy")
    for row in ConsultationRound.objects.visible_to(PUBLIC).filter(draft__in=drafts).select_related(*near):
        outcome = getattr(row, "outcome", None)
        figures = round_figures(row)
        values = {name: getattr(row, name) for name in ("kind", "opens_at", "closes_at", "time_zone")}
        values |= {"state": row.state.value, "agencies_invited": figures.invited, "agencies_submitted": figures.submitted}
        values |= {
            "result": outcome.result if outcome else None,
            "endorsements": _endorsements(row),
            "url": row.get_absolute_url(),
        }
        values |= {"agencies_not_reached": outcome.not_reached if outcome and row.kind == RoundKind.SILENCE else None}
        rounds.setdefault(row.draft_id, []).append(values)
    return rounds


def _draft(row: Draft, rounds: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in ("number", "label", "language", "published_at", "sha256")}
    return {**values, "url": row.get_absolute_url(), "rounds": rounds.get(row.pk, [])}


@router.get("/", response=StrategyPage, summary="Strategies", operation_id="strategies")
def strategies(
    request: HttpRequest,
    limit: int = Query(50, ge=1, le=100, description="How many rows, at most 100."),
    after: str = Query("", max_length=50, description="The `after` of the page before."),
) -> dict[str, Any]:
    """Strategies with a public draft, by their name in addresses."""
    found = Strategy.objects.visible_to(PUBLIC).filter(slug__gt=after.replace("\x00", "")).order_by("slug")[: limit + 1]
    rows = list(found)
    return {"items": [_strategy(row) for row in rows[:limit]], "after": rows[limit - 1].slug if len(rows) > limit else None}


@router.get("/{slug}/", response={200: StrategyDetail, 404: Problem}, summary="One strategy", operation_id="strategy")
def strategy(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One strategy with its public drafts and their rounds."""
    row = get_object_or_404(Strategy.objects.visible_to(PUBLIC), slug=slug.replace("\x00", ""))
    drafts = list(Draft.objects.visible_to(PUBLIC).filter(strategy=row).select_related("strategy").order_by("number"))
    rounds = _rounds(drafts)
    return {**_strategy(row), "drafts": [_draft(draft, rounds) for draft in drafts]}


@router.get(
    "/{slug}/drafts/{number}/", response={200: DraftDetail, 404: Problem}, summary="One draft", operation_id="strategy_draft"
)
def draft(request: HttpRequest, slug: str, number: int = Path(ge=0, le=LARGEST_NUMBER)) -> dict[str, Any]:
    """A public draft with its paragraphs."""
    rows = Draft.objects.visible_to(PUBLIC).select_related("strategy")
    row = get_object_or_404(rows, strategy__slug=slug.replace("\x00", ""), number=number)
    return {**_draft(row, _rounds([row])), "paragraphs": list(row.paragraphs.order_by("position"))}
