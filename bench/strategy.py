"""Strategies at their largest: a draft of 400 paragraphs with 10,000 comments, opened by a focal point.

`page_ms` is the median of what the server needs for the page, sign-in and template included; `queries` how many it asks of the
database; `thread_ms` the median for a thread that is opened beside its paragraph. `growth` is how much more 800 paragraphs
cost than 400; per paragraph the same would be 2.
"""

import os
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from bench._server import prepare, report

PARAGRAPHS, COMMENTS, ROUNDS = 400, 10_000, 12
LONG = 2 * PARAGRAPHS
WORDS = (
    "South-South and triangular cooperation complements North-South cooperation; the United Nations system supports it on the "
    "request of Governments, through their own plans, and shares what has worked where others look for it."
)


def main() -> None:
    """Measure and print the closing line."""
    prepare()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_portal.settings.dev")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    figures: dict[str, float] = {}
    usual = page(make_draft(PARAGRAPHS, COMMENTS))
    figures |= usual
    figures |= growth(usual)
    report("strategy", **figures)
    if figures["page_ms"] > 250 or figures["queries"] > 15:
        sys.exit(1)


# --- What is measured --------------------------------------------------------------------------------------------------


def page(draft: Any) -> dict[str, float]:
    """The page of a draft and a thread of it, for the focal point of an agency, whose pages nobody keeps."""
    from django.db import connection, reset_queries
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from directory.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email="focal.undp@demo.example"), "django.contrib.auth.backends.ModelBackend")
    url = draft.get_absolute_url()
    thread = f"{url}paragraphs/{draft.paragraphs.all()[3].anchor}/"
    reset_queries()  # what is written down of them is kept to a number that making the drafts has filled
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    queries = len(asked)  # before the next request empties what was written down
    if response.status_code != 200 or response.content.count(b'class="para-count') < draft.paragraphs.count() * 0.8:
        sys.exit(f"The page of the draft is not what it should be: {response.status_code}")
    return {
        "page_ms": _median(lambda: client.get(url)),
        "queries": queries,
        "thread_ms": _median(lambda: client.get(thread, headers={"hx-request": "true"})),
    }


def growth(usual: dict[str, float]) -> dict[str, float]:
    """Twice the paragraphs with twice the comments: the larger of what page and alignment cost more."""
    longer = page(make_draft(LONG, 2 * COMMENTS))
    return {"growth": longer["page_ms"] / usual["page_ms"]}


def _median(act: Any, rounds: int = ROUNDS) -> float:
    """The median time of an act in milliseconds; the first two fill caches of templates."""
    times = []
    for _number in range(rounds + 2):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[2:])


# --- What it is measured on --------------------------------------------------------------------------------------------


def make_draft(paragraphs: int, comments: int) -> Any:
    """A published second draft: half of the comments on it, half on the draft before, whose paragraphs it continues."""
    from django.utils import timezone

    from strategy.models import ConsultationRound, ParagraphLink, Strategy

    strategy = Strategy.objects.create(slug=f"bench-{paragraphs}", title="Strategy of many", summary="Many agencies write.")
    now = timezone.now()
    older, newer = (_draft(strategy, number, paragraphs) for number in range(2))
    for draft, opens, closes in ((older, -30, -10), (newer, -3, 10)):
        consultation = ConsultationRound.objects.create(
            draft=draft, opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes)
        )
        _comments(consultation, comments // 2)
    pairs = zip(older.paragraphs.order_by("position"), newer.paragraphs.order_by("position"), strict=True)
    ParagraphLink.objects.bulk_create(ParagraphLink(origin=a, target=b, relation="edited", score=0.8) for a, b in pairs)
    _analyze()
    return newer


def _draft(strategy: Any, number: int, paragraphs: int) -> Any:
    from django.utils import timezone

    from strategy.models import Draft, Paragraph

    draft = Draft.objects.create(strategy=strategy, number=number, label=f"Draft {number}", is_public=True)
    rows = []
    for place in range(1, paragraphs + 1):
        kind = "heading1" if place % 40 == 1 else "heading2" if place % 10 == 1 else "paragraph"
        rows.append(Paragraph(draft=draft, position=place, number=str(place), kind=kind, text=f"{place} {WORDS} {number}"))
    Paragraph.objects.bulk_create(rows)
    Draft.objects.filter(pk=draft.pk).update(state="published", published_at=timezone.now(), sha256=draft.text_hash())
    draft.refresh_from_db()
    return draft


def _comments(consultation: Any, number: int) -> None:
    from directory.models import Organization, User
    from strategy.models import Comment

    agencies = list(Organization.objects.filter(is_agency=True, is_secretariat=False).order_by("pk")[:30])
    keys = list(consultation.draft.paragraphs.values_list("pk", flat=True))
    author = User.objects.order_by("pk").first()
    Comment.objects.bulk_create(
        Comment(
            round=consultation,
            paragraph_id=keys[place % len(keys)],
            organization=agencies[place % len(agencies)],
            author=author,
            text=f"Comment {place}: {WORDS}",
            proposed_text=WORDS if place % 3 == 0 else "",
            state="submitted",
            visibility="agencies",
        )
        for place in range(number)
    )


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("strategy_comment", "strategy_paragraph", "strategy_paragraphlink"):
            cursor.execute(f"ANALYZE {table}")


if __name__ == "__main__":
    main()
