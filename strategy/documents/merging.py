"""What a text that comes in would do to the text that is there: paragraph by paragraph, by hidden names, then by likeness."""

import bisect
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz, process

from strategy.documents.blocks import Block, appearance, fingerprint

Kind = Literal["same", "edited", "new", "deleted", "kept", "gone", "conflict"]
ALIKE = 60  # of 100: below it, two paragraphs are not the same one


@dataclass
class Step:
    """A paragraph of the portal, of the file or of both; `conflict` waits for a person."""

    kind: Kind
    mine: Block | None
    theirs: Block | None
    is_moved: bool = False

    @property
    def key(self) -> str:
        """Names the choice in a form."""
        block = self.mine or self.theirs
        return block.uid.hex if block and block.uid else ""

    def result(self, choice: str = "") -> Block | None:
        """The block as it will be; None where there will be none."""
        if self.kind in {"same", "kept"} or (self.kind == "conflict" and choice == "mine"):
            return self.mine
        if self.kind in {"deleted", "gone"} or self.theirs is None:
            return None
        return replace(self.theirs, uid=self.mine.uid if self.mine else None)


def plan(present: list[Block], incoming: list[Block], base: Mapping[str, str]) -> list[Step]:
    """The steps from the present text to the incoming one, in the order of the incoming one.

    Args:
        present: the text of the draft, with hidden names.
        incoming: what was read from the file.
        base: fingerprints by hidden name at the time of the export, if the file is an export of this draft.
    """
    names = {block.uid.hex for block in present if block.uid}
    base = base if names & set(base) else {}
    pairs = _pairs(present, incoming)
    places = {id(block): place for place, block in enumerate(present)}
    stays = _longest_order([places[id(pairs[id(block)])] for block in incoming if id(block) in pairs])
    steps: list[Step] = []
    left_out = _left_out(present, {id(block) for block in pairs.values()}, base)
    steps += left_out[None]
    for block in incoming:
        mine = pairs.get(id(block))
        if mine is None:
            steps.append(Step(_kind_of_new(block, base), None, block))
            continue
        moved = places[id(mine)] not in stays
        steps.append(Step(_kind_of_pair(mine, block, base), mine, block, moved))
        steps += left_out[id(mine)]
    return steps


def _pairs(present: list[Block], incoming: list[Block]) -> dict[int, Block]:
    """The present block of each incoming one, by id() of the incoming."""
    pairs: dict[int, Block] = {}
    free = {block.uid: block for block in present}
    for block in incoming:
        if block.uid in free:
            pairs[id(block)] = free.pop(block.uid)
    for look in (appearance, lambda block: appearance(replace(block, number=""))):
        by_look: dict[object, list[Block]] = defaultdict(list)
        for block in free.values():
            by_look[look(block)].append(block)
        for block in incoming:
            same = by_look.get(look(block))
            if id(block) not in pairs and same:
                pairs[id(block)] = same.pop(0)
                free.pop(pairs[id(block)].uid)
    for block in incoming:
        if id(block) in pairs or not free:
            continue
        alike = {uid: one.text for uid, one in free.items() if one.kind == block.kind}
        found = process.extractOne(block.text, alike, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if found:
            pairs[id(block)] = free.pop(found[2])
    return pairs


def _kind_of_pair(mine: Block, theirs: Block, base: Mapping[str, str]) -> Kind:
    if appearance(mine) == appearance(theirs):
        return "same"
    before = base.get(mine.uid.hex) if mine.uid and mine.uid == theirs.uid else None
    if before is None or before == fingerprint(mine):
        return "edited"
    return "kept" if before == fingerprint(theirs) else "conflict"


def _kind_of_new(block: Block, base: Mapping[str, str]) -> Kind:
    before = base.get(block.uid.hex) if block.uid else None
    if before is None:
        return "new"
    # The portal has deleted it since the export: it stays deleted unless the file has changed it.
    return "gone" if before == fingerprint(block) else "conflict"


def _left_out(present: list[Block], paired: set[int], base: Mapping[str, str]) -> dict[int | None, list[Step]]:
    """Steps for the blocks that the file does not have, by id() of the last block before that it has."""
    steps: dict[int | None, list[Step]] = defaultdict(list)
    last = None
    for block in present:
        if id(block) in paired:
            last = id(block)
            continue
        before = base.get(block.uid.hex) if block.uid else None
        kind: Kind = "deleted"
        if base and before is None:
            kind = "kept"  # written in the portal since the export
        elif before is not None and before != fingerprint(block):
            kind = "conflict"
        steps[last].append(Step(kind, block, None))
    return steps


def _longest_order(places: list[int]) -> set[int]:
    """The most places that can stay where they are; the others have moved."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        length = bisect.bisect_left(ends, place)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            at.append(index)
        else:
            ends[length], at[length] = place, index
    stays, index = set(), at[-1] if at else -1
    while index >= 0:
        stays.add(places[index])
        index = before[index]
    return stays
