"""Badges: one for its owner, sheets of eight for the desk that prints them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import get_language

from common.pdf import Asset, render_joined_pdf, render_pdf
from common.pdf_parts import direction_of, document_direction, qr_code, style

PER_PAGE = 8
IN_A_PART = PER_PAGE * 10  # so often a job says how far it is
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Badge:
    """What stands on a badge; `code` is what its QR code says."""

    meeting: str
    when_and_where: str
    name: str
    function: str
    body: str
    country: str
    part: str
    category: str
    colour: str
    reference: str
    code: str

    @property
    def direction(self) -> str:
        return direction_of(self.name)

    @property
    def body_direction(self) -> str:
        return direction_of(self.body)

    @property
    def size(self) -> str:
        """A long name is set smaller, so that none is cut. Chinese signs are twice as wide."""
        width = sum(2 if sign > "\u2e7f" else 1 for sign in self.name)
        return "longest" if width > 30 else "long" if width > 17 else "short"

    @property
    def asset(self) -> str:
        return f"{self.reference}.svg"


def _html(badges: Sequence[Badge], *, single: bool) -> str:
    context = {
        "badges": badges,
        "pages": list(_in_lists_of(badges, PER_PAGE)),
        "single": single,
        "language": get_language() or "en",
        "direction": document_direction(),
    }
    return render_to_string("pdf/meetings/badges.html", context)


def _in_lists_of(rows: Sequence[Badge], length: int) -> Iterator[list[Badge]]:
    """The rows in lists of `length`, the last one shorter."""
    for begin in range(0, len(rows), length):
        yield list(rows[begin : begin + length])


def _codes(badges: Sequence[Badge]) -> dict[str, Asset]:
    return {badge.asset: qr_code(badge.code) for badge in badges}


def badge_pdf(badge: Badge) -> bytes:
    """One badge on an A4 page, with a line that says what to do with it."""
    assets = {"badges.css": style("badges.css"), **_codes([badge])}
    return render_pdf(_html([badge], single=True), assets=assets, stylesheets=("badges.css",))


def badge_sheet(rows: Sequence[Badge], report: Report) -> bytes:
    """Sheets of eight badges, in the order of `rows`. `report(done, total)` is told after every ten pages."""

    def parts() -> Iterator[tuple[str, Mapping[str, Asset]]]:
        done = 0
        for part in _in_lists_of(rows, IN_A_PART):
            yield _html(part, single=False), _codes(part)
            done += len(part)
            report(done, len(rows))

    return render_joined_pdf(parts(), assets={"badges.css": style("badges.css")}, stylesheets=("badges.css",), variant="print")
