"""Pages of briefs: reading, working, files."""

from briefs.views.embargo import embargo, embargo_by_link, embargo_file, embargo_file_by_link
from briefs.views.files import edition_file, file_by_hash
from briefs.views.publishing import add_reader, correct, publication, revoke, source, take_back, translate
from briefs.views.reading import brief_list, detail, edition
from briefs.views.work import clear, desk, publish, render_files, revise, section, start, withdraw

__all__ = [
    "add_reader",
    "brief_list",
    "clear",
    "correct",
    "desk",
    "detail",
    "edition",
    "edition_file",
    "embargo",
    "embargo_by_link",
    "embargo_file",
    "embargo_file_by_link",
    "file_by_hash",
    "publication",
    "publish",
    "render_files",
    "revise",
    "revoke",
    "section",
    "source",
    "start",
    "take_back",
    "translate",
    "withdraw",
]
