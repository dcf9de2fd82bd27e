"""What everybody may read: the catalogue, an entry, the export."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.access import may
from common.spreadsheets import stream_csv
from directory.public_pages import public_page
from solutions.enums import Dimension, SolutionState, VerificationLevel
from solutions.filters import read_cursor, read_query
from solutions.models import Solution
from solutions.selectors.facets import Vocabulary
from solutions.selectors.marks import Marker
from solutions.selectors.query import Query
from solutions.selectors.search import count_facets, find, find_all
from solutions.views.reading import language_of, map_of, sections_of


@require_safe
@public_page("solutions", "directory")
def solution_list(request: HttpRequest) -> HttpResponse:
    """The catalogue: words, facets with counts, hits. Everything that was chosen is in the address."""
    vocabulary = Vocabulary()
    query = read_query(request.GET, vocabulary, translation.get_language() or "en")
    counts = count_facets(query)
    page = find(query, user=request.user, after=read_cursor(request.GET))
    marker = Marker(query, [text for entry in page.entries for text in (entry.title, entry.summary)])
    groups = vocabulary.groups(query, counts)
    return render(
        request,
        "solutions/list.html",
        {
            "query": query,
            "count": counts[0],
            "rows": [
                {"entry": entry, "title": marker.mark(entry.title), "summary": marker.mark(entry.summary)}
                for entry in page.entries
            ],
            "next_cursor": page.after,
            "groups": groups,
            "facets": [groups[name] for name in ("sdg", "region", "country", "modality")],
            "selects": [groups[name] for name in ("kind", "sdg", "region", "country", "modality")],
            "all_kinds": query.address(Dimension.KIND),
            "kind_is_open": not query.codes(Dimension.KIND),
            "any_kind_count": sum(value.count for value in groups["kind"].values),
            "active": _active(query, vocabulary),
            "export_url": _export_url(query),
            "list_url": reverse("solutions:list"),
        },
    )


def _active(query: Query, vocabulary: Vocabulary) -> list[dict[str, str]]:
    """What is chosen, each with the address that drops it."""
    base = reverse("solutions:list")
    rows = [{"label": _("Words"), "value": query.words, "url": base + query.address(words=False)}] if query.words else []
    for dimension in query.chosen:
        for value in query.values(dimension):
            rest = tuple(each for each in query.values(dimension) if each != value)
            url = base + query.address(dimension, rest)
            rows.append({"label": str(dimension.label), "value": vocabulary.label(dimension, value), "url": url})
    return rows


def _export_url(query: Query) -> str:
    address = query.address()
    language = translation.get_language() or "en"
    if language != "en":
        address += f"{'&' if address else '?'}lang={language}"
    return reverse("solutions_files:export") + address


@require_safe
@public_page("solutions", "directory")
def solution_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An entry: facts, texts, where it is used, how it was verified. Unpublished ones for those who may see them."""
    entries = Solution.objects.visible_to(request.user).select_related("provider", "verified_by")
    solution = get_object_or_404(
        entries.prefetch_related(
            "sdgs",
            "themes",
            "countries_of_origin",
            "countries_of_use",
            "transfers__from_country",
            "transfers__to_country",
        ),
        slug=slug,
    )
    transfers = list(solution.transfers.all())
    return render(
        request,
        "solutions/detail.html",
        {
            "solution": solution,
            "sections": sections_of(solution),
            "original": language_of(solution),
            "transfers": transfers,
            "map": map_of(solution, transfers),
            "ladder": VerificationLevel.choices,
            "list_url": reverse("solutions:list"),
            "may_edit": solution.is_editable and may(request.user, "solutions.change_solution", solution),
            "may_review": solution.state == SolutionState.SUBMITTED and may(request.user, "solutions.verify_solution", solution),
            "may_withdraw": SolutionState.WITHDRAWN in Solution.TRANSITIONS[solution.state]
            and may(request.user, "solutions.withdraw_solution", solution),
        },
    )


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, streamed; `lang` gives headings and names in one of the six languages."""
    language = request.GET.get("lang", "en")
    if language not in dict(settings.LANGUAGES):
        language = "en"
    query = read_query(request.GET, Vocabulary(), language)
    response = StreamingHttpResponse(_csv(query, request.user, language), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="solutions.csv"'
    return response


def _csv(query: Query, user: Any, language: str) -> Iterator[str]:
    # The body is made after the view has returned, line by line: each line needs its own turn of the language.
    with translation.override(language):
        header = [
            _("Title"),
            _("Kind"),
            _("Summary"),
            _("Provider"),
            _("Countries of origin"),
            _("Also used in"),
            _("Goals"),
            _("Modality"),
            _("In use since"),
            _("Verification"),
            _("Published"),
            _("Address"),
        ]
    entries = find_all(query, user=user)
    yield from stream_csv(header, _lines(entries, language))


def _lines(entries: Iterator[Solution], language: str) -> Iterator[list[Any]]:
    while True:
        with translation.override(language):
            entry = next(entries, None)
            if entry is None:
                return
            line = _line(entry)
        yield line


def _line(entry: Solution) -> list[Any]:
    published = entry.published_at
    return [
        entry.title,
        entry.get_kind_display(),
        entry.summary,
        entry.provider.name if entry.provider else "",
        "; ".join(country.name for country in entry.countries_of_origin.all()),
        "; ".join(country.name for country in entry.countries_of_use.all()),
        "; ".join(str(goal.number) for goal in entry.sdgs.all()),
        entry.get_modality_display(),
        entry.year,
        entry.get_verification_level_display(),
        published.date().isoformat() if published else "",
        settings.PUBLIC_URL + entry.get_absolute_url(),
    ]
