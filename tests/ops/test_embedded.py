"""The embedded engines: they start, others attach, they stop with their process, and refusals are one clear line."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from ssc_portal import embedded
from ssc_portal.embedded import EngineError, Engines, attach, record_file, run_folder
from ssc_portal.processes import Identity, wait_until

pytestmark = pytest.mark.slow
PROJECT = Path(embedded.__file__).resolve().parent.parent


def ask(database_url: str, sql: str) -> str:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return str(cursor.fetchone()[0])
    finally:
        connection.close()


def pids_of(engines: Engines) -> list[int]:
    return [child.pid for child in engines.children.values()]


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)


def record_of(data: Path) -> dict:
    return json.loads(record_file(data).read_text())


def test_engines_answer_keep_their_data_and_leave_nothing_running(data: Path) -> None:
    engines = Engines.start(data)
    pids = pids_of(engines)
    try:
        assert ask(engines.database_url, "SHOW server_encoding") == "UTF8"
        assert ask(engines.database_url, "SELECT upper('é')") == "É"
        assert ask(engines.database_url, "SHOW listen_addresses") == ""
        ask(engines.database_url, "CREATE TABLE kept (n int); COMMIT; SELECT 1")
        client = redis.Redis.from_url(engines.redis_url)
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("save") == {"save": ""}
    finally:
        engines.stop()
    assert gone(pids)
    assert not record_file(data).exists()
    again = Engines.start(data)
    try:
        assert not again.new_cluster
        assert ask(again.database_url, "SELECT count(*) FROM kept") == "0"
    finally:
        again.stop()


def test_redis_refuses_whoever_lacks_the_password(data: Path) -> None:
    engines = Engines.start(data, postgres=False)
    try:
        port = redis.Redis.from_url(engines.redis_url).connection_pool.connection_kwargs["port"]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port).ping()
    finally:
        engines.stop()


def test_data_and_password_are_closed_to_others(data: Path) -> None:
    engines = Engines.start(data)
    try:
        closed = [data / "postgres", data / "redis", run_folder(data), record_file(data)]
        assert [path.stat().st_mode & 0o077 for path in closed] == [0, 0, 0, 0]
    finally:
        engines.stop()


def test_a_path_longer_than_a_socket_address_works(data: Path) -> None:
    engines = Engines.start(data / ("long" * 15) / ("path" * 15), redis=False)
    try:
        assert ask(engines.database_url, "SELECT 1") == "1"
        assert engines.socket_folder is not None
    finally:
        engines.stop()
    assert not engines.socket_folder.exists()


def test_a_path_with_spaces_and_capitals_works(data: Path) -> None:
    engines = Engines.start(data / "My Data & more", redis=False)
    try:
        assert ask(engines.database_url, "SELECT 1") == "1"
    finally:
        engines.stop()


def test_others_attach_to_running_engines(data: Path) -> None:
    assert attach(data) is None
    engines = Engines.start(data)
    try:
        assert attach(data) == (engines.database_url, engines.redis_url)
        assert embedded.attached_or_started_urls(data) == (engines.database_url, engines.redis_url)
    finally:
        engines.stop()
    assert attach(data) is None


def test_a_second_owner_is_refused_and_harms_nothing(data: Path, outside: dict[str, str]) -> None:
    engines = Engines.start(data)
    try:
        done = run_embedded(data, outside, "true")
        assert done.returncode == 1
        assert f"process {os.getpid()}" in done.stderr
        assert done.stderr.count("\n") == 1
        assert ask(engines.database_url, "SELECT 1") == "1"
    finally:
        engines.stop()


def test_a_forked_child_does_not_stop_the_engines(data: Path) -> None:
    engines = Engines.start(data, redis=False)
    try:
        child = os.fork()
        if child == 0:
            engines.stop()
            os._exit(0)
        os.waitpid(child, 0)
        assert ask(engines.database_url, "SELECT 1") == "1"
    finally:
        engines.stop()


def test_data_of_another_version_is_refused_in_one_line(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(EngineError, match="was made by PostgreSQL 15, this portal runs 18: move that folder away") as refused:
        Engines.start(data)
    assert "\n" not in str(refused.value)
    assert not record_file(data).exists()


def test_a_folder_of_something_else_is_refused(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "letters.txt").write_text("mine")
    with pytest.raises(EngineError, match="is not a PostgreSQL data folder"):
        Engines.start(data)
    assert (data / "postgres" / "letters.txt").read_text() == "mine"


def test_an_unwritable_folder_is_refused_in_one_line(data: Path) -> None:
    data.write_text("a file where a folder should be")
    with pytest.raises(EngineError, match=r"is not writable .*: set PORTAL_DATA to a folder that is yours") as refused:
        Engines.start(data)
    assert "\n" not in str(refused.value)


def test_an_interrupted_first_start_is_made_good(data: Path) -> None:
    (data / "postgres.new").mkdir(parents=True)
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    engines = Engines.start(data, redis=False)
    try:
        assert engines.new_cluster
    finally:
        engines.stop()


def test_a_server_that_nobody_recorded_is_refused(data: Path) -> None:
    engines = Engines.start(data, redis=False)
    try:
        os.close(engines.lock)  # as if somebody had started this server by hand
        engines.lock = -1
        record_file(data).unlink()
        with pytest.raises(EngineError, match=rf"process {engines.children['postgres'].pid}\) already runs on"):
            Engines.start(data)
        assert ask(engines.database_url, "SELECT 1") == "1"
    finally:
        engines.stop()


def test_a_mark_left_by_a_dead_server_whose_number_a_stranger_got_is_forgotten(data: Path) -> None:
    Engines.start(data, redis=False).stop()
    mark = data / "postgres" / "postmaster.pid"
    mark.write_text(f"{os.getpid()}\n{data / 'postgres'}\n0\n5432\n\n\n\n")
    shutil.chown(mark, (data / "postgres").stat().st_uid, (data / "postgres").stat().st_gid)
    engines = Engines.start(data, redis=False)
    engines.stop()


def run_embedded(data: Path, environment: dict[str, str], *command: str, temporary: bool = False) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", "ssc_portal.embedded", "run", *(["--temporary"] if temporary else []), "--", *command]
    environment = environment | {"PORTAL_DATA": str(data)}
    return subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)


def test_run_lends_engines_to_a_command_and_passes_its_status_on(data: Path, outside: dict[str, str]) -> None:
    script = (
        "import os, psycopg2; psycopg2.connect(os.environ['DATABASE_URL']); print(os.environ['PORTAL_DATA']); raise SystemExit(7)"
    )
    done = run_embedded(data, outside, sys.executable, "-c", script)
    assert (done.returncode, done.stdout.strip()) == (7, str(data))
    killed = run_embedded(data, outside, "sh", "-c", "kill -KILL $$")
    assert killed.returncode == 128 + signal.SIGKILL


def test_temporary_engines_leave_no_file_and_ignore_servers_named_in_the_environment(data: Path, outside: dict[str, str]) -> None:
    script = "import os, psycopg2; psycopg2.connect(os.environ['DATABASE_URL']); print(os.environ['PORTAL_DATA'])"
    elsewhere = outside | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/real", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = run_embedded(data, elsewhere, sys.executable, "-c", script, temporary=True)
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()
    assert not data.exists()


def test_servers_named_in_the_environment_are_used(data: Path, outside: dict[str, str]) -> None:
    elsewhere = outside | {"DATABASE_URL": "postgres://somebody@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = run_embedded(data, elsewhere, "sh", "-c", "echo $DATABASE_URL $REDIS_URL")
    assert done.stdout.strip() == "postgres://somebody@127.0.0.1:1/x redis://127.0.0.1:1/0"
    assert not data.exists()


def test_an_unknown_command_is_said_and_nothing_stays(data: Path, outside: dict[str, str]) -> None:
    done = run_embedded(data, outside, "no-such-command")
    assert (done.returncode, done.stderr.strip()) == (1, "There is no command 'no-such-command'.")
    assert attach(data) is None


def holder(data: Path, environment: dict[str, str]) -> tuple[subprocess.Popen, dict]:
    """Another process that owns engines, and their record."""
    words = [sys.executable, "-m", "ssc_portal.embedded", "run", "--", "sleep", "60"]
    process = subprocess.Popen(words, cwd=PROJECT, env=environment | {"PORTAL_DATA": str(data)})
    assert wait_until(lambda: record_file(data).exists(), 30)
    return process, record_of(data)


def test_term_stops_the_engines_of_a_running_command(data: Path, outside: dict[str, str]) -> None:
    process, record = holder(data, outside)
    process.terminate()
    assert process.wait(15) == 128 + signal.SIGTERM
    assert gone([engine["pid"] for engine in record["engines"].values()])


def test_term_while_the_command_is_being_started_is_not_lost(data: Path, outside: dict[str, str]) -> None:
    """The hooks of fork() swallow what a handler raises; the class below does what they do."""
    script = """
import signal, subprocess, sys
from ssc_portal import embedded

class Swallowing(subprocess.Popen):
    def __init__(self, *arguments, **options):
        try:
            signal.raise_signal(signal.SIGTERM)
        except SystemExit:
            pass
        super().__init__(*arguments, **options)

subprocess.Popen = Swallowing
sys.exit(embedded.run(["sleep", "60"], temporary=False))
"""
    servers = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, cwd=PROJECT, env=outside | servers | {"PORTAL_DATA": str(data)}, timeout=20, check=False)
    assert done.returncode == 128 + signal.SIGTERM


def test_after_a_kill_the_next_start_finds_a_clean_house(data: Path, outside: dict[str, str]) -> None:
    process, record = holder(data, outside)
    pids = [engine["pid"] for engine in record["engines"].values()]
    process.kill()
    process.wait(5)
    if sys.platform == "linux":  # the kernel tells the engines that their owner has died
        assert wait_until(lambda: gone(pids), 10)
    engines = Engines.start(data)
    try:
        assert gone(pids)
        assert ask(engines.database_url, "SELECT 1") == "1"
    finally:
        engines.stop()


def test_recorded_engines_of_a_dead_owner_are_stopped(data: Path) -> None:
    engines = Engines.start(data)
    left = {"redis": engines.children.pop("redis"), "postgres": engines.children.pop("postgres")}
    record = record_file(data).read_text()
    engines.stop()  # the lock is free now, but the servers live on, as after a crash
    record_file(data).write_text(record)
    again = Engines.start(data)
    try:
        assert [child.wait(5) is not None for child in left.values()] == [True, True]
        assert ask(again.database_url, "SELECT 1") == "1"
    finally:
        again.stop()


def test_a_stranger_with_a_recorded_number_is_left_alone(data: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        run_folder(data).mkdir(parents=True)
        mine = Identity.of(stranger.pid).as_json()
        record = {"owner": mine, "database_url": "", "redis_url": "", "socket_folder": ""}
        record["engines"] = {"redis": mine, "postgres": mine | {"created": 1.0}}
        record_file(data).write_text(json.dumps(record))
        Engines.start(data, postgres=False).stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_at_once_share_one_set_of_engines(data: Path, outside: dict[str, str]) -> None:
    script = (
        "import sys, time; from pathlib import Path; from ssc_portal.embedded import attached_or_started_urls as urls; "
        "print(urls(Path(sys.argv[1]))[1], flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", script, str(data)]
    both = [
        subprocess.Popen(words, cwd=PROJECT, env=outside, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        first, second = (process.stdout.readline() for process in both)
        assert first == second != ""
    finally:
        for process in both:
            process.communicate("", timeout=20)
    assert not record_file(data).exists()
