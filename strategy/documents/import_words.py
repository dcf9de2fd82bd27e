"""What a person must know about a file before saying yes, in words of the active language."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.word_notes import changes_in_words

# Kept as codes: the preview is read in whichever language the reader has then.
LOSSES: dict[str, str | Promise] = {
    "picture": gettext_lazy("Pictures, charts and drawings are left out."),
    "object": gettext_lazy("Embedded objects are left out."),
    "equation": gettext_lazy("Equations are left out: write them in words."),
    "box": gettext_lazy("The text of text boxes stands after the paragraph that they belong to."),
    "link": gettext_lazy("Links keep their words and lose their addresses."),
    "look": gettext_lazy("Bold, underlined, struck and highlighted words become plain; only italics are kept, as emphasis."),
    "header": gettext_lazy("Headers and footers are left out."),
    "title": gettext_lazy("The title of the document is left out: the strategy has its own."),
    "contents": gettext_lazy("The table of contents is left out: the portal makes its own."),
    "deep": gettext_lazy("Headings below the third level become headings of the third level."),
    "merged": gettext_lazy("Cells that reach over several rows become empty below the first row."),
    "nested": gettext_lazy("Tables inside tables become the text of the cell that they stand in."),
    "symbol": gettext_lazy("Signs of special fonts are left out."),
    "empty_note": gettext_lazy("Footnotes without a text are left out."),
    "html": gettext_lazy("HTML is shown as text."),
    "code": gettext_lazy("Blocks of code become paragraphs."),
}


def losses_in_words(lost: dict[str, int]) -> list[dict[str, Any]]:
    """What cannot be carried, each with how often."""
    return [{"words": words, "count": lost[code]} for code, words in LOSSES.items() if lost.get(code)]


def notes_text(file_name: str, reading: dict[str, Any]) -> str:
    """The comments and tracked changes of a document as plain text."""
    lines = [file_name]
    if reading.get("comments"):
        lines += ["", _("Comments")]
        for one in reading["comments"]:
            quote = f" «{one['quote']}»" if one["quote"] else ""
            lines.append(f"– {one['author']}, {one['date'][:10]}{quote}: {one['text']}")
    if reading.get("changes"):
        lines += ["", _("Tracked changes")]
        lines += [
            f"– {one['author']}, {one['day']}, {one['words']}: {one['text']}" for one in changes_in_words(reading["changes"])
        ]
    return "\n".join(lines) + "\n"
