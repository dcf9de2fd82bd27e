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
from strategy.services.leases import break_lease, release_lease, take_lease
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
from strategy.services.setup import change_strategy, create_strategy, discard_draft, start_draft
from strategy.services.silence import lodge_objection, restart_silence, withdraw_objection
from strategy.services.writing import (
    add_paragraph,
    change_level,
    delete_paragraph,
    merge_with_next,
    move_paragraph,
    move_section,
    renumber,
    restore_revision,
    save_paragraph,
    split_paragraph,
    undo_act,
)

__all__ = [
    "add_paragraph",
    "admit_comment",
    "admit_late",
    "break_lease",
    "cancel_round",
    "change_level",
    "change_round",
    "change_strategy",
    "clear_comment",
    "create_strategy",
    "delete_paragraph",
    "discard_draft",
    "dispose_comment",
    "drop_comment",
    "edit_comment",
    "extend_round",
    "lodge_objection",
    "merge_comments",
    "merge_with_next",
    "move_paragraph",
    "move_section",
    "open_round",
    "pause_round",
    "pin_comment",
    "publish_draft",
    "record_endorsement",
    "release_dispositions",
    "release_lease",
    "renumber",
    "reopen_comment",
    "reply_to_comment",
    "reply_to_readers",
    "restart_silence",
    "restore_revision",
    "resume_round",
    "save_paragraph",
    "split_paragraph",
    "start_draft",
    "submit_position",
    "take_lease",
    "turn_down_comment",
    "undo_act",
    "unpin_comment",
    "withdraw_objection",
    "withdraw_position",
    "write_comment",
    "write_public_comment",
]
