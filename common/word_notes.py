"""What a Word document holds beside the words that Word shows: hidden words, tracked changes, comments."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from common.word_files import W, WordParts, is_on, val

# Kept as codes: a preview is read in whichever language the reader has then.
CHANGES: dict[str, str | Promise] = {
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "moved_here": gettext_lazy("Moved here"),
    "moved_away": gettext_lazy("Moved away"),
    "format": gettext_lazy("Look changed"),
    "mark_added": gettext_lazy("Paragraph split"),
    "mark_removed": gettext_lazy("Paragraphs joined"),
}

_KINDS = {"ins": "added", "del": "removed", "moveTo": "moved_here", "moveFrom": "moved_away"}
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_LONGEST = 2000


def changes_in_words(changes: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Tracked changes with what each does."""
    return [{**change, "words": CHANGES[change["kind"]], "day": change["date"][:10]} for change in changes]


@dataclass
class WordNotes:
    """What a person must know about a document before its words come in."""

    hidden: list[str] = field(default_factory=list)  # words that Word does not show
    changes: list[dict[str, str]] = field(default_factory=list)  # tracked: kind, author, date, text
    comments: list[dict[str, str]] = field(default_factory=list)  # author, date, text


def word_notes(parts: WordParts) -> WordNotes:
    """Read them from a document that was opened with care. What Word cut into several pieces beside each other is one."""
    notes = WordNotes()
    hidden_styles = _hidden_styles(parts.xml("word/styles.xml"))
    last_hidden = last_change = None
    for root in [found for name in _PARTS if (found := parts.xml(name)) is not None]:
        for one in root.iter(f"{W}r", *(W + tag for tag in _KINDS)):
            words = _words(one)
            if not words.strip():
                continue
            if one.tag != f"{W}r":
                change = {"kind": _KINDS[one.tag.removeprefix(W)], **_who(one), "text": words}
                _add_change(notes.changes, change, goes_on=last_change is not None and one.getprevious() is last_change)
                last_change = one
            elif _is_hidden(one, hidden_styles):
                if last_hidden is not None and one.getprevious() is last_hidden:
                    words = notes.hidden.pop() + words
                notes.hidden.append(words[:_LONGEST])
                last_hidden = one
    root = parts.xml("word/comments.xml")
    for one in root.iter(f"{W}comment") if root is not None else []:
        lines = ("".join(t.text or "" for t in p.iter(f"{W}t")) for p in one.iter(f"{W}p"))
        notes.comments.append({**_who(one), "text": "\n".join(lines)[:_LONGEST]})
    return notes


def _add_change(changes: list[dict[str, str]], change: dict[str, str], *, goes_on: bool) -> None:
    last = changes[-1] if changes and goes_on else {}
    if (last.get("kind"), last.get("author")) == (change["kind"], change["author"]):
        change["text"] = changes.pop()["text"] + change["text"]
    changes.append({**change, "text": change["text"][:_LONGEST]})


def _words(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t", f"{W}delText"))


def _who(element: Any) -> dict[str, str]:
    return {"author": (element.get(f"{W}author") or "")[:200], "date": (element.get(f"{W}date") or "")[:20]}


def _hidden_styles(root: Any) -> set[str]:
    """The styles whose words Word hides, by themselves or by one that they are based on."""
    styles = {one.get(f"{W}styleId"): one for one in root.iter(f"{W}style")} if root is not None else {}
    found = set()
    for name in styles:
        seen: set[str | None] = set()
        key: str | None = name
        while key in styles and key not in seen:
            seen.add(key)
            look = styles[key].find(f"{W}rPr")
            if look is not None and look.find(f"{W}vanish") is not None:
                if is_on(look, "vanish"):
                    found.add(name)
                break
            key = val(styles[key], "basedOn")
    return found


def _is_hidden(run: Any, styles: set[str]) -> bool:
    look = run.find(f"{W}rPr")
    if look is not None and look.find(f"{W}vanish") is not None:
        return is_on(look, "vanish")
    paragraph = next(run.iterancestors(f"{W}p"), None)
    return bool(styles & {val(look, "rStyle"), val(paragraph, "pPr/pStyle")})
