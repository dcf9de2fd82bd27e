"""The silence procedure: objections, and a restart when the text has changed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start
from strategy.enums import ObjectionState, RoundKind, RoundState
from strategy.messages import rounds as messages
from strategy.models import ConsultationRound, Draft, Objection
from strategy.selectors.clock import on_the_clock
from strategy.services.positions import refuse_if_stopped
from strategy.services.rounds import SHORTEST_SILENCE, cancel_round, find_locked, open_round


def refuse_unless_takes_answers(consultation: ConsultationRound, kind: RoundKind) -> None:
    """Refuse, saying when, what comes before a round of this kind opens, while it is paused, or at or after its close."""
    if consultation.kind != kind:
        raise Refused(
            _("This round is of another kind (%(kind)s). Open its page to see what it asks of your agency.")
            % {"kind": consultation.get_kind_display()}
        )
    state = consultation.state
    if state == RoundState.UPCOMING:
        raise Refused(
            _("This round opens on %(moment)s. Come back then.") % {"moment": on_the_clock(consultation, consultation.opens_at)}
        )
    refuse_if_stopped(consultation)
    if state == RoundState.CLOSED:
        raise Refused(
            _("This round closed on %(moment)s. After the close nothing is added, changed or withdrawn.")
            % {"moment": on_the_clock(consultation, consultation.closes_at)}
        )


@transaction.atomic
def lodge_objection(*, consultation: ConsultationRound, by: Any, on_behalf_of: Organization, reason: str) -> Objection:
    """Object in the agency's name: while the objection stands the text is not adopted. The secretariat is told at once."""
    consultation = find_locked(consultation)
    require(by, "strategy.object", Objection(round=consultation, organization=on_behalf_of))
    refuse_unless_takes_answers(consultation, RoundKind.SILENCE)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give the reason: an objection without one does not stop the adoption."))
    standing = Objection.objects.filter(round=consultation, organization=on_behalf_of, state=ObjectionState.LODGED).first()
    if standing:
        raise Refused(
            _("An objection of %(agency)s stands already, lodged by %(person)s. Withdraw it first to lodge another.")
            % {"agency": on_behalf_of, "person": standing.by}
        )
    objection = Objection.objects.create(round=consultation, organization=on_behalf_of, reason=reason, by=by, at=timezone.now())
    record_start(objection, by=by, on_behalf_of=on_behalf_of)
    messages.objection_changed(objection)
    bump("strategy")
    return objection


@transaction.atomic
def withdraw_objection(*, objection: Objection, by: Any, reason: str = "") -> Objection:
    """Take the agency's objection back before the deadline."""
    consultation = find_locked(objection.round)
    objection = locked(objection)
    objection.round = consultation
    require(by, "strategy.object", objection)
    refuse_unless_takes_answers(consultation, RoundKind.SILENCE)
    change_state(objection, to=ObjectionState.WITHDRAWN, by=by, on_behalf_of=objection.organization, reason=reason.strip())
    messages.objection_changed(objection)
    bump("strategy")
    return objection


def newer_text(consultation: ConsultationRound) -> Draft | None:
    """The newest draft that was published after the one a round is about."""
    rows = Draft.objects.filter(
        strategy=consultation.draft.strategy_id, number__gt=consultation.draft.number, published_at__isnull=False
    )
    return rows.select_related("strategy").order_by("-number").first()


def _next_minute(moment: datetime) -> datetime:
    """The first whole minute at or after a moment."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


@transaction.atomic
def restart_silence(
    *,
    consultation: ConsultationRound,
    draft: Draft,
    by: Any,
    closes_at: datetime | None = None,
    short_reason: str = "",
) -> ConsultationRound:
    """Put a changed text before the same agencies: the old round is cancelled with a reference, a new one runs its full time.

    Args:
        closes_at: of the new round; else as long from now as the old one was planned to last.
    """
    old = find_locked(consultation)
    require(by, "strategy.manage_round", old)
    if old.kind != RoundKind.SILENCE:
        raise Refused(_("Only a silence procedure is restarted. Open a new round on the new draft."))
    if draft.strategy_id != old.draft.strategy_id or draft.number <= old.draft.number or not draft.is_published:
        raise Refused(_("A silence procedure restarts on a newer draft that is published. Publish it first."))
    lasts = max(old.closes_at - old.opens_at, SHORTEST_SILENCE)
    cancel_round(
        consultation=old,
        by=by,
        reason=_("The text has changed. A new silence procedure runs on the %(draft)s.") % {"draft": draft.label},
    )
    return open_round(
        draft=draft,
        by=by,
        kind=RoundKind.SILENCE,
        opens_at=None,
        closes_at=closes_at or _next_minute(timezone.now() + lasts),
        time_zone=old.time_zone,
        invited=list(old.invited.all()),
        invites_all_agencies=old.invites_all_agencies,
        sharing=old.sharing,
        is_public=old.is_public,
        reminder_days=old.reminder_days,
        short_reason=short_reason,
        replaces=old,
    )
