"""How far the answers of a round are, by section and by agency."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import charts
from directory.public_pages import public_page
from strategy.selectors.queue import Share, progress_of
from strategy.selectors.rounds import round_figures
from strategy.views.positions import find_round
from strategy.views.reading import find_strategy, keep_until_a_round_turns


def figure(shares: list[Share], caption: str, first: str) -> str:
    """A chart of shares with its numbers as a table; states that nothing is in are left out."""
    names = {"released": _("Released"), "answered": _("Answered"), "carried": _("Carried forward"), "waiting": _("To answer")}
    shown = {key: name for key, name in names.items() if any(getattr(one, key) for one in shares)}
    label = {"": _("The draft as a whole")}
    rows = [charts.StackedRow(label.get(one.name, one.name), [getattr(one, key) for key in shown]) for one in shares]
    table = charts.data_table(
        [first, *shown.values(), _("All")], [(row.label, *row.values, sum(row.values)) for row in rows], caption=caption
    )
    return charts.figure(charts.stacked_bar(rows, list(shown.values()), label=caption, relative=False), table, caption=caption)


@require_safe
@public_page("strategy", "directory")
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts of the comments and answers that the reader may see: the public's are those of public rounds."""
    strategy = find_strategy(request, slug)
    consultation = find_round(request, strategy)
    keep_until_a_round_turns(request, strategy)
    sections, agencies = progress_of(request.user, consultation)
    context = {
        "strategy": strategy, "draft": consultation.draft, "round": consultation, "figures": round_figures(consultation),
        "total": sum(one.total for one in sections),
        "by_section": figure(sections, _("Comments by section"), _("Section")),
        "by_agency": figure(agencies, _("Comments by agency"), _("Agency")),
    }  # fmt: skip
    return render(request, "strategy/progress.html", context)
