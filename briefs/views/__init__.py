"""Pages of briefs: reading, working, files."""

from briefs.views.files import edition_file
from briefs.views.imports import import_picture, import_preview, import_stop, import_text
from briefs.views.reading import brief_list, detail, edition
from briefs.views.work import clear, desk, publish, render_files, revise, start, withdraw
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
    "brief_list",
    "clear",
    "desk",
    "detail",
    "edition",
    "edition_file",
    "import_picture",
    "import_preview",
    "import_stop",
    "import_text",
    "publish",
    "render_files",
    "revise",
    "section",
    "section_comment",
    "section_comments",
    "section_history",
    "section_lease",
    "section_leave",
    "section_lock",
    "section_paste",
    "section_restore",
    "start",
    "withdraw",
]
