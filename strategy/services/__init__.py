"""The verbs of the strategy app."""

from strategy.services.answers import dispose_comment, release_dispositions
from strategy.services.comments import (
    clear_comment,
    drop_comment,
    edit_comment,
    reopen_comment,
    reply_to_comment,
    write_comment,
)
from strategy.services.drafts import publish_draft
from strategy.services.endorsements import record_endorsement
from strategy.services.positions import submit_position, withdraw_position
from strategy.services.rounds import (
    admit_late,
    cancel_round,
    change_round,
    extend_round,
    open_round,
    pause_round,
    resume_round,
)
from strategy.services.silence import lodge_objection, restart_silence, withdraw_objection

__all__ = [
    "admit_late",
    "cancel_round",
    "change_round",
    "clear_comment",
    "dispose_comment",
    "drop_comment",
    "edit_comment",
    "extend_round",
    "lodge_objection",
    "open_round",
    "pause_round",
    "publish_draft",
    "record_endorsement",
    "release_dispositions",
    "reopen_comment",
    "reply_to_comment",
    "restart_silence",
    "resume_round",
    "submit_position",
    "withdraw_objection",
    "withdraw_position",
    "write_comment",
]
