"""Agency-internal text reaches nobody outside by any address that the portal has, by no message and by no file."""

import io
import subprocess
import zipfile
from importlib import import_module
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from directory.models import Job, Organization
from directory.services.jobs import run_job
from notifications.models import Notification
from notifications.services.delivery import deliver_due
from strategy.enums import Sharing
from strategy.models import Comment
from strategy.services import (
    clear_comment,
    drop_comment,
    edit_comment,
    merge_comments,
    reopen_comment,
    reply_to_comment,
    reply_to_readers,
    submit_position,
    withdraw_position,
)
from strategy.services.compilation import FORMATS, JOB
from strategy.services.personal import data_of_person
from tests.factories.strategy import submitted_comment

MARK = "Quetzalmarker"
SHARED = "Hummingbirdmarker"  # may be read by the invited agencies and the secretariat, by nobody else
WORDS = ("waits", "proposed", "reply", "edited", "dropped", "reopened", "one", "two", "on the whole", "taken back")
# Signing out would end the walk; the rest of the portal is walked with the strategy's own values.
NOT_WALKED = {"account_logout"}


@pytest.fixture
def secrets(scene):
    """A consultation in which every verb has been used, with a marker in every text that is internal."""
    scene.round.sharing, scene.round.takes_public_comments = Sharing.PUBLIC, True
    scene.round.save()
    focal, words = scene.cast.focal_undp, {"type": "general", "text": f"{MARK} edited"}
    waiting = scene.comment(text=f"{MARK} waits", proposed_text=f"{MARK} proposed", share_with="public")
    reply_to_comment(comment=waiting, by=focal, text=f"{MARK} reply")
    edit_comment(comment=scene.comment(text=f"{MARK} first"), by=focal, **words)
    drop_comment(comment=scene.comment(text=f"{MARK} dropped"), by=focal, reason=f"{MARK} reason")
    reopen_comment(comment=clear_comment(comment=scene.comment(text=f"{MARK} reopened"), by=focal), by=focal)
    merge_comments(comments=[scene.comment(text=f"{MARK} one"), scene.comment(text=f"{MARK} two")], by=focal, **words)
    scene.comment(paragraph=None, text=f"{MARK} on the whole")
    # Submitted and taken back: it was readable once and is internal again.
    taken_back = clear_comment(comment=scene.comment(text=f"{MARK} taken back"), by=focal)
    submit_position(consultation=scene.round, by=focal, on_behalf_of=scene.undp)
    withdraw_position(consultation=scene.round, by=focal, on_behalf_of=scene.undp, reason=f"{MARK} why")
    reopen_comment(comment=taken_back, by=focal)
    # What has left the agency, with talk about it that has not.
    theirs = submitted_comment(scene.round, "fao", text=f"{SHARED} fish", paragraph=scene.paragraph("2"))
    reply_to_readers(comment=theirs, by=focal, on_behalf_of=scene.undp, text=f"{SHARED} reply")
    Comment.objects.filter(pk=theirs.pk).update(share_with="agencies")
    return waiting


def patterns(resolver: URLResolver, prefix: str = "") -> Any:
    """Every route below a resolver with its whole path."""
    for one in resolver.url_patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, path)
        else:
            yield one, path


def doors(scene, comment) -> list[str]:
    """Every address of the portal, filled with the values of this consultation."""
    import re

    values = {
        "slug": scene.strategy.slug, "number": "0", "other": "0", "anchor": "1", "pk": str(comment.pk), "code": "undp",
        "app_label": "strategy", "model_name": "comment", "object_id": str(comment.pk), "content_type_id": "1", "url": "x",
    }  # fmt: skip
    found = []
    for route, path in patterns(get_resolver()):
        assert isinstance(route, URLPattern)
        if route.name in NOT_WALKED:
            continue
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)+", lambda match: values.get(match[1], "1"), path)
        path = re.sub(r"<(?:(\w+):)?(\w+)>", lambda match: values.get(match[2], "1"), path)
        found.append("/" + re.sub(r"[\^$?\\]|\(.*?\)", "", path).removeprefix("/"))
    assert len(found) > 250
    keys = "&".join(f"comments={row.pk}" for row in Comment.objects.order_by("pk"))
    more = [
        "position/?agency=undp", f"position/merge/?{keys}", "answers/?show=answered", "drafts/0/paragraphs/1/?since=x",
        "drafts/0/paragraphs/2/", "drafts/0/comments/?since=x", "moderation/?show=turned_down",
        "drafts/0/compilation/?text=bracketed", f"drafts/0/compilation/?round={scene.round.pk}&agency=undp",
    ]  # fmt: skip
    organization = Organization.objects.get(code="undp").pk
    return [
        *found,
        *(scene.url(one) for one in more),
        *(scene.url(f"comments/{row.pk}/edit/") for row in Comment.objects.all()),
        f"/search/?q={MARK}",
        f"/ar/search/?q={MARK}",
        f"/api/v1/strategy/{scene.strategy.slug}/drafts/0/",
        "/sitemap.xml",
        *(f"/outbox/{row.pk}/" for row in Notification.objects.all()),
        *(f"/inbox/{row.pk}/" for row in Notification.objects.all()),
        f"/admin/directory/organization/{organization}/change/",
        f"/admin/strategy/consultationround/{scene.round.pk}/change/",
        f"/admin/strategy/draft/{scene.draft.pk}/change/",
    ]


def words_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace") + str(dict(response.headers))


def walk(client: Any, paths: list[str], **extra: Any) -> dict[str, str]:
    pages = {}
    for path in paths:
        response = client.get(path, **extra)
        assert response.status_code < 500 or path == "/readyz", path
        pages[path] = words_of(response)
        if "/search/" in path:  # what the reader typed comes back there; the words that follow it in the texts must not
            pages[path] = " ".join(f"{MARK} {words}" for words in WORDS if f"{MARK} {words}" in pages[path])
    return pages


@pytest.mark.parametrize("who", ["focal_fao", "secretariat", None])
def test_no_address_of_the_portal_shows_internal_text(scene, secrets, sign_in, who):
    pages = walk(sign_in(getattr(scene.cast, who) if who else None), doors(scene, secrets))
    assert [path for path, text in pages.items() if MARK in text] == []
    if who is None:
        assert [path for path, text in pages.items() if SHARED in text] == []
    if who == "focal_fao":
        assert any(SHARED in text for text in pages.values())


@pytest.mark.parametrize("who", ["focal_fao", "drafter", None])
def test_nor_does_any_part_of_a_page(scene, secrets, sign_in, who):
    paths = [path for path in doors(scene, secrets) if path.startswith("/strategy/")]
    pages = walk(sign_in(getattr(scene.cast, who) if who else None), paths, HTTP_HX_REQUEST="true")
    assert [path for path, text in pages.items() if MARK in text] == []


def test_the_same_walk_finds_it_for_the_agency(scene, secrets, sign_in):
    """The walk proves something only if the text is there to be found."""
    pages = walk(sign_in(scene.cast.focal_undp), [path for path in doors(scene, secrets) if path.startswith("/strategy/")])
    found = "".join(pages.values())
    for words in WORDS:
        assert f"{MARK} {words}" in found, words


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("who", ["focal_undp", "focal_fao", "drafter", "focal_samoa"])
def test_no_file_of_the_compilation_text_carries_it(scene, secrets, sign_in, who, form):
    """Not even to the agency itself: what it has not submitted is no proposal yet."""
    import_module("strategy.tasks")  # as the worker does
    client = sign_in(getattr(scene.cast, who))
    client.post(scene.url("drafts/0/compilation/make/"), {"form": form})
    job = Job.objects.get(kind=JOB)
    run_job(job_id=str(job.pk))
    response = client.get(scene.url(f"drafts/0/compilation/files/{job.pk}/"))
    assert response.status_code == 200
    text = file_text(b"".join(response.streaming_content))
    assert MARK not in text
    assert (SHARED in text) == (who != "focal_samoa")


def file_text(content: bytes) -> str:
    """All words of a Word document or a PDF, comments included."""
    if content.startswith(b"%PDF"):
        return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def test_no_message_carries_it(scene, secrets, settings):
    deliver_due()
    written = list(settings.EMAIL_FILE_PATH.glob("*"))
    assert written
    assert [path for path in written if MARK in path.read_text(errors="replace")] == []
    assert not any(MARK in str(row.context) for row in Notification.objects.all())


def test_nor_does_what_another_person_takes_along(scene, secrets):
    for who in ("focal_fao", "drafter", "secretariat", "administrator"):
        assert MARK not in str(data_of_person(getattr(scene.cast, who)))
