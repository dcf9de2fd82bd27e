"""Writing in a draft in preparation: words, order, lineage, undo, and what each refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.access import Refused
from strategy.enums import ParagraphKind, WritingKind
from strategy.models import Paragraph, ParagraphLease, ParagraphLink, ParagraphOmission, ParagraphRevision, WritingAct
from strategy.services import (
    add_paragraph,
    change_level,
    delete_paragraph,
    merge_with_next,
    move_paragraph,
    move_section,
    pin_comment,
    publish_draft,
    renumber,
    restore_revision,
    save_paragraph,
    split_paragraph,
    start_draft,
    take_lease,
    undo_act,
    unpin_comment,
)
from strategy.services.words import Words
from strategy.services.writing import Conflict, last_act
from tests.factories.strategy import CommentFactory, DraftFactory, ParagraphFactory, publish, published_draft, submitted_comment


@pytest.fixture
def by(scene):
    return scene.cast.drafter


@pytest.fixture
def draft(scene, by):
    """A copy of the published draft: I, 1, 2, 3."""
    values = {"label_en": "Next", "language": "en", "is_public": True}
    return start_draft(strategy=scene.strategy, by=by, values=values, copies_latest=True)


def at(draft, number):
    return draft.paragraphs.get(number=number)


def numbers(draft):
    return list(draft.paragraphs.order_by("position").values_list("number", flat=True))


def lineage(draft):
    links = ParagraphLink.objects.filter(target__draft=draft).order_by("target__position", "origin__position")
    return [(one.origin.number, one.target.number, one.relation) for one in links]


def picture(draft):
    rows = draft.paragraphs.order_by("position").values_list("uid", "kind", "number", "text", "footnotes")
    return list(rows), lineage(draft), list(ParagraphOmission.objects.filter(draft=draft).values_list("paragraph", flat=True))


def save(row, by, text, **values):
    row.refresh_from_db()
    words = Words(values.pop("kind", row.kind), values.pop("number", row.number), text, tuple(values.pop("notes", ())))
    return save_paragraph(paragraph=row, by=by, revision=values.pop("revision", row.revision), words=words)


def test_words_are_saved_with_what_was_before_and_the_lineage_says_edited(draft, by):
    row = save(at(draft, "1"), by, "  Other words[^1]\r\nhere ", notes=["A  source"])
    assert (row.text, row.footnotes, row.revision) == ("Other words[^1]\nhere", ["A source"], 1)
    kept = ParagraphRevision.objects.get(uid=row.uid)
    assert kept.before["text"].startswith("Paragraph 1")
    assert kept.after["text"] == row.text
    assert (kept.act.by, kept.act.kind) == (by, WritingKind.WRITTEN)
    assert ("1", "1", "edited") in lineage(draft)
    save(row, by, kept.before["text"])
    assert ("1", "1", "same") in lineage(draft)


def test_words_that_did_not_change_leave_no_act(draft, by):
    row = at(draft, "1")
    save(row, by, row.text)
    assert not WritingAct.objects.exists()


def test_a_save_over_unseen_words_is_a_conflict_that_carries_them(draft, by, scene):
    row = at(draft, "1")
    save(row, by, "Mine")
    with pytest.raises(Conflict, match="Nothing is overwritten") as caught:
        save(row, by, "Theirs", revision=0)
    assert caught.value.present.text == "Mine"
    assert at(draft, "1").text == "Mine"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (Words("paragraph", "1", "  "), "A paragraph needs words"),
        (Words("poem", "1", "x"), "Choose what this piece of text is"),
        (Words("paragraph", "١", "x"), "Latin letters or digits"),
        (Words("paragraph", "2", "x"), "Another paragraph has the number 2"),
        (Words("paragraph", "1", "x[^2]", ("one",)), "calls footnote 2"),
        (Words("paragraph", "1", "x" * 20001), "Split it"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(draft, by, words, refusal):
    with pytest.raises(Refused, match=refusal):
        save_paragraph(paragraph=at(draft, "1"), by=by, revision=0, words=words)


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_undp"])
def test_only_drafters_write(draft, scene, who):
    person = getattr(scene.cast, who)
    row = at(draft, "1")
    for act in (
        lambda: save(row, person, "x"),
        lambda: add_paragraph(draft=draft, by=person, words=Words("paragraph", "", "x")),
        lambda: delete_paragraph(paragraph=row, by=person),
        lambda: move_paragraph(paragraph=row, by=person, steps=1),
        lambda: move_section(paragraph=at(draft, "I"), by=person, steps=1),
        lambda: split_paragraph(paragraph=row, by=person, at=5, revision=0),
        lambda: merge_with_next(paragraph=row, by=person, revision=0),
        lambda: change_level(paragraph=row, by=person, up=False),
        lambda: renumber(draft=draft, by=person),
        lambda: take_lease(paragraph=row, by=person),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_published_draft_refuses_every_act(draft, by):
    row = at(draft, "1")
    save(row, by, "Words")
    act, revision = last_act(draft), ParagraphRevision.objects.get()
    publish_draft(draft=draft, by=by)
    for verb in (
        lambda: save(row, by, "x"),
        lambda: add_paragraph(draft=draft, by=by, words=Words("paragraph", "", "x")),
        lambda: delete_paragraph(paragraph=row, by=by),
        lambda: move_paragraph(paragraph=row, by=by, steps=1),
        lambda: split_paragraph(paragraph=row, by=by, at=5, revision=0),
        lambda: merge_with_next(paragraph=row, by=by, revision=0),
        lambda: change_level(paragraph=row, by=by, up=False),
        lambda: renumber(draft=draft, by=by),
        lambda: take_lease(paragraph=row, by=by),
        lambda: undo_act(act=act, by=by),
        lambda: restore_revision(revision=revision, by=by),
    ):
        with pytest.raises(Refused, match="its text never changes"):
            verb()


def test_a_new_paragraph_gets_a_number_between_until_the_text_is_numbered_anew(draft, by):
    words = Words("paragraph", "", "New")
    add_paragraph(draft=draft, by=by, words=words, after=at(draft, "1"))
    add_paragraph(draft=draft, by=by, words=words, after=at(draft, "1"))
    add_paragraph(draft=draft, by=by, words=Words("paragraph", "Box 1", "Kept"))
    assert numbers(draft) == ["I", "1", "1 ter", "1 bis", "2", "3", "Box 1"]
    add_paragraph(draft=draft, by=by, words=words, at_start=True)
    assert numbers(draft)[0] == "0 bis"
    assert renumber(draft=draft, by=by) == 6
    assert numbers(draft) == ["1", "I", "2", "3", "4", "5", "6", "Box 1"]
    assert renumber(draft=draft, by=by, keep_manual=False) == 1
    assert numbers(draft)[-1] == "7"


def test_headings_lists_rows_and_annexes_are_numbered_by_their_level(draft, by):
    for row in list(draft.paragraphs.all()):
        delete_paragraph(paragraph=row, by=by)
    kinds = (
        "heading1 paragraph list_item list_item heading2 paragraph heading3 heading2 heading1 heading2 table_row annex_heading"
    )
    for kind in kinds.split():
        add_paragraph(draft=draft, by=by, words=Words(kind, "", kind))
    renumber(draft=draft, by=by)
    assert numbers(draft) == ["I", "1", "1(a)", "1(b)", "I.A", "2", "I.A.1", "I.B", "II", "II.A", "R1", "Annex I"]


def test_both_parts_of_a_split_continue_what_the_whole_did(draft, by):
    row = save(at(draft, "1"), by, "First *very[^2] clear* words. Second[^1].", notes=["one", "two"])
    part = split_paragraph(paragraph=row, by=by, at=row.text.index("clear"), revision=row.revision)
    row.refresh_from_db()
    assert (row.text, row.footnotes) == ("First *very[^1]*", ["two"])
    assert (part.text, part.footnotes, part.number) == ("*clear* words. Second[^1].", ["one"], "1 bis")
    assert [link for link in lineage(draft) if link[0] == "1"] == [("1", "1", "split"), ("1", "1 bis", "split")]
    with pytest.raises(Refused, match="both parts need words"):
        split_paragraph(paragraph=row, by=by, at=0, revision=row.revision)
    with pytest.raises(Conflict):
        split_paragraph(paragraph=row, by=by, at=4, revision=0)


def test_parts_that_are_merged_again_are_one_and_a_union_of_two_says_merged(draft, by):
    text = at(draft, "1").text
    split_paragraph(paragraph=at(draft, "1"), by=by, at=text.index("says"), revision=0)
    whole = merge_with_next(paragraph=at(draft, "1"), by=by, revision=1)
    assert whole.text == text
    assert ("1", "1", "same") in lineage(draft)
    merge_with_next(paragraph=whole, by=by, revision=whole.revision)
    assert [link for link in lineage(draft) if link[1] == "1"] == [("1", "1", "merged"), ("2", "1", "merged")]
    assert numbers(draft) == ["I", "1", "3"]


def test_what_cannot_be_merged_is_refused(draft, by):
    with pytest.raises(Refused, match="A heading and a text"):
        merge_with_next(paragraph=at(draft, "I"), by=by, revision=0)
    with pytest.raises(Refused, match="nothing to merge it with"):
        merge_with_next(paragraph=at(draft, "3"), by=by, revision=0)
    with pytest.raises(Conflict):
        merge_with_next(paragraph=at(draft, "1"), by=by, revision=7)


def test_a_move_is_marked_and_moving_back_takes_the_mark_away(draft, by):
    move_paragraph(paragraph=at(draft, "3"), by=by, steps=-2)
    assert numbers(draft) == ["I", "3", "1", "2"]
    assert ("3", "3", "moved") in lineage(draft)
    move_paragraph(paragraph=at(draft, "3"), by=by)
    assert numbers(draft) == ["I", "1", "2", "3"]
    assert ("3", "3", "same") in lineage(draft)
    move_paragraph(paragraph=at(draft, "2"), by=by, before=at(draft, "1").uid)
    assert numbers(draft) == ["I", "2", "1", "3"]
    for steps, refusal in ((-1, "stands first"), (5, "stands at the end")):
        with pytest.raises(Refused, match=refusal):
            move_paragraph(paragraph=at(draft, "I"), by=by, steps=steps)
    with pytest.raises(Refused, match="The place was not found"):
        move_paragraph(paragraph=at(draft, "I"), by=by, before=at(draft, "I").uid)


# --- sections ---------------------------------------------------------------------------------------------------------


def heading(draft, by, number, kind="heading1"):
    return add_paragraph(draft=draft, by=by, words=Words(kind, number, f"Heading {number}"))


@pytest.fixture
def sections(draft, by):
    """I, 1, 2, 3, II, 21, II.A, 22, III, 31."""
    for kind, number in (
        ("heading1", "II"), ("paragraph", "21"), ("heading2", "II.A"), ("paragraph", "22"),
        ("annex_heading", "III"), ("paragraph", "31"),
    ):  # fmt: skip
        add_paragraph(draft=draft, by=by, words=Words(kind, number, f"Text {number}"))
    return draft


def test_a_section_moves_with_all_that_stands_under_it_and_back_in_one_act(sections, by):
    move_section(paragraph=at(sections, "II"), by=by, steps=-1)
    assert numbers(sections) == ["II", "21", "II.A", "22", "I", "1", "2", "3", "III", "31"]
    move_section(paragraph=at(sections, "II"), by=by, steps=2)
    assert numbers(sections) == ["I", "1", "2", "3", "III", "31", "II", "21", "II.A", "22"]
    act = last_act(sections)
    assert (act.kind, act.number) == (WritingKind.MOVED, "II")
    undo_act(act=act, by=by)
    assert numbers(sections) == ["II", "21", "II.A", "22", "I", "1", "2", "3", "III", "31"]


def test_a_lower_section_goes_before_the_next_heading_of_its_level_or_a_higher_one(sections, by):
    heading(sections, by, "III.A", "heading2")
    move_section(paragraph=at(sections, "II.A"), by=by, steps=1)
    assert numbers(sections)[4:] == ["II", "21", "III", "31", "II.A", "22", "III.A"]
    move_section(paragraph=at(sections, "II.A"), by=by, before=at(sections, "III").uid)
    assert numbers(sections)[4:] == ["II", "21", "II.A", "22", "III", "31", "III.A"]
    move_section(paragraph=at(sections, "II.A"), by=by)
    assert numbers(sections)[-2:] == ["II.A", "22"]


def test_a_moved_section_is_marked_whole_and_back_in_its_place_it_is_not(draft, by):
    heading(draft, by, "II")
    before = lineage(draft)
    move_section(paragraph=at(draft, "I"), by=by, steps=1)
    assert numbers(draft) == ["II", "I", "1", "2", "3"]
    move_paragraph(paragraph=at(draft, "3"), by=by, before=at(draft, "II").uid)
    move_section(paragraph=at(draft, "I"), by=by, steps=-1)
    assert [relation for _one, _other, relation in lineage(draft)] == ["moved", "same", "same", "same"]
    move_paragraph(paragraph=at(draft, "3"), by=by, before=at(draft, "II").uid)
    assert lineage(draft) == before


def test_a_move_is_undone_while_somebody_writes_in_what_moved(draft, by, second):
    heading(draft, by, "II")
    move_section(paragraph=at(draft, "I"), by=by, steps=1)
    move_paragraph(paragraph=at(draft, "3"), by=by, before=at(draft, "1").uid)
    take_lease(paragraph=at(draft, "3"), by=second)
    undo_act(act=last_act(draft), by=by)
    assert numbers(draft) == ["II", "I", "1", "2", "3"]


def test_the_parts_of_a_section_that_moves_up_are_all_marked(scene, by):
    kinds = {"I": "heading1", "1": "paragraph", "2": "paragraph", "3": "heading1", "4": "paragraph"}
    earlier = DraftFactory(strategy=scene.strategy, number=5)
    for place, (number, kind) in enumerate(kinds.items(), start=1):
        ParagraphFactory(draft=earlier, position=place, number=number, kind=kind)
    publish(earlier)
    values = {"label_en": "Copy", "language": "en", "is_public": True}
    copy = start_draft(strategy=scene.strategy, by=by, values=values, copies_latest=True)
    move_section(paragraph=at(copy, "3"), by=by, steps=-1)
    assert numbers(copy) == ["3", "4", "I", "1", "2"]
    assert {one: relation for one, _other, relation in lineage(copy)} == {
        "3": "moved", "4": "moved", "I": "same", "1": "same", "2": "same",
    }  # fmt: skip


def test_a_section_goes_nowhere_where_it_would_cut_another_in_two(sections, by):
    row = at(sections, "II")
    with pytest.raises(Refused, match="before a heading of its own level"):
        move_section(paragraph=row, by=by, before=at(sections, "2").uid)
    with pytest.raises(Refused, match="before a heading of its own level"):
        move_section(paragraph=row, by=by, before=at(sections, "II.A").uid)
    with pytest.raises(Refused, match="stands first already"):
        move_section(paragraph=at(sections, "I"), by=by, steps=-1)
    with pytest.raises(Refused, match="at the end of the text already"):
        move_section(paragraph=at(sections, "III"), by=by, steps=1)
    with pytest.raises(Refused, match="Only a heading has a section"):
        move_section(paragraph=at(sections, "1"), by=by, steps=1)


# --- pins -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def parts(scene, draft, by):
    """Paragraph 1, on which there is a comment in the earlier draft, in two parts; the comment is pinned to the second."""
    comment = submitted_comment(scene.round, paragraph=scene.paragraph("1"))
    first = at(draft, "1")
    second = split_paragraph(paragraph=first, by=by, at=10, revision=first.revision)
    pin_comment(comment=comment, paragraph=second, by=by)
    return comment, first, second


def pinned(comment):
    return [str(pin.paragraph.number) for pin in comment.pins.select_related("paragraph")]


def test_undoing_a_deletion_pins_the_comments_again(draft, by, parts):
    comment, _first, second = parts
    delete_paragraph(paragraph=second, by=by)
    assert pinned(comment) == []
    undo_act(act=last_act(draft), by=by)
    assert pinned(comment) == [second.number]
    assert comment.pins.get().by == by


def test_undoing_a_merge_pins_each_comment_where_it_was(draft, by, parts):
    comment, first, second = parts
    first.refresh_from_db()
    merge_with_next(paragraph=first, by=by, revision=first.revision)
    assert pinned(comment) == ["1"]
    undo_act(act=last_act(draft), by=by)
    assert pinned(comment) == [second.number]


def test_a_comment_that_was_let_go_or_pinned_meanwhile_stays_so(draft, by, parts, scene):
    comment, first, _second = parts
    first.refresh_from_db()
    row = merge_with_next(paragraph=first, by=by, revision=first.revision)
    unpin_comment(comment=comment, paragraph=row, by=by)
    other = submitted_comment(scene.round, "fao", paragraph=scene.paragraph("1"))
    pin_comment(comment=other, paragraph=row, by=by)
    undo_act(act=last_act(draft), by=by)
    assert pinned(comment) == []
    assert pinned(other) == ["1"]


def test_an_act_from_before_pins_were_written_down_is_undone(draft, by):
    delete_paragraph(paragraph=at(draft, "2"), by=by)
    kept = ParagraphRevision.objects.get(before__number="2")
    kept.before.pop("pins")
    kept.save()
    undo_act(act=last_act(draft), by=by)
    assert numbers(draft) == ["I", "1", "2", "3"]


# --- rows of a table --------------------------------------------------------------------------------------------------


def test_an_empty_first_cell_of_a_row_stays_a_cell(draft, by):
    row = add_paragraph(draft=draft, by=by, words=Words("table_row", "T1", "\r\n Target \r\n\r\n"))
    assert row.text == "\nTarget"


def test_what_a_deleted_paragraph_continued_is_left_out_on_purpose(scene, draft, by):
    delete_paragraph(paragraph=at(draft, "2"), by=by)
    assert numbers(draft) == ["I", "1", "3"]
    assert list(draft.paragraphs.order_by("position").values_list("position", flat=True)) == [1, 2, 3]
    omission = ParagraphOmission.objects.get()
    assert (omission.paragraph, omission.draft, omission.by) == (scene.paragraph("2"), draft, by)
    with pytest.raises(Refused, match="has deleted this paragraph"):
        save_paragraph(paragraph=Paragraph(draft=draft), by=by, revision=0, words=Words("paragraph", "9", "x"))


def test_a_part_that_is_deleted_leaves_the_other_the_only_heir(draft, by):
    part = split_paragraph(paragraph=at(draft, "1"), by=by, at=12, revision=0)
    delete_paragraph(paragraph=part, by=by)
    assert ("1", "1", "edited") in lineage(draft)
    assert not ParagraphOmission.objects.exists()


def test_what_somebody_refers_to_is_neither_deleted_nor_merged_nor_split(scene, draft, by):
    comment = CommentFactory(round=scene.round, paragraph=at(draft, "2"))
    for act in (
        lambda: delete_paragraph(paragraph=at(draft, "2"), by=by),
        lambda: merge_with_next(paragraph=at(draft, "1"), by=by, revision=0),
        lambda: split_paragraph(paragraph=at(draft, "2"), by=by, at=10, revision=0),
    ):
        with pytest.raises(Refused, match="There are comments on paragraph 2"):
            act()
    comment.paragraph = None
    comment.save()
    later = published_draft(strategy=scene.strategy, number=9)
    ParagraphLink.objects.create(origin=at(draft, "2"), target=later.paragraphs.get(number="2"), relation="same")
    with pytest.raises(Refused, match="A later draft continues paragraph 2"):
        delete_paragraph(paragraph=at(draft, "2"), by=by)


def test_levels_go_up_and_down(draft, by):
    assert change_level(paragraph=at(draft, "I"), by=by, up=False).kind == ParagraphKind.HEADING2
    assert change_level(paragraph=at(draft, "I"), by=by, up=True).kind == ParagraphKind.HEADING1
    assert change_level(paragraph=at(draft, "1"), by=by, up=False).kind == ParagraphKind.LIST_ITEM
    with pytest.raises(Refused, match="has no such level"):
        change_level(paragraph=at(draft, "I"), by=by, up=True)


def test_each_act_is_undone_in_turn_to_the_first_text(draft, by):
    pictures = [picture(draft)]
    acts = [
        lambda: save(at(draft, "1"), by, "Other words. And more."),
        lambda: split_paragraph(paragraph=at(draft, "1"), by=by, at=13, revision=1),
        lambda: move_paragraph(paragraph=at(draft, "3"), by=by, steps=-2),
        lambda: renumber(draft=draft, by=by),
        lambda: delete_paragraph(paragraph=at(draft, "4"), by=by),
        lambda: merge_with_next(paragraph=at(draft, "1"), by=by, revision=at(draft, "1").revision),
        lambda: change_level(paragraph=at(draft, "I"), by=by, up=False),
        lambda: add_paragraph(draft=draft, by=by, words=Words("paragraph", "", "New"), at_start=True),
    ]
    for act in acts:
        act()
        pictures.append(picture(draft))
    for before in reversed(pictures[:-1]):
        undo_act(act=last_act(draft), by=by)
        assert picture(draft) == before
    assert last_act(draft) is None


def test_only_the_last_act_and_only_ones_own_is_undone(scene, draft, by):
    save(at(draft, "1"), by, "One")
    first = last_act(draft)
    save(at(draft, "2"), by, "Two")
    with pytest.raises(Refused, match="not the last act any more"):
        undo_act(act=first, by=by)
    WritingAct.objects.update(by=scene.cast.administrator)
    with pytest.raises(Refused, match="The last act is of"):
        undo_act(act=last_act(draft), by=by)
    WritingAct.objects.update(by=by)
    draft.paragraphs.filter(number="2").update(text="By an import")
    with pytest.raises(Refused, match="changed by another way"):
        undo_act(act=last_act(draft), by=by)


def test_earlier_words_are_restored_and_a_deleted_paragraph_comes_back(draft, by):
    row = save(at(draft, "1"), by, "One")
    save(row, by, "Two")
    first = ParagraphRevision.objects.filter(uid=row.uid).earliest("pk")
    assert restore_revision(revision=first, by=by).text == "One"
    delete_paragraph(paragraph=at(draft, "1"), by=by)
    add_paragraph(draft=draft, by=by, words=Words("paragraph", "1", "In its place"))
    gone = ParagraphRevision.objects.filter(uid=row.uid, after__isnull=True).get()
    back = restore_revision(revision=gone, by=by)
    assert (back.uid, back.text, back.number) == (row.uid, "One", "1 bis")
    assert back.origins.count() == 1
    assert not ParagraphOmission.objects.exists()


def test_nobody_changes_what_somebody_else_is_writing(scene, draft, by, second):
    lease = take_lease(paragraph=at(draft, "2"), by=second)
    for act in (
        lambda: save(at(draft, "2"), by, "x"),
        lambda: delete_paragraph(paragraph=at(draft, "2"), by=by),
        lambda: split_paragraph(paragraph=at(draft, "2"), by=by, at=10, revision=0),
        lambda: merge_with_next(paragraph=at(draft, "1"), by=by, revision=0),
        lambda: change_level(paragraph=at(draft, "2"), by=by, up=False),
        lambda: renumber(draft=draft, by=by),
    ):
        with pytest.raises(Refused, match="is writing in paragraph 2 since"):
            act()
    lease.until = timezone.now() - timedelta(seconds=1)
    lease.save()
    save(at(draft, "2"), by, "x")
    assert ParagraphLease.objects.get().holder == by


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "split", "merge", "up", "down", "delete", "add", "level", "renumber", "undo"]), st.integers(0, 9)
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_sequence_of_acts_loses_a_paragraph_of_the_draft_before(scene, by, acts):
    """Each is continued, or a person has left it out: nothing is orphaned unseen, and places stay 1, 2, 3."""
    draft = start_draft(
        strategy=scene.strategy, by=by, values={"label_en": "x", "language": "en", "is_public": False}, copies_latest=True
    )
    for name, which in acts:
        rows = list(draft.paragraphs.order_by("position"))
        row = rows[which % len(rows)] if rows else None
        try:
            if name == "renumber":
                renumber(draft=draft, by=by)
            elif name == "undo":
                act = last_act(draft)
                if act:
                    undo_act(act=act, by=by)
            elif name == "add" or row is None:
                add_paragraph(draft=draft, by=by, words=Words("paragraph", "", "New words"), after=row)
            elif name == "edit":
                save(row, by, row.text + " more")
            elif name == "split":
                split_paragraph(paragraph=row, by=by, at=which + 1, revision=row.revision)
            elif name == "merge":
                merge_with_next(paragraph=row, by=by, revision=row.revision)
            elif name in {"up", "down"}:
                move_paragraph(paragraph=row, by=by, steps=1 if name == "down" else -1)
            elif name == "delete":
                delete_paragraph(paragraph=row, by=by)
            else:
                change_level(paragraph=row, by=by, up=bool(which % 2))
        except Refused:
            continue
        places = list(draft.paragraphs.order_by("position").values_list("position", flat=True))
        assert places == list(range(1, len(places) + 1))
        for origin in scene.draft.paragraphs.all():
            continued = ParagraphLink.objects.filter(origin=origin, target__draft=draft).exists()
            left_out = ParagraphOmission.objects.filter(paragraph=origin, draft=draft).exists()
            assert continued != left_out, (origin.number, acts)
