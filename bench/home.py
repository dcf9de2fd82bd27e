"""How fast public pages are against a bare Django view that returns the same bytes on the same server.

`ratio` compares requests per second, `cpu_ratio` the server's work for one request, which other load on the machine blurs less.
The two are loaded in turn, round by round; a ratio is the median of the rounds' ratios. `generator_share` is the share of a
core that the load generator used: well below 1, or it was the bottleneck.
"""

import base64
import json
import os
import statistics
import sys
from pathlib import Path

from bench._server import Server, fetch, load, prepare, report, serve

PAGES = {"": "/", "programme_": "/meetings/antalya-2017/programme/"}
ROUNDS, SECONDS = 15, 0.4  # short and many: what else the machine does then falls on both sides of most pairs
KEPT_HEADERS = ("content-type", "content-encoding", "content-length")


def main() -> None:
    """Measure both pages and print the closing line."""
    prepare()
    figures: dict[str, float] = {}
    busiest = 0.0
    with serve("ssc_portal.wsgi:application") as portal:
        recorded = Path(os.environ["PORTAL_DATA"]) / "bench-pages.json"
        recorded.write_text(json.dumps({path: record(portal, path) for path in PAGES.values()}))
        with serve("bench._bare:application", probe="/", BENCH_PAGES=str(recorded)) as bare:
            for prefix, path in PAGES.items():
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
    order = sorted(figures, key=lambda name: not name.endswith("ratio"))
    report("home", **{name: figures[name] for name in order}, generator_share=busiest)


def record(server: Server, path: str) -> dict:
    """A page's bytes and the headers that belong to them, after one request to fill the cache."""
    fetch(server, path)
    headers, body = fetch(server, path)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return {"headers": kept, "body": base64.b64encode(body).decode()}


if __name__ == "__main__":
    main()
