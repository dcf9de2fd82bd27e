"""A strategy under open consultation, with the demo's cast."""

from dataclasses import dataclass
from typing import Any

import pytest

from directory.enums import Role
from directory.models import Organization
from strategy.models import Comment, ConsultationRound, Draft, Paragraph, Strategy
from strategy.services import write_comment
from tests.conftest import Cast
from tests.factories.directory import person
from tests.factories.strategy import RoundFactory, published_draft


@dataclass
class Scene:
    """What most tests of the strategy start from. `undp`, `fao`, `who` are agencies; `unossc` is the secretariat."""

    cast: Cast
    strategy: Strategy
    draft: Draft
    round: ConsultationRound

    def organization(self, code: str) -> Organization:
        return Organization.objects.get(code=code)

    @property
    def undp(self) -> Organization:
        return self.organization("undp")

    @property
    def fao(self) -> Organization:
        return self.organization("fao")

    def paragraph(self, number: str = "1") -> Paragraph:
        return self.draft.paragraphs.get(number=number)

    def comment(self, by: Any = None, agency: str = "undp", text: str = "Internal words of an agency", **fields: Any) -> Comment:
        return write_comment(
            consultation=self.round,
            by=by or self.cast.contributor_undp,
            on_behalf_of=self.organization(agency),
            paragraph=fields.pop("paragraph", self.paragraph()),
            type="substantive",
            text=text,
            **fields,
        )

    def url(self, rest: str = "") -> str:
        return f"/strategy/{self.strategy.slug}/{rest}"


@pytest.fixture
def scene(cast: Cast) -> Scene:
    # Samoa is a Member State, not an agency.
    Organization.objects.filter(code="samoa").update(is_agency=False)
    draft = published_draft()
    return Scene(cast, draft.strategy, draft, RoundFactory(draft=draft))


@pytest.fixture
def second(cast: Cast) -> Any:
    """Another drafter than the cast's."""
    return person(Role.DRAFTER, "unossc")
