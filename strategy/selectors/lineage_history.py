"""What was said about the lineage of a draft: the history for its drafters, and what the next alignment must know of it."""

from typing import Any

from strategy.enums import LineageKind
from strategy.models import Draft, LineageAct

# The acts that speak of whether two paragraphs belong together.
_OF_A_PAIR = [LineageKind.CONFIRMED, LineageKind.REJECTED, LineageKind.LINKED, LineageKind.UNDONE]


def lineage_history(user: Any, draft: Draft) -> Any:
    """Every act on the lineage of the draft, the newest first."""
    rows = LineageAct.objects.visible_to(user).filter(draft=draft)
    return rows.select_related("origin", "comment", "by").order_by("-pk")


def said_of_pairs(draft: Draft) -> dict[tuple[int, int], str]:
    """By paragraph of the earlier draft and paragraph of this one (primary keys), the last act on the two."""
    acts = LineageAct.objects.filter(draft=draft, kind__in=_OF_A_PAIR).order_by("origin_id", "target_uid", "-pk")
    keys = dict(draft.paragraphs.values_list("uid", "pk"))
    last = acts.distinct("origin_id", "target_uid").values_list("origin", "target_uid", "kind")
    return {(origin, keys[uid]): kind for origin, uid, kind in last if uid in keys}


def rejections(user: Any, draft: Draft) -> dict[int, list[LineageAct]]:
    """By paragraph of the earlier draft, the last rejections of pairs that nobody has linked since."""
    rows = LineageAct.objects.visible_to(user).filter(draft=draft, kind__in=_OF_A_PAIR)
    found: dict[int, list[LineageAct]] = {}
    for row in rows.select_related("by").order_by("origin_id", "target_uid", "-pk").distinct("origin_id", "target_uid"):
        if row.kind == LineageKind.REJECTED and row.origin_id is not None:
            found.setdefault(row.origin_id, []).append(row)
    return found
