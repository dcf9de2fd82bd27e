"""Messages about rounds: opened, changed, soon over, closed; objections; notices that did not arrive; endorsements.

None carries the words of an objection or a statement: they say what happened and where to read on.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.enums import Role
from directory.models import Membership, Organization, User
from notifications.kinds import Kind, in_all_languages, label_in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_drafter, serves_as_staff
from notifications.services import notify
from strategy.enums import EndorsementAnswer, ObjectionState, RoundAct, RoundKind, RoundResult
from strategy.messages.parts import closing, focal_points, still_serves_the_agency
from strategy.models import ConsultationRound, Endorsement, LateAdmission, Objection, RoundChange, RoundNotice, RoundOutcome


def _still_runs(notification: Notification) -> bool:
    """The recipient still serves the agency, and the round has neither been cancelled nor closed before its time."""
    rows = ConsultationRound.objects.alive().filter(pk=notification.context["round_id"], paused_at=None)
    return still_serves_the_agency(notification) and rows.exists()


def _serves_the_secretariat(user: Any) -> bool:
    return serves_as_drafter(user) or serves_as_staff(user)


OPENED = register(
    Kind(
        "strategy.round_opened",
        subject=_("%(kind)s on the %(draft)s: %(strategy)s"),
        label=_("A consultation round opens"),
        required=True,
        may_reach=serves_an_organization,
        attachments=closing,
        action=_("Open the round"),
        is_visible=still_serves_the_agency,
    )
)
SILENCE = register(
    Kind(
        "strategy.silence_opened",
        subject=_("Silence procedure on the %(draft)s: %(strategy)s"),
        label=_("A silence procedure opens"),
        required=True,
        may_reach=serves_an_organization,
        attachments=closing,
        action=_("Read the text"),
        is_visible=still_serves_the_agency,
    )
)
CHANGED = register(
    Kind(
        "strategy.round_changed",
        subject=_("%(act)s: %(kind)s on the %(draft)s"),
        label=_("A consultation round is extended, paused, resumed or cancelled"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Open the round"),
        is_visible=still_serves_the_agency,
    )
)
REMINDER = register(
    Kind(
        "strategy.round_reminder",
        subject=_("%(agency)s has not answered yet: %(kind)s on the %(draft)s"),
        label=_("A consultation round closes soon and your agency has not answered"),
        may_reach=serves_an_organization,
        attachments=closing,
        action=_("Open the round"),
        is_visible=_still_runs,
    )
)
LATE = register(
    Kind(
        "strategy.admitted_late",
        subject=_("%(agency)s may still answer: %(draft)s"),
        label=_("Your agency may answer a round late"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Open the round"),
        is_visible=still_serves_the_agency,
    )
)
CLOSED = register(
    Kind(
        "strategy.round_closed",
        subject=_("Closed: %(kind)s on the %(draft)s"),
        label=_("A consultation round has closed"),
        required=True,
        may_reach=_serves_the_secretariat,
        action=_("Open the round"),
    )
)
CONCLUDED = register(
    Kind(
        "strategy.round_concluded",
        subject=_("Outcome: %(kind)s on the %(draft)s"),
        label=_("The outcome of a silence procedure or endorsement"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read the outcome"),
        is_visible=still_serves_the_agency,
    )
)
OBJECTION = register(
    Kind(
        "strategy.objection",
        subject=_("%(agency)s: objection to the %(draft)s (%(act)s)"),
        label=_("An objection is lodged or withdrawn"),
        required=True,
        may_reach=lambda user: _serves_the_secretariat(user) or serves_an_organization(user),
        action=_("Open the silence procedure"),
    )
)
NOT_ARRIVED = register(
    Kind(
        "strategy.notice_not_arrived",
        subject=_("The notice to %(agency)s did not arrive: %(draft)s"),
        label=_("The notice of a silence procedure did not reach an agency"),
        required=True,
        may_reach=_serves_the_secretariat,
        action=_("Open the silence procedure"),
    )
)
ENDORSED = register(
    Kind(
        "strategy.endorsement_recorded",
        subject=_("Recorded for %(agency)s: %(answer)s (%(draft)s)"),
        label=_("An endorsement of your agency is recorded"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Open the endorsements"),
        is_visible=still_serves_the_agency,
    )
)


def _secretariat(consultation: ConsultationRound) -> set[User]:
    """Drafters and staff who serve the strategy."""
    strategy = consultation.draft.strategy
    return {
        person for role in (Role.DRAFTER, Role.STAFF) for person in Membership.objects.of_secretariat(role, strategy).people()
    }


def _context(consultation: ConsultationRound, organization: Organization | None = None) -> dict[str, Any]:
    draft = consultation.draft
    context = {
        "round_id": consultation.pk,
        "kind": label_in_all_languages(RoundKind(consultation.kind).label),
        "is_silence": consultation.kind == RoundKind.SILENCE,
        "is_endorsement": consultation.kind == RoundKind.ENDORSEMENT,
        "strategy": in_all_languages(draft.strategy, "title"),
        "draft": in_all_languages(draft, "label"),
        "closes_at": moment(consultation.closes_at, consultation.time_zone),
        "sha256": consultation.sha256,
        "link": link("strategy:round", draft.strategy.slug, consultation.pk),
    }
    if organization is not None:
        context |= {"agency": str(organization), "organization_id": organization.pk}
    return context


def cause_of_notice(round_id: int, organization_id: int) -> str:
    """The cause under which the outbox keeps the notice of a silence procedure to one agency."""
    return f"round {round_id} opened agency {organization_id}"


def round_opened(consultation: ConsultationRound, organization: Organization) -> int:
    """Tell the focal points of an invited agency; returns how many they are."""
    kind = SILENCE if consultation.kind == RoundKind.SILENCE else OPENED
    return notify(
        kind=kind,
        to=focal_points(organization),
        cause=cause_of_notice(consultation.pk, organization.pk),
        context=_context(consultation, organization),
    )


def round_changed(consultation: ConsultationRound, change: RoundChange, organizations: Iterable[Organization]) -> None:
    """Tell every invited agency that the round is extended, paused, resumed or cancelled, and why."""
    for organization in organizations:
        notify(
            kind=CHANGED,
            to=focal_points(organization),
            cause=f"round {consultation.pk} change {change.pk} agency {organization.pk}",
            context={
                **_context(consultation, organization),
                "act": label_in_all_languages(RoundAct(change.act).label),
                "what": change.act,
                "reason": change.reason,
            },
        )


def cause_of_reminder(consultation: ConsultationRound, days: int, organization_id: int) -> str:
    """Names the reminder by the close it speaks of: an extended round reminds anew."""
    return f"round {consultation.pk} closes {consultation.closes_at:%Y%m%dT%H%M%S} days {days} agency {organization_id}"


def round_closes_soon(consultation: ConsultationRound, organization: Organization, *, days: int) -> int:
    """Remind the focal points of an agency that has not answered."""
    return notify(
        kind=REMINDER,
        to=focal_points(organization),
        cause=cause_of_reminder(consultation, days, organization.pk),
        context=_context(consultation, organization),
    )


def admitted_late(admission: LateAdmission) -> None:
    """Tell the agency's focal points until when they may still answer, and why."""
    consultation = admission.round
    notify(
        kind=LATE,
        to=focal_points(admission.organization),
        cause=f"late admission {admission.pk} until {admission.until.isoformat()}",
        context={
            **_context(consultation, admission.organization),
            "until": moment(admission.until, consultation.time_zone),
            "reason": admission.reason,
        },
    )


def round_closed(consultation: ConsultationRound, *, invited: int, answered: int, missing: list[str]) -> None:
    """Sum up a round that has closed, for the secretariat."""
    notify(
        kind=CLOSED,
        to=_secretariat(consultation),
        cause=f"round {consultation.pk} closed",
        context={**_context(consultation), "invited": invited, "answered": answered, "missing": ", ".join(missing)},
    )


def round_concluded(outcome: RoundOutcome, organizations: Iterable[Organization]) -> None:
    """Tell every invited agency what came of the silence procedure or endorsement."""
    consultation = outcome.round
    for organization in organizations:
        notify(
            kind=CONCLUDED,
            to=focal_points(organization),
            cause=f"round {consultation.pk} concluded agency {organization.pk}",
            context={
                **_context(consultation, organization),
                "result": label_in_all_languages(RoundResult(outcome.result).label),
                "objections": outcome.objections,
                "not_reached": outcome.not_reached,
            },
        )


def objection_changed(objection: Objection) -> None:
    """Tell the secretariat and the agency's focal points at once that an objection was lodged or withdrawn."""
    change = objection.state_changes.latest("pk")
    context = {
        **_context(objection.round, objection.organization),
        "act": label_in_all_languages(ObjectionState(objection.state).label),
        "is_lodged": objection.state == ObjectionState.LODGED,
    }
    notify(
        kind=OBJECTION,
        to={*_secretariat(objection.round), *focal_points(objection.organization)},
        cause=f"objection {objection.pk} change {change.pk}",
        context=context,
    )


def notice_did_not_arrive(notice: RoundNotice, *, is_late: bool) -> None:
    """Tell the secretariat that an agency is not known to have been told, once for each agency."""
    context = {
        **_context(notice.round, notice.organization),
        "has_nobody": notice.recipients == 0,
        "is_late": is_late,
    }
    notify(kind=NOT_ARRIVED, to=_secretariat(notice.round), cause=f"notice {notice.pk} did not arrive", context=context)


def endorsement_recorded(endorsement: Endorsement) -> None:
    """A receipt for the agency's focal points."""
    context = {
        **_context(endorsement.round, endorsement.organization),
        "answer": label_in_all_languages(EndorsementAnswer(endorsement.answer).label),
        "signatory": endorsement.signatory,
        "capacity": endorsement.capacity,
        "by": str(endorsement.by),
        "recorded_at": moment(endorsement.at, endorsement.round.time_zone),
    }
    notify(
        kind=ENDORSED,
        to=focal_points(endorsement.organization),
        cause=f"endorsement {endorsement.pk}",
        context=context,
    )
