"""How fast public pages are against a bare Django view that returns the same bytes on the same server.

`ratio` compares requests per second, `cpu_ratio` the server's work for one request, which other load on the machine blurs less.
The two are loaded in turn, round by round; a ratio is the median of the rounds' ratios. `generator_share` is the share of a
core that the load generator used: well below 1, or it was the bottleneck.
"""

from bench._public import compare
from bench._server import prepare, report, serve

PAGES = {"": "/", "programme_": "/meetings/antalya-2017/programme/"}


def main() -> None:
    """Measure both pages and print the closing line."""
    prepare()
    with serve("ssc_portal.wsgi:application") as portal:
        figures, busiest = compare(portal, PAGES)
    order = sorted(figures, key=lambda name: not name.endswith("ratio"))
    report("home", **{name: figures[name] for name in order}, generator_share=busiest)


if __name__ == "__main__":
    main()
