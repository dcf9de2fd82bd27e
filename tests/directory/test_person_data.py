"""What the portal holds about a person: packed for that person, handed out to nobody else."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from directory.enums import JobState
from directory.models import InternalAccessGrant, Job, Organization
from directory.services.files import store_file
from directory.services.grants import open_internal_access
from directory.services.jobs import run_job
from directory.services.memberships import end_membership
from notifications.enums import DeliveryState
from notifications.kinds import kind_of
from notifications.models import Notification
from notifications.services import deliver_due, notify
from ssc_portal.person import SOURCES, data_of
from ssc_portal.tasks import PERSONAL_DATA
from strategy.models import CommentReply
from tests.conftest import Cast
from tests.factories.briefs import AgencyFactory, BriefFactory
from tests.factories.directory import OrganizationFactory
from tests.factories.meetings import MeetingFactory, RegistrationFactory
from tests.factories.solutions import SolutionFactory
from tests.factories.strategy import CommentFactory, RoundFactory, published_draft

pytestmark = pytest.mark.django_db


def archive_of(client: Any, user: Any) -> zipfile.ZipFile:
    """Ask on the page, let a worker make it, download it."""
    asked = client.post("/accounts/profile/data/")
    job = Job.objects.get(asked_by=user, kind=PERSONAL_DATA)
    assert asked.url == f"/jobs/{job.pk}/"
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    response = client.get(f"/accounts/profile/data/{job.pk}.zip")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_archive_has_every_apps_part_and_the_files(cast: Cast, sign_in: Any) -> None:
    user = cast.contributor_undp
    user.photo = store_file(content=b"a photo", mime="image/jpeg")
    user.save()
    undp = Organization.objects.get(code="undp")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "Topsecret"})
    comment = CommentFactory(round=RoundFactory(draft=published_draft()), organization=undp, author=user, text="Our own words")
    CommentReply.objects.create(comment=comment, author=user, text="Between us")
    SolutionFactory(submitted_by=user, title="A pump", provider=None)
    AgencyFactory(
        brief=BriefFactory(),
        organization=undp,
        clearance="cleared",
        cleared_by=user,
        cleared_at=comment.created_at,
        cleared_hash="a" * 64,
    )
    registration = RegistrationFactory(meeting=MeetingFactory(slug="the-meeting"), user=user, email=user.email)
    with transaction.atomic():
        notify(kind=kind_of("notifications.bulk"), to=[user], cause="c", context={"subject": "News", "body": "Words to you"})
    packed = archive_of(sign_in(user), user)
    names = set(packed.namelist())
    assert names == {
        "README.txt",
        "photo.jpeg",
        f"meetings/the-meeting-{registration.reference}.ics",
        *(f"{name}.json" for name in SOURCES),
    }
    parts = {name: packed.read(f"{name}.json").decode() for name in SOURCES}
    assert json.loads(parts["account"])["memberships"][0]["organization"] == "undp"
    assert "Our own words" in parts["strategy"]
    assert "Between us" in parts["strategy"]
    assert "A pump" in parts["solutions"]
    assert registration.reference in parts["meetings"]
    assert json.loads(parts["briefs"])["clearances"][0]["clearance"] == "cleared"
    assert json.loads(parts["notifications"])["messages"]
    assert packed.read("photo.jpeg") == b"a photo"
    assert "Topsecret" not in "".join(parts.values())
    assert user.password not in "".join(parts.values())


def test_internal_words_stay_in_an_agency_that_the_person_has_left(cast: Cast) -> None:
    undp = Organization.objects.get(code="undp")
    comment = CommentFactory(
        round=RoundFactory(draft=published_draft()), organization=undp, author=cast.contributor_undp, text="Internal"
    )
    CommentReply.objects.create(comment=comment, author=cast.contributor_undp, text="Between us")
    end_membership(membership=cast.contributor_undp.memberships.get(), by=cast.focal_undp)
    left = type(cast.contributor_undp).objects.get(pk=cast.contributor_undp.pk)
    (row,) = data_of(left)["strategy"]["comments"]
    assert row["number"] == comment.pk
    assert "text" not in row
    assert "text" not in data_of(left)["strategy"]["replies"][0]


def test_an_archive_is_for_its_person_only(cast: Cast, sign_in: Any) -> None:
    archive_of(sign_in(cast.outsider), cast.outsider)
    job = Job.objects.get(kind=PERSONAL_DATA)
    for user in (cast.focal_undp, cast.administrator, cast.secretariat):
        assert sign_in(user).get(f"/accounts/profile/data/{job.pk}.zip").status_code == 404
    assert sign_in().get(f"/accounts/profile/data/{job.pk}.zip").status_code == 302
    page = sign_in(cast.outsider).get("/accounts/profile/data/").content.decode()
    assert f"/accounts/profile/data/{job.pk}.zip" in page


def test_asking_twice_makes_one_archive(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.outsider)
    assert client.post("/accounts/profile/data/").url == client.post("/accounts/profile/data/").url
    assert Job.objects.filter(kind=PERSONAL_DATA).count() == 1
    assert "Being made" in client.get("/accounts/profile/data/").content.decode()


def test_the_person_is_told_when_it_is_ready(cast: Cast, sign_in: Any, settings: Any) -> None:
    archive_of(sign_in(cast.outsider), cast.outsider)
    told = Notification.objects.get(kind="notifications.data_ready")
    assert told.recipient == cast.outsider
    deliver_due()
    told.refresh_from_db()
    assert (told.state, told.subject) == (DeliveryState.SENT, "Your data is ready to take along")
    assert "/accounts/profile/data/" in told.text
    assert len(list(Path(settings.EMAIL_FILE_PATH).glob("*.eml"))) == 1


# --- What an agency is told about a grant ----------------------------------------------------------------------------


def _opened(cast: Cast, code: str) -> InternalAccessGrant:
    organization = Organization.objects.get(code=code)
    return open_internal_access(organization=organization, by=cast.administrator, reason="A lost account", hours=2)


def test_focal_points_are_told_at_once_of_a_grant_with_its_reason(cast: Cast) -> None:
    assert kind_of("notifications.internal_access_opened").required
    grant = _opened(cast, "undp")
    told = Notification.objects.get(kind="notifications.internal_access_opened")
    assert told.recipient == cast.focal_undp
    deliver_due()
    told.refresh_from_db()
    assert told.state == DeliveryState.SENT
    assert "A lost account" in told.text
    assert f"/internal-access/{grant.pk}/" in told.text


def test_without_a_focal_point_everybody_who_serves_is_told(cast: Cast) -> None:
    cast.focal_undp.memberships.update(role="contributor")
    _opened(cast, "undp")
    told = Notification.objects.filter(kind="notifications.internal_access_opened")
    assert {row.recipient for row in told} == {cast.focal_undp, cast.contributor_undp}


def test_an_organization_without_people_is_opened_silently_but_logged(cast: Cast) -> None:
    OrganizationFactory(code="empty")
    grant = _opened(cast, "empty")
    assert not Notification.objects.filter(kind="notifications.internal_access_opened").exists()
    assert InternalAccessGrant.objects.visible_to(cast.administrator).get() == grant
