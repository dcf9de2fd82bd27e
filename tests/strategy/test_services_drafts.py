"""Publishing a draft, and its text being fixed from then on."""

import pytest
from django.core.exceptions import PermissionDenied

from common.access import Refused
from directory.models import PageVersion
from strategy.models import Paragraph
from strategy.services import publish_draft
from tests.factories.strategy import DraftFactory, ParagraphFactory, published_draft


@pytest.fixture
def draft(scene):
    draft = DraftFactory(strategy=scene.strategy, number=1)
    ParagraphFactory(draft=draft, number="16(a)")
    return draft


def test_a_published_draft_has_its_time_hash_and_history(scene, draft):
    published = publish_draft(draft=draft, by=scene.cast.drafter)
    assert published.is_published
    assert published.sha256 == draft.text_hash()
    assert published.published_at
    assert published.state_changes.get().by == scene.cast.drafter
    assert PageVersion.objects.filter(subject="strategy").exists()


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_undp"])
def test_only_drafters_publish(scene, draft, who):
    with pytest.raises(PermissionDenied):
        publish_draft(draft=draft, by=getattr(scene.cast, who))


def test_an_empty_draft_is_not_published(scene):
    with pytest.raises(Refused, match="This draft has no text yet"):
        publish_draft(draft=DraftFactory(strategy=scene.strategy, number=5), by=scene.cast.drafter)


def test_a_draft_is_published_once(scene, draft):
    publish_draft(draft=draft, by=scene.cast.drafter)
    with pytest.raises(Refused, match="cannot become “Published”"):
        publish_draft(draft=draft, by=scene.cast.drafter)


def test_the_text_of_a_published_draft_never_changes(db):
    draft = published_draft()
    paragraph = draft.paragraphs.get(number="1")
    other = ParagraphFactory()
    other.draft = draft
    for change in (
        paragraph.save,
        paragraph.delete,
        other.save,
        lambda: Paragraph.objects.create(draft=draft, position=99, number="99", text="More"),
        lambda: draft.paragraphs.update(text="Other"),
        lambda: draft.paragraphs.all().delete(),
        lambda: Paragraph.objects.bulk_create([Paragraph(draft=draft, position=99, number="99", text="More")]),
    ):
        with pytest.raises(Refused, match="its text never changes"):
            change()
    assert draft.text_hash() == draft.sha256


def test_the_text_of_a_published_draft_does_not_change_in_bulk_either(db):
    with pytest.raises(Refused, match="its text never changes"):
        Paragraph.objects.bulk_update([published_draft().paragraphs.get(number="1")], ["text"])


def test_a_paragraph_cannot_leave_a_published_draft(db):
    paragraph = published_draft().paragraphs.first()
    paragraph.draft = DraftFactory(number=9)
    with pytest.raises(Refused):
        paragraph.save()


def test_the_hash_sees_every_word_and_number(db):
    draft = DraftFactory()
    paragraph = ParagraphFactory(draft=draft, text="One word")
    first = draft.text_hash()
    paragraph.text = "One  word"
    paragraph.save()
    assert draft.text_hash() == first, "spaces do not count"
    paragraph.text = "Two word"
    paragraph.save()
    assert draft.text_hash() != first


@pytest.mark.parametrize(("number", "anchor"), [("12", "12"), ("16(a)", "16-a"), ("IV.A", "IV-A")])
def test_numbers_become_anchors(number, anchor):
    assert Paragraph.anchor_of(number) == anchor


def test_emphasis_is_marked_and_everything_else_is_text():
    paragraph = Paragraph(text="A *led* <b>x</b> 2 * 3 * 4 & *<i>*")
    assert paragraph.html == "A <em>led</em> &lt;b&gt;x&lt;/b&gt; 2 * 3 * 4 &amp; <em>&lt;i&gt;</em>"
    assert paragraph.plain == "A led <b>x</b> 2 * 3 * 4 & <i>"
