"""Pages of briefs: reading, working, files."""

from briefs.views.files import edition_file, edition_picture, picture
from briefs.views.reading import brief_list, detail, edition
from briefs.views.work import clear, desk, publish, render_files, revise, section, start, withdraw

__all__ = [
    "brief_list",
    "clear",
    "desk",
    "detail",
    "edition",
    "edition_file",
    "edition_picture",
    "picture",
    "publish",
    "render_files",
    "revise",
    "section",
    "start",
    "withdraw",
]
