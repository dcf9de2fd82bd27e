"""Files that a worker made of what a person could read then: whether the person still may."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from directory.models import Job
from strategy.models import Comment, Disposition


def held(comments: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    """What a file holds, for its job to remember: the numbers of its comments, and of those with a decision on them."""
    rows = sorted(set(comments))
    return {"comments": [number for number, _decision in rows], "decided": [number for number, decision in rows if decision]}


def may_still_read(user: Any, job: Job) -> bool:
    """Whether all that the file of a job holds is what `user` reads today: roles end, positions are withdrawn."""
    comments, decided = job.result.get("comments"), job.result.get("decided")
    if comments is None or decided is None:
        return False
    return Comment.objects.visible_to(user).filter(pk__in=comments).count() == len(comments) and Disposition.objects.visible_to(
        user
    ).filter(comment__in=decided).count() == len(decided)


def made_anew() -> str:
    """What whoever may not any more is told."""
    return _("What you may read has changed since this file was made. Have it made again.")
