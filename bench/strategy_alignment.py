"""Figures of alignment and comparison for bench/strategy.py: the engine alone, and the rows of a comparison from the database."""

import time
from typing import Any

from bench._texts import Change, revise
from common.alignment import align


def revised(size: int) -> Change:
    """A draft of `size` paragraphs and its next version, with everything that happens to a text."""
    return revise("en", 1, size, 0.3, splits=size // 40, merges=size // 40, moves=size // 40, gone=size // 20, fresh=size // 20)


def align_seconds(size: int, *, runs: int = 3) -> tuple[float, float]:
    """The quickest of some alignments of two drafts of `size` paragraphs: by the clock, and of the processor alone."""
    change, times = revised(size), []
    for _ in range(runs):
        began, processor = time.perf_counter(), time.process_time()
        align(change.old, change.new)
        times.append((time.perf_counter() - began, time.process_time() - processor))
    return min(one for one, _other in times), min(other for _one, other in times)


def alignment() -> dict[str, float]:
    """`align_s` at 400 paragraphs, and `align_growth`: the time at 800 divided by it (for `growth`, the larger of two)."""
    seconds = {size: align_seconds(size) for size in (100, 200, 400, 800)}
    return {
        "align_s": seconds[400][0],
        "align_growth": seconds[800][1] / seconds[400][1],
        "align_100_s": seconds[100][0],
    }


def comparison(user: Any, older: Any, newer: Any, *, runs: int = 3) -> dict[str, float]:
    """`compare_s`: the rows of two drafts of the database with their word differences as HTML, the quickest of some."""
    from strategy.selectors.lineage import compare_drafts

    times = []
    for _ in range(runs):
        began = time.perf_counter()
        for row in compare_drafts(user, older, newer):
            _ = row.old_spoken, row.new_spoken
        times.append(time.perf_counter() - began)
    return {"compare_s": min(times)}
