"""Rendering in a process of its own, with bounds on time, memory and pages.

A document may be built to explode: a page of HTML makes thousands of sheets. The process that renders it knows nothing of
the portal – no settings, no database, no keys in its environment –, bounds itself before it reads anything, and is
killed by its own number when it takes too long; it dies with whoever started it. What comes back is bytes or a sentence.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.pdf import AssetRefused, RenderFailed, Source, Variant

PROJECT = Path(__file__).resolve().parent.parent
# What a child may know of its surroundings: where programs, fonts and their caches are, and no more.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "LD_LIBRARY_PATH")

# How a process ends that got no more memory: by the kernel's hand, or by that of a library.
_ENDS_FOR_MEMORY = {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV, -signal.SIGBUS}


@dataclass(frozen=True)
class Limits:
    """How much a render may take: processor seconds, seconds by the clock, megabytes, pages."""

    seconds: int = 60
    clock_seconds: int = 240
    megabytes: int = 1536
    pages: int = 120


class OverLimit(RenderFailed):
    """The document took more than it may; the message says of what, in words for people."""


@dataclass(frozen=True)
class Rendered:
    """The files of all sources, variant by variant, and the most memory that making them took."""

    files: list[bytes]
    peak_megabytes: float


def render_apart(work: Sequence[tuple[Source, tuple[Variant, ...]]], *, limits: Limits) -> Rendered:
    """Render each source in each of its variants, all in one child process.

    Raises:
        OverLimit: it took too long, too much memory or too many pages.
        AssetRefused, RenderFailed: as `common.pdf.render_pdf`.
    """
    asked = json.dumps({"limits": vars(limits), "parent": _watched_parent(), "work": [_packed(*each) for each in work]})
    child = subprocess.Popen(
        [sys.executable, "-m", "common.pdf_child"],
        cwd=PROJECT,
        env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, complaints = child.communicate(asked.encode(), timeout=limits.clock_seconds)
    except subprocess.TimeoutExpired as error:
        raise OverLimit(_too_slow(limits.clock_seconds)) from error
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    if child.returncode:
        raise _death(child.returncode, complaints.decode(errors="replace"), limits)
    return _unpacked(out, limits)


def render_words(words: str, *, style: str, language: str, direction: str, pages: int = 1) -> bytes:
    """Set a few words alone in a document of their own, with strict bounds, and return the PDF.

    Raises:
        RenderFailed: one of the letters is in none of the fonts of `style`, or there are more than `pages`.
    """
    html = format_html(
        '<!doctype html><html lang="{0}" dir="{1}"><head><meta charset="utf-8"><title>{2}</title></head>'
        "<body><p>{2}</p></body></html>",
        language,
        direction,
        words,
    ).replace("</head>", f"<style>{style}</style></head>")
    limits = Limits(seconds=20, clock_seconds=60, megabytes=768, pages=pages)
    return render_apart([(Source(html, {}), ("print",))], limits=limits).files[0]


def _watched_parent() -> int:
    """Our number, for the child to die with us; 0 from a passing thread, with which it would die too early."""
    return os.getpid() if threading.current_thread() is threading.main_thread() else 0


def _packed(source: Source, variants: tuple[Variant, ...]) -> dict[str, Any]:
    return {
        "html": source.html,
        "assets": {name: [asset.mime, _text(asset.content)] for name, asset in source.assets.items()},
        "stylesheets": source.stylesheets,
        "attached": [
            [one.name, _text(one.content), one.relationship, one.description, one.at.isoformat()] for one in source.attached
        ],
        "filler": vars(source.filler) if source.filler else None,
        "variants": variants,
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _unpacked(out: bytes, limits: Limits) -> Rendered:
    """Read the answer: a line of JSON, then the files one after another. Nothing of it is run."""
    head, _line, body = out.partition(b"\n")
    answer: Mapping[str, Any] = json.loads(head)
    kind, message = answer["kind"], str(answer.get("message", ""))
    if kind == "refused":
        raise AssetRefused(message)
    if kind == "pages":
        raise OverLimit(
            _("The document would have more than %(pages)d pages. Shorten its text, or take the longest tables out.")
            % {"pages": limits.pages}
        )
    if kind == "memory":
        raise OverLimit(_too_large(limits))
    if kind != "done":
        raise RenderFailed(message)
    files, place = [], 0
    for size in answer["sizes"]:
        files.append(body[place : place + size])
        place += size
    if place != len(body):
        raise RenderFailed("The renderer's answer is cut off.")
    return Rendered(files, float(answer["peak_megabytes"]))


def _death(status: int, complaints: str, limits: Limits) -> RenderFailed:
    """What a child's end means. Libraries in C abort where Python would raise MemoryError."""
    if status == -signal.SIGXCPU:
        return OverLimit(_too_slow(limits.seconds))
    if status in _ENDS_FOR_MEMORY or "MemoryError" in complaints:
        return OverLimit(_too_large(limits))
    return RenderFailed(f"The renderer ended with status {status}: {complaints[-500:]}")


def _too_slow(seconds: int) -> str:
    return _(
        "Making the document took longer than %(seconds)d seconds and was stopped."
        " Shorten its text, or take the longest tables out."
    ) % {"seconds": seconds}


def _too_large(limits: Limits) -> str:
    return _(
        "Making the document took more than %(megabytes)d MB of memory and was stopped."
        " Use smaller pictures, or take the longest tables out."
    ) % {"megabytes": limits.megabytes}
