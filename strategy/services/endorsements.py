"""Endorsements: what each agency says to one exact text, in whose name and capacity."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import refuse_if_changed
from strategy.enums import WITH_STATEMENT, EndorsementAnswer, RoundKind
from strategy.messages import rounds as messages
from strategy.models import ConsultationRound, Endorsement
from strategy.services.rounds import find_locked
from strategy.services.silence import refuse_unless_takes_answers


@transaction.atomic
def record_endorsement(
    *,
    consultation: ConsultationRound,
    by: Any,
    on_behalf_of: Organization,
    answer: str,
    signatory: str,
    capacity: str,
    signed_on: date,
    statement: str = "",
    seen: str | None = None,
) -> Endorsement:
    """Record what the agency says to the text of the round; before the close it may be replaced, and both stay readable.

    Args:
        seen: the code of the present record that the person had before them, "" for none; None asks nothing.
    """
    consultation = find_locked(consultation)
    require(by, "strategy.endorse", Endorsement(round=consultation, organization=on_behalf_of))
    refuse_unless_takes_answers(consultation, RoundKind.ENDORSEMENT)
    present = Endorsement.objects.current().filter(round=consultation, organization=on_behalf_of).first()
    refuse_if_changed(
        seen=seen,
        present=present.code if present else "",
        refusal=_(
            "A colleague has recorded an answer of your agency meanwhile. Read it, then record yours if it shall replace it."
        ),
    )
    signatory, capacity, statement = signatory.strip(), capacity.strip(), statement.strip()
    if answer not in EndorsementAnswer.values:
        raise Refused(_("Choose one of the answers."))
    if not signatory or not capacity:
        raise Refused(_("Name who signs and in which capacity."))
    if answer in WITH_STATEMENT and not statement:
        raise Refused(_("Say why: a reservation or an objection needs a statement."))
    now = timezone.now()
    # The latest day that any clock on earth shows.
    if signed_on > (now + timedelta(hours=14)).date():
        raise Refused(_("The date of signature lies ahead. Give the day on which it was signed."))
    if present:
        Endorsement.objects.filter(pk=present.pk, replaced_at=None).update(replaced_at=now)
    row = Endorsement.objects.create(
        round=consultation,
        organization=on_behalf_of,
        answer=answer,
        sha256=consultation.sha256 or consultation.draft.sha256,
        signatory=signatory,
        capacity=capacity,
        statement=statement,
        signed_on=signed_on,
        by=by,
        at=now,
    )
    messages.endorsement_recorded(row)
    bump("strategy")
    return row
