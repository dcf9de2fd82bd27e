"""A whole portal of its own – engines, web, worker, beat, mail server – whose engines a test may kill and start again."""

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from ssc_portal.demo import PROJECT, QUEUES
from ssc_portal.embedded import REDIS_SETTINGS, Engines, _free_port
from ssc_portal.engine_programs import redis_program
from ssc_portal.processes import die_with_parent
from tests.faults.servers import Inbox, eventually, smtp_server

QUEUE_MANY = """
from django.db import transaction
from notifications.kinds import link
from notifications.services import BULK, Recipient, notify
with transaction.atomic():
    people = [Recipient(f"{name}{{number}}@test.example") for number in range({count}) for name in ["{name}"]]
    notify(kind=BULK, to=people, cause="{name}", context={{"subject": "S", "text": "T", "link": link("home")}})
"""


class Portal:
    """The processes of one portal, on a folder of its own."""

    def __init__(self, data: Path, mail_url: str) -> None:
        self.data = data
        self.engines = Engines.start(data, redis=False)  # not throw-away: a commit must outlive a crash
        self.redis_port, self.redis_password = _free_port(), secrets.token_urlsafe(12)
        self.redis = self.start_redis()
        self.port = _free_port()
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ssc_portal.settings.dev",
            "DATABASE_URL": self.engines.database_url,
            "REDIS_URL": f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0",
            "PORTAL_DATA": str(data),
            "PORT": str(self.port),
            "EMAIL_URL": mail_url,
            "EMAIL_TIMEOUT": "2",
            "LOG_LEVEL": "ERROR",
        }
        self.children: dict[str, subprocess.Popen] = {}

    def start(self) -> None:
        """Prepare the data and start web, worker and beat."""
        self.manage("migrate", "--noinput", "--verbosity", "0")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "ssc_portal"]
        alone = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "error"]
        self._launch("worker", [*celery, "worker", "--queues", ",".join(QUEUES.values()), *alone])
        self._launch("beat", [*celery, "beat", "--schedule", str(self.data / "beat"), "--pidfile=", "--loglevel", "error"])
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "error", "--port", str(self.port)]
        self._launch("web", [*granian, "--host", "127.0.0.1", "--blocking-threads", "4", "ssc_portal.wsgi:application"])
        assert eventually(lambda: self.readyz()[0] == 200, 90), self.readyz()

    def stop(self) -> None:
        """Kill everything that was started here."""
        for child in [*self.children.values(), self.redis]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.engines.stop()

    def _launch(self, name: str, command: list[str]) -> None:
        with open(self.data / f"{name}.log", "wb") as log:
            self.children[name] = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def manage(self, *arguments: str) -> None:
        """Run a management command on this portal."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=PROJECT, env=self.env, check=True, stdout=subprocess.DEVNULL
        )

    def queue(self, name: str, count: int) -> None:
        """Queue so many messages."""
        self.manage("shell", "-c", QUEUE_MANY.format(name=name, count=count))

    # --- Engines ------------------------------------------------------------------------------------------------------

    def start_redis(self) -> subprocess.Popen:
        """Start Redis on its port, empty, as after a crash without a copy on disk."""
        settings = f"{REDIS_SETTINGS}port {self.redis_port}\nrequirepass {self.redis_password}\n"
        child = subprocess.Popen(
            [redis_program(), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        assert child.stdin is not None
        with child.stdin as pipe:
            pipe.write(settings.encode())
        self.redis = child
        return child

    def kill_redis(self) -> None:
        """As the kernel does when memory runs out."""
        self.redis.kill()
        self.redis.wait()

    def kill_postgres(self) -> None:
        """Stop PostgreSQL at once, without a word to those connected."""
        child = self.engines.children.pop("postgres")
        child.send_signal(signal.SIGQUIT)
        child.wait()

    def start_postgres(self) -> None:
        """Start it on the same data and socket."""
        self.engines._start_postgres(temporary=False)

    def count(self, condition: str) -> int:
        """How many messages there are of which `condition` holds."""
        with contextlib.closing(psycopg2.connect(self.engines.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM notifications_notification WHERE {condition}")
            return cursor.fetchone()[0]

    # --- Web ----------------------------------------------------------------------------------------------------------

    def get(self, path: str, seconds: float = 15) -> tuple[int, str]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)

    def readyz(self) -> tuple[int, dict[str, Any]]:
        """What the probe says."""
        status, body = self.get("/readyz")
        try:
            return status, json.loads(body)
        except ValueError:
            return status, {}

    def sign_up(self, address: str) -> int:
        """Make an account as a person does, in the browser; the status of the last page."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = f"http://127.0.0.1:{self.port}/accounts/signup/"
        with browser.open(page, timeout=20) as form:
            (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form.read().decode())[:1]
        fields = {"given_name": "Leilani", "family_name": "Tau", "email": address, "csrfmiddlewaretoken": token}
        fields |= dict.fromkeys(("password1", "password2"), "a-long-test-password")
        with browser.open(page, urllib.parse.urlencode(fields).encode(), timeout=30) as answer:
            return answer.status


@contextlib.contextmanager
def portal(inbox: Inbox) -> Iterator[Portal]:
    """A running portal whose mail goes to `inbox`."""
    # A short path: PostgreSQL's socket lies in it, and stays where it is over a restart.
    with tempfile.TemporaryDirectory(prefix="ssc-", dir="/tmp", ignore_cleanup_errors=True) as folder, smtp_server(inbox) as url:
        Path(folder).chmod(0o711)
        running = Portal(Path(folder), url)
        try:
            running.start()
            yield running
        finally:
            running.stop()
