"""Documents are rendered in a process of their own that is bounded, knows no secrets and dies with its parent."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pikepdf
import psutil
import pytest

from common.pdf import Asset, AssetRefused, Attached, RenderFailed, Source, render_pdf
from common.pdf_apart import PROJECT, Limits, OverLimit, render_apart

pytestmark = pytest.mark.slow
GENEROUS = Limits(clock_seconds=120)


def page(body: str = "<p>x</p>") -> str:
    return (
        '<!doctype html><html lang="en"><head><title>A title</title><meta name="dcterms.created" content="2018-02-01">'
        f'<meta name="dcterms.modified" content="2018-02-01"></head><body><h1>A heading</h1>{body}</body></html>'
    )


# Less than 33 KB of HTML, 3,000 pages.
EXPLODING = page("<style>i { display: block; break-before: page }</style>" + "<i>x</i>a" * 3000)


def test_files_come_back_in_order_with_the_memory_that_they_took() -> None:
    one, two = Source(page("<p>one</p>"), {}), Source(page("<p>two</p>"), {})
    done = render_apart([(one, ("pdf/ua-1", "pdf/x-4")), (two, ("pdf/ua-1",))], limits=GENEROUS)
    assert done.files == [
        render_pdf(one.html, assets={}),
        render_pdf(one.html, assets={}, variant="pdf/x-4"),
        render_pdf(two.html, assets={}),
    ]
    assert 20 < done.peak_megabytes < 400


def test_assets_and_attached_files_go_along() -> None:
    at = datetime(2018, 2, 1, tzinfo=UTC)
    source = Source(
        page('<img src="asset:dot.svg" alt="A dot">'),
        {
            "dot.svg": Asset(
                b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>', "image/svg+xml"
            ),
            "a.css": Asset(b"p { color: red }", "text/css"),
        },
        ("a.css",),
        (Attached("content.json", b"{}", "Source", "The content", at),),
    )
    (made,) = render_apart([(source, ("pdf/a-3a",))], limits=GENEROUS).files
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.attachments["content.json"].get_file().read_bytes() == b"{}"
        assert [str(one.AFRelationship) for one in pdf.Root.AF] == ["/Source"]


def test_exploding_document_hits_the_bound_of_pages_in_a_clear_sentence() -> None:
    assert len(EXPLODING) < 33_000
    with pytest.raises(OverLimit, match=r"more than 120 pages\. Shorten its text"):
        render_apart([(Source(EXPLODING, {}), ("pdf/ua-1",))], limits=GENEROUS)


def test_document_that_takes_too_long_is_stopped_by_processor_time_and_by_the_clock() -> None:
    endless = Source(EXPLODING, {})
    with pytest.raises(OverLimit, match=r"longer than 2 seconds and was stopped"):
        render_apart([(endless, ("pdf/ua-1",))], limits=Limits(seconds=2, pages=100_000))
    with pytest.raises(OverLimit, match=r"longer than 1 seconds and was stopped"):
        render_apart([(endless, ("pdf/ua-1",))], limits=Limits(clock_seconds=1, pages=100_000))
    assert children() == []


def test_document_that_takes_too_much_memory_is_stopped() -> None:
    with pytest.raises(OverLimit, match=r"more than 250 MB of memory"):
        render_apart([(Source(EXPLODING * 3, {}), ("pdf/ua-1",))], limits=Limits(megabytes=250, pages=100_000, clock_seconds=300))


def test_what_was_refused_and_what_failed_keep_their_names() -> None:
    with pytest.raises(AssetRefused, match="etc/passwd"):
        render_apart([(Source(page('<img src="file:///etc/passwd" alt="x">'), {}), ("pdf/ua-1",))], limits=GENEROUS)
    with pytest.raises(RenderFailed, match="nowhere"):
        render_apart([(Source(page('<a href="#nowhere">x</a>'), {}), ("pdf/ua-1",))], limits=GENEROUS)


def test_the_process_knows_nothing_of_the_portal(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    seen = tmp_path / "environment"
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nenv > {seen}\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("SECRET_KEY", "the-secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere")
    monkeypatch.setattr("common.pdf_apart.sys.executable", str(program))
    render_apart([(Source(page(), {}), ("pdf/ua-1",))], limits=GENEROUS)
    assert not {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"} & {
        line.partition("=")[0] for line in seen.read_text().splitlines()
    }


def test_killed_parent_takes_the_renderer_along() -> None:
    program = (
        "import sys; from common.pdf import Source; from common.pdf_apart import *; "
        "render_apart([(Source(sys.stdin.read(), {}), ('pdf/ua-1',))], limits=Limits(pages=100_000))"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT, stdin=subprocess.PIPE, env=os.environ)
    assert parent.stdin
    parent.stdin.write(EXPLODING.encode())
    parent.stdin.close()
    renderer = None
    end = time.monotonic() + 60
    while renderer is None and time.monotonic() < end:
        renderer = next((child for child in psutil.Process(parent.pid).children() if busy(child)), None)
    assert renderer
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    psutil.wait_procs([renderer], timeout=20)
    assert not renderer.is_running() or renderer.status() == psutil.STATUS_ZOMBIE


def busy(process: psutil.Process) -> bool:
    """Whether it has read what to render and works on it."""
    return "common.pdf_child" in process.cmdline() and process.cpu_times().user > 0.8


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "common.pdf_child" in child.cmdline()]
