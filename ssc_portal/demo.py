"""The supervisor behind bin/demo: engines, data, web, worker and beat under one process that leaves nothing behind."""

import collections
import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from ssc_portal.embedded import EngineError, Engines, portal_data, prepare_folder, run_folder
from ssc_portal.processes import RUN_MARK, Identity, die_with_parent, end, marked, stop_child

PROJECT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# A long document must not keep mail waiting.
QUEUES = {"worker": "celery,mail", "documents": "documents,index", "render": "render"}
READY_SECONDS = 120
LAST_LINES = 15
# In the order they stop: no new requests, no new periodic work, then the worker finishes what it has in hand.
STOP = {
    "web": [(signal.SIGTERM, 3.0)],
    "beat": [(signal.SIGTERM, 1.0)],
    "worker": [(signal.SIGTERM, 3.0), (signal.SIGQUIT, 1.0)],
    "documents": [(signal.SIGTERM, 3.0), (signal.SIGQUIT, 1.0)],
    "render": [(signal.SIGTERM, 3.0), (signal.SIGQUIT, 1.0)],
}


# What each step of the preparation depends on, as patterns from the project's root.
INPUTS = {
    "migrations": ["constraints.txt", "*/migrations/*.py"],
    "demo": [
        "*/demo.py",
        "*/demo/**/*.py",
        "*/demo_content/**/*",
        "*/vocabularies/**/*",
        "*/management/commands/load_demo.py",
        "ssc_portal/demo_messages.py",
    ],
    "static": [
        "constraints.txt",
        "package-lock.json",
        "static/**/*",
        "*/static/**/*",
        "ssc_portal/apps.py",
        "ssc_portal/settings/base.py",
    ],
}


class DemoError(RuntimeError):
    """Why the demo cannot run, in one line (or a few) for the person who started it."""


class Demo:
    """One run of the demo."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.address = f"http://{HOST}:{port}"
        self.token = secrets.token_hex(16)
        self.began = time.monotonic()
        self.engines: Engines | None = None
        self.children: dict[str, subprocess.Popen] = {}
        self.lines: dict[str, collections.deque[str]] = {}
        self.readers: list[threading.Thread] = []
        self.asked_to_stop = threading.Event()
        self.lock = -1

    # --- The run ------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Start everything, serve until told to stop, stop everything. The exit status: 0 when told to, 1 when a part failed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked_to_stop.set())
        status = 0
        try:
            self.claim()
            self.start()
            while not self.asked_to_stop.wait(0.3):
                self.check()
        except (DemoError, EngineError) as error:
            say("demo", str(error))
            status = 1
        except StopAskedError:
            pass
        finally:
            self.stop()
        return status

    def claim(self) -> None:
        """Make this folder and this port ours, before anything slow; clear away what a killed demo left."""
        prepare_folder(self.data)
        self.lock = os.open(run_folder(self.data) / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self.lock)
            self.lock = -1
            other = self.read("demo.json")
            where = f"at {other['address']} (process {other['pid']})" if other else "and is just starting or stopping"
            raise DemoError(
                f"A demo already runs on {self.data} {where}.\n"
                "Stop it there with Ctrl-C, or start a second one beside it: PORT=8001 PORTAL_DATA=/another/folder bin/demo"
            ) from None
        if (other := self.read("demo.json")) and (left := marked(other["token"])):
            self.progress(f"stopping {len(left)} processes that a killed demo left")
            end(left, grace=4)
        check_port(self.port)
        self.write("demo.json", {**Identity.of(os.getpid()).as_json(), "address": self.address, "token": self.token})

    def start(self) -> None:
        """Bring up the engines, the data and the processes; say `ready:` when every part answers."""
        os.environ[RUN_MARK] = self.token
        os.environ["PORTAL_DATA"] = str(self.data)
        os.environ["PORT"] = str(self.port)
        os.environ["PYTHONUNBUFFERED"] = "1"
        wanted = {"postgres": not os.environ.get("DATABASE_URL"), "redis": not os.environ.get("REDIS_URL")}
        if any(wanted.values()):
            self.progress("starting PostgreSQL and Redis")
            self.engines = Engines.start(self.data, **wanted)
            os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or self.engines.database_url
            os.environ["REDIS_URL"] = os.environ.get("REDIS_URL") or self.engines.redis_url
        self.prepare()
        self.progress("starting web, workers and beat")
        for name, command in serving(self.port, run_folder(self.data) / "celerybeat-schedule").items():
            self.launch(name, command)
        self.wait_until_ready()
        self.progress("every part answers; Ctrl-C stops")
        say("", f"ready: {self.address}")

    def prepare(self) -> None:
        """Migrate, load the demo data and collect the static files, each only when what it depends on has changed."""
        done = self.read("prepared.json") or {}
        now = {step: digest(inputs) for step, inputs in INPUTS.items()}
        if self.engines is None or "postgres" not in self.engines.children or self.engines.new_cluster:
            done |= {"migrations": "", "demo": ""}  # an empty or a foreign database: our record says nothing about it
        if not (self.data / "static" / "staticfiles.json").exists():
            done["static"] = ""
        collecting = None
        if done.get("static") != now["static"]:
            self.progress("collecting static files")
            collecting = self.launch("static", manage("collectstatic", "--noinput", "--clear", "--verbosity", "0"))
        if done.get("migrations") != now["migrations"]:
            self.progress("migrating the database")
            self.finish(self.launch("migrate", manage("migrate", "--noinput", "--verbosity", "0")))
            done["migrations"] = now["migrations"]
        if done.get("demo") != now["demo"]:
            self.progress("loading the demo data")
            self.finish(self.launch("data", manage("load_demo")))
            done["demo"] = now["demo"]
        if collecting:
            self.finish(collecting)
            done["static"] = now["static"]
        self.write("prepared.json", done)

    def wait_until_ready(self) -> None:
        """Ask /readyz until it says that database, broker and worker answer."""
        deadline = time.monotonic() + READY_SECONDS
        answer = "no answer yet"
        while True:
            self.check()
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
                with contextlib.closing(connection):
                    connection.request("GET", "/readyz")
                    response = connection.getresponse()
                    answer = response.read(2000).decode(errors="replace")
                    if response.status == 200:
                        return
            if time.monotonic() > deadline:
                raise DemoError(f"The portal was not ready within {READY_SECONDS} s. Its last answer: {answer}")
            if self.asked_to_stop.wait(0.1):
                raise StopAskedError

    # --- Children -----------------------------------------------------------------------------------------------------

    def launch(self, name: str, command: list[str]) -> subprocess.Popen:
        """Start a child in a session of its own, so that Ctrl-C in the terminal reaches only us, and relay what it prints."""
        if self.asked_to_stop.is_set():
            raise StopAskedError
        child = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        self.children[name] = child
        kept = self.lines[name] = collections.deque(maxlen=LAST_LINES)
        reader = threading.Thread(target=relay, args=(name, child, kept), daemon=True)
        reader.start()
        self.readers.append(reader)
        return child

    def finish(self, child: subprocess.Popen) -> None:
        """Wait for a child that ends by itself; its failure is ours."""
        name = next(name for name, each in self.children.items() if each is child)
        while child.poll() is None:
            if self.asked_to_stop.wait(0.05):
                raise StopAskedError
        if child.returncode:
            raise DemoError(f"{name} failed ({describe(child.returncode)}); its message stands above.")
        del self.children[name]

    def check(self) -> None:
        """Raise DemoError if a part has ended by itself."""
        if self.engines and (name := self.engines.dead()):
            raise DemoError(f"{name} ended by itself; see {run_folder(self.data) / name}.log. Stopping everything.")
        for name, child in self.children.items():
            if child.poll() is not None:
                time.sleep(0.2)  # let the reader take its last lines
                lines = "\n".join(f"    {line}" for line in self.lines[name]) or "    (it printed nothing)"
                raise DemoError(
                    f"{name} ended by itself ({describe(child.returncode)}). Its last lines:\n{lines}\nStopping everything."
                )

    def stop(self) -> None:
        """Stop the children in order, then the engines, and let go of folder and port."""
        if self.children or self.engines:
            self.progress("stopping")
        for name in sorted(self.children, key=lambda name: list(STOP).index(name) if name in STOP else -1):
            stop_child(self.children[name], STOP.get(name, [(signal.SIGTERM, 1.0)]))
        self.children.clear()
        if self.engines:
            end(marked(self.token), grace=0)  # whatever left its session
            self.engines.stop()
        for reader in self.readers:
            reader.join(1)
        if self.lock >= 0:
            (run_folder(self.data) / "demo.json").unlink(missing_ok=True)
            os.close(self.lock)
            self.progress("stopped; the data stays in " + str(self.data))

    # --- Details ------------------------------------------------------------------------------------------------------

    def progress(self, message: str) -> None:
        say("demo", f"{time.monotonic() - self.began:5.1f} s  {message}")

    def read(self, name: str) -> dict | None:
        try:
            return json.loads((run_folder(self.data) / name).read_text())
        except (OSError, ValueError):
            return None

    def write(self, name: str, content: dict) -> None:
        draft = run_folder(self.data) / f"{name}.new"
        draft.write_text(json.dumps(content))
        draft.replace(run_folder(self.data) / name)


class StopAskedError(Exception):
    """Somebody asked us to stop while we were starting."""


def say(name: str, message: str) -> None:
    """Print with the speaker's name in front. A closed terminal is no reason to fail."""
    head = f"{name:<8}| " if name else ""
    with contextlib.suppress(OSError, ValueError):
        print("\n".join(head + line for line in message.splitlines()), flush=True)


def relay(name: str, child: subprocess.Popen, kept: collections.deque[str]) -> None:
    """Print a child's lines as they come and keep the last of them."""
    assert child.stdout is not None
    for raw in child.stdout:
        line = raw.decode(errors="replace").rstrip()
        if line:
            kept.append(line)
            say(name, line)


def describe(status: int) -> str:
    """An exit status in words."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def serving(port: int, schedule: Path) -> dict[str, list[str]]:
    """The command lines of the processes that serve."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning", "--workers-kill-timeout", "2"]
    celery = [sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "-A", "ssc_portal"]
    alone = ["--concurrency", "1", "--without-gossip", "--without-mingle"]  # they have nothing to tell each other
    return {
        # Each thread may hold a database connection: 2 × 4 stay well below PostgreSQL's hundred.
        "web": [
            *granian,
            "--host",
            HOST,
            "--port",
            str(port),
            "--workers",
            "2",
            "--blocking-threads",
            "8",
            "ssc_portal.wsgi:application",
        ],
        **{name: [*celery, "worker", "--queues", queues, "--hostname", f"{name}@%h", *alone] for name, queues in QUEUES.items()},
        "beat": [*celery, "beat", "--schedule", str(schedule), "--pidfile="],
    }


def manage(*arguments: str) -> list[str]:
    """A command line of manage.py."""
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]


def digest(patterns: list[str]) -> str:
    """A hash of the names and contents of the files that these patterns find in the project."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file()}):
        total.update(f"{path.relative_to(PROJECT)} {path.stat().st_size}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def check_port(port: int) -> None:
    """Raise DemoError if another program listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            other = 8001 if port != 8001 else 8002
            raise DemoError(
                f"Port {port} cannot be used ({error.strerror}): free it or choose another, e.g. PORT={other} bin/demo"
            ) from None


def main() -> int:
    """Run the demo as the environment says (PORT, PORTAL_DATA)."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        say("demo", f"PORT must be a number from 1 to 65535, not {text!r}.")
        return 1
    return Demo(portal_data(), int(text)).run()


if __name__ == "__main__":
    sys.exit(main())
