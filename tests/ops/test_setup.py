"""bin/setup and its siblings: quick when nothing changed, safe when started twice, plain words when refused."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from ssc_portal.demo import PROJECT

COMMANDS = ("setup", "demo", "test", "bench", "lint")


def run(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_an_executable_shell_script(name: str) -> None:
    path = PROJECT / "bin" / name
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/bin/sh\n")
    assert run("sh", "-n", str(path)).returncode == 0


@pytest.mark.slow
def test_a_second_setup_takes_under_two_seconds_and_says_nothing() -> None:
    assert run("bin/setup", "--dev").returncode == 0
    began = time.monotonic()
    done = run("bin/setup")
    assert time.monotonic() - began < 2
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_two_setups_at_once_both_succeed() -> None:
    assert run("bin/setup", "--dev").returncode == 0
    (PROJECT / ".venv" / "stamps" / "messages").unlink()
    both = [subprocess.Popen(["bin/setup", "--dev"], cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] is not None and process.returncode for process in both] == [0, 0]
    assert (PROJECT / ".venv" / "stamps" / "messages").exists()


def test_a_python_that_is_too_old_is_refused_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = run("bin/setup", environment=os.environ | {"PYTHON": str(old)})
    assert done.returncode == 1
    assert "Python 3.11 or later is needed" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_option_is_refused() -> None:
    done = run("bin/setup", "--fast")
    assert (done.returncode, done.stderr) == (2, "usage: bin/setup [--dev]\n")


@pytest.mark.parametrize("name", ["nothing", "_server", "../manage", "home;ls"])
def test_an_unknown_benchmark_is_refused_and_the_known_ones_are_named(name: str) -> None:
    done = run("bin/bench", name)
    assert done.returncode == 2
    assert "There is no such benchmark. There are: briefs home" in done.stderr
