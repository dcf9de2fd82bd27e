"""Demo data of solutions: entries in every state with their histories, and transfers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from common.translated import in_languages
from directory.demo import content
from directory.models import Country, Membership, Organization, SDGGoal, Theme, User
from directory.page_versions import bump
from solutions.enums import EDITABLE, SolutionState, VerificationLevel
from solutions.models import Solution, SolutionStateChange, Transfer
from solutions.services.search_index import place_in_lists, update_search_index

# Entries came in over the months before the meeting; all of it is over when the demo begins four weeks ahead of it.
LAST_DECISION = datetime(2017, 10, 24, 14, 20, tzinfo=UTC)
SPACING = timedelta(days=5, hours=3, minutes=17)
NOTE = "Illustrative entry, written for this demonstration from general knowledge."
LEVELS = (
    VerificationLevel.AGENCY_REVIEWED,
    VerificationLevel.GOVERNMENT_ENDORSED,
    VerificationLevel.AGENCY_REVIEWED,
    VerificationLevel.INDEPENDENTLY_EVALUATED,
    VerificationLevel.SELF_REPORTED,
)
EVIDENCE = {
    VerificationLevel.SELF_REPORTED: "As described by the provider.",
    VerificationLevel.AGENCY_REVIEWED: "Reviewed by a technical unit of the agency against its programme reports.",
    VerificationLevel.GOVERNMENT_ENDORSED: "Endorsed by letter of the competent ministry.",
    VerificationLevel.INDEPENDENTLY_EVALUATED: "Confirmed by an independent evaluation.",
}
RETURN_REASON = "Please add to the results a figure with its year, and say which partner pays for the training."
WITHDRAWAL_REASON = "The provider prepares a new entry for the programme that has replaced this one."
THEME_OF_KIND = {
    "national_policy": "sharing-experience",
    "development_solution": "sharing-experience",
    "technology": "comparative-advantages",
    "technical_expertise": "scaling-up-means-of-implementation",
}


def load(*, shift: timedelta, scale: int) -> None:
    """Load the entries of `demo_content/solutions.json` and their transfers. `scale` waits for the volumes of the catalogue."""
    data = content("solutions", "solutions")
    loader = _Loader(shift)
    entries = {row["slug"]: loader.load(row, place) for place, row in enumerate(data["solutions"])}
    Transfer.objects.bulk_create(
        Transfer(
            solution=entries[row["solution"]],
            from_country=loader.countries[row["country_from"]],
            to_country=loader.countries[row["country_to"]],
            year=row["year"],
            result=row["result"],
        )
        for row in data["transfers"]
    )
    update_search_index(entries.values())
    bump("solutions")


class _Loader:
    """Writes entries; what they refer to is read once."""

    def __init__(self, shift: timedelta) -> None:
        self.shift = shift
        self.countries = {country.iso2: country for country in Country.objects.all()}
        self.goals = {goal.number: goal for goal in SDGGoal.objects.all()}
        self.themes = {theme.code: theme for theme in Theme.objects.all()}
        self.providers = {body.code: body for body in Organization.objects.all()}
        self.focal_points = {
            membership.organization_id: membership.user for membership in Membership.objects.focal_points().select_related("user")
        }
        self.verifier = User.objects.get(email="secretariat@demo.example")
        # Who wrote entries down for providers whose focal point has no account yet.
        self.clerk = User.objects.get(email="drafter@demo.example")

    def load(self, row: dict[str, Any], place: int) -> Solution:
        provider = self.providers[row["provider"]]
        author = self.focal_points.get(provider.pk, self.clerk)
        solution = Solution.objects.create(
            slug=row["slug"],
            kind=row["kind"],
            language=row["language"].replace("_", "-"),
            provider=provider,
            submitted_by=author,
            contact_email=author.email,
            modality=row["modality"],
            cost_band=row["cost_band"],
            year=row["year"],
            **{name: row[name] for name in ("challenge", "approach", "results", "lessons", "conditions_for_transfer")},
            **in_languages("title", row["title"]),
            **in_languages("summary", row["summary"]),
        )
        solution.countries_of_origin.set([self.countries[row["country_origin"]]])
        solution.countries_of_use.set(self.countries[code] for code in row["countries_used"] if code != row["country_origin"])
        solution.sdgs.set(self.goals[number] for number in row["sdgs"])
        solution.themes.set([self.themes[THEME_OF_KIND[row["kind"]]]])
        # What waits for the secretariat or its author is recent; decisions lie the further back, the later in the file.
        waits = row["state"] in {SolutionState.DRAFT, SolutionState.SUBMITTED, SolutionState.RETURNED}
        decided_at = LAST_DECISION + self.shift - (place % 3 * timedelta(hours=31) if waits else place * SPACING)
        if row["state"] not in EDITABLE:
            self._decide(solution, row["state"], decided_at, level=LEVELS[place % len(LEVELS)], was_returned=place % 7 == 3)
        else:
            self._history(solution, [(SolutionState.DRAFT, author, "", decided_at)])
        Solution.objects.filter(pk=solution.pk).update(created_at=decided_at - timedelta(days=12), changed_at=decided_at)
        return solution

    def _decide(self, solution: Solution, state: str, at: datetime, *, level: str, was_returned: bool) -> None:
        author = solution.submitted_by
        steps: list[tuple[str, User, str, datetime]] = [
            (SolutionState.DRAFT, author, "", at - timedelta(days=12)),
            (SolutionState.SUBMITTED, author, "", at - timedelta(days=9, hours=2)),
        ]
        if was_returned:
            steps += [
                (SolutionState.RETURNED, self.verifier, RETURN_REASON, at - timedelta(days=6)),
                (SolutionState.SUBMITTED, author, "", at - timedelta(days=3, hours=5)),
            ]
        if state in {SolutionState.VERIFIED, SolutionState.WITHDRAWN}:
            solution.verification_level = VerificationLevel(level)
            solution.verification_note = f"{EVIDENCE[VerificationLevel(level)]} {NOTE}"
            solution.verified_at = solution.published_at = at
            solution.verified_by = self.verifier
            solution.sort_key = place_in_lists(solution)
            steps.append((SolutionState.VERIFIED, self.verifier, solution.verification_note, at))
        if state == SolutionState.WITHDRAWN:
            steps.append((SolutionState.WITHDRAWN, author, WITHDRAWAL_REASON, at + timedelta(days=20)))
        solution.state = state
        solution.save()
        self._history(solution, steps)

    def _history(self, solution: Solution, steps: list[tuple[str, User, str, datetime]]) -> None:
        old = ""
        for new, by, reason, at in steps:
            change = SolutionStateChange.objects.create(
                subject=solution,
                old=old,
                new=new,
                by=by,
                on_behalf_of=None if by == self.verifier else solution.provider,
                reason=reason,
            )
            SolutionStateChange.objects.filter(pk=change.pk).update(at=at)
            old = new
