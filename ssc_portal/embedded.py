"""Embedded PostgreSQL and Redis under PORTAL_DATA: start them, attach to running ones, stop them.

The servers come from wheels; we run their programs ourselves because a server must live exactly as long as the process
that started it. `python -m ssc_portal.embedded run [--temporary] -- COMMAND` lends them to a command.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from ssc_portal.engine_programs import (
    POSTGRES_VERSION,
    EngineError,
    let_through,
    postgres_account,
    postgres_programs,
    redis_program,
)
from ssc_portal.processes import Identity, die_with_parent, end, stop_child

DATABASE = "ssc_portal"
SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 85  # a Unix socket's address holds 104 bytes on macOS, 108 on Linux
START_SECONDS = 60
OTHER_FOLDER = "set PORTAL_DATA to another folder"
STOP_POSTGRES = [(signal.SIGINT, 6.0), (signal.SIGQUIT, 2.0)]  # "fast", then "immediate"
STOP_REDIS = [(signal.SIGTERM, 2.0)]
# The builtin locale sorts and folds case alike on every system; the wheel has no ICU.
LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
REDIS_SETTINGS = """
bind 127.0.0.1
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
loglevel warning
"""
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class EnginesInUseError(EngineError):
    """Another living process owns the engines of this data folder."""


def portal_data() -> Path:
    """The data folder as the environment names it, `var/` in the project otherwise."""
    return Path(os.environ.get("PORTAL_DATA") or Path(__file__).resolve().parent.parent / "var").resolve()


@dataclass
class Engines:
    """The engines that this process started and must stop."""

    data: Path
    database_url: str = ""
    redis_url: str = ""
    new_cluster: bool = False
    children: dict[str, subprocess.Popen] = field(default_factory=dict)
    owner: int = field(default_factory=os.getpid)
    socket_folder: Path | None = None  # only when it is not inside the data folder
    lock: int = -1

    @classmethod
    def start(cls, data: Path, *, postgres: bool = True, redis: bool = True, temporary: bool = False) -> "Engines":
        """Start the engines on this folder. Raises EngineError with one clear line, and then leaves nothing running."""
        prepare_folder(data)
        engines = cls(data)
        engines._take_lock()
        try:
            _stop_leftovers(data)
            if redis:
                engines._start_redis()
            if postgres:
                engines._start_postgres(temporary=temporary)
            engines._write_record()
        except BaseException:
            engines.stop()
            raise
        return engines

    def stop(self) -> None:
        """Stop what this process started: Redis, then PostgreSQL. Does nothing in a forked child."""
        if os.getpid() != self.owner:
            return
        for name, steps in (("redis", STOP_REDIS), ("postgres", STOP_POSTGRES)):
            if child := self.children.pop(name, None):
                stop_child(child, steps)
        if self.socket_folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
        if self.lock >= 0:
            record_file(self.data).unlink(missing_ok=True)
            os.close(self.lock)
            self.lock = -1

    def dead(self) -> str | None:
        """The name of an engine that has ended by itself, if any."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def _take_lock(self) -> None:
        # A POSIX lock, not flock: it belongs to this process alone, so a forked worker that outlives us does not hold it.
        self.lock = os.open(run_folder(self.data) / "engines.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self.lock)
            self.lock = -1
            raise EnginesInUseError(
                f"The engines of {self.data} already run for {_owner_of(self.data)}: stop it first, or {OTHER_FOLDER}."
            ) from None

    def _write_record(self) -> None:
        record = {
            "owner": Identity.of(self.owner).as_json(),
            "database_url": self.database_url,
            "redis_url": self.redis_url,
            "socket_folder": str(self.socket_folder or ""),
            "engines": {name: Identity.of(child.pid).as_json() for name, child in self.children.items()},
        }
        path = record_file(self.data)
        draft = path.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(record, file)
        draft.replace(path)

    # --- PostgreSQL ---------------------------------------------------------------------------------------------------

    def _start_postgres(self, *, temporary: bool) -> None:
        programs = postgres_programs()
        cluster = self.data / "postgres"
        account = postgres_account(cluster)
        if account:
            let_through(programs / "postgres", account["user"])
            let_through(cluster, account["user"])
        version = _cluster_version(cluster)
        if version is None:
            self._make_cluster(programs, cluster, account, temporary=temporary)
        elif version != str(POSTGRES_VERSION):
            raise EngineError(
                f"The data in {cluster} was made by PostgreSQL {version}, this portal runs {POSTGRES_VERSION}: "
                f"move that folder away, or {OTHER_FOLDER}."
            )
        _refuse_running_server(cluster)
        sockets = cluster
        if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
            sockets = self.socket_folder = Path(tempfile.mkdtemp(prefix="ssc-", dir="/tmp"))
            if account:
                os.chown(sockets, account["user"], account["group"])
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
        }
        if temporary:
            settings |= THROW_AWAY
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._launch("postgres", [programs / "postgres", "-D", cluster, *options], cwd=cluster, stop=signal.SIGINT, **account)
        self.database_url = f"postgresql://{SUPERUSER}@/{DATABASE}?{urlencode({'host': sockets}, quote_via=quote, safe='/')}"
        self._wait_for_postgres(sockets)

    def _make_cluster(self, programs: Path, cluster: Path, account: dict, *, temporary: bool) -> None:
        # Made beside its place and moved there when finished: an interrupted initdb leaves a folder that looks whole.
        draft = cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if account:
            os.chown(draft, account["user"], account["group"])
        options = [*LOCALE, "--encoding=UTF8", "--auth=trust", f"--username={SUPERUSER}"]
        # Trust is safe here: the server listens on no network address and its socket lies in a folder closed to others.
        command = [str(programs / "initdb"), "-D", str(draft), *options, *(["--no-sync"] if temporary else [])]
        made = subprocess.run(command, cwd=draft, env=_clean_environment(), capture_output=True, text=True, **account)
        if made.returncode:
            raise EngineError(f"PostgreSQL could not make its data in {cluster}: {_last_line(made.stderr or made.stdout)}")
        if cluster.exists():
            cluster.rmdir()
        draft.rename(cluster)
        self.new_cluster = True

    def _wait_for_postgres(self, sockets: Path) -> None:
        import psycopg2

        deadline = time.monotonic() + START_SECONDS
        while True:
            self._fail_if_ended("postgres")
            try:
                connection = psycopg2.connect(host=str(sockets), user=SUPERUSER, dbname="postgres", connect_timeout=3)
                break
            except psycopg2.OperationalError as error:
                if time.monotonic() > deadline:
                    raise EngineError(f"PostgreSQL did not answer within {START_SECONDS} s: {_last_line(str(error))}") from None
                time.sleep(0.05)
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')

    # --- Redis --------------------------------------------------------------------------------------------------------

    def _start_redis(self) -> None:
        program = redis_program()
        folder = self.data / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        for attempt in range(5):
            password, port = secrets.token_urlsafe(24), _free_port()
            settings = f"{REDIS_SETTINGS}port {port}\nrequirepass {password}\n"
            # The settings go in by standard input: a password on the command line could be read by everybody.
            child = self._launch("redis", [program, "-"], cwd=folder, stop=signal.SIGTERM, stdin=subprocess.PIPE)
            assert child.stdin is not None
            with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
                pipe.write(settings.encode())
            try:
                self._wait_for_redis(port, password)
            except EngineError:
                if attempt < 4 and "in use" in self._log("redis").read_text(errors="replace"):
                    continue  # somebody took the free port first
                raise
            self.redis_url = f"redis://:{password}@127.0.0.1:{port}/0"
            return

    def _wait_for_redis(self, port: int, password: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._fail_if_ended("redis")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    if answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n":
                        return
            time.sleep(0.03)
        raise EngineError(f"Redis did not answer within {START_SECONDS} s; see {self._log('redis')}.")

    # --- Both ---------------------------------------------------------------------------------------------------------

    def _log(self, name: str) -> Path:
        return run_folder(self.data) / f"{name}.log"

    def _launch(self, name: str, command: list, *, cwd: Path, stop: signal.Signals, **options) -> subprocess.Popen:
        # A session of its own: Ctrl-C in the terminal must not stop the database before those who use it.
        options.setdefault("stdin", subprocess.DEVNULL)
        with open(self._log(name), "wb") as log:
            child = subprocess.Popen(
                [os.fspath(part) for part in command], cwd=cwd, env=_clean_environment(), stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_parent(stop), **options,
            )  # fmt: skip
        self.children[name] = child
        return child

    def _fail_if_ended(self, name: str) -> None:
        if (status := self.children[name].poll()) is not None:
            log = self._log(name)
            raise EngineError(
                f"{name} ended at once (status {status}): {_last_line(log.read_text(errors='replace'))} – see {log}"
            )


# --- What a process calls -------------------------------------------------------------------------------------------------

_mine: Engines | None = None


def attached_or_started_urls(data: Path | None = None) -> tuple[str, str]:
    """DATABASE_URL and REDIS_URL of this folder's engines: those that run already, else started for as long as we live."""
    global _mine
    data = data or portal_data()
    if _mine and _mine.data == data and _mine.children and not _mine.dead():
        return _mine.database_url, _mine.redis_url
    deadline = time.monotonic() + START_SECONDS
    while True:
        if urls := attach(data):
            return urls
        try:
            engines = Engines.start(data)
        except EnginesInUseError:  # somebody is just starting or stopping them
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            break
    _mine = engines
    atexit.register(engines.stop)
    return engines.database_url, engines.redis_url


def attach(data: Path) -> tuple[str, str] | None:
    """The addresses of engines that run on this folder already, or None."""
    record = _read_record(data)
    if (
        record
        and set(record["engines"]) == {"postgres", "redis"}
        and all(Identity(**engine).process() for engine in record["engines"].values())
    ):
        return record["database_url"], record["redis_url"]
    return None


def prepare_folder(data: Path) -> None:
    """Make the data folder and see that we can write in it."""
    try:
        if not data.exists():
            # Others may pass through but not look, when PostgreSQL has to run as somebody else than we.
            data.mkdir(parents=True, exist_ok=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        run_folder(data).mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise EngineError(
            f"The data folder {data} is not writable ({error.strerror}): set PORTAL_DATA to a folder that is yours."
        ) from None


def run_folder(data: Path) -> Path:
    """Where locks, records and the engines' logs lie."""
    return data / "run"


def record_file(data: Path) -> Path:
    """The file that tells others how to reach the running engines. It holds a password, so it is closed to others."""
    return run_folder(data) / "engines.json"


# --- Details --------------------------------------------------------------------------------------------------------------


def _read_record(data: Path) -> dict | None:
    try:
        return json.loads(record_file(data).read_text())
    except (OSError, ValueError):
        return None


def _owner_of(data: Path) -> str:
    record = _read_record(data)
    process = Identity(**record["owner"]).process() if record else None
    return f"process {process.pid} ({' '.join(process.cmdline())[:80]})" if process else "another process"


def _stop_leftovers(data: Path) -> None:
    """Stop engines whose owner died without stopping them. We hold the lock, so no living owner exists."""
    record = _read_record(data)
    if not record:
        return
    for name, number in (("redis", signal.SIGTERM), ("postgres", signal.SIGINT)):
        process = Identity(**record["engines"][name]).process() if name in record["engines"] else None
        if process and name in process.name():
            end([process], grace=8, number=number)
    if record["socket_folder"]:
        shutil.rmtree(record["socket_folder"], ignore_errors=True)
    record_file(data).unlink(missing_ok=True)


def _refuse_running_server(cluster: Path) -> None:
    """Refuse a cluster that another server works on; forget the mark of one that is gone."""
    mark = cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(mark.read_text().splitlines()[0])
        with contextlib.suppress(psutil.Error):
            if psutil.Process(pid).name().startswith("postgres"):
                raise EngineError(
                    f"A PostgreSQL server (process {pid}) already runs on {cluster}: stop it first, or {OTHER_FOLDER}."
                )
        mark.unlink()  # its number may now belong to a stranger, and PostgreSQL would take that for a server


def _cluster_version(cluster: Path) -> str | None:
    try:
        return (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if cluster.exists() and any(cluster.iterdir()):
            raise EngineError(f"{cluster} is not a PostgreSQL data folder: move it away, or {OTHER_FOLDER}.") from None
        return None


def _clean_environment() -> dict[str, str]:
    """Our environment without what would steer the servers, in the C locale."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))} | {"LC_ALL": "C"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error:" in line]
    return (fatal or lines or ["no message"])[-1]


# --- The command line -----------------------------------------------------------------------------------------------------


def run(command: list[str], *, temporary: bool) -> int:
    """Run a command with engines in its environment and return its exit status (128 + signal if it was killed).

    Temporary engines are made for this command and thrown away after it, whatever the environment names.
    """
    environment = dict(os.environ)
    data = Path(tempfile.mkdtemp(prefix="ssc-portal-")) if temporary else portal_data()
    if temporary:
        if os.geteuid() == 0:
            data.chmod(0o711)
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
    wanted = {"postgres": not environment.get("DATABASE_URL"), "redis": not environment.get("REDIS_URL")}
    child: subprocess.Popen | None = None
    asked = 0

    def pass_on(number: int, _frame: object) -> None:
        nonlocal asked
        if child is None:
            asked = number
            raise SystemExit(128 + number)
        if number != signal.SIGINT:  # Ctrl-C reaches the command by itself
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    engines = None
    try:
        engines = Engines.start(data, temporary=temporary, **wanted) if any(wanted.values()) else None
        if engines:
            environment["DATABASE_URL"] = environment.get("DATABASE_URL") or engines.database_url
            environment["REDIS_URL"] = environment.get("REDIS_URL") or engines.redis_url
        environment["PORTAL_DATA"] = str(data)
        child = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))
        if asked:  # it came in a hook of fork(), where Python ignores what a handler raises
            child.send_signal(asked)
        status = child.wait()
        return 128 - status if status < 0 else status
    except FileNotFoundError:
        raise EngineError(f"There is no command {command[0]!r}.") from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # stopping is short and must not be cut
        if engines:
            engines.stop()
        if temporary:
            shutil.rmtree(data, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """`run [--temporary] -- COMMAND …`"""
    usage = "usage: python -m ssc_portal.embedded run [--temporary] -- COMMAND [ARGUMENT …]"
    if "--" not in arguments:
        print(usage, file=sys.stderr)
        return 2
    cut = arguments.index("--")
    options, command = arguments[:cut], arguments[cut + 1 :]
    if not command or options not in (["run"], ["run", "--temporary"]):
        print(usage, file=sys.stderr)
        return 2
    try:
        return run(command, temporary="--temporary" in options)
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
