"""Meetings under load: 500 people for 50 seats over HTTP, a programme of 200 sessions, 1,000 badges, a desk's search.

`approved`, `waitlisted` and `errors` are what became of the 500, who all send at the same moment; `registrations_per_s` is how
fast they were answered. `programme_ratio` compares the public page with a bare view, as the benchmark `home` does. `badges_s` is
how long a sheet of 1,000 badges takes, `desk_ms` the median of a desk's search among 20,000 registrations, as the page's script
gets it, `desk_p95_ms` what one in twenty takes longer than.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench._public import compare
from bench._server import PROJECT, Server, prepare, report, serve

PEOPLE, SEATS = 500, 50
SESSIONS, ROOMS = 200, 8
BADGES = 1_000
AT_THE_DESK, SEARCHES = 20_000, 120
TOKEN = "b" * 32  # cookie and field say the same: what the check of forms asks for
GIVEN = ("Amina", "Élodie", "Tui", "José", "Mahmoud", "Siti", "Łukasz", "Ngozi", "Wei", "Anahí", "İrem", "Zoë")
FAMILY = ("Diallo", "Dupré", "Leota", "García", "Al-Sayed", "Rahman", "Okafor", "Quispe", "Çağıl", "O’Neil", "Müller")


def main() -> None:
    """Measure the four and print the closing line."""
    prepare()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_portal.settings.dev")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    meeting = make_meeting()
    make_programme(meeting)
    crowd = people()
    figures: dict[str, float] = {}
    with serve("ssc_portal.wsgi:application", workers=2) as portal:
        figures |= register(portal, meeting, crowd)
    with serve("ssc_portal.wsgi:application") as portal:
        ratios, _busiest = compare(portal, {"programme_": f"/meetings/{meeting.slug}/programme/"})
        figures["programme_ratio"] = ratios["programme_ratio"]
    fill(meeting)
    figures |= badges(meeting) | search(meeting)
    report("meetings", **figures)
    if (figures["approved"], figures["waitlisted"], figures["errors"]) != (SEATS, PEOPLE - SEATS, 0):
        sys.exit(1)


# --- What is measured --------------------------------------------------------------------------------------------------


def register(portal: Server, meeting: Any, crowd: list[Any]) -> dict[str, float]:
    """Everybody sends the form at the same moment; what became of them."""
    from meetings.models import Registration

    requests = Path(os.environ["PORTAL_DATA"]) / "bench-crowd.json"
    requests.write_text(json.dumps([form_of(portal, meeting, person) for person in crowd]))
    command = [sys.executable, "-m", "bench._crowd", str(portal.port), str(requests)]
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True)
    answer = json.loads(done.stdout)
    rows = Registration.objects.filter(meeting=meeting)
    return {
        "approved": rows.filter(state="approved").count(),
        "waitlisted": rows.filter(state="waitlisted").count(),
        "errors": PEOPLE - answer["statuses"].get("302", 0),
        "registrations_per_s": PEOPLE / answer["seconds"],
    }


def badges(meeting: Any) -> dict[str, float]:
    """A sheet of badges, as a worker makes it."""
    from meetings.documents.badges import badge_sheet
    from meetings.services.badges import badges_of

    rows = meeting.registrations.filter(state="approved").select_related("meeting", "category", "organization", "country", "user")
    chosen = list(rows.order_by("pk")[:BADGES])
    began = time.perf_counter()
    badge_sheet(badges_of(chosen), lambda done, total: None)
    return {"badges_s": time.perf_counter() - began}


def search(meeting: Any) -> dict[str, float]:
    """What somebody at a desk types, letters and whole names: the answer of the page, sign-in and template included."""
    from django.db import connection
    from django.test import Client

    from directory.models import User

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE meetings_registration")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email="secretariat@demo.example"), "django.contrib.auth.backends.ModelBackend")
    chance = random.Random(1)  # the same searches in every run
    times = []
    for number in range(SEARCHES + 5):
        given, family = name_of(chance.randrange(AT_THE_DESK - PEOPLE))
        words = [family[:3], family[:4], f"{given[:3]} {family[:3]}", f"{given} {family}"][number % 4]
        began = time.perf_counter()
        response = client.get(f"/meetings/{meeting.slug}/desk/", {"q": words}, headers={"accept": "application/json"})
        times.append((time.perf_counter() - began) * 1000)
        if response.status_code != 200 or "checkin-row" not in response.json()["html"]:
            sys.exit(f"The search for {words!r} found nobody: {response.status_code}")
    times = sorted(times[5:])  # the first ones fill caches of templates
    return {"desk_ms": statistics.median(times), "desk_p95_ms": times[int(len(times) * 0.95)]}


# --- What it is measured on --------------------------------------------------------------------------------------------


def make_meeting() -> Any:
    """A meeting with registration open and one category of few seats, given at once."""
    from django.utils import timezone

    from directory.models import Country, Organization, StakeholderCategory
    from meetings.models import CategoryQuota, Meeting

    now = timezone.now()
    meeting = Meeting.objects.create(
        slug="bench", title="Meeting of many", summary="Many people meet.", place="Conference centre", city="Antalya",
        country=Country.objects.get(iso2="TR"), time_zone="Europe/Istanbul", starts_at=now + timedelta(days=30),
        ends_at=now + timedelta(days=33), host=Organization.objects.get(code="unossc"), state="published",
        registration_opens_at=now - timedelta(days=1), registration_closes_at=now + timedelta(days=20),
    )  # fmt: skip
    category = StakeholderCategory.objects.get(code="academia")
    CategoryQuota.objects.create(meeting=meeting, category=category, seats=SEATS, approval="automatic")
    return meeting


def make_programme(meeting: Any) -> None:
    """A programme of 200 sessions in eight rooms, each with two speakers."""
    from directory.models import Organization
    from meetings.models import Room, Session, Speaker

    rooms = [Room.objects.create(meeting=meeting, code=f"room-{n}", name=f"Hall {n}", capacity=100) for n in range(ROOMS)]
    bodies = list(Organization.objects.order_by("pk")[:20])
    for number in range(SESSIONS):
        starts = meeting.starts_at + timedelta(hours=number // ROOMS % 8 + number // ROOMS // 8 * 24)
        session = Session.objects.create(
            meeting=meeting, room=rooms[number % ROOMS], code=f"s{number}", number=str(number + 1), kind="plenary",
            title=f"Session {number + 1} on cooperation", summary="What works, where, and for whom. " * 4, starts_at=starts,
            ends_at=starts + timedelta(minutes=50), interpretation=["en", "fr", "ar"],
        )  # fmt: skip
        for place, part in enumerate(("moderator", "speaker")):
            body = bodies[(number + place) % len(bodies)]
            name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]}"
            Speaker.objects.create(session=session, name=name, role="Head of unit", organization=body, part=part, position=place)


def people() -> list[Any]:
    """The people of the crowd, with accounts."""
    from directory.models import User

    rows = [User(email=f"person{number}@bench.example", given_name="A", family_name=f"B {number}") for number in range(PEOPLE)]
    return User.objects.bulk_create(rows)


def form_of(portal: Server, meeting: Any, person: Any) -> str:
    """The whole request with which one signed-in person sends the form."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    form = {"category": meeting.quotas.get().pk, "given_name": person.given_name, "family_name": person.family_name}
    body = urlencode(form | {"affiliation": "Lakeside University", "language": "en", "csrfmiddlewaretoken": TOKEN})
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    head = [
        f"POST /meetings/{meeting.slug}/register/ HTTP/1.1",
        f"Host: 127.0.0.1:{portal.port}",
        f"Cookie: {cookies}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", body])


def name_of(number: int) -> tuple[str, str]:
    """The name of one of many: some share it, as at a meeting of 20,000."""
    given, rest = number % len(GIVEN), number // len(GIVEN)
    return GIVEN[given], f"{FAMILY[rest % len(FAMILY)]} {rest // len(FAMILY) % 100:03d}"


def fill(meeting: Any) -> None:
    """Registrations with seats until the meeting has 20,000."""
    from directory.models import Country
    from meetings.models import Registration

    countries = list(Country.objects.order_by("pk")[:150])
    category = meeting.quotas.get().category
    missing = AT_THE_DESK - meeting.registrations.count()
    Registration.objects.bulk_create(
        (
            Registration(
                meeting=meeting, category=category, email=f"guest{number}@bench.example", state="approved",
                given_name=name_of(number)[0], family_name=name_of(number)[1], country=countries[number % 150],
                affiliation=f"University no. {number % 400}",
            )
            for number in range(missing)
        ),
        batch_size=1000,
    )  # fmt: skip


if __name__ == "__main__":
    main()
