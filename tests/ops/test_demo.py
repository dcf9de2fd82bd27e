"""bin/demo as a person uses it: it starts, refuses clearly, starts again in seconds, and leaves no process behind."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ssc_portal import demo
from ssc_portal.embedded import record_file, run_folder
from ssc_portal.processes import RUN_MARK, marked, wait_until

pytestmark = pytest.mark.slow
FIRST_START, NEXT_START, STOP = 300, 90, 15  # seconds; generous, for a machine that is busy with other things


class Run:
    """One running demo and what it printed."""

    def __init__(self, data: Path, port: int, environment: dict[str, str]) -> None:
        environment = environment | {"PORTAL_DATA": str(data), "PORT": str(port)}
        self.data, self.port = data, port
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ssc_portal.demo"],
            cwd=demo.PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_until_ready(self, seconds: float) -> None:
        line = f"ready: http://127.0.0.1:{self.port}\n"
        wait_until(lambda: line in self.lines or self.process.poll() is not None, seconds)
        assert line in self.lines, self.output

    def family(self) -> list[psutil.Process]:
        """Every process of this run: descendants, those marked by the run, the engines."""
        token = json.loads((run_folder(self.data) / "demo.json").read_text())["token"]
        engines = json.loads(record_file(self.data).read_text())["engines"].values()
        found = {process.pid: process for process in psutil.Process(self.process.pid).children(recursive=True)}
        found |= {process.pid: process for process in marked(token)}
        found |= {engine["pid"]: psutil.Process(engine["pid"]) for engine in engines}
        return list(found.values())

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        status = self.process.wait(STOP)
        self.reader.join(5)
        return status


def living(processes: list[psutil.Process]) -> list[str]:
    alive = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(" ".join(process.cmdline()))
    return alive


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A data folder that the demo fills once for all tests here."""
    folder = Path(tempfile.mkdtemp(prefix="ssc-ops-"))
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(place: Path, port: int, outside: dict[str, str]) -> Iterator:
    runs: list[Run] = []

    def begin(**environment: str) -> Run:
        runs.append(Run(place, port, outside | environment))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.end()


@pytest.fixture
def ready(start) -> Run:
    """A demo that serves."""
    run = start()
    run.wait_until_ready(NEXT_START if (run.data / "run" / "prepared.json").exists() else FIRST_START)
    return run


def test_it_serves_refuses_a_second_start_and_ctrl_c_leaves_no_process(ready: Run, start) -> None:
    assert get(ready.port, "/readyz")[0] == 200
    assert b"Antalya" in get(ready.port, "/")[1]

    second = start()
    assert second.end() == 1
    assert f"A demo already runs on {ready.data} at http://127.0.0.1:{ready.port} (process {ready.process.pid})" in second.output
    assert get(ready.port, "/readyz")[0] == 200

    family = ready.family()
    names = {process.name() for process in family}
    assert len(family) >= 9, names  # two engines with their own, web with two workers, two workers with one each, beat
    os.killpg(ready.process.pid, signal.SIGINT)  # as a terminal does on Ctrl-C: to the whole group
    assert ready.end() == 0
    assert living(family) == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", ready.port))
    assert not record_file(ready.data).exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_later_start_skips_what_is_done_and_stops_on_a_signal(ready: Run, number: signal.Signals) -> None:
    assert "migrating" not in ready.output
    assert "loading" not in ready.output
    family = ready.family()
    ready.process.send_signal(number)
    assert ready.end() == 0
    assert living(family) == []


@pytest.mark.parametrize("name", ["web", "worker", "documents", "beat"])
def test_a_part_that_dies_is_named_and_takes_all_down(ready: Run, name: str) -> None:
    family = ready.family()
    leaders = {"web": "granian", "worker": "worker@%h", "documents": "documents@%h", "beat": "beat"}
    victim = next(each for each in psutil.Process(ready.process.pid).children() if leaders[name] in each.cmdline())
    victim.kill()
    assert ready.end() == 1
    assert f"demo    | {name} ended by itself (killed by SIGKILL). Its last lines:" in ready.output
    assert living(family) == []


def test_a_dead_database_is_named_and_takes_all_down(ready: Run) -> None:
    family = ready.family()
    psutil.Process(json.loads(record_file(ready.data).read_text())["engines"]["postgres"]["pid"]).send_signal(signal.SIGQUIT)
    assert ready.end() == 1
    assert "demo    | postgres ended by itself" in ready.output
    assert living(family) == []


def test_after_the_supervisor_is_killed_the_next_start_works(ready: Run, start) -> None:
    family = ready.family()
    ready.process.kill()
    ready.process.wait()
    again = start()
    again.wait_until_ready(NEXT_START)
    assert living(family) == []


def test_what_a_killed_run_left_is_ended_by_its_mark_and_nothing_else(
    place: Path, port: int, outside: dict[str, str], start
) -> None:
    run_folder(place).mkdir(parents=True, exist_ok=True)
    (run_folder(place) / "demo.json").write_text(json.dumps({"pid": 1, "created": 1.0, "address": "", "token": "left-over-run"}))
    left = subprocess.Popen(["sleep", "300"], env=outside | {RUN_MARK: "left-over-run"}, start_new_session=True)
    stranger = subprocess.Popen(["sleep", "300"], env=outside | {RUN_MARK: "another-run"}, start_new_session=True)
    try:
        run = start()
        assert wait_until(lambda: left.poll() is not None, 20)
        assert stranger.poll() is None
        run.process.terminate()
        assert run.end() == 0
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


def test_being_told_to_stop_while_starting_leaves_no_process(start) -> None:
    run = start()
    assert wait_until(lambda: "starting web" in run.output or run.process.poll() is not None, NEXT_START)
    family = run.family()
    run.process.terminate()
    assert run.end() == 0
    assert "ready:" not in run.output
    assert living(family) == []


def test_a_taken_port_is_said_before_anything_slow(data: Path, port: int, outside: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        run = Run(data, port, outside)
        assert run.end() == 1
    assert f"Port {port} cannot be used (Address already in use): free it or choose another" in run.output
    assert not (data / "postgres").exists()


def test_a_port_that_is_no_port_is_refused(data: Path, outside: dict[str, str]) -> None:
    run = Run(data, 0, outside | {})
    assert run.end() == 1
    assert run.output == "demo    | PORT must be a number from 1 to 65535, not '0'.\n"


def test_an_unwritable_data_folder_is_said_in_one_line(data: Path, port: int, outside: dict[str, str]) -> None:
    data.write_text("a file where a folder should be")
    run = Run(data, port, outside)
    assert run.end() == 1
    assert "is not writable" in run.output
    assert len(run.lines) == 1


def test_data_of_another_version_is_said_in_one_line(data: Path, port: int, outside: dict[str, str]) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    run = Run(data, port, outside)
    assert run.end() == 1
    assert "was made by PostgreSQL 16, this portal runs 18" in run.output
    assert not record_file(data).exists()
