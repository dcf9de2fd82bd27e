"""Pages for writing: who gets which, what each form does, with and without scripts."""

import pytest

from strategy.models import Draft, LeaseBreak, Paragraph, ParagraphLease, ParagraphRevision, Strategy, WritingAct
from strategy.services import publish_draft, save_paragraph, start_draft, take_lease
from strategy.services.words import Words
from tests.factories.strategy import DraftFactory, ParagraphFactory, RoundFactory

AUTO = {"HTTP_X_WRITING": "autosave"}


@pytest.fixture
def draft(scene):
    values = {"label_en": "Next", "language": "en", "is_public": True}
    return start_draft(strategy=scene.strategy, by=scene.cast.drafter, values=values, copies_latest=True)


@pytest.fixture
def client(scene, sign_in):
    return sign_in(scene.cast.drafter)


@pytest.fixture
def row(draft):
    return draft.paragraphs.get(number="1")


@pytest.fixture
def base(scene, draft):
    return scene.url(f"drafts/{draft.number}/write/")


def words(row, text="New words", **values):
    return {"kind": row.kind, "number": row.number, "text": text, "footnotes": "", "revision": row.revision, **values}


def other_saves(row, by, text):
    save_paragraph(paragraph=row, by=by, revision=row.revision, words=Words(row.kind, row.number, text))
    ParagraphLease.objects.all().delete()


def test_pages_for_writing_are_for_drafters(scene, sign_in, base, row):
    pages = [base, f"{base}{row.uid}/", f"{base}{row.uid}/split/", f"{base}{row.uid}/delete/", f"{base}{row.uid}/history/",
             f"{base}new/", f"{base}numbers/", f"{base}history/", scene.url("drafts/1/discard/")]  # fmt: skip
    for path in pages:
        assert sign_in().get(path).status_code == 302
        assert sign_in(scene.cast.outsider).get(path).status_code == 404
        assert sign_in(scene.cast.focal_undp).get(path).status_code == 404
        assert sign_in(scene.cast.secretariat).get(path).status_code == 403
        assert sign_in(scene.cast.drafter).get(path).status_code == 200
    for path in (f"{base}undo/", f"{base}{row.uid}/act/", f"{base}restore/1/"):
        assert sign_in(scene.cast.drafter).get(path).status_code == 405
        assert sign_in(scene.cast.secretariat).post(path).status_code == 403
    assert sign_in(scene.cast.drafter).get(f"{base}8b7e0b8e-1111-4111-8111-111111111111/").status_code == 404


def test_the_outline_shows_what_may_be_done_and_who_writes(client, base, row, second):
    take_lease(paragraph=row, by=second)
    page = client.get(base).content.decode()
    assert f"{second} is writing here since" in page
    assert "Merge with the next" in page
    response = client.get(f"{base}{row.uid}/", follow=True)
    assert f"{second} is writing in paragraph 1 since" in response.content.decode()


def test_a_paragraph_is_saved_without_scripts(client, base, row):
    page = client.get(f"{base}{row.uid}/").content.decode()
    assert 'name="revision" value="0"' in page
    assert ParagraphLease.objects.get().paragraph == row
    response = client.post(f"{base}{row.uid}/", words(row, footnotes="One\nTwo", text="Words[^2]"))
    assert response.url == f"{base}?at={row.uid}&did=edit#w-{row.uid}"
    row.refresh_from_db()
    assert (row.text, row.footnotes) == ("Words[^2]", ["One", "Two"])
    assert not ParagraphLease.objects.exists()


def test_an_autosave_answers_with_the_revision_and_the_hour(client, base, row):
    answer = client.post(f"{base}{row.uid}/", words(row), **AUTO)
    assert answer.json()["revision"] == 1
    assert answer.json()["said"].startswith("Saved at ")
    assert ParagraphLease.objects.exists()
    answer = client.post(f"{base}{row.uid}/", words(row, text=""), **AUTO)
    assert answer.status_code == 400
    assert answer.json()["said"].startswith("Not saved yet.")


def test_both_texts_are_shown_where_somebody_else_has_saved(client, base, row, second):
    other_saves(row, second, "Words of the other")
    answer = client.post(f"{base}{row.uid}/", words(row, text="Words of mine"), **AUTO)
    assert answer.status_code == 409
    assert answer.json()["revision"] == 1
    assert "<del>the other</del>" in answer.json()["conflict"]
    response = client.post(f"{base}{row.uid}/", words(row, text="Words of mine"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Words of the other" in page
    assert ">\nWords of mine</textarea>" in page
    assert 'name="revision" value="1"' in page
    assert client.post(f"{base}{row.uid}/", {**words(row), "choice": "theirs"}).url == f"{base}{row.uid}/"
    row.refresh_from_db()
    assert row.text == "Words of the other"
    assert client.post(f"{base}{row.uid}/", words(row, text="Words of both")).status_code == 302
    row.refresh_from_db()
    assert row.text == "Words of both"


def test_a_refused_save_keeps_the_words_in_the_form(client, base, row, second):
    take_lease(paragraph=row, by=second)
    response = client.post(f"{base}{row.uid}/", words(row, text="Kept words"))
    assert response.status_code == 400
    assert "Kept words" in response.content.decode()
    response = client.post(f"{base}{row.uid}/", words(row, text="Text[^1]"))
    assert "calls footnote 1" in response.content.decode()


def test_a_paragraph_is_added_before_after_and_at_the_end(client, draft, base, row):
    new = {"kind": "paragraph", "number": "", "text": "New", "footnotes": ""}
    for query in ("", "?after=start", f"?after={row.uid}", "?after=none"):
        assert client.get(f"{base}new/{query}").status_code == 200
        assert client.post(f"{base}new/{query}", new).status_code == 302
    numbers = list(draft.paragraphs.order_by("position").values_list("number", flat=True))
    assert numbers == ["0 bis", "I", "1", "1 bis", "2", "3", "3 bis", "3 ter"]
    assert client.post(f"{base}new/", {**new, "text": ""}).status_code == 400
    refused = client.post(f"{base}new/", {**new, "number": "1"})
    assert "Another paragraph has the number 1" in refused.content.decode()


def test_the_buttons_of_a_row_move_merge_and_change_levels(client, draft, base, row):
    url = f"{base}{row.uid}/act/"
    for act in ("down", "up", "move", "demote", "promote", "leave", "nonsense"):
        assert client.post(url, {"act": act}).url.startswith(f"{base}?at={row.uid}")
    assert list(draft.paragraphs.order_by("position").values_list("number", flat=True)) == ["I", "2", "3", "1"]
    assert "nothing to merge it with" in client.post(url, {"act": "merge"}, follow=True).content.decode()
    client.post(url, {"act": "move", "before": str(draft.paragraphs.get(number="2").uid)})
    client.post(url, {"act": "merge"})
    assert list(draft.paragraphs.order_by("position").values_list("number", flat=True)) == ["I", "1", "3"]


def test_a_heading_takes_its_section_along_if_that_is_chosen(client, draft, base):
    def order():
        return list(draft.paragraphs.order_by("position").values_list("number", flat=True))

    ParagraphFactory(draft=draft, position=5, number="II", kind="heading1")
    heading = draft.paragraphs.get(number="I")
    page = client.get(base).content.decode()
    assert 'name="section" value="1" form="acts" checked' in page
    answer = client.post(f"{base}{heading.uid}/act/", {"act": "down", "section": "1"})
    assert "alone" not in answer.url
    assert order() == ["II", "I", "1", "2", "3"]
    refused = client.post(f"{base}{heading.uid}/act/", {"act": "down", "section": "1"}, follow=True).content.decode()
    assert "This section stands at the end of the text already." in refused
    first = draft.paragraphs.get(number="1")
    client.post(f"{base}{heading.uid}/act/", {"act": "move", "before": str(first.uid), "section": "1"})
    assert order() == ["II", "I", "1", "2", "3"]
    alone = client.post(f"{base}{heading.uid}/act/", {"act": "down"})
    assert order() == ["II", "1", "I", "2", "3"]
    assert 'name="section" value="1" form="acts" data-section' in client.get(alone.url).content.decode()
    client.post(f"{base}{heading.uid}/act/", {"act": "up", "section": "1"})
    assert order() == ["I", "2", "3", "II", "1"]


@pytest.fixture
def table(draft):
    """A heading row, and a row that says nothing in its first cell."""
    head = ParagraphFactory(draft=draft, position=5, number="T1", kind="table_row", text="*Outcome*\nIndicator\nTarget")
    return head, ParagraphFactory(draft=draft, position=6, number="T2", kind="table_row", text="\nCountries")


def cells(row, *texts, **values):
    return {"kind": row.kind, "number": row.number, "footnotes": "", "revision": row.revision} | {
        f"cell_{place}": text for place, text in enumerate(texts)
    } | values  # fmt: skip


def test_a_row_has_a_field_for_each_cell_with_the_heading_of_its_column(client, base, table):
    head, row = table
    page = client.get(f"{base}{row.uid}/").content.decode()
    for label in ("Outcome", "Indicator", "Target"):
        assert f">\n{label}" in page or f">{label}<" in page or label in page
    assert page.count('name="cell_') == 3
    assert 'name="text"' not in page
    assert "One more column" not in page
    page = client.get(f"{base}{head.uid}/").content.decode()
    assert "Column 1" in page
    assert "One more column, if the table needs one" in page


def test_cells_are_saved_each_on_its_line(client, base, table):
    head, row = table
    client.post(f"{base}{row.uid}/", cells(row, "", "Countries\nthat take part", "40"))
    row.refresh_from_db()
    assert row.text == "\nCountries that take part\n40"
    client.post(f"{base}{head.uid}/", cells(head, "Outcome", "Indicator", "Target", "By"))
    head.refresh_from_db()
    assert head.text == "Outcome\nIndicator\nTarget\nBy"
    client.post(f"{base}{row.uid}/", cells(row, "", "One", "Two", kind="paragraph", revision=row.revision))
    row.refresh_from_db()
    assert (row.kind, row.text) == ("paragraph", "One\nTwo")


def test_a_row_without_words_is_refused_and_what_was_typed_stays(client, base, table):
    _head, row = table
    assert client.post(f"{base}{row.uid}/", cells(row, " ", "")).status_code == 400
    answer = client.post(f"{base}{row.uid}/", cells(row, "Kept words", "", number=""))
    assert answer.status_code == 400
    assert "Kept words" in answer.content.decode()


def test_an_autosave_of_cells_is_answered_like_any_other_and_a_conflict_shows_both(client, base, table, second):
    _head, row = table
    answer = client.post(f"{base}{row.uid}/", cells(row, "Mine"), **AUTO)
    assert answer.json()["revision"] == 1
    row.refresh_from_db()
    ParagraphLease.objects.all().delete()
    other_saves(row, second, "Theirs\nof the row")
    answer = client.post(f"{base}{row.uid}/", cells(row, "Mine again"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs" in page
    assert "Mine again" in page


def test_a_row_is_added_to_its_table(client, draft, base, table):
    _head, row = table
    page = client.get(f"{base}new/?after={row.uid}&kind=row").content.decode()
    assert page.count('name="cell_') == 3
    client.post(f"{base}new/?after={row.uid}&kind=row", cells(row, "A", "", "B", number="T3"))
    assert draft.paragraphs.get(number="T3").text == "A\n\nB"
    assert 'name="text"' in client.get(f"{base}new/?after={row.uid}").content.decode()
    assert f"after={row.uid}&amp;kind=row" in client.get(base).content.decode()


def test_a_paragraph_is_split_at_a_sentence_or_at_the_caret(client, draft, base, row):
    text = "One sentence. Two sentences. Three."
    response = client.post(f"{base}{row.uid}/", words(row, text=text, then="split", caret="4"))
    assert response.url == f"{base}{row.uid}/split/?at=4"
    page = client.get(response.url).content.decode()
    for offset in (4, 14, 29):
        assert f'name="place" value="{offset}"' in page
    assert client.post(f"{base}{row.uid}/split/", {"place": "14", "revision": "0"}).status_code == 400
    client.post(f"{base}{row.uid}/split/", {"place": "14", "revision": "1"})
    assert draft.paragraphs.get(number="1 bis").text == "Two sentences. Three."
    assert client.post(f"{base}{row.uid}/split/", {"place": "x"}).status_code == 400


def test_deleting_tells_the_lineage_and_wants_a_yes(client, base, row):
    page = client.get(f"{base}{row.uid}/delete/").content.decode()
    assert "It continues these paragraphs" in page
    assert client.post(f"{base}{row.uid}/delete/").status_code == 400
    assert client.post(f"{base}{row.uid}/delete/", {"confirm": "on"}).url == base
    assert not Paragraph.objects.filter(pk=row.pk).exists()


def test_a_lock_is_broken_with_a_reason_and_a_yes(client, scene, base, row, second):
    url = f"{base}{row.uid}/lock/"
    assert client.get(url).url == f"{base}{row.uid}/"
    take_lease(paragraph=row, by=second)
    assert f"{second} is writing" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Now"}).status_code == 400
    assert client.post(url, {"reason": "Now", "confirm": "on"}).url == f"{base}{row.uid}/"
    assert LeaseBreak.objects.get().reason == "Now"
    assert "Reason: Now" in client.get(f"{base}history/").content.decode()
    assert client.post(url, {"reason": "Now", "confirm": "on"}).status_code == 400


def test_history_undo_and_restore(client, base, row, second, draft):
    client.post(f"{base}{row.uid}/", words(row, text="Other words"))
    row.refresh_from_db()
    for path in (f"{base}history/", f"{base}{row.uid}/history/"):
        assert "Restore the words after this act" in client.get(path).content.decode()
    act = WritingAct.objects.get()
    assert "Undo: Written 1" in client.get(base).content.decode()
    client.post(f"{base}undo/", {"seen": str(act.pk)})
    row.refresh_from_db()
    assert row.text.startswith("Paragraph 1")
    assert client.post(f"{base}undo/", {"seen": "x"}).status_code == 404
    assert "not the last act" in client.post(f"{base}undo/", {"seen": str(act.pk)}, follow=True).content.decode()
    kept = ParagraphRevision.objects.filter(act=act).get()
    client.post(f"{base}restore/{kept.pk}/")
    row.refresh_from_db()
    assert row.text == "Other words"
    take_lease(paragraph=row, by=second)
    assert "is writing in paragraph 1" in client.post(f"{base}restore/{kept.pk}/", follow=True).content.decode()


def test_numbers_are_shown_before_they_change(client, draft, base, row):
    client.post(f"{base}new/?after={row.uid}", {"kind": "paragraph", "text": "New"})
    page = client.get(f"{base}numbers/").content.decode()
    assert "1 bis" in page
    client.post(f"{base}numbers/", {"keep_manual": "on"})
    assert list(draft.paragraphs.order_by("position").values_list("number", flat=True)) == ["I", "1", "2", "3", "4"]


def test_a_published_draft_is_written_no_more(client, scene, draft, base, row):
    publish_draft(draft=draft, by=scene.cast.drafter)
    assert "This draft is published" in client.get(base).content.decode()
    assert client.get(f"{base}{row.uid}/").url == base
    assert client.get(f"{base}new/").url == base
    assert client.post(f"{base}{row.uid}/", words(row)).status_code == 400
    assert "never changes" in client.post(f"{base}{row.uid}/act/", {"act": "up"}, follow=True).content.decode()
    assert client.post(scene.url("drafts/1/discard/"), {"confirm": "on"}).status_code == 400


def test_text_of_any_markup_is_shown_as_text(client, base, row):
    client.post(f"{base}{row.uid}/", words(row, text="<script>alert(1)</script>"))
    for path in (base, f"{base}{row.uid}/", f"{base}history/", f"{base}{row.uid}/split/", f"{base}{row.uid}/delete/"):
        assert "<script>alert" not in client.get(path).content.decode()


def test_the_outline_asks_as_many_questions_for_one_paragraph_as_for_many(client, scene, second, django_assert_max_num_queries):
    counts = []
    for number, size in ((20, 1), (21, 12)):
        draft = DraftFactory(strategy=scene.strategy, number=number)
        for place in range(size):
            take_lease(paragraph=ParagraphFactory(draft=draft, position=place + 1), by=second)
        path = scene.url(f"drafts/{number}/write/")
        client.get(path)
        with django_assert_max_num_queries(12) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


# --- Strategies and drafts -------------------------------------------------------------------------------------------


def test_the_secretariat_creates_a_strategy_and_changes_its_words(scene, sign_in):
    client = sign_in(scene.cast.secretariat)
    assert "New strategy" in client.get("/strategy/").content.decode()
    assert client.post("/strategy/new/", {"slug": "next"}).status_code == 400
    for slug in ("new", scene.strategy.slug):
        assert client.post("/strategy/new/", {"slug": slug, "title_en": "Next"}).status_code == 400
    response = client.post("/strategy/new/", {"slug": "next", "title_en": "Next", "title_fr": "Suite", "summary_en": "S"})
    strategy = Strategy.objects.get(slug="next")
    assert response.url == strategy.get_absolute_url()
    assert (strategy.title_fr, strategy.summary_en) == ("Suite", "S")
    client.post("/strategy/next/title/", {"title_en": "Later", "slug": "other"})
    strategy.refresh_from_db()
    assert (strategy.title_en, strategy.slug) == ("Later", "next")
    assert client.post("/strategy/next/title/", {"title_en": ""}).status_code == 400
    for who in ("outsider", "focal_undp", "administrator"):
        assert sign_in(getattr(scene.cast, who)).get("/strategy/new/").status_code == 403
        assert "New strategy" not in sign_in(getattr(scene.cast, who)).get("/strategy/").content.decode()


def test_the_next_draft_begins_empty_or_as_a_copy(scene, sign_in, client):
    data = {"label_en": "Revised", "label_fr": "Révisé", "language": "en", "is_public": "on"}
    url = scene.url("drafts/new/")
    assert client.get(url).status_code == 200
    assert client.post(url, {**data, "label_en": "", "begins": "copy"}).status_code == 400
    assert client.post(url, {**data, "begins": "copy"}).url == scene.url("drafts/1/write/")
    copy = Draft.objects.get(number=1)
    assert (copy.label_fr, copy.is_public, copy.state_changes.count()) == ("Révisé", True, 1)
    assert copy.text_hash() == scene.draft.text_hash()
    assert set(copy.paragraphs.values_list("uid")).isdisjoint(scene.draft.paragraphs.values_list("uid"))
    assert set(copy.paragraphs.values_list("origins__relation", "origins__score")) == {("same", 1.0)}
    assert sign_in(scene.cast.secretariat).post(url, {**data, "begins": "empty"}).url == scene.url("drafts/2/")
    assert not Draft.objects.get(number=2).paragraphs.exists()
    assert sign_in(scene.cast.focal_undp).get(url).status_code == 403


def test_there_is_nothing_to_copy_before_the_first_publication(client, scene):
    Strategy.objects.create(slug="young", title="Young")
    data = {"label_en": "Zero", "language": "en", "begins": "copy"}
    response = client.post("/strategy/young/drafts/new/", data)
    assert "nothing to copy" in response.content.decode()
    assert not Draft.objects.filter(strategy__slug="young").exists()
    assert client.post("/strategy/young/drafts/new/", {**data, "begins": "empty"}).url == "/strategy/young/drafts/0/write/"


def test_a_draft_in_preparation_is_discarded_with_a_yes(client, scene, draft, row, base):
    client.post(f"{base}{row.uid}/", words(row))
    url = scene.url("drafts/1/discard/")
    assert client.post(url).status_code == 400
    consultation = RoundFactory(draft=draft)
    assert "A round or an answer refers to this draft" in client.post(url, {"confirm": "on"}).content.decode()
    consultation.delete()
    assert client.post(url, {"confirm": "on"}).url == scene.url()
    assert not Draft.objects.filter(number=1).exists()
    assert scene.draft.paragraphs.count() == 4


def test_a_draft_that_a_later_one_continues_is_not_discarded(client, scene, draft):
    Draft.objects.filter(pk=draft.pk).update(number=5)
    later = DraftFactory(strategy=scene.strategy, number=6)
    target = ParagraphFactory(draft=later)
    draft.paragraphs.get(number="1").continuations.create(target=target, relation="same")
    response = client.post(scene.url("drafts/5/discard/"), {"confirm": "on"})
    assert "A later draft continues this one" in response.content.decode()


def test_a_page_that_is_old_merges_nothing_but_what_it_showed(client, draft, base, row):
    following = draft.paragraphs.filter(position__gt=row.position).order_by("position").first()
    merge = f"{base}{row.uid}/act/?following={following.uid}"
    assert f"following={following.uid}" in client.get(base).content.decode()
    before = draft.paragraphs.count()
    client.post(merge, {"act": "merge"})
    page = client.post(merge, {"act": "merge"}, follow=True).content.decode()
    assert "Another paragraph stands next to it now" in page
    assert draft.paragraphs.count() == before - 1


@pytest.mark.parametrize("odd", ["9" * 5000, "²", "-1", "٣"])
def test_an_odd_place_to_split_at_is_none(client, base, row, odd):
    assert client.get(f"{base}{row.uid}/split/?at={odd}").status_code == 200
    assert client.post(f"{base}{row.uid}/split/", {"place": odd, "revision": "0"}).status_code == 400
    assert client.post(f"{base}{row.uid}/split/", {"place": "2", "revision": odd}).status_code in {302, 400}
