"""Demo data of briefs: two series, published briefs with their PDFs on the way, one ready to be finished, two in the making."""

import csv
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from briefs.demo import publishing as demo_publishing
from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency, BriefStateChange, CitedSolution, ClearanceChange, Section, Series
from briefs.selectors import text_hash
from briefs.services import freeze_edition, start_rendering
from common.translated import in_languages
from directory.demo import content
from directory.enums import FOCAL_ROLES, Role
from directory.models import Membership, Organization, SDGGoal, Theme, User
from directory.page_versions import bump
from solutions.models import Solution

NEW_YORK = ZoneInfo("America/New_York")
# The content knows a state of review, which comes with its own issue: until then such a brief is being drafted.
STATES = {"in_review": "drafting"}
CITED = {
    "warnings-that-cross-borders": ["cyclone-preparedness-volunteers"],
    "solar-irrigation-farmers-can-keep": ["alternate-wetting-and-drying", "wastewater-for-irrigation"],
    "medicines-closer-to-home": ["yellow-fever-vaccine-dakar"],
}
# Agencies whose people the directory's cast does not name.
MORE_FOCAL_POINTS = {"wmo": ("Amara", "Lindqvist-Osei", "a.lindqvistosei@wmo.example")}
COLUMN_NAMES = {"step": "Step", "working_alone": "Working alone", "sharing": "Sharing"}


def load(*, shift: timedelta, scale: int) -> None:
    """Load the briefs of `demo_content/briefs.json`; `scale` waits for the volumes of the briefs' own issue."""
    data = content("briefs", "briefs")
    series = {
        row["code"]: Series.objects.create(
            slug=row["code"], **in_languages("title", row["title"]), **in_languages("description", row["description"])
        )
        for row in data["series"]
    }
    loader = _Loader(series, shift - _lag(data["briefs"], shift))
    for row in (*data["briefs"], *content("briefs", "publishing")["briefs"]):
        loader.load(row)
    demo_publishing.load(loader.staff)
    bump("briefs")


def _at(day: str, shift: timedelta) -> datetime:
    """Ten in the morning of a day in New York; the shift is added on that place's clock."""
    return (datetime.combine(datetime.fromisoformat(day), time(10, 0)) + shift).replace(tzinfo=NEW_YORK)


def _lag(briefs: list[dict[str, Any]], shift: timedelta) -> timedelta:
    """Whole weeks by which the newest brief must come earlier: the demo begins weeks before the meeting, nothing lies ahead."""
    newest = max(_at(row["published"], shift) for row in briefs if row["published"])
    ahead = newest - (timezone.now() - timedelta(days=3))
    return timedelta(weeks=max(0, -(-ahead // timedelta(weeks=1))))


class _Loader:
    """Writes briefs; what they refer to is read once."""

    def __init__(self, series: dict[str, Series], shift: timedelta) -> None:
        self.series = series
        self.shift = shift
        self.organizations = {row.code: row for row in Organization.objects.all()}
        self.themes = {row.code: row for row in Theme.objects.all()}
        self.goals = {row.number: row for row in SDGGoal.objects.all()}
        self.solutions = {
            row.slug: row for row in Solution.objects.filter(slug__in=[slug for row in CITED.values() for slug in row])
        }
        self.staff = User.objects.get(email="secretariat@demo.example")
        self.people = {row["email"]: row for row in content("directory", "people")}
        self.focal_points: dict[str, User] = {}
        self.briefs: dict[str, Brief] = {}

    def load(self, row: dict[str, Any]) -> None:
        """Write a brief with its sections, clearances and the history that led to its state."""
        brief = self.briefs[row["slug"]] = Brief.objects.create(
            slug=row["slug"],
            series=self.series[row["series"]],
            number=row["number"],
            language=row["language"],
            translation_of=self.briefs.get(row["translation_of"] or ""),
            title=row["title"],
            summary=row["summary"],
            key_messages=row["key_messages"],
            footnotes=[note["text"] for note in row["footnotes"]],
        )
        brief.themes.set(self.themes[code] for code in row["themes"])
        brief.sdgs.set(self.goals[number] for number in row["sdgs"])
        agencies = [
            BriefAgency.objects.create(brief=brief, organization=self.organizations[code], is_lead=not place)
            for place, code in enumerate(row["agencies"])
        ]
        end = _at(row["published"], self.shift) if row["published"] else timezone.now() - timedelta(days=2, hours=3)
        for place, section in enumerate(row["sections"], 1):
            Section.objects.create(
                brief=brief,
                position=place,
                heading=section["heading"],
                organization=self.organizations[section["agency"]],
                body=section["body"] + self._additions(row, place),
                edited_by=self._focal_point(section["agency"]),
                edited_at=end - timedelta(days=12, hours=7 - place),
            )
        for slug in CITED.get(row["slug"], []):
            if slug in self.solutions:
                CitedSolution.objects.create(brief=brief, solution=self.solutions[slug])
        self._live_through(brief, agencies, row, end)

    def _additions(self, row: dict[str, Any], place: int) -> str:
        """Boxes and the chart's numbers that stand after the section of this place."""
        boxes = [
            f'<aside class="box"><h3>{box["title"]}</h3>{box["body"]}</aside>'
            for box in row["boxes"]
            if box["after_section"] == place
        ]
        if row["chart"] and row["chart"]["after_section"] == place:
            boxes.insert(0, self._chart_table(row["chart"]))
        return "".join(boxes)

    @staticmethod
    def _chart_table(chart: dict[str, Any]) -> str:
        """The chart's numbers as a table; drawn charts come with the briefs' own issue."""
        path = settings.BASE_DIR / "briefs" / "demo_content" / chart["file"]
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        return format_html(
            "<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
            chart["title"],
            format_html_join("", '<th scope="col">{}</th>', ((COLUMN_NAMES.get(name, name),) for name in head)),
            format_html_join(
                "",
                '<tr><th scope="row">{}</th>{}</tr>',
                ((first, format_html_join("", "<td>{}</td>", ((value,) for value in rest))) for first, *rest in rows),
            ),
        )

    def _focal_point(self, code: str) -> User:
        """The agency's focal point: of the cast, or a person of the directory who cannot sign in."""
        if code not in self.focal_points:
            member = Membership.objects.filter(organization__code=code, role__in=FOCAL_ROLES).select_related("user").first()
            self.focal_points[code] = member.user if member else self._new_focal_point(code)
        return self.focal_points[code]

    def _new_focal_point(self, code: str) -> User:
        rows = [row for row in self.people.values() if row["organization"] == code and row["role"] == "focal_point"]
        given, family, email = (
            (rows[0]["given_name"], rows[0]["family_name"], rows[0]["email"]) if rows else MORE_FOCAL_POINTS[code]
        )
        person = User.objects.filter(email=email).first()
        if person is None:
            person = User(email=email, given_name=given, family_name=family)
            person.set_unusable_password()
            person.save()
        Membership.objects.create(user=person, organization=self.organizations[code], role=Role.FOCAL_POINT)
        return person

    def _live_through(self, brief: Brief, agencies: list[BriefAgency], row: dict[str, Any], end: datetime) -> None:
        """Give the brief the state of the content and the history of somebody who got there."""
        state = STATES.get(row["state"], row["state"])
        lead = agencies[0].organization
        self._moved(brief, "", BriefState.DRAFTING, at=end - timedelta(days=34), by=self.staff)
        if state == BriefState.DRAFTING:
            return
        started = end - timedelta(days=9, hours=2)
        self._moved(
            brief, BriefState.DRAFTING, BriefState.IN_CLEARANCE, at=started, by=self._focal_point(lead.code), on_behalf_of=lead
        )
        cleared = {answer["agency"] for answer in row["clearances"] if answer["state"] == "cleared"}
        digest = text_hash(Brief.objects.get(pk=brief.pk))
        at = started
        for place, agency in enumerate(agencies, 1):
            if agency.organization.code in cleared:
                at = started + timedelta(days=place * 2, hours=place)
                self._clear(agency, digest, at)
        if state in {BriefState.CLEARED, BriefState.PUBLISHED}:
            last = agencies[-1].organization
            self._moved(
                brief, BriefState.IN_CLEARANCE, BriefState.CLEARED, at=at, by=self._focal_point(last.code), on_behalf_of=last
            )
        if state == BriefState.PUBLISHED:
            edition = freeze_edition(brief=Brief.objects.get(pk=brief.pk), at=end)
            self._moved(brief, BriefState.CLEARED, BriefState.PUBLISHED, at=end, by=self.staff)
            Brief.objects.filter(pk=brief.pk).update(state=state, current_edition=edition)
            start_rendering(edition=edition, asked_by=None)
        else:
            Brief.objects.filter(pk=brief.pk).update(state=state)

    def _clear(self, agency: BriefAgency, digest: str, at: datetime) -> None:
        by = self._focal_point(agency.organization.code)
        BriefAgency.objects.filter(pk=agency.pk).update(
            clearance=Clearance.CLEARED, cleared_by=by, cleared_at=at, cleared_hash=digest
        )
        change = ClearanceChange.objects.create(
            subject=agency, old=Clearance.PENDING, new=Clearance.CLEARED, by=by, on_behalf_of=agency.organization
        )
        ClearanceChange.objects.filter(pk=change.pk).update(at=at)

    @staticmethod
    def _moved(brief: Brief, old: str, new: str, *, at: datetime, by: User, on_behalf_of: Organization | None = None) -> None:
        change = BriefStateChange.objects.create(subject=brief, old=old, new=new, by=by, on_behalf_of=on_behalf_of)
        # The moment is written by the database's clock; history is moved to when it happened.
        BriefStateChange.objects.filter(pk=change.pk).update(at=at.astimezone(UTC))
