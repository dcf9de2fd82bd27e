"""Publications: what their files cost a worker, and what they cost when the public reads them.

`render_ratio` is the time of a screen PDF in our bounded process ÷ that of plain WeasyPrint with the same HTML, stylesheets and
pictures in a process of its own, the quickest of the rounds of each; `print_ratio` the same for the print file, which plain
WeasyPrint leaves in RGB. `outputs_s` is the median for the four outputs of a brief of eight pages: the page for the web and the
three PDFs, stored; `outputs_cpu_s` what that takes of a core. `public_ratio` is the smaller of page and PDF: requests per second
÷ those of a bare view with the same bytes; a repeated request must get 304. `peak_mb` is the most memory that the rendering
process held.
"""

import contextlib
import http.client
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

from bench._public import compare
from bench._server import PROJECT, Server, prepare, report, serve

ROUNDS, PAGES = 5, 8
SLUG = "warnings-that-cross-borders"
MOST = {"render_ratio": 1.15, "outputs_s": 6.0}
LEAST = {"public_ratio": 0.5}


def main() -> None:
    """Measure and print the closing line."""
    prepare()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_portal.settings.dev")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from briefs.models import Edition

    published = Edition.objects.select_related("brief").get(brief__slug=SLUG, number=1)
    figures = {**rendering(eight_pages(published)), **outputs(eight_pages(published))}
    figures["render_ratio"] = figures.pop("screen_ratio")
    figures |= public(published)
    first = ("render_ratio", "outputs_s", "public_ratio", "peak_mb")
    report("briefs", **{name: figures[name] for name in (*first, *(name for name in figures if name not in first))})
    missed = [name for name, most in MOST.items() if figures[name] > most]
    missed += [name for name, least in LEAST.items() if figures[name] < least]
    if missed:
        sys.exit(f"Not as promised: {', '.join(missed)}")


# --- a brief of eight pages ---------------------------------------------------------------------------------------------


def eight_pages(published: Any) -> Any:
    """An edition that nobody keeps: the demo's text with a picture, a chart and references, grown to eight pages."""
    from pikepdf import Pdf

    from briefs.documents import edition_pdf
    from briefs.models import Edition

    content = {**published.content, "edition": 1}
    for kind, added in matter().items():
        before = content.get(kind, [])
        content[kind] = [*before, *({**one, "number": one["number"] + len(before)} for one in added)]
    content["series"] = {**content["series"], "cover": "band", "issn": "2789-0123"}
    sections = [dict(section) for section in content["sections"]]
    sections[0]["body"] += "<p>[figure bench-hall]</p><p>[figure bench-hours]</p><p>This is known [@bench-one].</p>"
    # The last section grows until the brief has its pages.
    grown, paragraph = sections[-1]["body"], "<p>" + "Neighbours who share a river share its warnings, too. " * 14 + "</p>"
    for _ in range(60):
        content["sections"] = [*sections[:-1], {**sections[-1], "body": grown}]
        edition = Edition(brief=published.brief, number=1, content=content)
        with Pdf.open(io.BytesIO(edition_pdf(edition, "screen_pdf"))) as pdf:
            if len(pdf.pages) >= PAGES:
                return edition
        grown += paragraph
    raise SystemExit(f"The brief does not grow to {PAGES} pages.")


def matter() -> dict[str, Any]:
    """A photograph of a million and a half pixels, a chart and a reference."""
    from PIL import Image

    from common.charts import Datum, bar_chart
    from directory.services.files import store_file

    kept = io.BytesIO()
    noise = Image.effect_noise((1500, 1000), 60)
    Image.merge("RGB", (noise, noise.rotate(180), noise.transpose(Image.Transpose.FLIP_TOP_BOTTOM))).save(
        kept, "JPEG", quality=85
    )
    picture = store_file(content=kept.getvalue(), mime="image/jpeg")
    chart = bar_chart([Datum("Alone", 24), Datum("Sharing", 12)], label="Hours")
    usual = {"alt": "What is seen", "caption": "What is seen", "credit": "Bench", "licence": "CC0", "width": 1500, "height": 1000}
    return {
        "figures": [
            {
                **usual,
                "key": "bench-hall",
                "kind": "image",
                "number": 1,
                "file": str(picture.pk),
                "mime": "image/jpeg",
                "svg": "",
                "rows": [],
            },
            {**usual, "key": "bench-hours", "kind": "chart", "number": 2, "file": "", "mime": "", "svg": str(chart)}
            | {"rows": [["Way", "Hours"], ["Alone", "24"], ["Sharing", "12"]]},
        ],
        "references": [{"key": "bench-one", "number": 1, "text": "Ahmed (2017).", "doi": "10.1234/x", "url": "", "csl": {}}],
    }


# --- what is measured ----------------------------------------------------------------------------------------------------


def rendering(edition: Any) -> dict[str, float]:
    """Our process against plain WeasyPrint in one of its own, in turns."""
    from briefs.documents.editions import VARIANTS, _source
    from common.pdf_apart import Limits, render_apart

    figures: dict[str, float] = {}
    for name, field in (("screen", "screen_pdf"), ("print", "print_pdf")):
        source, variant = _source(edition, field), VARIANTS[field]
        pairs = []
        for _ in range(ROUNDS):
            ours = seconds(lambda source=source, variant=variant: render_apart([(source, (variant,))], limits=Limits()))
            plain = seconds(lambda source=source, variant=variant: render_plainly(source, variant))
            pairs.append((ours, plain))
        figures[f"{name}_s"], figures[f"plain_{name}_s"] = (min(times) for times in zip(*pairs, strict=True))
        figures[f"{name}_ratio"] = figures[f"{name}_s"] / figures[f"plain_{name}_s"]
    return figures


def render_plainly(source: Any, variant: str) -> None:
    """The same document by WeasyPrint alone, as its documentation shows."""
    from common.pdf_apart import _packed

    command = [sys.executable, "-m", "bench._briefs_plain"]
    done = subprocess.run(
        command, cwd=PROJECT, input=json.dumps(_packed(source, (variant,))).encode(), stdout=subprocess.PIPE, check=True
    )
    if not done.stdout.startswith(b"%PDF-"):
        raise SystemExit("Plain WeasyPrint made no PDF.")


def outputs(edition: Any) -> dict[str, float]:
    """The four outputs of a brief of eight pages, by the clock, and the memory that they took."""
    from django.core.cache import cache
    from django.test import Client

    from briefs.documents import VARIANTS, edition_files
    from directory import public_pages
    from directory.services.files import store_file

    times, work, peaks = [], [], []
    for _ in range(ROUNDS):
        began, used = time.perf_counter(), processor_seconds()
        public_pages.room.clear()
        cache.clear()
        answer = Client(headers={"host": "127.0.0.1"}).get(f"/briefs/{SLUG}/")
        made = edition_files(edition, list(VARIANTS))
        for file in made.files:
            store_file(content=file, mime="application/pdf")
        times.append(time.perf_counter() - began)
        work.append(processor_seconds() - used)
        peaks.append(made.peak_megabytes)
        if answer.status_code != 200:
            raise SystemExit(f"The page answered {answer.status_code}.")
    return {"outputs_s": statistics.median(times), "outputs_cpu_s": statistics.median(work), "peak_mb": max(peaks)}


def public(published: Any) -> dict[str, float]:
    """Page and PDF as the public gets them, against a bare view; a repeat gets 304."""
    from briefs.services import render_edition

    render_edition(edition=published, report=lambda done, total: None)
    paths = {"page_": f"/briefs/{SLUG}/", "pdf_": f"/briefs/{SLUG}/pdf/"}
    with serve("ssc_portal.wsgi:application") as portal:
        for path in paths.values():
            if (status := repeated(portal, path)) != 304:
                sys.exit(f"{path} asked again answered {status} instead of 304.")
        figures, busiest = compare(portal, paths)
    return {"public_ratio": min(figures["page_ratio"], figures["pdf_ratio"]), **figures, "generator_share": busiest}


def repeated(server: Server, path: str) -> int:
    """The status of a request by somebody who has the answer already."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path)
        first = connection.getresponse()
        first.read()
        connection.request("GET", path, headers={"If-None-Match": first.getheader("ETag") or ""})
        return connection.getresponse().status


def processor_seconds() -> float:
    """What this process and its children have used of the processor."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def seconds(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
