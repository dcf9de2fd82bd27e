"""Pages of briefs: reading, working, reviewing, clearing, checking, files."""

from briefs.views.checking import acknowledge, checklist, try_files
from briefs.views.clearing import extend, go_on, start, table, table_file
from briefs.views.downloads import downloads
from briefs.views.embargo import (
    embargo,
    embargo_by_link,
    embargo_file,
    embargo_file_by_link,
    embargo_picture,
    embargo_picture_by_link,
)
from briefs.views.files import edition_file, edition_picture, file_by_hash, picture
from briefs.views.imports import import_picture, import_preview, import_stop, import_text
from briefs.views.print_files import make_print_by_fours, print_by_fours_file
from briefs.views.publishing import add_reader, correct, publication, revoke, source, take_back, translate
from briefs.views.reading import brief_list, detail, edition
from briefs.views.reviewing import review, review_by_link, review_decline, review_picture
from briefs.views.reviews import (
    review_close,
    review_invite,
    review_list,
    review_open,
    review_reply,
    review_round,
    reviewer_act,
)
from briefs.views.taking import citation, press_kit
from briefs.views.work import clear, desk, publish, render_files, revise, withdraw
from briefs.views.writing import (
    section,
    section_comment,
    section_comments,
    section_history,
    section_lease,
    section_leave,
    section_lock,
    section_paste,
    section_restore,
)

__all__ = [
    "acknowledge",
    "add_reader",
    "brief_list",
    "checklist",
    "citation",
    "clear",
    "correct",
    "desk",
    "detail",
    "downloads",
    "edition",
    "edition_file",
    "edition_picture",
    "embargo",
    "embargo_by_link",
    "embargo_file",
    "embargo_file_by_link",
    "embargo_picture",
    "embargo_picture_by_link",
    "extend",
    "file_by_hash",
    "go_on",
    "import_picture",
    "import_preview",
    "import_stop",
    "import_text",
    "make_print_by_fours",
    "picture",
    "press_kit",
    "print_by_fours_file",
    "publication",
    "publish",
    "render_files",
    "review",
    "review_by_link",
    "review_close",
    "review_decline",
    "review_invite",
    "review_list",
    "review_open",
    "review_picture",
    "review_reply",
    "review_round",
    "reviewer_act",
    "revise",
    "revoke",
    "section",
    "section_comment",
    "section_comments",
    "section_history",
    "section_lease",
    "section_leave",
    "section_lock",
    "section_paste",
    "section_restore",
    "source",
    "start",
    "table",
    "table_file",
    "take_back",
    "translate",
    "try_files",
    "withdraw",
]
