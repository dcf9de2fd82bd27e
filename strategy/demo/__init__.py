"""The demo's strategy: a zero draft whose round is over and answered, a first revised draft under open consultation, the
drafters at work on the next one; and a shorter text on its way through silence and endorsement."""

from datetime import timedelta

from directory.demo import content
from directory.page_versions import bump
from strategy.demo import adoption, answering, consultation, texts, writing
from strategy.demo.history import Cast, Clock
from strategy.services.lineage import align_draft

__all__ = ["load"]

ZERO, FIRST_REVISED, SECOND_REVISED = 0, 1, 2
OPEN = "R01"  # any comment of the open round


def load(*, shift: timedelta, scale: int) -> None:
    """Load the strategies, their drafts, the rounds and what agencies, participants and drafters have written so far."""
    cast = Cast()
    _load_strategy(shift, cast)
    adoption.load(shift, cast)
    bump("strategy")


def _load_strategy(shift: timedelta, cast: Cast) -> None:
    told, plan = content("strategy", "strategy"), content("strategy", "consultation")
    at = Clock(plan["time_zone"], shift)
    strategy = texts.load_strategy(told)
    cast.serve(strategy)
    files = {row["number"]: texts.text_of(row) for row in told["drafts"]}
    drafts = {
        row["number"]: texts.load_draft(strategy, row["number"], row["label"], files[row["number"]]) for row in told["drafts"]
    }
    texts.link_drafts(drafts[ZERO], drafts[FIRST_REVISED], files[FIRST_REVISED], cast.drafter)
    for number, moment in plan["published"].items():
        texts.publish(drafts[int(number)], at(moment), cast.drafter)
    comments = {}
    for row in plan["rounds"]:
        comments |= consultation.load(drafts[row["draft"]], row, plan["time_zone"], at, cast)
    align_draft(draft=drafts[SECOND_REVISED], by=cast.drafter)
    answering.load(comments[OPEN].round, drafts[SECOND_REVISED], comments, cast, at)
    writing.load(drafts[SECOND_REVISED], cast)
