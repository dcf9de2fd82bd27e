"""The whole demo – web, worker, beat, engines – under its own supervisor, and a real browser before it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PASSWORD = "antalya-2017"
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*CHROMIUM_ARGUMENTS, *as_root]}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The address of a freshly loaded demo that runs as `bin/demo` runs it; stopped by TERM at the end.

    While writing tests, E2E_PORTAL names a demo that runs already.
    """
    if running := os.environ.get("E2E_PORTAL"):
        yield running
        return
    data = Path(tempfile.mkdtemp(prefix="ssc-e2e-"))
    port = _free_port()
    env = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    env |= {"PORTAL_DATA": str(data), "PORT": str(port)}
    log = (data / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "ssc_portal.demo"], cwd=settings.BASE_DIR, env=env, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        deadline = time.monotonic() + 240
        while f"ready: http://127.0.0.1:{port}" not in (data / "demo.log").read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the demo did not start:\n" + (data / "demo.log").read_text(errors="replace")[-4000:])
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """The cookies of accounts that have signed in to look at pages."""
    return {}


@pytest.fixture
def open_as(portal: str, browser: Browser, sessions: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page as a demo account (none: a visitor); any script or policy error fails the test.

    With `only_looks` a session that began in another test goes on: signing in takes longer than to look at a page.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(email: str | None = None, *, only_looks: bool = False, **options: Any) -> Page:
        known = sessions.get(email or "") if only_looks else None
        context = browser.new_context(**{"base_url": portal, "storage_state": known, **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()

        def hear(message: ConsoleMessage) -> None:
            # The browser reports the answer 404 of an error page itself: that is what was asked for.
            own_status = "status of 4" in message.text and message.location["url"] == page.url
            if message.type == "error" and not own_status:
                complaints.append(f"{page.url}: {message.text}")

        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if email and not known:
            page.goto("/accounts/login/")
            page.fill("[name=login]", email)
            page.fill("[name=password]", PASSWORD)
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_url("**/desk/")
            if only_looks:
                sessions[email] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
