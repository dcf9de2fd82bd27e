"""What a person takes along from policy briefs, and what is taken out of them when a person is erased."""

import pytest
from django.apps import apps
from django.utils import timezone

from briefs import services
from briefs.models import (
    BriefImport,
    MatterChange,
    SectionComment,
    SectionCommentChange,
    SectionLease,
    SectionLeaseBreak,
    SectionReply,
    SectionRevision,
)
from briefs.selectors.personal import data_of_person
from briefs.services.matter import change_brief, remove_section
from briefs.services.personal import erase_person
from directory.models import StoredFile, User
from directory.services.erasure import traces_of
from tests.briefs.test_word_import import document
from tests.conftest import Cast
from tests.factories.briefs import brief_by

pytestmark = pytest.mark.django_db

# Each column of the tables of writing, matter and review that names a person, and the part of the export that tells of it.
TOLD_IN = {
    "BriefImport.by": "documents_brought_in",
    "MatterChange.by": "changes",
    "ReviewPoint.replied_by": "answers_to_reviews",
    "Reviewer.user": "reviews",
    "Section.edited_by": "sections",
    "SectionComment.author": "comments",
    "SectionCommentChange.by": "comments_settled",
    "SectionLease.holder": "sections_held",
    "SectionLeaseBreak.by": "sections_taken_over",
    "SectionLeaseBreak.holder": "sections_lost",
    "SectionReply.author": "replies",
    "SectionRevision.by": "revisions",
}


def test_every_column_of_writing_that_names_a_person_is_in_the_export(cast: Cast) -> None:
    tables = {name.partition(".")[0] for name in TOLD_IN}
    naming = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("briefs").get_models()
        for field in model._meta.get_fields()
        if model.__name__ in tables and field.concrete and field.related_model is User
    }
    assert naming == set(TOLD_IN)
    assert set(TOLD_IN.values()) <= set(data_of_person(cast.outsider))


def test_words_of_a_person_come_along(cast: Cast) -> None:
    brief = brief_by()
    section = brief.sections.get(organization__code="undp")
    comment = services.write_comment(section=section, by=cast.focal_fao, text="Why so?")
    services.reply_to_comment(comment=comment, by=cast.focal_undp, text="Because.")
    services.resolve_comment(comment=comment, by=cast.focal_undp, reason="Said.")
    services.take_lease(section=section, by=cast.contributor_undp)
    services.take_over_lease(section=section, by=cast.focal_undp, reason="Due today.")
    services.save_section(section=section, by=cast.focal_undp, version=1, heading="H", body="<p>x</p>", note="shorter")
    services.read_import(brief=brief, content=document("New"), file_name="brief.docx", by=cast.focal_undp)
    mine, other = data_of_person(cast.focal_undp), data_of_person(cast.contributor_undp)
    assert [row["text"] for row in data_of_person(cast.focal_fao)["comments"]] == ["Why so?"]
    assert [row["text"] for row in mine["replies"]] == ["Because."]
    assert [row["reason"] for row in mine["comments_settled"]] == ["Said."]
    assert [row["reason"] for row in mine["sections_taken_over"]] == ["Due today."]
    assert [row["note"] for row in mine["revisions"] if row["version"] == 2] == ["shorter"]
    assert [row["file"] for row in mine["documents_brought_in"]] == ["brief.docx"]
    assert [row["section"] for row in mine["sections_held"]] == [section.pk]
    assert [row["reason"] for row in other["sections_lost"]] == ["Due today."]


def test_erased_person_is_in_no_talk_and_the_text_of_the_agencies_stays(cast: Cast) -> None:
    person = cast.contributor_undp
    name = person.full_name
    brief = brief_by()
    section = brief.sections.get(organization__code="undp")
    comment = services.write_comment(
        section=section, by=cast.focal_fao, text=f"{name} said so.", quote="Because it does.", proposal=f"As {name} says."
    )
    services.reply_to_comment(comment=comment, by=cast.focal_undp, text=f"Ask {person.email}.")
    services.resolve_comment(comment=comment, by=cast.focal_undp, reason=f"{name} agreed.")
    services.take_lease(section=section, by=person)
    services.take_over_lease(section=section, by=cast.focal_undp, reason=f"{name} is away.")
    body = f"<p>Thanks to {name}.</p>"
    services.save_section(section=section, by=cast.focal_undp, version=1, heading="H", body=body, note=f"after {name}")
    services.release_lease(section=section, by=cast.focal_undp)
    services.take_lease(section=section, by=person)
    values = {"title": "T", "summary": f"By {name}", "key_messages": ["K"], "themes": [], "sdgs": []}
    change_brief(brief=brief, by=cast.focal_undp, seen=None, values=values, note=f"for {name}")
    change_brief(brief=brief, by=cast.focal_undp, seen=None, values={**values, "title": "U"})
    gone = brief.sections.get(organization__code="fao")
    remove_section(section=gone, by=cast.secretariat, version=1, reason=f"{name} asked for it")
    content = document("New", f"By {name}")
    record = services.read_import(brief=brief, content=content, file_name=f"{name}.docx", by=cast.focal_undp)
    file = record.file_id

    erase_person(user=person, traces=traces_of(person))

    comment = SectionComment.objects.get()
    assert (comment.text, comment.proposal) == ("[…] said so.", "As […] says.")
    assert SectionReply.objects.get().text == "Ask […]."
    assert SectionCommentChange.objects.get(new="resolved").reason == "[…] agreed."
    assert SectionLeaseBreak.objects.get().reason == "[…] is away."
    assert not SectionLease.objects.filter(holder=person).exists()
    revision = SectionRevision.objects.get(version=2)
    assert (revision.note, revision.body) == ("after […]", body)
    told = [(row.kept.get("note"), row.kept.get("summary")) for row in MatterChange.objects.order_by("pk")[:2]]
    assert told == [("for […]", "What this is about."), ("", f"By {name}")]
    removed = MatterChange.objects.order_by("pk").last()
    assert (removed.kept["reason"], name in removed.act) == ("[…] asked for it", False)
    record = BriefImport.objects.get()
    assert (record.file_name, record.file, name in str(record.reading)) == ("[…].docx", None, False)
    assert not StoredFile.objects.filter(pk=file).exists()
    assert record.created_at <= timezone.now()
