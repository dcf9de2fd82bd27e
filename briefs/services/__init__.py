"""The verbs of policy briefs."""

from briefs.services.clearance import clear_brief, refuse_clearance, start_clearance
from briefs.services.publishing import (
    freeze_edition,
    publish_brief,
    render_again,
    render_edition,
    revise_brief,
    start_rendering,
    withdraw_brief,
)
from briefs.services.writing import SectionChanged, save_section, start_brief

__all__ = [
    "SectionChanged",
    "clear_brief",
    "freeze_edition",
    "publish_brief",
    "refuse_clearance",
    "render_again",
    "render_edition",
    "revise_brief",
    "save_section",
    "start_brief",
    "start_clearance",
    "start_rendering",
    "withdraw_brief",
]
