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
from strategy.services.leases import break_lease, release_lease, take_lease
from strategy.services.positions import submit_position, withdraw_position
from strategy.services.setup import change_strategy, create_strategy, discard_draft, start_draft
from strategy.services.writing import (
    add_paragraph,
    change_level,
    delete_paragraph,
    merge_with_next,
    move_paragraph,
    renumber,
    restore_revision,
    save_paragraph,
    split_paragraph,
    undo_act,
)

__all__ = [
    "add_paragraph",
    "break_lease",
    "change_level",
    "change_strategy",
    "clear_comment",
    "create_strategy",
    "delete_paragraph",
    "discard_draft",
    "dispose_comment",
    "drop_comment",
    "edit_comment",
    "merge_with_next",
    "move_paragraph",
    "publish_draft",
    "release_dispositions",
    "release_lease",
    "renumber",
    "reopen_comment",
    "reply_to_comment",
    "restore_revision",
    "save_paragraph",
    "split_paragraph",
    "start_draft",
    "submit_position",
    "take_lease",
    "undo_act",
    "withdraw_position",
    "write_comment",
]
