"""Servers that misbehave, on loopback, for as long as a test."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from ssc_portal.demo import QUEUES


@contextmanager
def mute_server() -> Iterator[int]:
    """A server that accepts connections, reads, and never answers; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    open_sockets: list[socket.socket] = []

    def accept() -> None:
        while not ended.is_set():
            ready, _, _ = select.select([listener], [], [], 0.1)
            if ready:
                open_sockets.append(listener.accept()[0])

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        thread.join()
        for one in [listener, *open_sockets]:
            one.close()


class Inbox:
    """An SMTP handler that keeps what arrives; `slow` makes it hold each message that long before it accepts."""

    def __init__(self, slow: float = 0) -> None:
        self.messages: list[bytes] = []
        self.arriving = threading.Event()
        self.slow = slow

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        import asyncio

        self.arriving.set()
        await asyncio.sleep(self.slow)
        self.messages.append(envelope.content)  # type: ignore[attr-defined]
        return "250 accepted"


@contextmanager
def smtp_server(inbox: Inbox) -> Iterator[str]:
    """A real SMTP server on loopback; yields its EMAIL_URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def test_database_url() -> str:
    """The URL of the test database, for processes that the test starts."""
    parts = urlsplit(settings.DATABASE_URL)
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))


test_database_url.__test__ = False  # type: ignore[attr-defined]


@contextmanager
def worker(queues: str = ",".join(QUEUES.values()), **environment: str) -> Iterator[subprocess.Popen]:
    """A real Celery worker on the test database, for all queues or some; killed, with its children, at the end."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ssc_portal.settings.dev",
        "DATABASE_URL": test_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "PORTAL_DATA": str(settings.PORTAL_DATA),
        **environment,
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "ssc_portal",
        "worker",
        "-Q",
        queues,
        "-c",
        "1",
        "-l",
        "warning",
    ]
    process = subprocess.Popen(command, env=env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """SIGKILL a worker and its children, as the kernel does when memory runs out."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def eventually(check: Callable[[], bool], seconds: float = 40) -> bool:
    """Whether `check` becomes true within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.1)
    return False


class Answers:
    """An SMTP handler that answers each step as told: `rcpt` and `data` by address, `mail` for all; what it accepts it keeps."""

    def __init__(self, *, mail: str = "", rcpt: dict[str, str] | None = None, data: dict[str, str] | None = None) -> None:
        self.mail, self.rcpt, self.data = mail, rcpt or {}, data or {}
        self.accepted: list[str] = []

    async def handle_MAIL(self, server: object, session: object, envelope: object, address: str, options: list) -> str:  # noqa: N802
        if self.mail:
            return self.mail
        envelope.mail_from = address  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_RCPT(self, server: object, session: object, envelope: object, address: str, options: list) -> str:  # noqa: N802
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos  # type: ignore[attr-defined]
        if address in self.data:
            return self.data[address]
        self.accepted.append(address)
        return "250 accepted"
