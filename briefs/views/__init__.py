"""Pages of briefs: reading, working, files."""

from briefs.views.files import edition_file
from briefs.views.print_files import make_print_by_fours, print_by_fours_file
from briefs.views.reading import brief_list, detail, edition
from briefs.views.work import clear, desk, publish, render_files, revise, section, start, withdraw

__all__ = [
    "brief_list",
    "clear",
    "desk",
    "detail",
    "edition",
    "edition_file",
    "make_print_by_fours",
    "print_by_fours_file",
    "publish",
    "render_files",
    "revise",
    "section",
    "start",
    "withdraw",
]
