"""The life of a round: opened, changed before it opens, extended, paused, resumed, cancelled; late answers admitted.

Whoever acts on a round locks its row first and reads the clock after the wait, so that nothing happens to a round after
its close, and a close cannot pass between two acts unseen.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import locked
from strategy.enums import RoundAct, RoundKind, RoundState
from strategy.messages import rounds as messages
from strategy.models import ConsultationRound, Draft, LateAdmission, RoundChange, RoundNotice
from strategy.selectors.clock import on_the_clock
from strategy.selectors.invited import answered_ids, invited_agencies

SHORTEST_SILENCE = timedelta(hours=72)
# What a notice may be late without the agencies losing hours of their seventy-two: the job's own rhythm.
PUNCTUAL = timedelta(minutes=15)
_EDITABLE = (
    "kind",
    "opens_at",
    "closes_at",
    "time_zone",
    "sharing",
    "is_public",
    "takes_public_comments",
    "reminder_days",
    "invites_all_agencies",
    "short_reason",
)


def find_locked(consultation: ConsultationRound) -> ConsultationRound:
    """The round as it is now, its row locked, with its draft and strategy at hand."""
    row = locked(consultation)
    row.draft = Draft.objects.select_related("strategy").get(pk=row.draft_id)
    return row


def _check(consultation: ConsultationRound, invited: Collection[Organization], now: datetime) -> None:
    """Refuse hours and invitations that make no round."""
    if consultation.closes_at <= consultation.opens_at:
        raise Refused(_("The round must close after it opens. Choose a later hour for the close."))
    if consultation.closes_at <= now:
        raise Refused(_("This close is already past. Choose an hour that lies ahead."))
    if not consultation.invites_all_agencies and not invited:
        raise Refused(_("Choose at least one agency, or invite every agency."))
    if consultation.kind == RoundKind.SILENCE:
        is_short = consultation.closes_at - consultation.opens_at < SHORTEST_SILENCE
        if is_short and not consultation.short_reason:
            raise Refused(
                _(
                    "A silence procedure lasts 72 hours at least. Choose a later close, "
                    "or give the reason for a shorter one: it is recorded and shown."
                )
            )
        if not is_short:
            consultation.short_reason = ""
    else:
        consultation.short_reason = ""
    if consultation.kind != RoundKind.COMMENTS:
        consultation.takes_public_comments = False


def _refuse_second_procedure(consultation: ConsultationRound, draft: Draft) -> None:
    """One text at a time is put before the agencies in silence."""
    if consultation.kind != RoundKind.SILENCE:
        return
    others = ConsultationRound.objects.alive().filter(kind=RoundKind.SILENCE, draft__strategy=draft.strategy_id)
    if others.exclude(pk=consultation.pk).exists():
        raise Refused(
            _(
                "A silence procedure on this strategy is already under way. "
                "Cancel it, or restart it on the new text from its own page."
            )
        )


@transaction.atomic
def open_round(
    *,
    draft: Draft,
    by: Any,
    kind: str,
    opens_at: datetime | None,
    closes_at: datetime,
    time_zone: str,
    invited: Collection[Organization] = (),
    replaces: ConsultationRound | None = None,
    **settings: Any,
) -> ConsultationRound:
    """Make a round on a published draft. Without `opens_at`, or with one that is past, it opens now and all invited are told.

    Args:
        invited: the agencies, unless `invites_all_agencies` (the default).
        settings: `sharing`, `is_public`, `takes_public_comments`, `reminder_days`, `invites_all_agencies`, `short_reason`.
        replaces: the round that this one restarts on another text.

    Raises:
        Refused: the draft is not published, the hours make no round, or silence would be shorter than 72 hours unexplained.
    """
    draft = Draft.objects.select_for_update(of=("self",)).select_related("strategy").get(pk=draft.pk)
    require(by, "strategy.manage_round", draft)
    if not draft.is_published:
        raise Refused(_("Agencies are consulted on a published text. Publish this draft first, then open the round."))
    now = timezone.now()
    consultation = ConsultationRound(
        draft=draft,
        kind=kind,
        opens_at=max(opens_at or now, now),
        closes_at=closes_at,
        time_zone=time_zone,
        sha256=draft.sha256,
        replaces=replaces,
        **{name: value for name, value in settings.items() if name in _EDITABLE},
    )
    _check(consultation, invited, now)
    _refuse_second_procedure(consultation, draft)
    consultation.save()
    if not consultation.invites_all_agencies:
        consultation.invited.set(invited)
    consultation.changes.create(act=RoundAct.CREATED, new_closes_at=closes_at, by=by, reason=consultation.short_reason)
    if consultation.opens_at <= now:
        announce(consultation)
    bump("strategy")
    return consultation


def announce(consultation: ConsultationRound) -> None:
    """Tell every invited agency that a round has opened; the row must be locked or new. A silence keeps a row for each notice.

    Where the notice of a silence procedure goes out late, because nothing ran at its hour, the close moves by as much: the
    agencies have the time that they were to have.
    """
    now = timezone.now()
    organizations = list(invited_agencies(consultation))
    if consultation.kind == RoundKind.SILENCE:
        late = now - consultation.opens_at
        if late > PUNCTUAL:
            old, consultation.closes_at = consultation.closes_at, consultation.closes_at + late
            consultation.save(update_fields=["closes_at"])
            reason = _("The notice went out late; the agencies keep their full time.")
            consultation.changes.create(
                act=RoundAct.EXTENDED, old_closes_at=old, new_closes_at=consultation.closes_at, reason=reason
            )
        RoundNotice.objects.bulk_create(
            [RoundNotice(round=consultation, organization=row) for row in organizations], ignore_conflicts=True
        )
    for organization in organizations:
        recipients = messages.round_opened(consultation, organization)
        if consultation.kind == RoundKind.SILENCE:
            RoundNotice.objects.filter(round=consultation, organization=organization).update(recipients=recipients)
    consultation.announced_at = now
    consultation.save(update_fields=["announced_at"])


@transaction.atomic
def change_round(
    *, consultation: ConsultationRound, by: Any, invited: Collection[Organization] = (), **values: Any
) -> ConsultationRound:
    """Change a round that has not opened yet; once it is open it is extended, paused or cancelled, in the open."""
    consultation = find_locked(consultation)
    require(by, "strategy.manage_round", consultation)
    if consultation.state != RoundState.UPCOMING:
        raise Refused(_("This round has opened, so its terms stand. Extend, pause or cancel it instead: all invited are told."))
    now, old = timezone.now(), consultation.closes_at
    for name, value in values.items():
        if name in _EDITABLE:
            setattr(consultation, name, value)
    consultation.opens_at = max(consultation.opens_at or now, now)
    _check(consultation, invited, now)
    _refuse_second_procedure(consultation, consultation.draft)
    consultation.save()
    consultation.invited.set([] if consultation.invites_all_agencies else invited)
    consultation.changes.create(
        act=RoundAct.CHANGED, old_closes_at=old, new_closes_at=consultation.closes_at, by=by, reason=consultation.short_reason
    )
    if consultation.opens_at <= now:
        announce(consultation)
    bump("strategy")
    return consultation


def _record(consultation: ConsultationRound, act: RoundAct, by: Any, reason: str, old: datetime) -> RoundChange:
    """Write the line of the history and tell all invited agencies, if they know of the round."""
    change = consultation.changes.create(
        act=act, old_closes_at=old, new_closes_at=consultation.closes_at, by=by, reason=reason.strip()
    )
    if consultation.announced_at or act == RoundAct.EXTENDED:
        messages.round_changed(consultation, change, invited_agencies(consultation))
    bump("strategy")
    return change


def _refuse_unless_running(consultation: ConsultationRound) -> None:
    state = consultation.state
    if state == RoundState.CANCELLED:
        raise Refused(_("This round is cancelled, so nothing more happens to it. Open a new one if need be."))
    if state == RoundState.CLOSED:
        raise Refused(
            _("This round closed on %(moment)s. Admit an agency late, or open a new round.")
            % {"moment": on_the_clock(consultation, consultation.closes_at)}
        )


@transaction.atomic
def extend_round(*, consultation: ConsultationRound, by: Any, closes_at: datetime, reason: str) -> ConsultationRound:
    """Move the close to a later hour and tell all invited agencies. A round that has closed stays closed."""
    consultation = find_locked(consultation)
    require(by, "strategy.manage_round", consultation)
    _refuse_unless_running(consultation)
    if consultation.state == RoundState.UPCOMING:
        raise Refused(_("This round has not opened yet. Change its hours instead."))
    if not reason.strip():
        raise Refused(_("Give the reason: the agencies will read it."))
    old = consultation.closes_at
    if closes_at <= old:
        raise Refused(
            _("The round closes on %(moment)s. An extension leads to a later hour; an earlier one would cut the agencies short.")
            % {"moment": on_the_clock(consultation, old)}
        )
    consultation.closes_at = closes_at
    consultation.save(update_fields=["closes_at"])
    _record(consultation, RoundAct.EXTENDED, by, reason, old)
    return consultation


@transaction.atomic
def pause_round(*, consultation: ConsultationRound, by: Any, reason: str) -> ConsultationRound:
    """Stop the clock of an open round: nothing gets in until it is resumed, and the time that was left is kept."""
    consultation = find_locked(consultation)
    require(by, "strategy.manage_round", consultation)
    _refuse_unless_running(consultation)
    if consultation.state != RoundState.OPEN:
        raise Refused(_("Only an open round can be paused. Load the page again to see how this one stands."))
    if not reason.strip():
        raise Refused(_("Give the reason: the agencies will read it."))
    consultation.paused_at = timezone.now()
    consultation.save(update_fields=["paused_at"])
    _record(consultation, RoundAct.PAUSED, by, reason, consultation.closes_at)
    return consultation


@transaction.atomic
def resume_round(*, consultation: ConsultationRound, by: Any, reason: str = "") -> ConsultationRound:
    """Let the clock run on: the close moves by as long as the round was paused."""
    consultation = find_locked(consultation)
    require(by, "strategy.manage_round", consultation)
    if consultation.state != RoundState.PAUSED or consultation.paused_at is None:
        raise Refused(_("This round is not paused. Load the page again to see how it stands."))
    old = consultation.closes_at
    consultation.closes_at = old + (timezone.now() - consultation.paused_at)
    consultation.paused_at = None
    consultation.save(update_fields=["closes_at", "paused_at"])
    _record(consultation, RoundAct.RESUMED, by, reason, old)
    return consultation


@transaction.atomic
def cancel_round(*, consultation: ConsultationRound, by: Any, reason: str) -> ConsultationRound:
    """End a round without a result; what agencies wrote stays theirs. All that were told of it are told of this."""
    consultation = find_locked(consultation)
    require(by, "strategy.manage_round", consultation)
    _refuse_unless_running(consultation)
    if not reason.strip():
        raise Refused(_("Give the reason: the agencies will read it."))
    consultation.cancelled_at = timezone.now()
    consultation.save(update_fields=["cancelled_at"])
    _record(consultation, RoundAct.CANCELLED, by, reason, consultation.closes_at)
    return consultation


@transaction.atomic
def admit_late(
    *, consultation: ConsultationRound, organization: Organization, by: Any, until: datetime, reason: str
) -> LateAdmission:
    """Let one agency answer a call for comments after the close, until a moment; its position is marked as late."""
    consultation = find_locked(consultation)
    require(by, "strategy.manage_round", consultation)
    if consultation.kind != RoundKind.COMMENTS:
        raise Refused(_("Only a call for comments takes late answers: silence and endorsement end for all at the same moment."))
    if consultation.state != RoundState.CLOSED:
        raise Refused(_("Late answers are admitted once the round has closed. Until then, extend it."))
    if not invited_agencies(consultation).filter(pk=organization.pk).exists():
        raise Refused(_("%(agency)s is not invited to this round. Choose an agency that is.") % {"agency": organization})
    if organization.pk in answered_ids(consultation):
        raise Refused(_("%(agency)s has submitted its position already.") % {"agency": organization})
    if until <= timezone.now():
        raise Refused(_("This moment is already past. Choose an hour that lies ahead."))
    if not reason.strip():
        raise Refused(_("Give the reason: it is kept with the round."))
    row, _made = LateAdmission.objects.update_or_create(
        round=consultation, organization=organization, defaults={"until": until, "reason": reason.strip(), "by": by}
    )
    messages.admitted_late(row)
    bump("strategy")
    return row
