"""Demo data of briefs: two series, published briefs with their PDFs on the way, one ready to be finished, two in the making."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from PIL import Image

from briefs.demo import publishing as demo_publishing
from briefs.enums import (
    BriefState,
    Clearance,
    DownloadFile,
    FigureKind,
    ReviewDecision,
    ReviewerState,
    ReviewRoundState,
    SectionKind,
)
from briefs.models import (
    Brief,
    BriefAgency,
    BriefStateChange,
    CitedParagraph,
    CitedSolution,
    ClearanceChange,
    DownloadCount,
    Edition,
    Figure,
    Reference,
    Reviewer,
    ReviewPoint,
    ReviewRound,
    Section,
    SectionComment,
    SectionReply,
    SectionRevision,
    Series,
)
from briefs.selectors import brief_content, text_hash
from briefs.services import freeze_edition, start_rendering
from common.translated import in_languages
from directory.demo import content
from directory.enums import FOCAL_ROLES, Role
from directory.models import Membership, Organization, SDGGoal, Theme, User
from directory.page_versions import bump
from directory.services.files import store_file
from solutions.models import Solution
from strategy.enums import ParagraphKind
from strategy.models.texts import Draft, Paragraph

NEW_YORK = ZoneInfo("America/New_York")
# A brief in review is being drafted, with a round of review open.
STATES = {"in_review": "drafting"}
CITED = {
    "warnings-that-cross-borders": ["cyclone-preparedness-volunteers"],
    "solar-irrigation-farmers-can-keep": ["alternate-wetting-and-drying", "wastewater-for-irrigation"],
    "medicines-closer-to-home": ["yellow-fever-vaccine-dakar"],
}
# Agencies whose people the directory's cast does not name.
MORE_FOCAL_POINTS = {"wmo": ("Amara", "Lindqvist-Osei", "a.lindqvistosei@wmo.example")}


def load(*, shift: timedelta, scale: int) -> None:
    """Load the briefs of `demo_content/briefs.json`; `scale` waits for the volumes of the briefs' own issue."""
    data = content("briefs", "briefs")
    series = {
        row["code"]: Series.objects.create(
            slug=row["code"],
            issn=row["issn"],
            periodicity=row["periodicity"],
            cover=row["cover"],
            **in_languages("title", row["title"]),
            **in_languages("description", row["description"]),
        )
        for row in data["series"]
    }
    staff = User.objects.get(email="secretariat@demo.example")
    for one in series.values():
        one.editors.add(staff)
    loader = _Loader(series, shift - _lag(data["briefs"], shift))
    for row in (*data["briefs"], *content("briefs", "publishing")["briefs"]):
        loader.load(row)
    loader.talk()
    for row in content("briefs", "reviews")["rounds"]:
        loader.load_review(row)
    demo_publishing.load(loader.staff)
    _count_downloads()
    bump("briefs")


def _count_downloads() -> None:
    """Downloads of each edition since it was published: many in the first week, then fewer, fewest at week-ends."""
    today = timezone.now().date()
    rows = []
    for edition in Edition.objects.order_by("pk"):
        first = edition.published_at.date()
        for age in range(min((today - first).days, 364) + 1):
            day = first + timedelta(days=age)
            interest = (60 / (age + 3) + 3) * (0.3 if day.weekday() > 4 else 1) * (1 + edition.pk % 3)
            for file, share in ((DownloadFile.PDF, 1.0), (DownloadFile.PRINT, 0.1), (DownloadFile.KIT, 0.06)):
                count = round(interest * share + (age * 7 + edition.pk) % 3 / 2)
                if count:
                    rows.append(DownloadCount(edition=edition, file=file, day=day, count=count))
    DownloadCount.objects.bulk_create(rows)


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
        self.matter = content("briefs", "matter")
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
                body=self._body(row, section["body"], place),
                edited_by=self._focal_point(section["agency"]),
                edited_at=end - timedelta(days=12, hours=7 - place),
            )
        for slug in CITED.get(row["slug"], []):
            if slug in self.solutions:
                CitedSolution.objects.create(brief=brief, solution=self.solutions[slug])
        self._add_sources(brief, row)
        self._live_through(brief, agencies, row, end)

    def talk(self) -> None:
        """Revisions, comments and a suggestion in the sections of briefs in the making."""
        data = content("briefs", "talk")
        now = timezone.now()
        for row in data["revisions"]:
            section = self._section(row)
            edited = section.edited_at or now
            for version, words in enumerate(row["earlier"], 1):
                SectionRevision.objects.create(
                    section=section, version=version, heading=words["heading"], note=words["note"],
                    body=words["body"] or section.body.replace(words["instead_of"], words["words"]),
                    is_editorial=words["is_editorial"], by=self._focal_point(section.organization.code),
                    at=edited - timedelta(days=3 * (len(row["earlier"]) - version + 1)),
                )  # fmt: skip
            Section.objects.filter(pk=section.pk).update(version=len(row["earlier"]) + 1)
            section.refresh_from_db()
            SectionRevision.objects.create(
                section=section, version=section.version, heading=section.heading, body=section.body, note=row["note"],
                is_editorial=row["is_editorial"], by=section.edited_by, at=edited,
            )  # fmt: skip
        for place, row in enumerate(data["comments"]):
            section = self._section(row)
            at = now - timedelta(days=len(data["comments"]) - place, hours=5)
            comment = SectionComment.objects.create(
                section=section, kind=row["kind"], organization=self.organizations[row["agency"]],
                author=self._focal_point(row["agency"]), text=row["text"], quote=row["quote"], proposal=row["proposal"],
                version=section.version, created_at=at,
            )  # fmt: skip
            for reply in row["replies"]:
                SectionReply.objects.create(
                    comment=comment, organization=self.organizations[reply["agency"]],
                    author=self._focal_point(reply["agency"]), text=reply["text"], created_at=at + timedelta(hours=3),
                )  # fmt: skip

    def _section(self, row: dict[str, Any]) -> Section:
        return Section.objects.select_related("organization", "brief").get(brief__slug=row["brief"], position=row["position"])

    def _add_sources(self, brief: Brief, row: dict[str, Any]) -> None:
        """Figures, references and cited paragraphs of the content, and the annexes that it has."""
        more = self.matter.get(row["slug"], {})
        for reference in more.get("references", []):
            Reference.objects.create(brief=brief, key=reference["key"], csl=reference["csl"])
        for figure in more.get("figures", []):
            words = {name: figure[name] for name in ("key", "kind", "caption", "alt", "credit", "licence")}
            Figure.objects.create(brief=brief, **words, **self._shown(figure))
        for place, annex in enumerate(more.get("annexes", []), len(row["sections"]) + 1):
            Section.objects.create(
                brief=brief,
                kind=SectionKind.ANNEX,
                position=place,
                heading=annex["heading"],
                organization=self.organizations[annex["agency"]],
                body=annex["body"],
            )
        drafts = Draft.objects.visible_to(AnonymousUser())
        for number in more.get("paragraphs", []):
            found = Paragraph.objects.filter(draft__in=drafts, number=number, kind=ParagraphKind.PARAGRAPH)
            paragraph = found.order_by("pk").first()
            if paragraph:
                CitedParagraph.objects.create(brief=brief, paragraph=paragraph)

    @staticmethod
    def _shown(figure: dict[str, Any]) -> dict[str, Any]:
        """What a figure shows: a chart its numbers, a picture a drawing of our own."""
        if figure["kind"] == FigureKind.CHART:
            return {"chart": figure["chart"], "rows": figure["rows"]}
        path = settings.BASE_DIR / "briefs" / "demo_content" / figure["file"]
        with Image.open(path) as picture:
            width, height = picture.size
        return {"file": store_file(content=path.read_bytes(), mime="image/png"), "width": width, "height": height}

    def _body(self, row: dict[str, Any], body: str, place: int) -> str:
        """A section's text with the marks of references and figures, and the boxes after it."""
        more = self.matter.get(row["slug"], {})
        for mark in more.get("marks", []):
            if mark["section"] == place:
                assert mark["after"] in body, (row["slug"], mark)
                body = body.replace(mark["after"], mark["after"] + mark["mark"], 1)
        figures = "".join(f"<p>[figure {one['key']}]</p>" for one in more.get("figures", []) if one["after_section"] == place)
        return body + figures + self._additions(row, place)

    def _additions(self, row: dict[str, Any], place: int) -> str:
        """Boxes that stand after the section of this place."""
        boxes = [
            f'<aside class="box"><h3>{box["title"]}</h3>{box["body"]}</aside>'
            for box in row["boxes"]
            if box["after_section"] == place
        ]
        return "".join(boxes)

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
            deadline = timezone.now() + timedelta(days=4, hours=6)
            Brief.objects.filter(pk=brief.pk).update(state=state, clearance_deadline=deadline)

    def load_review(self, row: dict[str, Any]) -> None:
        """Write a round of review with its reviewers, what they said and what the authors have answered so far."""
        brief = Brief.objects.get(slug=row["brief"])
        now = timezone.now()
        opened = now - timedelta(days=row["opened_days_ago"], hours=3)
        found = ReviewRound.objects.create(
            brief=brief,
            number=1,
            is_anonymous=row["is_anonymous"],
            invitation=row["invitation"],
            questions=row["questions"],
            due_at=now + timedelta(days=row["due_in_days"], hours=5),
            content=brief_content(brief),
            sha256=text_hash(brief),
            opened_by=self.staff,
            opened_at=opened,
        )
        found.state_changes.create(old="", new=ReviewRoundState.OPEN, by=self.staff)
        for place, one in enumerate(row["reviewers"], 1):
            self._reviewer(found, one, opened + timedelta(days=place, hours=place))
        if row["decision"]:
            found.state, found.decision, found.letter = ReviewRoundState.CLOSED, row["decision"], row["letter"]
            found.closed_at = now - timedelta(days=2)
            found.save()
            found.state_changes.create(old=ReviewRoundState.OPEN, new=ReviewRoundState.CLOSED, by=self.staff)

    def _reviewer(self, found: ReviewRound, row: dict[str, Any], at: datetime) -> None:
        user = User.objects.filter(email=row["user"]).first() if row["user"] else None
        reviewer = Reviewer.objects.create(
            round=found,
            user=user,
            name="" if user else row["name"],
            address="" if user else row["address"],
            affiliation=row["affiliation"],
            invited_at=found.opened_at,
        )
        reviewer.state_changes.create(old="", new=ReviewerState.INVITED, by=self.staff)
        if not row["points"]:
            return
        for place, point in enumerate(row["points"], 1):
            answered_for = self.organizations[point["agency"]] if point["reply"] else None
            ReviewPoint.objects.create(
                reviewer=reviewer,
                position=place,
                question=found.questions[point["question"]] if point["question"] is not None else "",
                text=point["text"],
                reply=point["reply"],
                replied_for=answered_for,
                replied_by=self._focal_point(point["agency"]) if point["reply"] else None,
                replied_at=at + timedelta(days=3) if point["reply"] else None,
            )
        reviewer.state, reviewer.decision = ReviewerState.SUBMITTED, ReviewDecision(row["decision"])
        reviewer.to_editors, reviewer.answered_at = row["to_editors"], at
        reviewer.save()
        reviewer.state_changes.create(old=ReviewerState.INVITED, new=ReviewerState.SUBMITTED, by=user)

    def _clear(self, agency: BriefAgency, digest: str, at: datetime) -> None:
        by = self._focal_point(agency.organization.code)
        BriefAgency.objects.filter(pk=agency.pk).update(
            clearance=Clearance.CLEARED, cleared_by=by, cleared_at=at, cleared_hash=digest, keeps_editorial=True
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
