"""The verbs of policy briefs."""

from briefs.services.checklist import acknowledge_warnings, checklist_of, try_pdf
from briefs.services.clearance import clear_brief, extend_clearance, go_on_without, refuse_clearance, start_clearance
from briefs.services.publishing import (
    freeze_edition,
    publish_brief,
    render_again,
    render_edition,
    revise_brief,
    start_rendering,
    withdraw_brief,
)
from briefs.services.reviewing import come_in_by_link, decline_review, keep_review, submit_review
from briefs.services.reviews import (
    Invited,
    answer_point,
    ask_for_new_link,
    close_review,
    invite_reviewer,
    open_review,
    revoke_reviewer,
    send_again,
)
from briefs.services.writing import SectionChanged, save_section, start_brief

__all__ = [
    "Invited",
    "SectionChanged",
    "acknowledge_warnings",
    "answer_point",
    "ask_for_new_link",
    "checklist_of",
    "clear_brief",
    "close_review",
    "come_in_by_link",
    "decline_review",
    "extend_clearance",
    "freeze_edition",
    "go_on_without",
    "invite_reviewer",
    "keep_review",
    "open_review",
    "publish_brief",
    "refuse_clearance",
    "render_again",
    "render_edition",
    "revise_brief",
    "revoke_reviewer",
    "save_section",
    "send_again",
    "start_brief",
    "start_clearance",
    "start_rendering",
    "submit_review",
    "try_pdf",
    "withdraw_brief",
]
