"""What the portal's own pages show of solutions: home, search, desk, sitemap."""

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import may
from directory.desk import DeskItem
from directory.rules import is_secretariat_staff, memberships_of
from solutions.enums import SolutionState
from solutions.models import Solution
from solutions.selectors.facets import FacetGroup, Vocabulary
from solutions.selectors.query import LONGEST_QUERY, Query
from solutions.selectors.search import count_facets, find

MOST_ON_DESK = 50


def solutions_for_home(user: Any) -> dict[str, Any]:
    """The catalogue at a glance.

    Returns:
        `count`; `countries` (how many); `kinds`, `sdgs`, `regions`: lists of `value`, `label`, `count`, `url` and, for
        regions, `depth` (0 for Africa, 1 for Northern Africa …); `newest`: three entries for a list.
    """
    query, vocabulary = Query(), Vocabulary()
    counts = count_facets(query)
    groups = vocabulary.groups(query, counts)
    return {
        "count": counts[0],
        "countries": len(groups["country"].values),
        "kinds": _rows(groups["kind"]),
        "sdgs": _rows(groups["sdg"]),
        "regions": _rows(groups["region"]),
        "newest": find(query, user=user, limit=3).entries,
    }


def _rows(group: FacetGroup) -> list[dict[str, Any]]:
    base = reverse("solutions:list")
    return [
        {"value": row.value, "label": row.label, "count": row.count, "url": base + row.address, "depth": row.depth}
        for row in group.values
    ]


def search_solutions(user: Any, words: str, *, limit: int) -> list[dict[str, Any]]:
    """The best hits among published entries for the search over the whole portal."""
    return [
        {
            "title": entry.title,
            "url": entry.get_absolute_url(),
            "kind": entry.get_kind_display(),
            "snippet": entry.summary,
        }
        for entry in find(
            Query(words=words[:LONGEST_QUERY], reader=translation.get_language() or "en"), user=user, limit=limit
        ).entries
    ]


_ACTS = {
    SolutionState.DRAFT: (gettext_lazy("Finish"), gettext_lazy("Your draft solution is not submitted yet.")),
    SolutionState.RETURNED: (gettext_lazy("Revise"), gettext_lazy("The secretariat returned this solution with a reason.")),
}


def desk_of_solutions(user: Any) -> list[DeskItem]:
    """Entries to review for the secretariat; drafts and returned entries for who may submit them; the rest to follow."""
    items = []
    if is_secretariat_staff(user):
        waiting = Solution.objects.visible_to(user).filter(state=SolutionState.SUBMITTED).order_by("pk")
        items += [
            DeskItem(
                title=solution.title,
                act=_("Review"),
                url=reverse("solutions:review", args=[solution.slug]),
                note=_("A solution from %(provider)s waits for verification.") % {"provider": _provider(solution)},
            )
            for solution in waiting.select_related("provider", "submitted_by")[:MOST_ON_DESK]
        ]
    memberships_of(user)  # read once, for all that follows
    open_states = [SolutionState.DRAFT, SolutionState.RETURNED, SolutionState.SUBMITTED]
    own = Solution.objects.visible_to(user).of(user).filter(state__in=open_states).select_related("provider")
    for solution in own.order_by("pk")[:MOST_ON_DESK]:
        if solution.state == SolutionState.SUBMITTED:
            url, waits = reverse("solutions:detail", args=[solution.slug]), _("Submitted; the secretariat is reviewing it.")
            items.append(DeskItem(title=solution.title, act=_("View"), url=url, note=waits, is_mine=False))
        else:
            act, note = _ACTS[SolutionState(solution.state)]
            url = reverse("solutions:edit", args=[solution.slug])
            is_mine = solution.submitted_by_id == user.pk or may(user, "solutions.submit_solution", solution)
            items.append(DeskItem(title=solution.title, act=act, url=url, note=note, is_mine=is_mine))
    return items


def _provider(solution: Solution) -> str:
    return solution.provider.short_name if solution.provider else str(solution.submitted_by)


def addresses_of_solutions() -> list[str]:
    """The public page of every published entry, for the sitemap."""
    with translation.override("en"):
        slugs = Solution.objects.published().order_by("pk").values_list("slug", flat=True)
        return [reverse("solutions:detail", args=[slug]) for slug in slugs]
