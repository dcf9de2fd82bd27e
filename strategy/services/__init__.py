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
from strategy.services.positions import submit_position, withdraw_position

__all__ = [
    "clear_comment",
    "dispose_comment",
    "drop_comment",
    "edit_comment",
    "publish_draft",
    "release_dispositions",
    "reopen_comment",
    "reply_to_comment",
    "submit_position",
    "withdraw_position",
    "write_comment",
]
