"""Who is told what, once, in their language."""

import pytest

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.selectors import text_hash
from briefs.services import clear_brief, publish_brief, start_clearance
from directory.enums import Role
from directory.models import Organization
from notifications.models import Notification
from notifications.services.delivery import deliver_due, render
from tests.conftest import Cast
from tests.factories.briefs import brief_by, try_without_worker
from tests.factories.directory import person

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=f"briefs.{kind}").values_list("recipient__email", flat=True))


def test_start_asks_focal_points_of_every_coauthor(cast: Cast) -> None:
    alternate = person(Role.ALTERNATE, "fao")
    start_clearance(brief=brief_by(), by=cast.focal_undp)
    assert told("clearance_requested") == {cast.focal_undp.email, cast.focal_fao.email, alternate.email}


def test_who_cleared_the_text_before_is_not_asked_again(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    brief.agencies.filter(organization__code="fao").update(clearance="pending", cleared_by=None, cleared_at=None, cleared_hash="")
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.DRAFTING)
    start_clearance(brief=brief, by=cast.focal_undp)
    assert told("clearance_requested") == {cast.focal_fao.email}


def test_last_clearance_tells_secretariat_staff(cast: Cast) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    for by, code in ((cast.focal_undp, "undp"), (cast.focal_fao, "fao")):
        assert told("brief_cleared") == set()
        clear_brief(brief=brief, by=by, on_behalf_of=Organization.objects.get(code=code), seen=text_hash(brief))
    assert told("brief_cleared") == {cast.secretariat.email}


def test_publication_tells_everybody_in_the_coauthoring_agencies(cast: Cast) -> None:
    publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    assert told("brief_published") == {cast.focal_undp.email, cast.contributor_undp.email, cast.focal_fao.email}


def test_messages_are_rendered_with_names_and_a_link(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(title="R&D <at> home"), by=cast.focal_undp)
    subject, text, html, _ = render(Notification.objects.get(recipient=cast.focal_fao))
    assert subject == "Please clear: R&D <at> home"
    assert "As focal point of FAO you can clear the text" in text
    assert f"/briefs/{brief.slug}/clear/" in text
    assert "R&amp;D &lt;at&gt; home" in html


@pytest.mark.parametrize("kind", ["brief_cleared", "brief_published"])
def test_other_messages_are_rendered(cast: Cast, kind: str) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    for by, code, reservation in ((cast.focal_undp, "undp", ""), (cast.focal_fao, "fao", "Not page 2.")):
        clear_brief(
            brief=brief, by=by, on_behalf_of=Organization.objects.get(code=code), seen=text_hash(brief), reservation=reservation
        )
    try_without_worker(brief)
    publish_brief(brief=brief, by=cast.secretariat)
    subject, text, _, _ = render(Notification.objects.filter(kind=f"briefs.{kind}").first())
    assert brief.title in subject
    assert "UNDP, FAO" in text
    assert f"/briefs/{brief.slug}/" in text
    assert ("With a reservation that will be printed: FAO." in text) == (kind == "brief_cleared")


def test_message_in_french_names_the_series_in_french(cast: Cast) -> None:
    cast.focal_fao.language = "fr"
    cast.focal_fao.save()
    brief = brief_by()
    brief.series.title_fr = "Notes d'orientation"
    brief.series.save()
    start_clearance(brief=brief, by=cast.focal_undp)
    _, text, _, _ = render(Notification.objects.get(recipient=cast.focal_fao))
    assert "Notes d'orientation" in text
    assert f"/fr/briefs/{brief.slug}/clear/" in text


def test_message_to_somebody_who_left_the_agency_is_withdrawn(cast: Cast) -> None:
    start_clearance(brief=brief_by(), by=cast.focal_undp)
    cast.focal_fao.memberships.all().delete()
    deliver_due()
    states = dict(Notification.objects.values_list("recipient__email", "state"))
    assert states == {cast.focal_undp.email: "sent", cast.focal_fao.email: "withdrawn"}
