"""The way of an administrator into what is internal to an agency: seen, logged, limited, for reading only."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.access import Refused, may
from directory.announcements import internal_access_opened
from directory.models import InternalAccessGrant, InternalAccessUse, Organization, User
from directory.rules import OUTSIDE_A_PAGE, granted_organizations, organizations_of
from directory.services.grants import end_internal_access, open_internal_access
from strategy.enums import CommentState
from strategy.models import Comment, CommentReply, Disposition, Position
from tests.conftest import Cast
from tests.factories.briefs import BriefFactory
from tests.factories.directory import OrganizationFactory
from tests.factories.meetings import EventFactory, ReportFactory
from tests.factories.solutions import SolutionFactory
from tests.factories.strategy import CommentFactory, PositionFactory, RoundFactory, published_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def undp(cast: Cast) -> Organization:
    return Organization.objects.get(code="undp")


@pytest.fixture
def grant(cast: Cast, undp: Organization) -> InternalAccessGrant:
    return open_internal_access(organization=undp, by=cast.administrator, reason="A lost account", hours=4)


@pytest.fixture
def comment(cast: Cast, undp: Organization) -> Comment:
    consultation = RoundFactory(draft=published_draft())
    row = CommentFactory(round=consultation, organization=undp, author=cast.contributor_undp, text="Ursuline words of ours")
    CommentReply.objects.create(comment=row, author=cast.focal_undp, text="Between us only")
    return row


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_without_a_grant_an_administrator_sees_nothing(cast: Cast, comment: Comment) -> None:
    assert granted_organizations(cast.administrator) == set()
    assert not Comment.objects.visible_to(cast.administrator).exists()


def test_nobody_but_an_administrator_opens(cast: Cast, undp: Organization) -> None:
    for name, user in cast.everyone().items():
        if name != "administrator":
            with pytest.raises(PermissionDenied):
                open_internal_access(organization=undp, by=user, reason="Curious", hours=1)
    assert not InternalAccessGrant.objects.exists()


@pytest.mark.parametrize(("reason", "hours"), [("  ", 1), ("A reason", 0), ("A reason", 73)])
def test_a_grant_needs_a_reason_and_at_most_three_days(cast: Cast, undp: Organization, reason: str, hours: int) -> None:
    with pytest.raises(Refused):
        open_internal_access(organization=undp, by=cast.administrator, reason=reason, hours=hours)


def test_the_secretariat_has_nothing_to_open(cast: Cast) -> None:
    with pytest.raises(Refused, match="no agency-internal texts"):
        open_internal_access(
            organization=Organization.objects.get(code="unossc"), by=cast.administrator, reason="A reason", hours=1
        )


def test_a_second_grant_while_one_is_in_force_is_refused(cast: Cast, grant: InternalAccessGrant) -> None:
    with pytest.raises(Refused, match="already"):
        open_internal_access(organization=grant.organization, by=cast.administrator, reason="Again", hours=1)


def test_opening_is_announced_in_the_transaction(cast: Cast, undp: Organization) -> None:
    heard: list[InternalAccessGrant] = []

    def listen(sender: Any, grant: InternalAccessGrant, **kwargs: Any) -> None:
        heard.append(grant)

    internal_access_opened.connect(listen)
    try:
        grant = open_internal_access(organization=undp, by=cast.administrator, reason="A lost account", hours=1)
    finally:
        internal_access_opened.disconnect(listen)
    assert heard == [grant]


MODELS = [Comment, CommentReply, Position, Disposition]


@pytest.mark.parametrize("with_grant", [True, False])
@pytest.mark.parametrize("model", MODELS)
def test_list_and_predicate_agree_for_every_role(
    cast: Cast, undp: Organization, comment: Comment, model: Any, with_grant: bool
) -> None:
    fao = OrganizationFactory(code="fao")
    for organization in (undp, fao):
        for state in (CommentState.DRAFT, CommentState.CLEARED, CommentState.DROPPED):
            row = CommentFactory(round=comment.round, organization=organization, state=state)
            CommentReply.objects.create(comment=row, author=row.author, text="Between us")
        PositionFactory(round=comment.round, organization=organization, state="drafting", submitted_at=None, sha256="")
    if with_grant:
        open_internal_access(organization=undp, by=cast.administrator, reason="A reason", hours=1)
    for name, user in {**cast.everyone(), "visitor": AnonymousUser()}.items():
        seen = set(model.objects.visible_to(user).values_list("pk", flat=True))
        person = fresh(user) if user.pk else user
        allowed = {row.pk for row in model.objects.all() if may(person, f"strategy.view_{model._meta.model_name}", row)}
        assert seen == allowed, name
    if model is not Disposition:
        opened = model.objects.visible_to(cast.administrator)
        path = "comment__organization" if model is CommentReply else "organization"
        assert set(opened.values_list(f"{path}__code", flat=True)) == ({"undp"} if with_grant else set())


def test_briefs_entries_events_and_reports_are_opened_and_agree(cast: Cast, undp: Organization) -> None:
    rows = [
        (BriefFactory(), "briefs.view_brief"),
        (SolutionFactory(provider=undp, state="draft"), "solutions.view_solution"),
        (EventFactory(proposed_by=undp, state="proposed"), "meetings.view_thematicevent"),
        (ReportFactory(organization=undp, state="submitted", published_at=None), "meetings.view_voluntaryreport"),
    ]
    rows[0][0].agencies.create(organization=undp, is_lead=not rows[0][0].agencies.filter(is_lead=True).exists())
    for expected in (False, True):
        if expected:
            open_internal_access(organization=undp, by=cast.administrator, reason="A reason", hours=1)
        for row, permission in rows:
            assert type(row)._default_manager.visible_to(cast.administrator).filter(pk=row.pk).exists() is expected, permission
            assert may(fresh(cast.administrator), permission, type(row)._default_manager.get(pk=row.pk)) is expected, permission


def test_a_grant_opens_nothing_for_acting(cast: Cast, grant: InternalAccessGrant, comment: Comment) -> None:
    assert organizations_of(cast.administrator) == set()
    for verb in ("edit", "reply_to", "clear", "drop", "reopen", "dispose"):
        assert not may(cast.administrator, f"strategy.{verb}_comment", comment), verb
    assert not may(cast.administrator, "strategy.submit_position", Position(round=comment.round, organization=grant.organization))


def test_a_grant_opens_one_agency_only(cast: Cast, grant: InternalAccessGrant, comment: Comment) -> None:
    other = CommentFactory(round=comment.round, organization=OrganizationFactory(code="fao"))
    assert list(Comment.objects.visible_to(cast.administrator)) == [comment]
    assert not may(cast.administrator, "strategy.view_comment", other)


def test_a_grant_is_the_administrators_own(cast: Cast, grant: InternalAccessGrant, comment: Comment) -> None:
    another = User.objects.create_superuser("second.administrator@test.example")
    assert not Comment.objects.visible_to(another).exists()
    cast.administrator.is_superuser = False
    assert granted_organizations(cast.administrator) == set()


def test_an_expired_grant_opens_nothing(cast: Cast, grant: InternalAccessGrant, comment: Comment) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=4, seconds=1)):
        assert not Comment.objects.visible_to(cast.administrator).exists()
        with pytest.raises(Refused, match="over already"):
            end_internal_access(grant=grant, by=cast.administrator)


def test_the_agencys_focal_point_ends_it_and_it_holds_at_once(cast: Cast, grant: InternalAccessGrant, comment: Comment) -> None:
    for user in (cast.focal_fao, cast.contributor_undp, cast.secretariat, cast.outsider):
        with pytest.raises(PermissionDenied):
            end_internal_access(grant=grant, by=user)
    end_internal_access(grant=grant, by=cast.focal_undp)
    assert not Comment.objects.visible_to(cast.administrator).exists()
    grant.refresh_from_db()
    assert grant.ended_by == cast.focal_undp


def test_every_page_opened_under_a_grant_is_written_down_once(
    cast: Cast, sign_in: Any, grant: InternalAccessGrant, comment: Comment
) -> None:
    client = sign_in(cast.administrator)
    page = client.get(comment.get_absolute_url().partition("#")[0])
    assert "Ursuline words of ours" in page.content.decode()
    assert list(InternalAccessUse.objects.values_list("grant", "what")) == [
        (grant.pk, f"GET {comment.get_absolute_url().partition('#')[0]}")
    ]
    client.get("/robots.txt")
    assert InternalAccessUse.objects.count() == 1


def test_a_use_outside_a_page_is_written_down_at_once(cast: Cast, grant: InternalAccessGrant) -> None:
    assert granted_organizations(cast.administrator) == {grant.organization_id}
    assert InternalAccessUse.objects.get().what == OUTSIDE_A_PAGE


def test_what_cannot_be_written_down_is_not_shown(
    cast: Cast, sign_in: Any, grant: InternalAccessGrant, comment: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Any, **kwargs: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr("django.db.models.query.QuerySet.create", fails)
    client = sign_in(cast.administrator)
    with pytest.raises(RuntimeError, match="no log"):
        client.get(comment.get_absolute_url())


def test_pages_of_a_grant(cast: Cast, sign_in: Any, undp: Organization, comment: Comment) -> None:
    client = sign_in(cast.administrator)
    values = {"organization": undp.pk, "reason": "A lost account", "hours": "24"}
    assert client.post("/internal-access/", {**values, "reason": ""}).status_code == 400
    assert client.post("/internal-access/", values).status_code == 302
    grant = InternalAccessGrant.objects.get()
    page = client.get(f"/internal-access/{grant.pk}/").content.decode()
    assert "Ursuline words of ours" in page
    assert "Between us only" in page
    focal_point = sign_in(cast.focal_undp)
    assert "A lost account" in focal_point.get(f"/internal-access/{grant.pk}/").content.decode()
    assert f"/internal-access/{grant.pk}/" in focal_point.get("/internal-access/").content.decode()
    assert "GET /internal-access/" in focal_point.get(f"/internal-access/{grant.pk}/").content.decode()
    assert sign_in(cast.focal_fao).get(f"/internal-access/{grant.pk}/").status_code == 404
    assert sign_in(cast.outsider).get("/internal-access/").status_code == 403
    assert focal_point.post("/internal-access/", values).status_code == 403
    assert focal_point.post(f"/internal-access/{grant.pk}/end/").status_code == 302
    page = client.get(f"/internal-access/{grant.pk}/").content.decode()
    assert "Ursuline words of ours" not in page
    assert "over already" in focal_point.post(f"/internal-access/{grant.pk}/end/", follow=True).content.decode()


def test_the_list_costs_the_same_whatever_its_length(cast: Cast, sign_in: Any, undp: Organization) -> None:
    client = sign_in(cast.focal_undp)
    client.get("/internal-access/")
    counts = []
    for _number in range(2):
        for hours in range(1, 4):
            start = timezone.now() - timedelta(hours=hours)
            InternalAccessGrant.objects.create(
                organization=undp, administrator=cast.administrator, reason="R", starts_at=start, expires_at=timezone.now()
            )
        with CaptureQueriesContext(connection) as queries:
            client.get("/internal-access/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
