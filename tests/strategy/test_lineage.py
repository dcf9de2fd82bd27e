"""Where each paragraph went: aligned, settled by a drafter, and in the way of publishing until it is."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from common.access import Refused
from strategy.enums import ParagraphKind
from strategy.models import CarryForward, Draft, ParagraphLink, ParagraphOmission
from strategy.selectors.lineage import _marked, compare_drafts, proposals_version, spoken
from strategy.selectors.placing import places_of
from strategy.selectors.publishing import publication_gaps
from strategy.services import lineage, publish_draft
from tests.factories.strategy import DraftFactory, ParagraphFactory, publish, submitted_comment

ONE = "Agencies share their rosters of experts with every partner country that asks."
TWO = "A trust fund pays for exchanges between laboratories and ministries of health."
NEAR = "A trust fund supports visits between laboratories and many other places entirely abroad."


@pytest.fixture
def older(scene):
    draft = DraftFactory(strategy=scene.strategy, number=1)
    for place, text in enumerate([ONE, TWO], start=1):
        ParagraphFactory(draft=draft, position=place, number=str(place), text=text)
    return publish(draft)


@pytest.fixture
def newer(scene, older):
    draft = DraftFactory(strategy=scene.strategy, number=2)
    for place, text in enumerate([ONE, NEAR], start=1):
        ParagraphFactory(draft=draft, position=place, number=str(place), text=text)
    return draft


def aligned(scene, newer):
    lineage.align_draft(draft=newer, by=scene.cast.drafter)
    return ParagraphLink.objects.filter(target__draft=newer)


def test_aligning_links_what_is_certain_and_proposes_the_rest(scene, newer):
    links = aligned(scene, newer)
    assert [(one.origin.number, one.target.number, one.relation, one.is_proposed) for one in links] == [
        ("1", "1", "same", False),
        ("2", "2", "edited", True),
    ]


def test_aligning_again_keeps_what_a_person_said(scene, older, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    lineage.confirm_link(draft=newer, key=link.pk, by=scene.cast.drafter)
    assert aligned(scene, newer).get(pk=link.pk).confirmed_by == scene.cast.drafter
    lineage.unlink(draft=newer, key=link.pk, by=scene.cast.drafter)
    lineage.omit_paragraph(draft=newer, by=scene.cast.drafter, paragraph=older.paragraphs.get(number="2").pk)
    assert aligned(scene, newer).count() == 1
    assert ParagraphOmission.objects.count() == 1


def verbs(older, newer, by):
    link = ParagraphLink.objects.filter(target__draft=newer).first()
    key, place = link.pk if link else 0, older.paragraphs.get(number="2").pk
    return [
        lambda: lineage.align_draft(draft=newer, by=by),
        lambda: lineage.begin_alignment(draft=newer, by=by),
        lambda: lineage.confirm_link(draft=newer, key=key, by=by),
        lambda: lineage.reject_link(draft=newer, key=key, by=by),
        lambda: lineage.unlink(draft=newer, key=key, by=by),
        lambda: lineage.link_paragraphs(draft=newer, by=by, origins=[place], targets=[newer.paragraphs.first().pk]),
        lambda: lineage.omit_paragraph(draft=newer, by=by, paragraph=place),
        lambda: lineage.restore_paragraph(draft=newer, by=by, paragraph=place),
        lambda: lineage.confirm_all(draft=newer, by=by, seen=""),
    ]


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_undp"])
def test_only_drafters_settle_lineage(scene, older, newer, who):
    for verb in verbs(older, newer, getattr(scene.cast, who)):
        with pytest.raises(PermissionDenied):
            verb()


def test_nothing_is_settled_once_the_draft_is_published(scene, older, newer):
    publish(newer)
    for verb in verbs(older, newer, scene.cast.drafter):
        with pytest.raises(Refused, match="settled"):
            verb()


def test_the_first_draft_has_nothing_to_align_with(scene):
    draft = DraftFactory(strategy=DraftFactory().strategy, number=9)
    with pytest.raises(Refused, match="no published draft before"):
        lineage.align_draft(draft=draft, by=scene.cast.drafter)


def test_what_somebody_else_has_settled_is_refused(scene, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    lineage.reject_link(draft=newer, key=link.pk, by=scene.cast.drafter)
    for verb in (lineage.confirm_link, lineage.reject_link, lineage.unlink):
        with pytest.raises(Refused, match="Somebody else has settled"):
            verb(draft=newer, key=link.pk, by=scene.cast.drafter)


def test_by_hand_many_to_many_and_never_foreign_paragraphs(scene, older, newer):
    olds, news = ([row.pk for row in draft.paragraphs.all()] for draft in (older, newer))
    assert len(lineage.link_paragraphs(draft=newer, by=scene.cast.drafter, origins=olds, targets=news)) == 4
    with pytest.raises(Refused, match="Choose a paragraph of each draft"):
        lineage.link_paragraphs(draft=newer, by=scene.cast.drafter, origins=news, targets=olds)
    with pytest.raises(Refused, match="Take that link back first"):
        lineage.omit_paragraph(draft=newer, by=scene.cast.drafter, paragraph=olds[0])
    with pytest.raises(Refused, match="Choose a paragraph of the earlier"):
        lineage.omit_paragraph(draft=newer, by=scene.cast.drafter, paragraph=news[0])


def test_all_are_confirmed_only_as_they_were_read(scene, newer):
    aligned(scene, newer)
    with pytest.raises(Refused, match="have changed since you read them"):
        lineage.confirm_all(draft=newer, by=scene.cast.drafter, seen="another list")
    assert lineage.confirm_all(draft=newer, by=scene.cast.drafter, seen=proposals_version(newer)) == 1


# --- Publishing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def commented(scene, older):
    from tests.factories.strategy import RoundFactory

    consultation = RoundFactory(draft=older)
    return submitted_comment(consultation, paragraph=older.paragraphs.get(number="2"))


def says(scene, draft):
    return [f"{gap.subject} {gap.says}" for gap in publication_gaps(scene.cast.drafter, draft)]


def test_a_commented_paragraph_must_be_placed_or_left_out_and_its_comment_answered(scene, older, newer, commented):
    assert "no place in this draft" in says(scene, newer)[0]
    link = aligned(scene, newer).get(is_proposed=True)
    assert "only proposed" in says(scene, newer)[0]
    with pytest.raises(Refused, match="2 things are missing"):
        publish_draft(draft=newer, by=scene.cast.drafter)
    lineage.reject_link(draft=newer, key=link.pk, by=scene.cast.drafter)
    lineage.omit_paragraph(draft=newer, by=scene.cast.drafter, paragraph=commented.paragraph_id)
    assert len(says(scene, newer)) == 1
    assert "has no answer" in says(scene, newer)[0]
    CarryForward.objects.create(comment=commented, draft=newer, reason="With the annex", by=scene.cast.drafter)
    assert publish_draft(draft=newer, by=scene.cast.drafter).is_published


def test_empty_text_and_headings_that_skip_a_level_are_refused(scene, newer):
    ParagraphFactory(draft=newer, position=8, number="8", text=" ")
    ParagraphFactory(draft=newer, position=9, number="I", kind=ParagraphKind.HEADING1, text="Top")
    ParagraphFactory(draft=newer, position=10, number="I.A", kind=ParagraphKind.HEADING3, text="Deep")
    first, second = says(scene, newer)
    assert "¶ 8 has no text" in first
    assert "¶ I.A is a heading that skips a level" in second


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE strategy_paragraph SET text = 'Other' WHERE draft_id = %s",
        "DELETE FROM strategy_paragraph WHERE draft_id = %s",
        "INSERT INTO strategy_paragraph (draft_id, position, number, anchor, kind, text, footnotes, revision)"
        " VALUES (%s, 99, '99', '99', 'paragraph', 'More', '[]', 0)",
        "UPDATE strategy_draft SET state = 'draft', published_at = NULL, sha256 = '' WHERE id = %s",
    ],
)
def test_the_database_itself_refuses_to_change_a_published_text(older, sql):
    with pytest.raises(DatabaseError, match="published draft"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [older.pk])
    assert Draft.objects.get(pk=older.pk).text_hash() == older.sha256


def test_the_database_lets_no_paragraph_into_a_published_draft(older, newer):
    with pytest.raises(DatabaseError, match="published draft"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE strategy_paragraph SET draft_id = %s, position = 77, anchor = 'x'"
                       " WHERE draft_id = %s AND number = '1'", [older.pk, newer.pk])  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_drafters_confirm_one_link_at_once(scene, newer):
    link = aligned(scene, newer).get(is_proposed=True)
    outcomes = []

    def act():
        try:
            lineage.confirm_link(draft=newer, key=link.pk, by=scene.cast.drafter)
            outcomes.append("confirmed")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["confirmed", "refused"]


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_the_page_of_the_lineage_settles_everything_without_a_script(scene, sign_in, older, newer, commented):
    client, url = sign_in(scene.cast.drafter), scene.url("drafts/2/lineage/")
    client.post(url, {"act": "align"})
    page = client.get(url).content.decode()
    assert "1 proposed link" in page
    assert "Confirm 1 proposed link" in client.get(f"{url}?show=confirm").content.decode()
    assert "Everything in order" in client.get(f"{url}?show=all").content.decode()
    link = ParagraphLink.objects.get(is_proposed=True)
    assert client.post(url, {"act": "reject", "key": link.pk}).status_code == 302
    assert "1 of them carries comments" in client.get(url).content.decode()
    target = newer.paragraphs.get(number="2")
    client.post(url, {"act": "link", "key": commented.paragraph_id, "target": target.pk})
    assert ParagraphLink.objects.get(target=target).confirmed_by == scene.cast.drafter
    assert client.post(url, {"act": "nonsense"}).status_code == 404
    assert "Somebody else" in client.post(url, {"act": "confirm", "key": "9" * 30}, follow=True).content.decode()


def test_who_opens_the_page_of_the_lineage(scene, sign_in, newer):
    url = scene.url("drafts/2/lineage/")
    assert sign_in(scene.cast.secretariat).get(url).status_code == 403
    assert sign_in(scene.cast.focal_undp).get(url).status_code == 404
    assert sign_in(scene.cast.drafter).put(url).status_code == 405


def test_the_page_of_publishing_lists_what_is_missing(scene, sign_in, newer, commented):
    page = sign_in(scene.cast.drafter).get(scene.url("drafts/2/publish/")).content.decode()
    assert "2 things are missing before this draft can be published" in page
    assert f"answers/{commented.pk}/" in page
    assert newer.text_hash() in page


def test_the_hash_is_checked_by_a_page(scene, sign_in, newer):
    assert "Word for word" in sign_in().get(scene.url("drafts/1/verify/")).content.decode()
    assert sign_in(scene.cast.drafter).get(scene.url("drafts/2/verify/")).status_code == 404


def test_any_two_drafts_are_compared_through_those_between(scene, sign_in, older, newer):
    aligned(scene, newer)
    ParagraphLink.objects.filter(is_proposed=True).update(is_proposed=False)
    publish(newer)
    last = DraftFactory(strategy=scene.strategy, number=3)
    for place, text in enumerate([NEAR, ONE], start=1):
        ParagraphFactory(draft=last, position=place, number=str(place), text=text)
    aligned(scene, last)
    rows = compare_drafts(scene.cast.drafter, older, last)
    assert {(row.old_numbers, row.new_numbers) for row in rows} == {("2", "1"), ("1", "2")}
    client = sign_in(scene.cast.drafter)
    assert client.get(scene.url("compare/?old=3&new=1&view=inline")).url == scene.url("drafts/1/compare/3/?view=inline")
    page = client.get(scene.url("drafts/1/compare/3/?view=inline&show=changes")).content.decode()
    assert "[added: " in page
    assert "Next change" in page or "First change" in page


def test_commented_paragraphs_without_a_place_come_first(scene, older, newer, commented):
    places = places_of(scene.cast.drafter, newer, older)
    assert [row.old[0].number for row in places.unplaced] == ["2", "1"]
    assert places.commented == 1


def test_words_spoken_for_marks_have_no_say_in_the_direction_of_a_text():
    with translation.override("ar"):
        said = spoken(_marked([("removed", "English words")]))
    assert said.startswith('<del><bdi class="visually-hidden">[')
    assert "English words<bdi" in said
