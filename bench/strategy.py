"""Strategies at their largest: a draft of 400 paragraphs with 10,000 comments, opened by a focal point.

`page_ms` is the median of what the server needs for the page, sign-in and template included; `queries` how many it asks of the
database; `thread_ms` the median for a thread that is opened beside its paragraph, `compilation_ms` the page of the whole text
with 10,000 comments as brackets, for a drafter. `matrix_s` is the response matrix of 10,000
rows made by a worker, the slower of XLSX and DOCX; `align_s` and `compare_s` two drafts of 400 paragraphs with a third of their
words changed. `growth` is how much more 800 paragraphs cost than 400, of page and alignment the larger; per paragraph the same
would be 2.
"""

import os
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from bench._server import prepare, report
from bench._strategy_alignment import SIZES, alignment
from bench._strategy_matrix import matrix

PARAGRAPHS, COMMENTS, ROUNDS = 400, 10_000, 12
READER = "focal.undp@demo.example"
MOST = {"page_ms": 250, "queries": 15, "matrix_s": 10, "align_s": 3, "compare_s": 1, "growth": 2.6}
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
    from directory.models import User

    drafter = User.objects.get(email="drafter@demo.example")
    pages, drafts = {}, {}
    for paragraphs in SIZES:
        drafts[paragraphs] = make_draft(paragraphs, paragraphs * COMMENTS // PARAGRAPHS)
        pages[paragraphs] = page(drafts[paragraphs])
    # The draft of twice the paragraphs has 10,000 comments in one round.
    compiled = compilation(drafts[2 * PARAGRAPHS], drafter)
    usual = pages[PARAGRAPHS]
    aligned = alignment(drafter, User.objects.get(email=READER))
    written = matrix(drafts[2 * PARAGRAPHS].rounds.get(), drafter)
    grown = {"page_growth": pages[2 * PARAGRAPHS]["quickest_ms"] / usual["quickest_ms"], "align_growth": aligned["align_growth"]}
    figures = {
        **{name: usual[name] for name in ("page_ms", "queries")},
        "matrix_s": written["matrix_s"],
        "align_s": aligned["align_s"],
        "compare_s": aligned["compare_s"],
        "growth": max(grown.values()),
        **grown,
        "thread_ms": usual["thread_ms"],
        "compilation_ms": compiled,
        **{f"page_{size}_ms": figures["page_ms"] for size, figures in pages.items() if size != PARAGRAPHS},
    }
    report("strategy", **figures, **{name: value for name, value in {**written, **aligned}.items() if name not in figures})
    if missed := [name for name, most in MOST.items() if figures[name] > most]:
        sys.exit(f"More than promised: {', '.join(missed)}")


# --- What is measured --------------------------------------------------------------------------------------------------


def page(draft: Any) -> dict[str, float]:
    """The page of a draft and a thread of it, for the focal point of an agency, whose pages nobody keeps."""
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    from directory.models import User

    client = signed_in(User.objects.get(email=READER))
    url = draft.get_absolute_url()
    thread = f"{url}paragraphs/{draft.paragraphs.all()[3].anchor}/"
    reset_queries()  # what is written down of them is kept to a number that making the drafts has filled
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    queries = len(asked)  # before the next request empties what was written down
    if response.status_code != 200 or response.content.count(b'class="para-count') < draft.paragraphs.count() * 0.8:
        sys.exit(f"The page of the draft is not what it should be: {response.status_code}")
    times = _times(lambda: client.get(url))
    return {
        "page_ms": statistics.median(times),
        "quickest_ms": min(times),
        "queries": queries,
        "thread_ms": statistics.median(_times(lambda: client.get(thread, headers={"hx-request": "true"}))),
    }


def compilation(draft: Any, drafter: Any) -> float:
    """The page of the compilation text, its first part, in milliseconds."""
    client, url = signed_in(drafter), f"{draft.get_absolute_url()}compilation/"
    if (answer := client.get(url)).status_code != 200:
        sys.exit(f"The compilation text is not what it should be: {answer.status_code}")
    return statistics.median(_times(lambda: client.get(url), 3))


def signed_in(user: Any) -> Any:
    """A browser of somebody whose pages nobody keeps."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def _times(act: Any, rounds: int = ROUNDS) -> list[float]:
    """The times of an act in milliseconds, without the first two, which fill caches of templates."""
    times = []
    for _number in range(rounds + 2):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return times[2:]


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
