"""Publications planned for a moment, with or without an embargo until then."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs.enums import PlanState
from briefs.messages import publishing as messages
from briefs.models import Brief, Edition, EmbargoReader, PlannedPublication
from briefs.models.editions import FILE_FIELDS
from briefs.selectors import brief_content, text_hash
from briefs.selectors.failed_files import job_of_files
from briefs.services.publishing import announce, freeze_edition, frozen_content, put_in_force, refuse_unready
from briefs.services.rendering import give_files
from common.access import Refused, require
from directory.services.jobs import start_job
from directory.services.state import change_state, locked, record_start

log = logging.getLogger(__name__)

FARTHEST = timedelta(days=366)


@transaction.atomic
def plan_publication(*, brief: Brief, by: Any, at: datetime, time_zone: str, under_embargo: bool) -> PlannedPublication:
    """Plan that a cleared brief is published at `at`. Planned already, the plan is replaced and its readers go along.

    Under embargo the edition is frozen now and its files are made, for named readers only.
    """
    brief = locked(brief)
    require(by, "briefs.publish_brief", brief)
    refuse_unready(brief)
    _refuse_moment(at)
    old = brief.plans.waiting().first()
    if old and (old.at, old.time_zone, old.under_embargo) == (at, time_zone, under_embargo):
        return old
    if old:
        change_state(old, to=PlanState.TAKEN_BACK, by=by, reason=_("Another moment or another way was chosen."))
    plan = PlannedPublication.objects.create(
        brief=brief,
        at=at,
        time_zone=time_zone,
        under_embargo=under_embargo,
        text_hash=text_hash(brief),
        content=frozen_content(brief=brief, at=at) if under_embargo else None,
    )
    record_start(plan, by=by)
    if old:
        EmbargoReader.objects.filter(plan=old, revoked_at__isnull=True).update(plan=plan)
    if under_embargo:
        start_job(**job_of_files(plan), asked_by=by)
    return plan


def _refuse_moment(at: datetime) -> None:
    now = timezone.now()
    if at <= now:
        raise Refused(_("This moment has passed. Choose a later one, or publish the brief at once."))
    if at > now + FARTHEST:
        raise Refused(_("Choose a moment within a year from now."))


@transaction.atomic
def take_back_plan(*, plan: PlannedPublication, by: Any) -> PlannedPublication:
    """Take a planned publication back: nothing is published, and nobody reads under embargo any more."""
    brief = locked(plan.brief)
    require(by, "briefs.publish_brief", brief)
    plan = locked(plan)
    if plan.state != PlanState.WAITING:
        raise Refused(_("This plan is “%(state)s” already. Load the page again to see it.") % {"state": plan.get_state_display()})
    change_state(plan, to=PlanState.TAKEN_BACK, by=by)
    return plan


def publish_due() -> dict[str, int]:
    """Publish every brief whose moment has come, however long ago, and each once, also if two do this at once."""
    done = {PlanState.PUBLISHED.value: 0, PlanState.STOPPED.value: 0}
    due = PlannedPublication.objects.waiting().filter(at__lte=timezone.now()).order_by("at", "pk")
    for plan in due.select_related("brief").defer("content"):
        try:
            outcome = publish_planned(plan=plan)
        except Exception:
            # One brief that cannot be published must not keep the others waiting; it is tried again at the next turn.
            log.exception("planned publication failed", extra={"data": {"plan": plan.pk}})
            continue
        if outcome:
            done[outcome] += 1
    return done


@transaction.atomic
def publish_planned(*, plan: PlannedPublication) -> str:
    """Publish what was planned if its moment has come and the agencies' clearances still hold; otherwise tell the secretariat.

    Returns:
        What became of the plan; empty if it was not its time, or somebody else was first.
    """
    brief = locked(plan.brief)  # the brief first, always: then no two acts wait for each other in a circle
    plan = locked(plan)
    if plan.state != PlanState.WAITING or plan.at > timezone.now():
        return ""
    try:
        refuse_unready(brief, checked=plan.text_hash)
        _refuse_other_text(plan, brief)
    except Refused as refusal:
        change_state(plan, to=PlanState.STOPPED, by=None, reason=str(refusal))
        messages.publication_stopped(plan, str(refusal))
        return PlanState.STOPPED
    edition = _edition_of(plan, brief)
    plan.edition = edition
    change_state(plan, to=PlanState.PUBLISHED, by=None, also=["edition"])
    announce(edition=edition, by=None)
    return PlanState.PUBLISHED


def _refuse_other_text(plan: PlannedPublication, brief: Brief) -> None:
    if plan.under_embargo and plan.text_hash != text_hash(brief):
        raise Refused(
            _("The text was edited and cleared again after it was frozen under embargo. Plan the publication of the new text.")
        )


def _edition_of(plan: PlannedPublication, brief: Brief) -> Edition:
    """The edition: what was frozen, with the files that were made, or the text as it stands, dated as it was announced."""
    if plan.content is None:
        return freeze_edition(brief=brief, at=plan.at)
    agencies = _with_present_answers(plan.content["agencies"], brief)
    if agencies != plan.content["agencies"]:  # the files say otherwise: they are made anew
        return put_in_force(brief=brief, content={**plan.content, "agencies": agencies})
    files = {f"{field}_id": getattr(plan, f"{field}_id") for field in FILE_FIELDS} if plan.is_rendered else None
    return put_in_force(brief=brief, content=plan.content, files=files)


def _with_present_answers(agencies: list[dict[str, Any]], brief: Brief) -> list[dict[str, Any]]:
    """The frozen agencies with what each has said until now: one that was silent may answer late, with a reservation."""
    said = {row["code"]: {name: row[name] for name in ("reservation", "no_answer")} for row in brief_content(brief)["agencies"]}
    return [{**row, **said.get(row["code"], {})} for row in agencies]


def render_plan(*, plan: PlannedPublication, report: Callable[[int, int], None]) -> float:
    """Make the files of an embargoed text; return the most memory that took, in MB. Safe to run twice, also at once."""
    if plan.state != PlanState.WAITING:
        return 0.0
    return give_files(row=plan, edition=plan.as_edition(), report=report)
