"""Pages of briefs: reading, working, files."""

from briefs.views.downloads import downloads
from briefs.views.files import edition_file
from briefs.views.reading import brief_list, detail, edition
from briefs.views.taking import citation, press_kit
from briefs.views.work import clear, desk, publish, render_files, revise, section, start, withdraw

__all__ = [
    "brief_list",
    "citation",
    "clear",
    "desk",
    "detail",
    "downloads",
    "edition",
    "edition_file",
    "press_kit",
    "publish",
    "render_files",
    "revise",
    "section",
    "start",
    "withdraw",
]
