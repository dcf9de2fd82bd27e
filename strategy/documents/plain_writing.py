"""A text as Markdown and as plain text.

Markdown carries, in comments that no reader sees, what a Word file of ours carries in bookmarks: the text that this is,
the hidden name of each block and a fingerprint of what it said.
"""

import re
from collections.abc import Iterable

from strategy.documents.blocks import Block, blocks_of, fingerprint, in_order, runs_of
from strategy.enums import ParagraphKind
from strategy.models import Draft
from strategy.models.markup import Bit

_LEVELS = {
    ParagraphKind.HEADING1: "# ",
    ParagraphKind.ANNEX_HEADING: "# ",
    ParagraphKind.HEADING2: "## ",
    ParagraphKind.HEADING3: "### ",
    ParagraphKind.LIST_ITEM: "- ",
    ParagraphKind.PARAGRAPH: "",
    ParagraphKind.TABLE_ROW: "",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~#^$])")
_AT_START = re.compile(r"(?m)^(\d*)([-+=:.)!])")
# Spaces that Markdown would drop at the ends of lines, and line ends of other kinds than its own.
_ENDS = re.compile("(?m)^[ \t\u00a0]+|[ \t\u00a0]+$|[\t\x85\u2028\u2029]")


def draft_markdown(draft: Draft) -> str:
    """The text of a draft, that the caller may show, with hidden names."""
    blocks = blocks_of(draft)
    head = f'<!-- ssc-draft strategy="{draft.strategy.slug}" draft="{draft.number}" sha256="{draft.text_hash()}" -->'
    base = " ".join(f"{block.uid.hex}{fingerprint(block)}" for block in blocks if block.uid)
    return f"{head}\n<!-- ssc-base {base} -->\n\n" + blocks_markdown(blocks)


def blocks_markdown(blocks: Iterable[Block]) -> str:
    parts: list[str] = []
    notes: list[str] = []
    table: list[list[str]] = []
    for original in blocks:
        block = in_order(original)
        if block.kind == ParagraphKind.TABLE_ROW:
            table.append(_row(block, original, notes))
            continue
        if table:
            parts.append(_table(table))
            table = []
        lead = _LEVELS[ParagraphKind(block.kind)]
        inline = _inline(runs_of(block.text.strip(), len(block.footnotes)), len(notes))
        if lead.startswith("#"):
            inline = inline.replace("\\\n", "<br>")
        indented = inline.replace("\n", "\n" + " " * len(lead)) if lead == "- " else inline
        parts.append(f"{_name(block, original)}\n\n{lead}{_number(block)}{indented}")
        notes += block.footnotes
    if table:
        parts.append(_table(table))
    parts += [f"[^{place}]: " + _inline(runs_of(note.strip()), 0).replace("\\\n", "<br>") for place, note in enumerate(notes, 1)]
    return "\n\n".join(parts) + "\n"


def _name(block: Block, original: Block) -> str:
    name = f"{block.uid.hex} {fingerprint(original)} " if block.uid else ""
    cells = f" {len(block.cells)}" if block.kind == ParagraphKind.TABLE_ROW else ""
    return f"<!-- ssc {name}{block.kind}{cells} -->"


def _number(block: Block) -> str:
    return f"**{_escaped(block.number.strip())}** " if block.number else ""


def _row(block: Block, original: Block, notes: list[str]) -> list[str]:
    first = len(notes)
    notes += block.footnotes
    cells = [_inline(runs_of(cell.strip(), len(block.footnotes)), first) for cell in block.cells]
    return [_name(block, original) + _number(block).strip(), *cells]


def _table(rows: list[list[str]]) -> str:
    """The rows of a table, all as long as the longest: Markdown drops cells that have no heading."""
    columns = max(len(row) for row in rows)
    lines = ["| " + " | ".join(row + [""] * (columns - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "| --- " * columns + "|", *lines[1:]])


def _inline(runs: list[Bit], notes_before: int) -> str:
    parts: list[str] = []
    for place, run in enumerate(runs):
        if run.note:
            parts.append(f"[^{notes_before + run.note}]")
            continue
        before = runs[place - 1].text[-1:] if place else ""
        after = runs[place + 1].text[:1] if place + 1 < len(runs) else ""
        words = _escaped(run.text)
        parts.append(_emphasized(words, before, after) if run.is_emphasis else words)
    text = _AT_START.sub(r"\1\\\2", "".join(parts))
    text = _ENDS.sub(lambda found: "".join(f"&#{ord(sign)};" for sign in found[0]), text)
    return text.replace("\n", "\\\n")


def _emphasized(words: str, before: str, after: str) -> str:
    """In stars where Markdown's rules about what stands around them are sure to be met, else as an element."""
    hugs = words[0].isalnum() and words[-1].isalnum()
    apart = (not before or before.isspace()) and (not after or after.isspace() or after in ".,;:!?")
    return f"*{words}*" if hugs and apart else f"<em>{words}</em>"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


# --- Plain text ------------------------------------------------------------------------------------------------------


def draft_plain(draft: Draft) -> str:
    """The text of a draft, that the caller may show, as plain text with numbers; footnotes stand at the end."""
    parts = [draft.strategy.title, draft.label]
    notes: list[str] = []
    in_table = False
    for original in blocks_of(draft):
        block = in_order(original)
        words = "".join(
            f"[{len(notes) + run.note}]" if run.note else run.text for run in runs_of(block.text, len(block.footnotes))
        )
        notes += block.footnotes
        if block.kind == ParagraphKind.TABLE_ROW:
            row = "\t".join([block.number, *words.split("\n")])
            if in_table:
                parts[-1] += "\n" + row
            else:
                parts.append(row)
            in_table = True
            continue
        in_table = False
        parts.append(f"{block.number}\t{words}" if block.number else words)
    parts += [f"[{place}] " + "".join(run.text for run in runs_of(note)) for place, note in enumerate(notes, 1)]
    return "\n\n".join(parts) + "\n"
