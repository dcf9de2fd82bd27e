"""Strategies, drafts and what became of each paragraph."""

from datetime import datetime
from typing import Any

from common.translated import in_languages
from directory.demo import content
from directory.models import User
from strategy.demo.history import move
from strategy.enums import DraftState, Relation
from strategy.models import Draft, Paragraph, ParagraphLink, Strategy


def load_strategy(told: dict[str, Any]) -> Strategy:
    return Strategy.objects.create(
        slug=told["slug"], **in_languages("title", told["title"]), **in_languages("summary", told["summary"])
    )


def load_draft(strategy: Strategy, number: int, label: dict[str, str], paragraphs: list[dict[str, Any]]) -> Draft:
    """A draft in preparation with its text."""
    draft = Draft.objects.create(strategy=strategy, number=number, is_public=True, language="en", **in_languages("label", label))
    Paragraph.objects.bulk_create(
        Paragraph(
            draft=draft, position=place, number=told["number"], kind=told["kind"], text=told["text"],
            footnotes=told.get("footnotes", []),
        )
        for place, told in enumerate(paragraphs, start=1)
    )  # fmt: skip
    return draft


def text_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The paragraphs of a draft that the content names by its file."""
    rows: list[dict[str, Any]] = content("strategy", row["file"].removesuffix(".json"))
    return rows


def publish(draft: Draft, moment: datetime, by: User) -> None:
    move(draft, DraftState.PUBLISHED, by, moment, published_at=moment, sha256=draft.text_hash())


def link_drafts(older: Draft, newer: Draft, told: list[dict[str, Any]], by: User) -> None:
    """Lineage as the content has it: `origin` holds numbers of the older draft, `change` says what became of them."""
    before = {row.number: row for row in older.paragraphs.all()}
    after = {row.number: row for row in newer.paragraphs.all()}
    links = []
    for row in told:
        relation = Relation(row["change"]) if row.get("change") in Relation.values else Relation.EDITED
        for number in row.get("origin", []):
            score = 1.0 if relation in {Relation.SAME, Relation.MOVED} else 0.8
            links.append(
                ParagraphLink(origin=before[number], target=after[row["number"]], relation=relation, score=score, confirmed_by=by)
            )
    ParagraphLink.objects.bulk_create(links)
