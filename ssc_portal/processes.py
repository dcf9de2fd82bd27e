"""Start and stop child processes so that none is ever left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import psutil

RUN_MARK = "PORTAL_RUN"  # the environment variable that marks every process of one run, grandchildren too
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Identity:
    """One process, told apart from a later one that got the same number."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "Identity":
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The living process, or None if it has ended (a zombie has ended too)."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created) < 0.1 and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def as_json(self) -> dict:
        return asdict(self)


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A preexec function: the kernel signals the child when we die, even by SIGKILL. Linux only, elsewhere None.

    The kernel watches the parent *thread*, so a child started from a passing thread would die too early: None there.
    """
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return ask_kernel


def session_of(leader: int) -> list[psutil.Process]:
    """Living processes of the session that `leader` opened, whether or not the leader still lives."""
    return [process for process in psutil.process_iter() if _session(process.pid) == leader and _alive(process)]


def marked(token: str) -> list[psutil.Process]:
    """Living processes that carry this run's token in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(RUN_MARK) == token and _alive(process):
                found.append(process)
    return found


def stop_child(child: subprocess.Popen, steps: Iterable[tuple[signal.Signals, float]]) -> None:
    """Stop a session leader that we started: each signal in turn with its seconds to obey, then the whole session."""
    for number, seconds in steps:
        if child.poll() is not None:
            break
        child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    end(session_of(child.pid), grace=0)
    if child.poll() is None:
        child.kill()
        child.wait(5)


def end(processes: list[psutil.Process], *, grace: float, number: signal.Signals = signal.SIGTERM) -> None:
    """Signal these processes, give them `grace` seconds, then kill those that remain."""
    if grace:
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
        _, processes = psutil.wait_procs(processes, timeout=grace)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=3)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask until the answer is yes or the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
