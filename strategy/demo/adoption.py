"""Two shorter texts on their way to adoption: silence that was broken, held and is running; endorsements, over and open."""

from datetime import timedelta
from typing import Any

from directory.demo import content
from strategy.demo import texts
from strategy.demo.consultation import load_round
from strategy.demo.history import Cast, Clock, move, record
from strategy.enums import NoticeState, ObjectionState, RoundKind, RoundResult
from strategy.models import ConsultationRound, Draft, Endorsement, Objection, RoundNotice, RoundOutcome, Strategy
from strategy.services.rounds import open_round


def load(shift: timedelta, cast: Cast) -> None:
    plan = content("strategy", "adoption")
    at = Clock(plan["time_zone"], shift)
    for told in plan["strategies"]:
        strategy = texts.load_strategy(told)
        earlier = None
        for row in told["drafts"]:
            earlier = _load_draft(strategy, row, earlier, at, cast)
            for one in row["rounds"]:
                _load_round(earlier, one, plan["time_zone"], at, cast)


def _load_draft(strategy: Strategy, told: dict[str, Any], earlier: Draft | None, at: Clock, cast: Cast) -> Draft:
    draft = texts.load_draft(strategy, told["number"], told["label"], told["paragraphs"])
    if earlier:
        texts.link_drafts(earlier, draft, told["paragraphs"], cast.drafter)
    texts.publish(draft, at(told["published"]), cast.drafter)
    return draft


def _load_round(draft: Draft, told: dict[str, Any], zone: str, at: Clock, cast: Cast) -> None:
    if told["opens"] is None:
        _open_now(draft, told, zone, at, cast)
        return
    consultation = load_round(draft, told, zone, at, cast, kind=told["kind"])
    if told["kind"] == RoundKind.SILENCE:
        _notices(consultation)
    for row in told.get("objections", []):
        _object(consultation, row, at, cast)
    for row in told.get("endorsements", []):
        _endorse(consultation, row, at, cast)
    if "result" in told:
        _conclude(consultation, told["result"])


def _open_now(draft: Draft, told: dict[str, Any], zone: str, at: Clock, cast: Cast) -> None:
    """Open a silence procedure in earnest: the notices go out, and whether they arrive is found in the outbox."""
    open_round(
        draft=draft, by=cast.drafter, kind=told["kind"], opens_at=None, closes_at=at(told["closes"]), time_zone=zone,
        invited=[cast.organizations[code] for code in told["invited"]], invites_all_agencies=False,
        sharing=told["sharing"], reminder_days=[3, 1],
    )  # fmt: skip


def _notices(consultation: ConsultationRound) -> None:
    arrived = consultation.opens_at + timedelta(seconds=40)
    rows = [
        RoundNotice(
            round=consultation, organization=organization, state=NoticeState.ACCEPTED, recipients=1, accepted_at=arrived,
            counts_as_consent=True,
        )
        for organization in consultation.invited.all()
    ]  # fmt: skip
    RoundNotice.objects.bulk_create(rows)
    consultation.notices.update(at=consultation.opens_at)


def _object(consultation: ConsultationRound, row: dict[str, Any], at: Clock, cast: Cast) -> None:
    organization, by, moment = cast.organizations[row["agency"]], cast.people[row["by"]], at(row["at"])
    objection = Objection.objects.create(round=consultation, organization=organization, reason=row["reason"], by=by, at=moment)
    record(objection, "", ObjectionState.LODGED, by, moment)
    if "withdrawn" in row:
        move(objection, ObjectionState.WITHDRAWN, by, at(row["withdrawn"]), row["why"])
    else:
        consultation.notices.filter(organization=organization).update(counts_as_consent=False)


def _endorse(consultation: ConsultationRound, row: dict[str, Any], at: Clock, cast: Cast) -> None:
    moment = at(row["at"])
    Endorsement.objects.create(
        round=consultation,
        organization=cast.organizations[row["agency"]],
        answer=row["answer"],
        sha256=consultation.sha256,
        signatory=row["signatory"],
        capacity=row["capacity"],
        statement=row.get("statement", ""),
        signed_on=moment.date(),
        by=cast.people[row["by"]],
        at=moment,
    )


def _conclude(consultation: ConsultationRound, result: str) -> None:
    RoundOutcome.objects.create(
        round=consultation,
        result=RoundResult(result),
        sha256=consultation.sha256,
        invited=consultation.invited.count(),
        objections=consultation.objections.filter(state=ObjectionState.LODGED).count(),
        at=consultation.closes_at,
    )
