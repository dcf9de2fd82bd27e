"""What rounds put on the desk: a text to object to or endorse, a round that needs the secretariat; and dates for the calendar."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import may
from directory.desk import DeskItem
from strategy.enums import NoticeState, RoundKind, RoundState
from strategy.models import ConsultationRound, Draft, RoundNotice
from strategy.selectors.round_page import own_sides


def desk_of_adoption(user: Any) -> list[DeskItem]:
    """Silence procedures and endorsements that wait for the person's agency, and rounds that need the secretariat."""
    rows = ConsultationRound.objects.visible_to(user).running().select_related("draft__strategy")
    items: list[DeskItem] = []
    for consultation in rows:
        if consultation.kind != RoundKind.COMMENTS and consultation.is_open:
            items += _of_agencies(user, consultation)
        if may(user, "strategy.manage_round", consultation):
            items += _of_secretariat(user, consultation)
    return items


def _of_agencies(user: Any, consultation: ConsultationRound) -> list[DeskItem]:
    items = []
    for side in own_sides(user, consultation):
        words = {"draft": consultation.draft.label, "agency": side.organization}
        url, due = consultation.get_absolute_url(), consultation.closes_at
        if consultation.kind == RoundKind.SILENCE and side.objection is None:
            note = _("Without an objection the silence of your agency counts as consent.")
            title = _("Silence procedure on the %(draft)s: %(agency)s") % words
            items.append(DeskItem(title, _("Read"), url, due, note, side.may_act, side.organization.pk))
        elif consultation.kind == RoundKind.ENDORSEMENT and side.endorsement is None:
            title = _("Endorse the %(draft)s: %(agency)s") % words
            items.append(
                DeskItem(title, _("Answer"), url, due, _("The agency has not answered yet."), side.may_act, side.organization.pk)
            )
    return items


def _of_secretariat(user: Any, consultation: ConsultationRound) -> list[DeskItem]:
    """What stands in the way of a good end: notices that did not arrive, a newer text, a pause."""
    words, url = {"draft": consultation.draft.label, "kind": consultation.get_kind_display()}, consultation.get_absolute_url()
    title, notes = _("%(kind)s on the %(draft)s") % words, []
    if consultation.state == RoundState.PAUSED:
        notes.append(_("The round is paused."))
    if consultation.kind == RoundKind.SILENCE:
        lost = (
            RoundNotice.objects.visible_to(user)
            .filter(round=consultation, state__in=[NoticeState.BOUNCED, NoticeState.NOBODY])
            .count()
        )
        if lost:
            words_of = ngettext("%(n)d agency was not reached.", "%(n)d agencies were not reached.", lost)
            notes.append(words_of % {"n": lost})
        newer = Draft.objects.visible_to(user).filter(
            strategy=consultation.draft.strategy_id, number__gt=consultation.draft.number, published_at__isnull=False
        )
        if newer.exists():
            notes.append(_("A newer text is published: restart the procedure."))
    return [DeskItem(title, _("Look"), url, consultation.closes_at, " ".join(notes))] if notes else []


@dataclass(frozen=True)
class RoundDate:
    """The close of a round as the calendar shows it."""

    consultation: ConsultationRound
    title: str
    closes_at: datetime
    url: str
    changed_at: datetime
    changes: int


def deadlines_of_rounds(user: Any) -> list[RoundDate]:
    """Closes that lie ahead, of rounds that the reader may see; a paused round has no date."""
    rows = ConsultationRound.objects.visible_to(user).alive().filter(paused_at=None).select_related("draft__strategy")
    rows = rows.annotate(changed_at=Max("changes__at"), number_of_changes=Count("changes"))
    return [
        RoundDate(
            row,
            _("%(kind)s on the %(draft)s") % {"kind": row.get_kind_display(), "draft": row.draft.label},
            row.closes_at,
            row.get_absolute_url(),
            row.changed_at or row.opens_at,
            row.number_of_changes,
        )
        for row in rows.order_by("closes_at", "pk")
    ]
