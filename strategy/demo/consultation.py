"""The demo's strategy: a zero draft under open consultation, and the drafters' unpublished next draft."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from common.translated import in_languages
from directory.demo import content
from directory.enums import Role
from directory.models import Organization, User
from directory.page_versions import bump
from strategy.demo import writing
from strategy.enums import CommentState, DraftState, PositionState, Relation, RoundKind, Visibility
from strategy.models import (
    Comment,
    CommentReply,
    CommentStateChange,
    ConsultationRound,
    Disposition,
    Draft,
    DraftStateChange,
    Paragraph,
    ParagraphLink,
    Position,
    PositionStateChange,
    Strategy,
)

DRAFTER = "drafter@demo.example"
ZERO, FIRST_REVISED = 0, 1


class _Clock:
    """Turns the true local times of the content into moments, moved by whole weeks at the same local hour."""

    def __init__(self, zone: str, shift: timedelta) -> None:
        self.zone, self.shift = zoneinfo.ZoneInfo(zone), shift

    def __call__(self, local: str) -> datetime:
        return (datetime.fromisoformat(local) + self.shift).replace(tzinfo=self.zone)


def load(*, shift: timedelta, scale: int) -> None:
    """Load the strategy, its drafts, the open round and what agencies and drafters have written so far."""
    told = content("strategy", "strategy")
    plan = content("strategy", "consultation")
    at = _Clock(plan["round"]["time_zone"], shift)
    strategy = Strategy.objects.create(
        slug=told["slug"], **in_languages("title", told["title"]), **in_languages("summary", told["summary"])
    )
    drafts = {row["number"]: _load_draft(strategy, row) for row in told["drafts"]}
    _link_drafts(drafts[ZERO], drafts[FIRST_REVISED], content("strategy", "first-revised-draft"))
    _publish(drafts[ZERO], at(plan["zero_draft_published"]))
    _load_round(drafts[plan["round"]["draft"]], plan, at)
    writing.load(drafts[FIRST_REVISED], User.objects.get(email=DRAFTER))
    bump("strategy")


# --- Texts -----------------------------------------------------------------------------------------------------------


def _load_draft(strategy: Strategy, row: dict[str, Any]) -> Draft:
    draft = Draft.objects.create(
        strategy=strategy, number=row["number"], is_public=True, language="en", **in_languages("label", row["label"])
    )
    name = row["file"].removesuffix(".json")
    Paragraph.objects.bulk_create(
        Paragraph(draft=draft, position=place, number=told["number"], kind=told["kind"], text=told["text"])
        for place, told in enumerate(content("strategy", name), start=1)
    )
    return draft


def _publish(draft: Draft, moment: datetime) -> None:
    draft.state, draft.published_at, draft.sha256 = DraftState.PUBLISHED, moment, draft.text_hash()
    draft.save(update_fields=["state", "published_at", "sha256"])
    drafter = User.objects.get(email=DRAFTER)
    change = DraftStateChange.objects.create(subject=draft, old=DraftState.DRAFT, new=DraftState.PUBLISHED, by=drafter)
    DraftStateChange.objects.filter(pk=change.pk).update(at=moment)


def _link_drafts(older: Draft, newer: Draft, told: list[dict[str, Any]]) -> None:
    """Lineage as the content has it: `origin` holds numbers of the older draft, `change` says what became of them."""
    before = {row.number: row for row in older.paragraphs.all()}
    after = {row.number: row for row in newer.paragraphs.all()}
    drafter = User.objects.get(email=DRAFTER)
    links = []
    for row in told:
        relation = Relation(row["change"]) if row.get("change") in Relation.values else Relation.EDITED
        for number in row.get("origin", []):
            score = 1.0 if relation in {Relation.SAME, Relation.MOVED} else 0.8
            links.append(
                ParagraphLink(
                    origin=before[number], target=after[row["number"]], relation=relation, score=score, confirmed_by=drafter
                )
            )
    ParagraphLink.objects.bulk_create(links)


# --- The round -------------------------------------------------------------------------------------------------------


def _load_round(draft: Draft, plan: dict[str, Any], at: _Clock) -> None:
    told = plan["round"]
    consultation = ConsultationRound.objects.create(
        draft=draft,
        kind=RoundKind.COMMENTS,
        opens_at=at(told["opens"]),
        closes_at=at(told["closes"]),
        time_zone=told["time_zone"],
        sharing=told["sharing"],
        sha256=draft.sha256,
        announced_at=at(told["opens"]),
    )
    organizations = {row.code: row for row in Organization.objects.all()}
    people = {row.email: row for row in User.objects.all()}
    paragraphs = {row.number: row for row in draft.paragraphs.all()}
    comments = {}
    for row in content("strategy", "comments")["open_zero_draft"]:
        comments[row["id"]] = _load_comment(row, consultation, organizations, people, paragraphs, at(plan["written"][row["id"]]))
    for number, moment in plan["cleared"].items():
        _clear(comments[number], comments[number].author, at(moment))
    own = {row.organization_id for row in comments.values()}
    submitted = {row["agency"] for row in plan["positions"]}
    for organization in organizations.values():
        if organization.pk in own and organization.code not in submitted:
            _begin(consultation, organization, at(told["opens"]))
    for row in plan["positions"]:
        _submit(consultation, organizations[row["agency"]], people[row["by"]], comments.values(), at(row["submitted"]))
    for row in plan["replies"]:
        reply = CommentReply.objects.create(comment=comments[row["comment"]], author=people[row["author"]], text=row["text"])
        CommentReply.objects.filter(pk=reply.pk).update(created_at=at(row["at"]))
    for row in plan["answers"]:
        _answer(comments[row["comment"]], row, people[DRAFTER], at)


def _load_comment(
    row: dict[str, Any],
    consultation: ConsultationRound,
    organizations: dict[str, Organization],
    people: dict[str, User],
    paragraphs: dict[str, Paragraph],
    moment: datetime,
) -> Comment:
    comment = Comment.objects.create(
        round=consultation,
        paragraph=paragraphs[row["paragraph"]],
        organization=organizations[row["agency"]],
        author=people[row["author"]],
        type=row["type"],
        text=row["text"],
        proposed_text=row["proposed_text"],
        proposes_deletion=row["proposes_deletion"],
    )
    Comment.objects.filter(pk=comment.pk).update(created_at=moment)
    _record(comment, "", CommentState.DRAFT, comment.author, moment)
    return comment


def _record(subject: Comment | Position, old: str, new: str, by: User, moment: datetime) -> None:
    table: Any = CommentStateChange if isinstance(subject, Comment) else PositionStateChange
    change = table.objects.create(subject=subject, old=old, new=new, by=by, on_behalf_of=subject.organization)
    table.objects.filter(pk=change.pk).update(at=moment)


def _move(subject: Comment | Position, to: str, by: User, moment: datetime, **values: Any) -> None:
    _record(subject, subject.state, to, by, moment)
    type(subject).objects.filter(pk=subject.pk).update(state=to, **values)
    subject.state = to


def _clear(comment: Comment, by: User, moment: datetime) -> None:
    _move(comment, CommentState.CLEARED, by, moment)


def _begin(consultation: ConsultationRound, organization: Organization, moment: datetime) -> Position:
    position = Position.objects.create(round=consultation, organization=organization)
    focal_point = User.objects.filter(memberships__organization=organization, memberships__role=Role.FOCAL_POINT).earliest("pk")
    _record(position, "", PositionState.DRAFTING, focal_point, moment)
    return position


def _submit(consultation: ConsultationRound, organization: Organization, by: User, comments: Any, moment: datetime) -> None:
    """Clear and submit everything the agency has written."""
    position = _begin(consultation, organization, moment - timedelta(days=2))
    own = sorted((row for row in comments if row.organization_id == organization.pk), key=lambda row: row.pk)
    for comment in own:
        _clear(comment, by, moment - timedelta(minutes=20))
        _move(comment, CommentState.SUBMITTED, by, moment, visibility=Visibility.AGENCIES)
    _move(position, PositionState.SUBMITTED, by, moment, cleared_by=by, submitted_at=moment, sha256=Position.hash_of(own))


def _answer(comment: Comment, row: dict[str, Any], by: User, at: _Clock) -> None:
    Disposition.objects.create(
        comment=comment,
        decision=row["decision"],
        reason=row["reason"],
        resulting_text=row["resulting_text"],
        by=by,
        decided_at=at(row["at"]),
        released_at=at(row["released"]) if row["released"] else None,
        released_by=by if row["released"] else None,
    )
