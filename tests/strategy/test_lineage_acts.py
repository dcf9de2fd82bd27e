"""What was said about the lineage is remembered; long drafts are aligned by a worker; pages cost what they cost."""

from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from directory.enums import JobState
from directory.models import Job
from directory.services.jobs import run_job
from strategy.enums import LineageKind, ParagraphKind
from strategy.models import CommentPin, Draft, LineageAct, Paragraph, ParagraphLink
from strategy.selectors.lineage import proposals_version
from strategy.services import lineage
from strategy.services.imports import read_import
from strategy.services.personal import data_of_person
from strategy.services.pins import pin_comment, unpin_comment
from strategy.services.setup import discard_draft
from tests.factories.strategy import DraftFactory, RoundFactory, publish, submitted_comment

SAME = "Agencies share their rosters of experts with every partner country that asks."
OLD = "A trust fund pays for exchanges between laboratories and ministries of health."
NEAR = "A trust fund supports visits between laboratories and many other places entirely abroad."


def draft_of(scene, number, texts):
    draft = DraftFactory(strategy=scene.strategy, number=number)
    Paragraph.objects.bulk_create(
        Paragraph(
            draft=draft,
            position=place,
            number=str(place),
            anchor=str(place),
            kind=ParagraphKind.HEADING1 if text.isupper() else ParagraphKind.PARAGRAPH,
            text=text,
        )
        for place, text in enumerate(texts, start=1)
    )
    return draft


@pytest.fixture
def older(scene):
    return publish(draft_of(scene, 1, [SAME, OLD]))


@pytest.fixture
def newer(scene, older):
    return draft_of(scene, 2, [SAME, NEAR])


def aligned(scene, draft):
    lineage.align_draft(draft=draft, by=scene.cast.drafter)
    return ParagraphLink.objects.filter(target__draft=draft)


def kinds(draft):
    return list(LineageAct.objects.filter(draft=draft).order_by("pk").values_list("kind", flat=True))


# --- Remembered ------------------------------------------------------------------------------------------------------


def test_a_rejected_proposal_is_not_made_again(scene, older, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    lineage.reject_link(draft=newer, key=link.pk, by=scene.cast.drafter)
    assert [one.target.number for one in aligned(scene, newer)] == ["1"]
    assert kinds(newer) == ["aligned", "rejected", "aligned"]
    act = LineageAct.objects.get(kind=LineageKind.REJECTED)
    assert (act.origin, act.target_uid, act.target_number, act.by) == (
        older.paragraphs.get(number="2"), newer.paragraphs.get(number="2").uid, "2", scene.cast.drafter,
    )  # fmt: skip


def test_what_was_rejected_can_be_placed_by_hand_and_stays(scene, older, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    lineage.reject_link(draft=newer, key=link.pk, by=scene.cast.drafter)
    lineage.link_paragraphs(draft=newer, by=scene.cast.drafter, origins=[link.origin_id], targets=[link.target_id])
    assert aligned(scene, newer).get(origin=link.origin_id).confirmed_by == scene.cast.drafter
    # Taken back after that, it is proposed again: the last word counts.
    placed = ParagraphLink.objects.get(origin=link.origin_id)
    lineage.unlink(draft=newer, key=placed.pk, by=scene.cast.drafter)
    assert aligned(scene, newer).get(origin=link.origin_id).is_proposed


def test_a_certain_link_that_was_taken_back_is_proposed_and_never_made_again_by_itself(scene, newer):
    link = aligned(scene, newer).get(is_proposed=False)
    lineage.unlink(draft=newer, key=link.pk, by=scene.cast.drafter)
    again = aligned(scene, newer).get(origin=link.origin_id)
    assert (again.target_id, again.score, again.is_proposed) == (link.target_id, 1.0, True)


def test_a_rejection_holds_in_its_own_draft_only(scene, older, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    lineage.reject_link(draft=newer, key=link.pk, by=scene.cast.drafter)
    discard_draft(draft=newer, by=scene.cast.drafter)
    assert not LineageAct.objects.exists()
    assert aligned(scene, draft_of(scene, 2, [SAME, NEAR])).filter(is_proposed=True).count() == 1


def test_every_act_is_in_the_history_with_who_and_when(scene, sign_in, older, newer):
    by, second = scene.cast.drafter, older.paragraphs.get(number="2")
    aligned(scene, newer)
    lineage.confirm_all(draft=newer, by=by, seen=proposals_version(newer))
    link = ParagraphLink.objects.get(origin=second)
    lineage.unlink(draft=newer, key=link.pk, by=by)
    lineage.omit_paragraph(draft=newer, by=by, paragraph=second.pk)
    lineage.omit_paragraph(draft=newer, by=by, paragraph=second.pk)
    lineage.restore_paragraph(draft=newer, by=by, paragraph=second.pk)
    lineage.restore_paragraph(draft=newer, by=by, paragraph=second.pk)
    for target in newer.paragraphs.all():
        lineage.link_paragraphs(draft=newer, by=by, origins=[second.pk], targets=[target.pk])
    comment = submitted_comment(RoundFactory(draft=older), paragraph=second)
    for target in newer.paragraphs.all():
        pin_comment(comment=comment, paragraph=target, by=by)
        pin_comment(comment=comment, paragraph=target, by=by)
    unpin_comment(comment=comment, paragraph=target, by=by)
    unpin_comment(comment=comment, paragraph=target, by=by)
    assert kinds(newer) == [
        "aligned", "confirmed", "undone", "left_out", "restored", "linked", "linked", "pinned", "pinned", "unpinned",
    ]  # fmt: skip
    assert not CommentPin.objects.exists()
    page = sign_in(by).get(scene.url("drafts/2/lineage/?show=history")).content.decode()
    for kind in LineageKind:
        assert (str(kind.label) in page) == (kind != LineageKind.REJECTED)
    assert f"#{comment.pk}" in page
    assert str(by) in page
    assert len(data_of_person(by)["lineage"]) == 10


def test_the_page_says_who_rejected_and_who_confirmed(scene, sign_in, newer):
    client, url, by = sign_in(scene.cast.drafter), scene.url("drafts/2/lineage/"), scene.cast.drafter
    assert "Nobody has settled anything yet" in client.get(f"{url}?show=history").content.decode()
    link = aligned(scene, newer).get(is_proposed=True)
    client.post(url, {"act": "reject", "key": link.pk})
    assert f"rejected by {by}" in client.get(url).content.decode()
    client.post(url, {"act": "link", "key": link.origin_id, "target": link.target_id})
    page = client.get(f"{url}?show=all").content.decode()
    assert f"confirmed by {by}" in page
    assert "rejected by" not in page


def test_the_history_is_read_by_the_secretariat_only(scene, sign_in, newer):
    aligned(scene, newer)
    url = scene.url("drafts/2/lineage/?show=history")
    assert sign_in(scene.cast.focal_undp).get(url).status_code == 404
    assert sign_in(scene.cast.administrator).get(url).status_code in {403, 404}
    for who in ("focal_undp", "administrator", "outsider"):
        assert not LineageAct.objects.visible_to(getattr(scene.cast, who)).exists()
    assert LineageAct.objects.visible_to(scene.cast.drafter).exists()


def test_the_history_comes_in_pages(scene, sign_in, older, newer, monkeypatch):
    monkeypatch.setattr("strategy.views.lineage.ACTS_ON_A_PAGE", 2)
    for _round in range(5):
        aligned(scene, newer)
    client, url = sign_in(scene.cast.drafter), scene.url("drafts/2/lineage/?show=history")
    assert "Page 1 of 3" in client.get(url).content.decode()
    last = client.get(f"{url}&page=3").content.decode()
    assert "Page 3 of 3" in last
    assert last.count("<tr>") == 2


# --- By a worker -----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _worker_knows_its_jobs():
    import_module("strategy.tasks")


def asked(scene, sign_in, monkeypatch):
    monkeypatch.setattr(lineage, "WITHIN_A_REQUEST", 3)
    response = sign_in(scene.cast.drafter).post(scene.url("drafts/2/lineage/"), {"act": "align"})
    job = Job.objects.get()
    assert response.url == f"/jobs/{job.pk}/"
    assert not ParagraphLink.objects.exists()
    return job


def test_a_thousand_paragraphs_are_aligned_by_a_worker(scene, sign_in):
    texts = [f"{SAME} Number {place} of all." for place in range(501)]
    publish(draft_of(scene, 1, texts))
    newer = draft_of(scene, 2, [*texts[1:], "Youth councils advise the governing boards."])
    response = sign_in(scene.cast.drafter).post(scene.url("drafts/2/lineage/"), {"act": "align"})
    job = Job.objects.get()
    assert response.url == f"/jobs/{job.pk}/"
    assert not ParagraphLink.objects.exists()
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.error) == (JobState.DONE, 2, 2, "")
    assert job.result == {"url": scene.url("drafts/2/lineage/")}
    assert ParagraphLink.objects.filter(target__draft=newer, relation="same", is_proposed=False).count() == 500
    assert sign_in(scene.cast.drafter).get(f"/jobs/{job.pk}/").status_code == 200


def test_two_requests_give_one_job_that_knows_the_hidden_names(scene, older, newer, monkeypatch):
    monkeypatch.setattr(lineage, "WITHIN_A_REQUEST", 3)
    old, new = older.paragraphs.get(number="1"), newer.paragraphs.get(number="2")
    hidden = {new.pk: str(old.uid)}
    first = lineage.begin_alignment(draft=newer, by=scene.cast.drafter, hidden=hidden)
    assert lineage.begin_alignment(draft=newer, by=scene.cast.drafter) == first
    run_job(job_id=str(first.pk))
    assert ParagraphLink.objects.get(target=new).origin == old
    run_job(job_id=str(first.pk))
    assert kinds(newer) == ["aligned"]


def test_a_worker_that_comes_too_late_says_why_in_the_language_of_who_asked(scene, sign_in, newer, monkeypatch):
    job = asked(scene, sign_in, monkeypatch)
    publish(newer)
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.FAILED, {})
    assert job.error.startswith("This draft is published: where its paragraphs come from is settled.")
    assert job.error in sign_in(scene.cast.drafter).get(f"/jobs/{job.pk}/").content.decode()
    with translation.override("fr"):
        second = lineage.begin_alignment(draft=newer, by=scene.cast.drafter)
    run_job(job_id=str(second.pk))
    second.refresh_from_db()
    assert second.arguments["language"] == "fr"
    assert not second.error.startswith("This draft")


def test_a_draft_discarded_meanwhile_and_a_role_that_ended_are_told(scene, sign_in, newer, monkeypatch):
    job = asked(scene, sign_in, monkeypatch)
    scene.cast.drafter.memberships.all().delete()
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, "Your role does not include this act" in job.error) == (JobState.FAILED, True)
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING)
    newer.paragraphs.all().delete()
    Draft.objects.filter(pk=newer.pk).delete()
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.error == "This draft was discarded meanwhile: there is nothing to align."


def test_what_the_worker_did_not_finish_is_not_there_at_all(scene, sign_in, newer, monkeypatch):
    job = asked(scene, sign_in, monkeypatch)
    monkeypatch.setattr(lineage, "record_alignment", lambda draft, by: 1 / 0)
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not ParagraphLink.objects.exists()


# --- What the pages cost ---------------------------------------------------------------------------------------------


def two_drafts(scene, number):
    """Two drafts of `number` times four paragraphs: the same, near, gone and new; with comments, confirmed and rejected links."""
    words = [f"place{place} area{place} theme{place}" for place in range(number)]
    older = draft_of(
        scene, 1, [one for w in words for one in (f"HEADING {w.upper()}", f"{SAME} {w}", f"{OLD} {w} {w}", f"Gone {w}")]
    )
    publish(older)
    newer = draft_of(
        scene, 2, [one for w in words for one in (f"HEADING {w.upper()}", f"{SAME} {w}", f"{NEAR} {w}", f"Fresh is {w[::-1]}")]
    )
    consultation = RoundFactory(draft=older)
    for row in older.paragraphs.all():
        submitted_comment(consultation, paragraph=row)
    links = list(aligned(scene, newer).order_by("pk"))
    for place, link in enumerate([one for one in links if one.is_proposed]):
        (lineage.reject_link if place % 2 else lineage.confirm_link)(draft=newer, key=link.pk, by=scene.cast.drafter)
    return older, newer


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize(("show", "queries"), [("", 16), ("?show=all", 16), ("?show=confirm", 15), ("?show=history", 9)])
def test_the_page_of_the_lineage_costs_the_same_queries(scene, sign_in, number, show, queries, django_assert_num_queries):
    two_drafts(scene, number)
    client = sign_in(scene.cast.drafter)
    with django_assert_num_queries(queries):
        assert client.get(scene.url(f"drafts/2/lineage/{show}")).status_code == 200


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize(("who", "queries"), [("drafter", 11), ("focal_undp", 11)])
def test_the_comparison_costs_the_same_queries(scene, sign_in, number, who, queries, django_assert_num_queries):
    _older, newer = two_drafts(scene, number)
    publish(newer)
    client = sign_in(getattr(scene.cast, who))
    for view in ("", "?view=inline&show=changes"):
        with django_assert_num_queries(queries):
            assert client.get(scene.url(f"drafts/1/compare/2/{view}")).status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_the_pages_of_an_import_cost_the_same_queries(scene, sign_in, number, django_assert_num_queries):
    _older, newer = two_drafts(scene, number)
    text = "\n\n".join(f"{row.number}. {row.text} More." for row in newer.paragraphs.all())
    record = read_import(draft=newer, content=text.encode(), file_name="a.txt", by=scene.cast.drafter)
    client = sign_in(scene.cast.drafter)
    with django_assert_num_queries(7):
        assert client.get(newer.get_absolute_url() + "import/").status_code == 200
    for show in ("", "?show=all"):
        with django_assert_num_queries(8):
            assert client.get(record.get_absolute_url() + show).status_code == 200


def test_the_verbs_ask_by_whom(scene, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    with pytest.raises(PermissionDenied):
        lineage.reject_link(draft=newer, key=link.pk, by=scene.cast.secretariat)
    assert kinds(newer) == ["aligned"]
