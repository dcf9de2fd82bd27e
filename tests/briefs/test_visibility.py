"""The list and the predicate agree for everybody and every state."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from briefs.enums import BriefState
from briefs.models import Brief, BriefAgency, Edition, Section
from common.access import may
from directory.enums import Role
from tests.conftest import Cast
from tests.factories.briefs import brief_by, in_state
from tests.factories.directory import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(cast: Cast) -> list[Brief]:
    """Briefs of three pairs of agencies in every state, and published ones opened for a new edition."""
    made = [brief_by(*pair, state=state) for state in BriefState for pair in (("undp", "fao"), ("fao", "who"), ("ilo", "itc"))]
    made += [in_state(brief_by("undp", "who", state=BriefState.PUBLISHED), BriefState.DRAFTING)]
    return made


def everybody(cast: Cast) -> dict[str, Any]:
    return {
        **cast.everyone(),
        "visitor": AnonymousUser(),
        "member of the secretariat for one brief": person(Role.STAFF, "unossc"),
        "inactive": person(Role.FOCAL_POINT, "undp", is_active=False),
    }


def test_visible_to_agrees_with_the_predicate_role_by_role(cast: Cast, rows: list[Brief]) -> None:
    people = everybody(cast)
    people["member of the secretariat for one brief"].memberships.update(scope=f"brief:{rows[2].slug}")
    for name, user in people.items():
        listed = sorted(Brief.objects.visible_to(user).values_list("pk", flat=True))
        assert listed == sorted(brief.pk for brief in rows if may(user, "briefs.view_brief", brief)), name
        inside = sorted(Brief.objects.of_insider(user).values_list("pk", flat=True))
        assert inside == sorted(brief.pk for brief in rows if may(user, "briefs.work_on_brief", brief)), name


def test_visitor_sees_what_has_an_edition_and_nothing_else(rows: list[Brief]) -> None:
    seen = Brief.objects.visible_to(AnonymousUser())
    assert {brief.pk for brief in seen} == {brief.pk for brief in rows if brief.current_edition_id}
    assert {brief.state for brief in seen} == {BriefState.PUBLISHED, BriefState.WITHDRAWN, BriefState.DRAFTING}


def test_administrator_sees_no_draft(cast: Cast, rows: list[Brief]) -> None:
    assert set(Brief.objects.visible_to(cast.administrator)) == set(Brief.objects.public())


def test_text_being_written_is_for_insiders_also_where_the_brief_is_public(cast: Cast, rows: list[Brief]) -> None:
    for user in (cast.outsider, cast.administrator, cast.focal_samoa, AnonymousUser()):
        assert not Section.objects.visible_to(user).exists()
        assert not BriefAgency.objects.visible_to(user).exists()
    assert {section.brief_id for section in Section.objects.visible_to(cast.focal_undp)} == {
        brief.pk for brief in rows if any(agency.organization.code == "undp" for agency in brief.agencies.all())
    }


def test_every_edition_of_a_public_brief_is_visible_to_everybody(cast: Cast, rows: list[Brief]) -> None:
    assert Edition.objects.visible_to(AnonymousUser()).count() == Edition.objects.count() == 7


def test_brief_of_two_of_my_agencies_is_listed_once(cast: Cast) -> None:
    brief = brief_by("undp", "fao")
    cast.focal_undp.memberships.create(
        organization=brief.agencies.get(organization__code="fao").organization, role=Role.CONTRIBUTOR
    )
    assert list(Brief.objects.visible_to(cast.focal_undp)) == [brief]
