"""Reads that span models."""

from typing import Any

from directory.desk import DeskItem


def briefs_for_home(user: Any) -> dict[str, Any]:
    return {}


def search_briefs(user: Any, words: str, *, limit: int) -> list[dict[str, Any]]:
    return []


def desk_of_briefs(user: Any) -> list[DeskItem]:
    return []


def addresses_of_briefs() -> list[str]:
    return []
