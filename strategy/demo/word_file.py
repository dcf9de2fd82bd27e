"""A Word file of a draft as a colleague sends it back: with tracked changes."""

from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn


def with_tracked_changes(content: bytes, changes: list[dict[str, str]], *, author: str, moment: datetime) -> bytes:
    """The document with each `old` crossed out and `new` put in its place, as Word writes it while it tracks changes."""
    document = Document(BytesIO(content))
    for number, change in enumerate(changes, start=1):
        run = next(
            run for paragraph in document.paragraphs for run in paragraph.runs if change["after"] + change["old"] in run.text
        )
        before, rest = run.text.split(change["after"] + change["old"], 1)
        marks = {"w:author": author, "w:date": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
        parts = [_run(run, before + change["after"])]
        if change["old"]:
            parts.append(_tracked("w:del", _run(run, change["old"], "w:delText"), {"w:id": f"{9000 + number}", **marks}))
        parts.append(_tracked("w:ins", _run(run, change["new"]), {"w:id": f"{9500 + number}", **marks}))
        parts.append(_run(run, rest))
        for part in parts:
            run._r.addprevious(part)
        run._r.getparent().remove(run._r)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _run(like: Any, text: str, tag: str = "w:t") -> Any:
    run = OxmlElement("w:r")
    if like._r.rPr is not None:
        run.append(deepcopy(like._r.rPr))
    words = OxmlElement(tag)
    words.set(qn("xml:space"), "preserve")
    words.text = text
    run.append(words)
    return run


def _tracked(tag: str, run: Any, marks: dict[str, str]) -> Any:
    change = OxmlElement(tag)
    for name, value in marks.items():
        change.set(qn(name), value)
    change.append(run)
    return change
