"""What benchmarks share: demo data in the throw-away database, a granian server, the load generator, the closing line."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ssc_portal.processes import die_with_parent, session_of, stop_child

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What its processes have used of the processor so far."""
        times = [process.cpu_times() for process in session_of(self.pid)]
        return sum(each.user + each.system for each in times)


def prepare(*, scale: int = 1, static: bool = True) -> None:
    """Migrate, load the demo data and collect static files in the throw-away place that bin/bench has made."""
    manage("migrate", "--noinput", "--verbosity", "0")
    manage("load_demo", *(["--scale", str(scale)] if scale != 1 else []))
    if static:
        manage("collectstatic", "--noinput", "--verbosity", "0")


def manage(*arguments: str) -> None:
    """Run a management command; its failure ends the benchmark."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, check=True, stdout=sys.stderr)


@contextlib.contextmanager
def serve(application: str, *, workers: int = 1, probe: str = "/healthz", **environment: str) -> Iterator["Server"]:
    """Serve a WSGI application with granian, as in production."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning", application]
    child = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | {"LOG_LEVEL": "WARNING", "PORT": str(port)} | environment,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port, probe):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{application} did not start")
            time.sleep(0.1)
        yield Server(port, child.pid)
    finally:
        stop_child(child, [(signal.SIGTERM, 3.0)])


def fetch(server: Server, path: str) -> tuple[dict[str, str], bytes]:
    """One page as the load generator gets it: headers (lower case) and the bytes as they came over the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip, br"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        return {name.lower(): value for name, value in response.getheaders()}, body


def load(server: Server, path: str, *, connections: int = 8, seconds: float = 1.2) -> dict[str, float]:
    """Load one page from a process of its own: the generator's figures, and `cpu_ms`, the server's work for one request."""
    before = server.processor_seconds()
    command = [sys.executable, "-m", "bench._load", str(server.port), path, str(connections), str(seconds)]
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True, timeout=seconds + 30)
    figures = json.loads(done.stdout)
    return figures | {"cpu_ms": (server.processor_seconds() - before) * 1000 / figures["requests"]}


def report(name: str, **figures: float | int) -> None:
    """The closing line of a benchmark."""
    print(f"bench {name}: " + " ".join(f"{figure}={_short(value)}" for figure, value in figures.items()), flush=True)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _short(value: float | int) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _answers(port: int, path: str) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status == 200
    return False
