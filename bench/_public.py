"""A public page against a bare view that returns the same bytes on the same server, in turns."""

import base64
import json
import os
import statistics
import sys
from pathlib import Path

from bench._server import Server, fetch, load, serve

ROUNDS, SECONDS = 15, 0.4  # short and many: what else the machine does then falls on both sides of most pairs
KEPT_HEADERS = ("content-type", "content-encoding", "content-length")


def compare(portal: Server, pages: dict[str, str]) -> tuple[dict[str, float], float]:
    """Load each page of `pages` (prefix of its figures → path) and the same bytes from the bare view, round by round.

    Returns:
        The figures, and the largest share of a core that the load generator used.
    """
    figures: dict[str, float] = {}
    busiest = 0.0
    recorded = Path(os.environ["PORTAL_DATA"]) / "bench-pages.json"
    recorded.write_text(json.dumps({path: _record(portal, path) for path in pages.values()}))
    with serve("bench._bare:application", probe=next(iter(pages.values())), BENCH_PAGES=str(recorded)) as bare:
        for prefix, path in pages.items():
            if fetch(portal, path)[1] != fetch(bare, path)[1]:
                sys.exit(f"{path} changes from one request to the next, so the bare view cannot return the same bytes.")
            for server in (portal, bare):
                load(server, path, seconds=0.5)  # warm up
            rounds = [(load(portal, path, seconds=SECONDS), load(bare, path, seconds=SECONDS)) for _ in range(ROUNDS)]
            busiest = max(busiest, *(side["own_share"] for pair in rounds for side in pair))
            figures[f"{prefix}ratio"] = statistics.median(ours["rps"] / theirs["rps"] for ours, theirs in rounds)
            figures[f"{prefix}cpu_ratio"] = statistics.median(theirs["cpu_ms"] / ours["cpu_ms"] for ours, theirs in rounds)
            figures[f"{prefix}rps"] = statistics.median(ours["rps"] for ours, _ in rounds)
            figures[f"{prefix}bare_rps"] = statistics.median(theirs["rps"] for _, theirs in rounds)
            figures[f"{prefix}p50_ms"] = statistics.median(ours["p50_ms"] for ours, _ in rounds)
    return figures, busiest


def _record(server: Server, path: str) -> dict:
    """A page's bytes and the headers that belong to them, after one request to fill the cache."""
    fetch(server, path)
    headers, body = fetch(server, path)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return {"headers": kept, "body": base64.b64encode(body).decode()}
