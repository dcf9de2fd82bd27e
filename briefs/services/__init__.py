"""The verbs of policy briefs."""

from briefs.services.checklist import acknowledge_warnings, checklist_of, try_pdf
from briefs.services.clearance import clear_brief, extend_clearance, go_on_without, refuse_clearance, start_clearance
from briefs.services.comments import accept_suggestion, reopen_comment, reply_to_comment, resolve_comment, write_comment
from briefs.services.embargo import name_reader, record_opening, revoke_reader
from briefs.services.failed_files import render_again
from briefs.services.imports import apply_import, drop_import, read_import
from briefs.services.languages import start_language_edition, take_newer_source
from briefs.services.leases import release_lease, take_lease, take_over_lease
from briefs.services.notices import correct_edition, render_notice
from briefs.services.publishing import (
    freeze_edition,
    publish_brief,
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
from briefs.services.revisions import restore_revision, restore_words
from briefs.services.schedules import plan_publication, publish_due, publish_planned, render_plan, take_back_plan
from briefs.services.writing import SectionChanged, save_section, start_brief

__all__ = [
    "Invited",
    "SectionChanged",
    "accept_suggestion",
    "acknowledge_warnings",
    "answer_point",
    "apply_import",
    "ask_for_new_link",
    "checklist_of",
    "clear_brief",
    "close_review",
    "come_in_by_link",
    "correct_edition",
    "decline_review",
    "drop_import",
    "extend_clearance",
    "freeze_edition",
    "go_on_without",
    "invite_reviewer",
    "keep_review",
    "name_reader",
    "open_review",
    "plan_publication",
    "publish_brief",
    "publish_due",
    "publish_planned",
    "read_import",
    "record_opening",
    "refuse_clearance",
    "release_lease",
    "render_again",
    "render_edition",
    "render_notice",
    "render_plan",
    "reopen_comment",
    "reply_to_comment",
    "resolve_comment",
    "restore_revision",
    "restore_words",
    "revise_brief",
    "revoke_reader",
    "revoke_reviewer",
    "save_section",
    "send_again",
    "start_brief",
    "start_clearance",
    "start_language_edition",
    "start_rendering",
    "submit_review",
    "take_back_plan",
    "take_lease",
    "take_newer_source",
    "take_over_lease",
    "try_pdf",
    "withdraw_brief",
    "write_comment",
]
