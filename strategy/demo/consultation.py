"""Two rounds on the strategy: one that is over and answered, one that is open, with positions and comments in every state."""

from datetime import datetime, timedelta
from typing import Any

from directory.demo import content
from directory.enums import Role
from directory.models import Organization, StakeholderCategory, User
from strategy.demo.history import Cast, Clock, dated, move, record
from strategy.enums import CommentState, PositionState, ReplyAudience, RoundAct, RoundKind, Visibility, no_further_than
from strategy.models import (
    Comment,
    CommentReply,
    ConsultationRound,
    Disposition,
    Draft,
    LateAdmission,
    Paragraph,
    Position,
    RoundChange,
)
from strategy.services.passages import quote_from

Rows = dict[str, Comment]


def load(draft: Draft, told: dict[str, Any], zone: str, at: Clock, cast: Cast) -> Rows:
    """Load one round with everything said in it; returns its comments by their names in the content."""
    consultation = load_round(draft, told, zone, at, cast)
    rows = content("strategy", "comments")[told["comments"]]
    paragraphs = {row.number: row for row in draft.paragraphs.all()}
    comments = {row["id"]: _load_comment(row, consultation, cast, paragraphs, at) for row in rows}
    for row in rows:
        if row.get("stays") == CommentState.DROPPED or "merged_into" in row:
            _drop(comments, row, cast, at)
    for name, moment in told.get("cleared", {}).items():
        move(comments[name], CommentState.CLEARED, _focal_point(comments[name].organization), at(moment))
    _load_positions(consultation, told, comments, cast, at)
    for row in told.get("replies", []):
        _reply(comments[row["comment"]], row, cast, at)
    for row in content("strategy", "comments")[told["participants"]] if "participants" in told else []:
        comments[row["id"]] = _load_public_comment(row, consultation, cast, paragraphs, at)
    for row in rows:
        if "answer" in row:
            given = {"at": told.get("answered"), "released": told.get("released"), **row["answer"]}
            answer(comments[row["id"]], given, comments, cast.drafter, at)
    return comments


# --- The round -------------------------------------------------------------------------------------------------------


def load_round(
    draft: Draft, told: dict[str, Any], zone: str, at: Clock, cast: Cast, kind: str = RoundKind.COMMENTS
) -> ConsultationRound:
    """A round with the lines of its history: set up, extended, concluded."""
    concluded = at(told["concluded"]) if "concluded" in told else None
    consultation = ConsultationRound.objects.create(
        draft=draft,
        kind=kind,
        opens_at=at(told["opens"]),
        closes_at=at(told["closes"]),
        time_zone=zone,
        sharing=told["sharing"],
        takes_public_comments="participants" in told,
        invites_all_agencies="invited" not in told,
        sha256=draft.sha256,
        announced_at=at(told["opens"]),
        concluded_at=concluded,
    )
    consultation.invited.set([cast.organizations[code] for code in told.get("invited", [])])
    extension = told.get("extension")
    first_close = at(extension["from"]) if extension else consultation.closes_at
    _change(consultation, RoundAct.CREATED, at(told["opens"]) - timedelta(days=2), cast.drafter, new_closes_at=first_close)
    if extension:
        _change(
            consultation, RoundAct.EXTENDED, at(extension["at"]), cast.drafter,
            old_closes_at=first_close, new_closes_at=consultation.closes_at, reason=extension["reason"],
        )  # fmt: skip
    if concluded:
        _change(consultation, RoundAct.CONCLUDED, concluded, None, new_closes_at=consultation.closes_at)
    if late := told.get("late"):
        admission = LateAdmission.objects.create(
            round=consultation, organization=cast.organizations[late["agency"]], until=at(late["until"]),
            reason=late["reason"], by=cast.drafter,
        )  # fmt: skip
        dated(admission, at=at(late["at"]))
    return consultation


def _change(consultation: ConsultationRound, act: str, moment: datetime, by: User | None, **values: Any) -> None:
    dated(RoundChange.objects.create(subject=consultation, act=act, by=by, **values), at=moment)


# --- What agencies say -----------------------------------------------------------------------------------------------


def _words(row: dict[str, Any], paragraphs: dict[str, Paragraph]) -> dict[str, Any]:
    paragraph = paragraphs[row["paragraph"]] if row["paragraph"] else None
    return {
        "paragraph": paragraph,
        "type": row["type"],
        "text": row["text"],
        "proposed_text": row.get("proposed_text", ""),
        "proposes_deletion": row.get("proposes_deletion", False),
        **quote_from(paragraph, row.get("passage", "")).values(),
    }


def _load_comment(
    row: dict[str, Any], consultation: ConsultationRound, cast: Cast, paragraphs: dict[str, Paragraph], at: Clock
) -> Comment:
    comment = Comment.objects.create(
        round=consultation,
        organization=cast.organizations[row["agency"]],
        author=cast.people[row["author"]],
        share_with=row.get("share_with", Visibility.AGENCIES),
        **_words(row, paragraphs),
    )
    comment.created_at = at(row["written"])
    dated(comment, created_at=comment.created_at)
    record(comment, "", CommentState.DRAFT, comment.author, comment.created_at)
    return comment


def _drop(comments: Rows, row: dict[str, Any], cast: Cast, at: Clock) -> None:
    """The focal point leaves a comment out, or makes one of several."""
    comment, one = comments[row["id"]], comments.get(row.get("merged_into", ""))
    by = _focal_point(comment.organization)
    if one is None:
        move(comment, CommentState.DROPPED, by, comment.created_at + timedelta(hours=5), row["why"])
    else:
        reason = f"Merged into comment no. {one.pk}"
        move(comment, CommentState.DROPPED, by, one.created_at, reason, merged_into=one)


def _focal_point(organization: Organization | None) -> User:
    return User.objects.filter(memberships__organization=organization, memberships__role=Role.FOCAL_POINT).earliest("pk")


def _load_positions(consultation: ConsultationRound, told: dict[str, Any], comments: Rows, cast: Cast, at: Clock) -> None:
    by_agency = {row["agency"]: row for row in told["positions"]}
    speaking = {row.organization_id for row in comments.values()}
    kept = {row["id"] for row in content("strategy", "comments")[told["comments"]] if row.get("stays") == CommentState.DRAFT}
    for organization in cast.organizations.values():
        if organization.pk in speaking and organization.code not in by_agency:
            _begin(consultation, organization, at(told["opens"]))
    for code, row in by_agency.items():
        organization = cast.organizations[code]
        own = [
            one
            for name, one in comments.items()
            if one.organization_id == organization.pk and name not in kept and one.state != CommentState.DROPPED
        ]
        _submit(consultation, organization, row, own, cast.people[row["by"]], at)


def _begin(consultation: ConsultationRound, organization: Organization, moment: datetime) -> Position:
    position = Position.objects.create(round=consultation, organization=organization)
    record(position, "", PositionState.DRAFTING, _focal_point(organization), moment)
    return position


def _submit(
    consultation: ConsultationRound,
    organization: Organization,
    row: dict[str, Any],
    own: list[Comment],
    by: User,
    at: Clock,
) -> None:
    """Clear and submit what the agency says; and where the content says so, take it back."""
    moment = at(row["submitted"])
    position = _begin(consultation, organization, min([moment, *(one.created_at for one in own)]))
    for comment in own:
        seen = no_further_than(consultation.sharing, comment.share_with)
        if comment.state == CommentState.DRAFT:
            move(comment, CommentState.CLEARED, by, moment - timedelta(minutes=20))
        move(comment, CommentState.SUBMITTED, by, moment, visibility=seen)
    move(
        position, PositionState.SUBMITTED, by, moment, cleared_by=by, submitted_at=moment,
        sha256=Position.hash_of(own), is_late=moment >= consultation.closes_at,
    )  # fmt: skip
    if "withdrawn" in row:
        back = at(row["withdrawn"])
        for comment in own:
            move(comment, CommentState.CLEARED, by, back, visibility=Visibility.INTERNAL)
        move(position, PositionState.WITHDRAWN, by, back, row["why"])


def _reply(comment: Comment, row: dict[str, Any], cast: Cast, at: Clock) -> None:
    speaks = cast.organizations.get(row.get("organization", ""))
    reply = CommentReply.objects.create(
        comment=comment, author=cast.people[row["author"]], text=row["text"], organization=speaks,
        audience=ReplyAudience.READERS if speaks else ReplyAudience.AGENCY,
    )  # fmt: skip
    dated(reply, created_at=at(row["at"]))


# --- What participants say -------------------------------------------------------------------------------------------


def _load_public_comment(
    row: dict[str, Any], consultation: ConsultationRound, cast: Cast, paragraphs: dict[str, Paragraph], at: Clock
) -> Comment:
    comment = Comment.objects.create(
        round=consultation,
        category=StakeholderCategory.objects.get(code=row["category"]),
        author=cast.people[row["author"]],
        state=CommentState.MODERATION,
        share_with=Visibility.PUBLIC,
        **_words(row, paragraphs),
    )
    dated(comment, created_at=at(row["written"]))
    record(comment, "", CommentState.MODERATION, comment.author, at(row["written"]))
    if "admitted" in row:
        move(comment, CommentState.SUBMITTED, cast.drafter, at(row["admitted"]), visibility=Visibility.PUBLIC)
    if "turned_down" in row:
        move(comment, CommentState.TURNED_DOWN, cast.drafter, at(row["turned_down"]), row["why"])
    return comment


# --- What the drafters answer ----------------------------------------------------------------------------------------


def answer(comment: Comment, row: dict[str, Any], comments: Rows, by: User, at: Clock) -> Disposition:
    released = at(row["released"]) if row["released"] else None
    return Disposition.objects.create(
        comment=comment,
        decision=row["decision"],
        reason=row.get("reason", ""),
        resulting_text=row.get("resulting_text", ""),
        duplicate_of=comments[row["duplicate_of"]] if "duplicate_of" in row else None,
        by=by,
        decided_at=at(row["at"]),
        released_at=released,
        released_by=by if released else None,
    )
