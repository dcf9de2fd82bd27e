"""500 people for 50 seats at once, over HTTP: as many seats as there are, the others in line, and no page fails."""

import http.client
import threading
from collections import Counter
from importlib import import_module
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from bench._server import Server, serve
from directory.models import User
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Registration
from tests.factories.meetings import QuotaFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AT_ONCE = 25
CSRF = "s" * 32


def people(count: int) -> list[str]:
    """So many people with an account, signed in; the keys of their sessions."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = User.objects.bulk_create(
        User(email=f"stampede{number}@test.example", given_name="Amina", family_name=f"Number {number}", password="!x")
        for number in range(count)
    )
    keys = []
    for user in rows:
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        keys.append(session.session_key)
    return keys


def serving(**more: str) -> Any:
    """The portal on the test database, in processes of its own."""
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return serve(
        "tests.meetings.stampede_wsgi:application",
        workers=2,
        DJANGO_SETTINGS_MODULE="ssc_portal.settings.test",
        DATABASE_URL=database,
        REDIS_URL=settings.REDIS_URL,
        **more,
    )


def stampede(server: Server, quota: CategoryQuota, keys: list[str]) -> Counter[int]:
    """Everybody sends the form, so many at a time; how often which status was answered."""
    waiting: Queue[str] = Queue()
    for key in keys:
        waiting.put(key)
    form = {"given_name": "Amina", "family_name": "Diallo", "affiliation": "Lakeside", "language": "en", "category": quota.pk}
    body = urlencode({**form, "csrfmiddlewaretoken": CSRF})
    statuses: Counter[int] = Counter()
    barrier, lock = threading.Barrier(AT_ONCE), threading.Lock()

    def send() -> None:
        barrier.wait(timeout=30)
        while True:
            try:
                key = waiting.get_nowait()
            except Empty:
                return
            line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
            cookies = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}"
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
            line.request("POST", f"/meetings/{quota.meeting.slug}/register/", body=body, headers=headers)
            status = line.getresponse().status
            line.close()
            with lock:
                statuses[status] += 1

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=500)
    return statuses


def test_500_people_for_50_seats_at_once_get_50_seats_and_a_list_in_order() -> None:
    quota = QuotaFactory(seats=50)
    keys = people(500)
    with serving() as server:
        assert stampede(server, quota, keys) == {302: 500}
    rows = Registration.objects.filter(meeting=quota.meeting)
    assert Counter(rows.values_list("state", flat=True)) == {S.APPROVED: 50, S.WAITLISTED: 450}
    waiting = list(rows.waiting().prefetch_related("state_changes"))
    # In order: the list is that of the moments at which the acts were recorded, all different, all after the last seat.
    recorded = [change.pk for row in waiting for change in row.state_changes.all() if change.new == S.WAITLISTED]
    assert recorded == sorted(recorded)
    assert len({row.waitlisted_at for row in waiting}) == 450
    seated = [change.pk for row in rows.filter(state=S.APPROVED) for change in row.state_changes.filter(new=S.APPROVED)]
    assert max(seated) < min(recorded)


def test_without_the_lock_the_same_stampede_overbooks() -> None:
    """So the test above is known to bite."""
    quota = QuotaFactory(seats=5)
    keys = people(75)
    with serving(STAMPEDE_UNLOCKED="1") as server:
        stampede(server, quota, keys)
    assert Registration.objects.filter(meeting=quota.meeting, state=S.APPROVED).count() > 5
