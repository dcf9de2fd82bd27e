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
from strategy.services.merging import merge_comments
from strategy.services.pins import pin_comment, unpin_comment
from strategy.services.positions import submit_position, withdraw_position
from strategy.services.public_comments import admit_comment, turn_down_comment, write_public_comment
from strategy.services.replies import reply_to_readers
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
    "admit_comment",
    "admit_late",
    "cancel_round",
    "change_round",
    "clear_comment",
    "dispose_comment",
    "drop_comment",
    "edit_comment",
    "extend_round",
    "lodge_objection",
    "merge_comments",
    "open_round",
    "pause_round",
    "pin_comment",
    "publish_draft",
    "record_endorsement",
    "release_dispositions",
    "reopen_comment",
    "reply_to_comment",
    "reply_to_readers",
    "restart_silence",
    "resume_round",
    "submit_position",
    "turn_down_comment",
    "unpin_comment",
    "withdraw_objection",
    "withdraw_position",
    "write_comment",
    "write_public_comment",
]
