"""A whole portal whose Redis or PostgreSQL is killed and comes back: nothing lost, the probe says what is wrong, pages answer."""

import collections
import re
from collections.abc import Iterator

import pytest

from tests.faults.portal import Portal, portal
from tests.faults.servers import Inbox, eventually

pytestmark = pytest.mark.slow
INBOX = Inbox()


@pytest.fixture(scope="module")
def running() -> Iterator[Portal]:
    with portal(INBOX) as started:
        yield started


def copies(name: str) -> collections.Counter[bytes]:
    """How often each message to addresses that begin with `name` has come, by Message-ID."""
    mails = [mail for mail in INBOX.messages if re.search(rb"^To: %s" % name.encode(), mail, re.MULTILINE)]
    return collections.Counter(re.search(rb"^Message-ID:\s*(\S+)", mail, re.MULTILINE)[1] for mail in mails)  # type: ignore[index]


def test_redis_killed_and_started_again(running: Portal) -> None:
    assert running.sign_up("before@test.example") == 200
    assert eventually(lambda: len(copies("before")) == 1)
    running.kill_redis()
    status, parts = running.readyz()
    assert status == 503
    assert parts["database"] == "ok"
    assert parts["broker"] != "ok"
    for page in ("/", "/solutions/", "/accounts/login/", "/healthz"):
        assert running.get(page)[0] == 200, page
    assert running.sign_up("during@test.example") == 200
    running.queue("crowd", 250)
    assert running.count("state = 'queued'") == 251
    running.start_redis()
    assert eventually(lambda: running.readyz()[0] == 200, 60), running.readyz()
    assert eventually(lambda: running.count("state = 'sent'") == 252, 60), running.count("state <> 'sent'")
    assert (len(copies("during")), len(copies("crowd"))) == (1, 250)
    assert set(copies("crowd").values()) == {1}


def test_postgres_killed_and_started_again_while_mail_goes_out(running: Portal) -> None:
    INBOX.slow = 0.02  # so that it is caught in the middle
    running.queue("midst", 400)
    assert eventually(lambda: len(copies("midst")) >= 60)
    running.kill_postgres()
    assert len(copies("midst")) < 400
    status, parts = running.readyz()
    assert status == 503
    assert parts["database"] != "ok"
    assert running.get("/healthz")[0] == 200
    status, page = running.get("/accounts/login/")
    assert status in (200, 500, 503)  # an answer, not a hanging page
    assert "Traceback" not in page
    running.start_postgres()
    assert eventually(lambda: running.readyz()[0] == 200, 60), running.readyz()
    assert running.get("/accounts/login/")[0] == 200
    assert running.sign_up("after@test.example") == 200
    INBOX.slow = 0
    assert eventually(lambda: running.count("kind = 'notifications.bulk' AND cause = 'midst' AND state = 'sent'") == 400, 90)
    assert eventually(lambda: len(copies("after")) == 1)
    assert len(copies("midst")) == 400
    assert sum(copies("midst").values()) <= 401  # one was in flight
