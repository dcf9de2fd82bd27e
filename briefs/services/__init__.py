"""The verbs of policy briefs."""

from briefs.services.clearance import clear_brief, refuse_clearance, start_clearance
from briefs.services.comments import accept_suggestion, reopen_comment, reply_to_comment, resolve_comment, write_comment
from briefs.services.imports import apply_import, drop_import, read_import
from briefs.services.leases import release_lease, take_lease, take_over_lease
from briefs.services.publishing import (
    freeze_edition,
    publish_brief,
    render_again,
    render_edition,
    revise_brief,
    start_rendering,
    withdraw_brief,
)
from briefs.services.revisions import restore_revision
from briefs.services.writing import SectionChanged, save_section, start_brief

__all__ = [
    "SectionChanged",
    "accept_suggestion",
    "apply_import",
    "clear_brief",
    "drop_import",
    "freeze_edition",
    "publish_brief",
    "read_import",
    "refuse_clearance",
    "release_lease",
    "render_again",
    "render_edition",
    "reopen_comment",
    "reply_to_comment",
    "resolve_comment",
    "restore_revision",
    "revise_brief",
    "save_section",
    "start_brief",
    "start_clearance",
    "start_rendering",
    "take_lease",
    "take_over_lease",
    "withdraw_brief",
    "write_comment",
]
