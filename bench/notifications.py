"""A message to 10,000 people: written in one transaction, drained by two workers, one of which is killed five times meanwhile.

`fanout_s` is the transaction, `sent_per_s` counts from its commit until the mail server has every message at least once,
kills, restarts and leases included. `lost` are recipients without a message, `extra` second copies: at most one for each kill,
for a worker has one message in flight (`in_flight`).
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from bench._server import PROJECT, free_port, manage, report
from ssc_portal.processes import die_with_parent, stop_child

RECIPIENTS, WORKERS = 10_000, 2
KILL_AT = (0.08, 0.2, 0.35, 0.5, 0.65)  # of the messages that have come
MOST_SECONDS = 300
LANGUAGES = ("en", "fr", "ar")


class Sink:
    """The mail server's process."""

    def __init__(self, child: subprocess.Popen) -> None:
        self.child = child

    def count(self) -> dict[str, int]:
        """How many messages came, and how many different ones."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write("?\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())


@contextlib.contextmanager
def sink(port: int) -> Iterator[Sink]:
    """Run the mail server that counts."""
    command = [sys.executable, "-m", "bench._sink", str(port)]
    child = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        yield Sink(child)
    finally:
        stop_child(child, [(signal.SIGTERM, 3.0)])


def celery(*arguments: str, **environment: str) -> subprocess.Popen:
    """Start a process of Celery."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "ssc_portal", *arguments, "--loglevel", "warning"],
        cwd=PROJECT,
        env=os.environ | {"LOG_LEVEL": "ERROR"} | environment,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


def worker(number: int, port: int) -> subprocess.Popen:
    """A worker for mail with one process, as one of several machines would run it."""
    alone = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--hostname", f"mail{number}@%h"]
    return celery("worker", "--queues", "mail", *alone, EMAIL_URL=f"smtp://127.0.0.1:{port}", EMAIL_TIMEOUT="1")


def people() -> list:
    """The recipients, in three languages."""
    from directory.models import User

    rows = [
        User(email=f"person{number}@bench.example", password="!", language=LANGUAGES[number % len(LANGUAGES)])
        for number in range(RECIPIENTS)
    ]
    return User.objects.bulk_create(rows, batch_size=1000)


def fan_out(recipients: list) -> float:
    """Write the message to all of them; how long the transaction took."""
    from django.db import transaction

    from notifications.kinds import link
    from notifications.services import BULK, notify

    words = "The consultations on the four items of the agenda are open to all stakeholders.\n\n" * 12
    context = {"subject": "The programme is published", "text": words, "text_language": "en", "link": link("meetings:list")}
    began = time.perf_counter()
    with transaction.atomic():
        notify(kind=BULK, to=recipients, cause="bench", context=context)
    return time.perf_counter() - began


def wait_for_workers() -> None:
    """Return once every worker answers."""
    from celery import current_app

    deadline = time.monotonic() + 60
    while len(current_app.control.ping(timeout=1.0) or []) < WORKERS:
        if time.monotonic() > deadline:
            sys.exit("The workers have not started.")


def main() -> None:
    """Fan out, drain, kill, count."""
    manage("migrate", "--noinput", "--verbosity", "0")
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_portal.settings.dev")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    import ssc_portal.celery  # noqa: F401 - the application that sends

    recipients = people()
    port = free_port()
    with sink(port) as server:
        beat = celery("beat", "--schedule", os.path.join(os.environ["PORTAL_DATA"], "bench-beat"), "--pidfile=")
        workers = [worker(number, port) for number in range(WORKERS)]
        try:
            wait_for_workers()
            fanout_s = fan_out(recipients)
            seconds, in_flight = drain(server, workers, port)
            time.sleep(3)  # a second copy would come now
            count = server.count()
        finally:
            for child in [*workers, beat]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    from notifications.models import Notification

    lost, extra = RECIPIENTS - count["different"], count["came"] - count["different"]
    unsent = Notification.objects.exclude(state="sent").count()
    figures = {"fanout_s": fanout_s, "sent_per_s": RECIPIENTS / seconds, "lost": lost, "extra": extra}
    report("notifications", **figures, in_flight=in_flight, kills=len(KILL_AT), unmarked=unsent)
    if lost or extra > in_flight:
        sys.exit(1)


def drain(server: Sink, workers: list[subprocess.Popen], port: int) -> tuple[float, int]:
    """Wait until every message has come, killing workers by turns; how long it took, and how many were in flight at the kills."""
    began, kills = time.monotonic(), list(KILL_AT)
    while (count := server.count())["different"] < RECIPIENTS:
        if time.monotonic() - began > MOST_SECONDS:
            print(f"not drained after {MOST_SECONDS} s: {count}", file=sys.stderr)
            break
        if kills and count["different"] >= kills[0] * RECIPIENTS:
            victim = len(kills) % WORKERS
            os.killpg(workers[victim].pid, signal.SIGKILL)
            workers[victim].wait()
            workers[victim] = worker(victim, port)
            kills.pop(0)
        time.sleep(0.05)
    return time.monotonic() - began, len(KILL_AT) - len(kills)


if __name__ == "__main__":
    main()
