"""Alignment and comparison for bench/strategy.py, from the database and back into it, at 100, 200, 400 and 800 paragraphs."""

import time
from typing import Any

from bench._texts import Change, revise

SIZES = (100, 200, 400, 800)


def revised(size: int) -> Change:
    """A draft of `size` paragraphs and its next version, with everything that happens to a text."""
    return revise("en", 1, size, 0.3, splits=size // 40, merges=size // 40, moves=size // 40, gone=size // 20, fresh=size // 20)


def drafts(size: int) -> tuple[Any, Any]:
    """Two drafts of the database: the first published, the second in preparation."""
    from django.utils import timezone

    from strategy.models import Draft, Paragraph, Strategy

    change = revised(size)
    strategy = Strategy.objects.create(slug=f"revised-{size}", title="Strategy of many words", summary="Many agencies write.")
    made = []
    for number, parts in enumerate((change.old, change.new)):
        draft = Draft.objects.create(strategy=strategy, number=number, label=f"Draft {number}", is_public=True)
        Paragraph.objects.bulk_create(
            Paragraph(
                draft=draft,
                position=place,
                number=str(place),
                anchor=str(place),
                kind="heading1" if part.kind == "heading" else "paragraph",
                text=part.text,
            )
            for place, part in enumerate(parts, start=1)
        )
        made.append(draft)
    publish(made[0], timezone.now())
    return made[0], made[1]


def publish(draft: Any, moment: Any) -> None:
    """Freeze a draft as its publication does, asking nobody."""
    type(draft).objects.filter(pk=draft.pk).update(state="published", published_at=moment, sha256=draft.text_hash())
    draft.refresh_from_db()


def align_seconds(newer: Any, drafter: Any, *, runs: int = 3) -> tuple[float, float]:
    """The quickest of some alignments of a draft with the one before it: by the clock, and of the processor alone."""
    from strategy.services.lineage import align_draft

    times = []
    for _ in range(runs):
        began, processor = time.perf_counter(), time.process_time()
        align_draft(draft=newer, by=drafter)
        times.append((time.perf_counter() - began, time.process_time() - processor))
    return min(one for one, _other in times), min(other for _one, other in times)


def alignment(drafter: Any, reader: Any) -> dict[str, float]:
    """`align_s` and `compare_s` at 400 paragraphs and what they are at other sizes.

    `align_growth` is the time of the processor at 800 divided by that at 400: neighbours on the machine do not count.
    """
    from django.utils import timezone

    figures, processor = {}, {}
    for size in SIZES:
        older, newer = drafts(size)
        figures[f"align_{size}_s"], processor[size] = align_seconds(newer, drafter)
        publish(newer, timezone.now())
        figures[f"compare_{size}_s"] = comparison(reader, older, newer)
    return {
        "align_s": figures["align_400_s"],
        "compare_s": figures["compare_400_s"],
        "align_growth": processor[800] / processor[400],
        **{name: value for name, value in figures.items() if "_400_" not in name},
    }


def comparison(reader: Any, older: Any, newer: Any, *, runs: int = 3) -> float:
    """The quickest of some openings of the page that compares two drafts, by somebody whose pages nobody keeps."""
    from bench.strategy import signed_in

    client, times = signed_in(reader), []
    for _ in range(runs):
        began = time.perf_counter()
        response = client.get(f"{older.get_absolute_url()}compare/{newer.number}/")
        times.append(time.perf_counter() - began)
    if response.status_code != 200 or response.content.count(b"compare-row") < newer.paragraphs.count() * 0.8:
        raise SystemExit(f"The page of the comparison is not what it should be: {response.status_code}")
    return min(times)
