"""The verbs of policy briefs."""

from briefs.services.clearance import clear_brief, refuse_clearance, start_clearance
from briefs.services.embargo import name_reader, record_opening, revoke_reader
from briefs.services.languages import start_language_edition, take_newer_source
from briefs.services.notices import correct_edition, render_notice
from briefs.services.publishing import (
    freeze_edition,
    publish_brief,
    render_again,
    render_edition,
    revise_brief,
    start_rendering,
    withdraw_brief,
)
from briefs.services.schedules import plan_publication, publish_due, publish_planned, render_plan, take_back_plan
from briefs.services.writing import SectionChanged, save_section, start_brief

__all__ = [
    "SectionChanged",
    "clear_brief",
    "correct_edition",
    "freeze_edition",
    "name_reader",
    "plan_publication",
    "publish_brief",
    "publish_due",
    "publish_planned",
    "record_opening",
    "refuse_clearance",
    "render_again",
    "render_edition",
    "render_notice",
    "render_plan",
    "revise_brief",
    "revoke_reader",
    "save_section",
    "start_brief",
    "start_clearance",
    "start_language_edition",
    "start_rendering",
    "take_back_plan",
    "take_newer_source",
    "withdraw_brief",
]
