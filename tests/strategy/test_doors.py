"""Agency-internal text reaches nobody outside the agency by any door: every page is walked as every other role."""

import uuid

import pytest
from django.urls import get_resolver, reverse
from django.utils import translation

from directory.models import Organization
from notifications.models import Notification
from strategy.services import clear_comment, drop_comment, reply_to_comment

SECRETS = ["Waitingsecret", "Clearedsecret", "Droppedsecret", "Replysecret", "Proposedsecret"]


@pytest.fixture
def secrets(scene):
    waiting = scene.comment(text="Waitingsecret", proposed_text="Proposedsecret")
    clear_comment(comment=scene.comment(text="Clearedsecret"), by=scene.cast.focal_undp)
    drop_comment(comment=scene.comment(text="Droppedsecret"), by=scene.cast.focal_undp)
    reply_to_comment(comment=waiting, by=scene.cast.focal_undp, text="Replysecret")
    scene.comment(paragraph=None, text="Waitingsecret on the whole")
    return waiting


def doors(scene, comment):
    """Every address of the strategy with real arguments, and the other apps' pages where its text could surface."""
    values = {
        "slug": scene.strategy.slug,
        "number": 0,
        "other": 0,
        "anchor": "1",
        "code": "NONE",
        "name": "extend",
        "agency": "undp",
        "pk": comment.pk,
        "ending": "txt",
        "job_id": uuid.uuid4(),
        "uid": scene.paragraph().uid,
    }
    patterns = next(one for one in get_resolver().url_patterns if type(one.pattern).__name__ == "LocalePrefixPattern")
    paths = []
    for include in patterns.url_patterns:
        if getattr(include, "app_name", None) != "strategy":
            continue
        for route in include.url_patterns:
            kwargs = {name: values[name] for name in route.pattern.converters}
            with translation.override("en"):
                paths.append(reverse(f"strategy:{route.name}", kwargs=kwargs))
    assert len(paths) >= 18
    organization = Organization.objects.get(code="undp").pk
    return [
        *paths,
        scene.url("position/?agency=undp"),
        scene.url("answers/?show=answered"),
        "/desk/",
        *(f"/search/?q={secret}" for secret in SECRETS),
        "/api/v1/strategy/",
        f"/api/v1/strategy/{scene.strategy.slug}/",
        f"/api/v1/strategy/{scene.strategy.slug}/drafts/0/",
        "/outbox/",
        *(f"/outbox/{row.pk}/" for row in Notification.objects.all()),
        "/admin/",
        "/admin/strategy/",
        *(f"/admin/strategy/{model}/" for model in ("strategy", "draft", "consultationround", "comment", "position")),
        f"/admin/strategy/consultationround/{scene.round.pk}/change/",
        f"/admin/strategy/draft/{scene.draft.pk}/change/",
        f"/admin/strategy/draft/{scene.draft.pk}/history/",
        f"/admin/directory/organization/{organization}/change/",
        f"/admin/directory/organization/{organization}/delete/",
        f"/admin/directory/user/{comment.author_id}/change/",
    ]


@pytest.mark.parametrize(
    "who", ["administrator", "secretariat", "drafter", "focal_fao", "focal_who", "focal_samoa", "outsider", None]
)
@pytest.mark.parametrize("htmx", [False, True])
def test_no_door_leads_to_internal_text(scene, secrets, sign_in, who, htmx):
    client = sign_in(getattr(scene.cast, who) if who else None)
    extra = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    for path in doors(scene, secrets):
        response = client.get(path, **extra)
        assert response.status_code < 500, path
        # The words that the reader typed themselves come back on the search page.
        page = response.content.decode(errors="replace")
        page = page.replace(path.rpartition("q=")[2], "") if "?q=" in path else page
        for secret in SECRETS:
            assert secret not in page, path


def test_the_same_doors_do_open_for_the_agency(scene, secrets, sign_in):
    """The walk above proves something only if the text is there to be found."""
    own = [path for path in doors(scene, secrets) if path.startswith("/strategy/")]
    pages = "".join(sign_in(scene.cast.contributor_undp).get(path).content.decode(errors="replace") for path in own)
    for secret in SECRETS:
        assert secret in pages


def test_the_admin_does_not_list_what_hangs_on_an_agency(scene, secrets, sign_in):
    client = sign_in(scene.cast.administrator)
    assert client.get(f"/admin/directory/organization/{scene.undp.pk}/delete/").status_code == 403
    assert client.get(f"/admin/directory/user/{secrets.author_id}/delete/").status_code == 403


def test_counts_do_not_tell_of_internal_comments(scene, secrets, sign_in):
    pages = {}
    for name in ("drafter", "focal_fao", "administrator", "secretariat"):
        client = sign_in(getattr(scene.cast, name))
        pages[name] = [client.get(path).content.decode() for path in (scene.url("drafts/0/"), scene.url())]
        for page in pages[name]:
            assert "comment on paragraph" not in page
            assert "comments on paragraph" not in page
            assert "UNDP" not in page, name
