"""Every address × every demo role. An address that nobody listed here fails: say who may open it.

Rows are made from the demo data, so they also prove that the demo has something behind every address.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from briefs.models import Brief, BriefImport, Reviewer, Series
from directory.models import (
    Country,
    Delegation,
    InternalAccessGrant,
    Invitation,
    Membership,
    Organization,
    OrganizationImport,
    User,
)
from directory.services.files import store_file
from directory.services.jobs import start_job
from directory.services.photos import set_photo
from meetings.models import (
    ActionItem,
    BulkAct,
    Confirmation,
    Decision,
    EventCall,
    GroupMember,
    InvitationLetter,
    Meeting,
    Minutes,
    Question,
    Registration,
    RegistrationFile,
    RegistrationImport,
    ReportCall,
    RequiredDocument,
    ThematicEvent,
    VoluntaryReport,
    WorkingGroup,
)
from meetings.models import AgendaItem as GroupItem
from meetings.selectors.following import calendar_address
from meetings.services.badges import badge_code
from meetings.services.programme import make_calendar_address
from notifications.kinds import kind_of
from notifications.models import AddressTrouble, BulkMessage, Notification
from notifications.services import notify
from solutions.models import Solution
from ssc_portal.mailbox import mailbox_address
from strategy.models import Comment, ConsultationRound, Draft, MatrixImport, Paragraph, ParagraphLease, RoundOutcome
from strategy.services.imports import read_import

ROLES = {
    "visitor": None,
    "participant": "participant@demo.example",
    "samoa": "focal.samoa@demo.example",
    "contributor": "contributor.undp@demo.example",
    "undp": "focal.undp@demo.example",
    "fao": "focal.fao@demo.example",
    "who": "focal.who@demo.example",
    "drafter": "drafter@demo.example",
    "secretariat": "secretariat@demo.example",
    "administrator": "admin@demo.example",
}
Expected = dict[str, int]


def everybody(status: int = 200, **others: int) -> Expected:
    """The same answer for all, but for those named."""
    return {**dict.fromkeys(ROLES, status), **others}


def account(status: int = 200, **others: int) -> Expected:
    """Visitors are sent to the sign-in page; people with an account get `status`, but for those named."""
    return {**everybody(status), "visitor": 302, **others}


UNDP = {"code": "undp"}
STRATEGY = {"slug": "system-wide-strategy"}
MEETING = {"slug": "antalya-2017"}
FLOOR = {**MEETING, "code": "item-a"}


def of(model: Any, field: str = "slug", **lookup: Any) -> Callable[[], dict[str, Any]]:
    """Arguments taken from the first row of the demo that matches."""
    return lambda: {field: getattr(model.objects.filter(**lookup).order_by("pk")[0], field)}


def first_job() -> dict[str, Any]:
    return {"job_id": start_job(kind="tests.none", arguments={}, asked_by=User.objects.get(email=ROLES["undp"])).pk}


def text_brought_in() -> dict[str, Any]:
    """A text brought into the demo's draft in preparation; made here, in preparation again if it was published."""
    draft = Draft.objects.get(strategy__slug=STRATEGY["slug"], number=2)
    Draft.objects.filter(pk=draft.pk).update(state="draft", published_at=None, sha256="")
    draft.refresh_from_db()
    drafter = User.objects.get(email=ROLES["drafter"])
    return {**STRATEGY, "number": 2, "pk": read_import(draft=draft, content=b"A text.", file_name="a.txt", by=drafter).pk}


def own_calendar() -> dict[str, Any]:
    return {"token": calendar_address(make_calendar_address(by=User.objects.get(email=ROLES["samoa"])))}


def person_with_photo() -> dict[str, Any]:
    person = User.objects.get(email=ROLES["samoa"])
    set_photo(person=person, content=b"a picture")
    return {"pk": person.pk}


PUBLIC, ACCOUNT = everybody(), account()
BY_POST, BY_POST_FOR_ACCOUNTS = everybody(405), account(405)
STAFF = account(403, secretariat=200)
BEING_MADE = everybody(503)  # no worker runs here, so no PDF is ready
NOWHERE = everybody(404)
OF_SAMOA = everybody(404, samoa=200)  # a review: for who was asked for it, signed in or let in by a link
REVIEW_ACTS = ("reviewer_again", "reviewer_revoke", "review_reply")
OWN_OF_UNDP = account(404, undp=200)
SERVES_ORGANIZATION = account(403, contributor=200, undp=200, fao=200, who=200, samoa=200)
MEMBERS = {"contributor": 200, "undp": 200, "fao": 200, "who": 200}
AGENCY_FOCAL_POINTS = account(404, contributor=403, undp=200, fao=200, who=200)
UNSEEN_BY = {"participant": 404, "samoa": 404, "who": 404, "administrator": 404}  # a brief of UNDP and FAO in the making
MANAGES_UNDP = account(404, contributor=403, undp=200, secretariat=200, administrator=403)
LISTS_ORGANIZATIONS = account(403, secretariat=200, administrator=200)
OWN_OF_SAMOA = account(404, samoa=200, secretariat=200)

EMBARGOED = {"slug": "seeds-that-find-their-way-home"}  # of FAO, UNDP and UNESCO; the participant is its named reader
READS_UNDER_EMBARGO = {"participant": 200, "undp": 200, "fao": 200, "contributor": 200, "drafter": 200, "secretariat": 200}
BRIEF, PUBLISHED_BRIEF = {"slug": "solar-irrigation-farmers-can-keep"}, of(Brief, state="published")
VERIFIED, SUBMITTED = of(Solution, state="verified"), of(Solution, state="submitted")
BULK_DRAFT = of(BulkMessage, "pk", state="draft")
SAMOAS = of(Registration, "reference", user__email=ROLES["samoa"])
DELEGATE = of(Registration, "reference", organization__code="samoa", delegation_role="adviser")
WAITS_FOR_UNDP = of(Registration, "reference", organization__code="undp", state="submitted")
LETTER = of(InvitationLetter, "code", state="issued", registration__user__email=ROLES["samoa"])
DRAFT = {**STRATEGY, "number": 0}
NEXT_DRAFT = {**STRATEGY, "number": 2}
DRAFTERS = account(404, drafter=200, secretariat=403)  # a draft in preparation
SECRETARIAT_ONLY = account(403, drafter=200, secretariat=200)


def next_paragraph() -> dict[str, Any]:
    return {**NEXT_DRAFT, "uid": Paragraph.objects.get(draft__strategy__slug=STRATEGY["slug"], draft__number=2, number="1").uid}


def held_paragraph() -> dict[str, Any]:
    return {**NEXT_DRAFT, "uid": ParagraphLease.objects.select_related("paragraph")[0].paragraph.uid}


UNDPS_REPORT = of(VoluntaryReport, organization__code="undp")
OPENING = {**MEETING, "code": "opening"}


CATEGORY = {**MEETING, "category": "member-state"}
FORGED = {"token": "forged"}


def required_document() -> dict[str, Any]:
    return {**CATEGORY, **of(RequiredDocument, "pk", quota__category__code="member-state")()}


def file_of_samoa() -> dict[str, Any]:
    """The file that the demo's registrant has handed in; made here if the demo leaves it missing."""
    registration = Registration.objects.get(user__email=ROLES["samoa"])
    document = RequiredDocument.objects.get(quota__category__code="member-state")
    stored = store_file(content=b"%PDF-1.4 matrix", mime="application/pdf")
    row, _made = RegistrationFile.objects.get_or_create(
        registration=registration, document=document, defaults={"file": stored, "name": "letter.pdf"}
    )
    return {"reference": registration.reference, "pk": row.pk}


def contributor_of_undp() -> dict[str, Any]:
    return of(Membership, "pk", user__email=ROLES["contributor"])()


def first_document() -> dict[str, Any]:
    return {**MEETING, "pk": Meeting.objects.get(**MEETING).documents.order_by("pk")[0].pk}


def round_of(kind: str, **more: Any) -> Callable[[], dict[str, Any]]:
    """An open round on the zero draft; a silence procedure has an objection of UNDP, an endorsement its answer."""

    def arguments() -> dict[str, Any]:
        rows, draft = ConsultationRound.objects, Draft.objects.get(strategy__slug=STRATEGY["slug"], number=0)
        undp, now = User.objects.get(email=ROLES["undp"]), timezone.now()
        agency = {"organization": Organization.objects.get(code="undp"), "by": undp, "at": now}
        found = rows.filter(draft=draft, kind=kind).first()
        if found is None:
            hours = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=5)}
            found = rows.create(draft=draft, kind=kind, sha256=draft.sha256, announced_at=now, **hours)
        if kind == "silence":
            found.objections.get_or_create(organization=agency["organization"], defaults={**agency, "reason": "A reason"})
        if kind == "endorsement" and not found.endorsements.exists():
            found.endorsements.create(
                **agency, answer="endorsed", sha256=draft.sha256, signatory="A", capacity="B", signed_on=now.date()
            )
            RoundOutcome.objects.get_or_create(round=found, defaults={"result": "recorded", "invited": 1, "at": now})
        return {**STRATEGY, "pk": found.pk, **more}

    return arguments


def certificate_code() -> dict[str, Any]:
    return {"code": ConsultationRound.objects.get(pk=round_of("endorsement")()["pk"]).endorsements.get().code}


def uncleared_comment() -> dict[str, Any]:
    return {**STRATEGY, **of(Comment, "pk", author__email=ROLES["contributor"], state="draft")()}


def fao_section() -> dict[str, Any]:
    return {**BRIEF, "section_id": Brief.objects.get(**BRIEF).sections.filter(organization__code="fao")[0].pk}


def word_import() -> dict[str, Any]:
    by = User.objects.get(email=ROLES["secretariat"])
    reading = {"title": "", "parts": [], "footnotes": [], "pictures": [], "lost_pictures": 0}
    file = store_file(content=b"a Word document of the matrix", mime="application/octet-stream")
    record = BriefImport.objects.create(
        brief=Brief.objects.get(**BRIEF), file=file, file_name="brief.docx", reading=reading, by=by
    )
    return {**BRIEF, "pk": record.pk}


def returned_matrix() -> dict[str, Any]:
    consultation = Comment.objects.order_by("pk")[0].round
    by = User.objects.get(email=ROLES["drafter"])
    return {**STRATEGY, "pk": MatrixImport.objects.create(round=consultation, file_name="matrix.xlsx", by=by).pk}


GROUP = of(WorkingGroup)


INSIDE = account(403, **MEMBERS, drafter=200, secretariat=200)


STAFF_OF_GROUP = account(403, secretariat=200)


RUNS_GROUP = account(403, drafter=200, secretariat=200)


OF_MEMBERS = everybody(404, **MEMBERS, drafter=200, secretariat=200)


RUNS_MEETING = account(404, contributor=403, undp=403, fao=403, who=403, drafter=200, secretariat=200)


def minutes_in(state: str) -> dict[str, Any]:
    return {"slug": Minutes.objects.get(state=state).meeting.slug}


def of_group(model: Any, **lookup: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {**GROUP(), **of(model, "pk", **lookup)()}


def samoas_badge() -> dict[str, Any]:
    return {"code": badge_code(Registration.objects.get(user__email=ROLES["samoa"]))}


def message_to_undp() -> dict[str, Any]:
    return {"pk": Notification.objects.inbox_of(User.objects.get(email=ROLES["undp"])).order_by("pk")[0].pk}


# name → (arguments, who gets what on GET)
TABLE: dict[str, tuple[Any, Expected]] = {
    **{name: ({}, PUBLIC) for name in ("healthz", "robots", "sitemap", "api_docs", "home", "search")},
    "readyz": ({}, everybody(503)),  # no worker runs here
    "desk": ({}, ACCOUNT),
    "demo_mailbox": (lambda: {"token": mailbox_address("a@demo.example").split("/")[-2]}, PUBLIC),
    # API
    **{f"api:{name}": ({}, PUBLIC) for name in ("openapi-json", "index", "list_meetings", "list_events", "list_reports")},
    **{f"api:{name}": ({}, PUBLIC) for name in ("strategies", "list_series", "list_briefs", "list_solutions", "facets")},
    "api:api-root": ({}, PUBLIC),
    "api:get_meeting": (MEETING, PUBLIC),
    "api:get_programme": (MEETING, PUBLIC),
    "api:strategy": (STRATEGY, PUBLIC),
    "api:draft": (DRAFT, PUBLIC),
    "api:get_brief": (PUBLISHED_BRIEF, PUBLIC),
    "api:solution": (VERIFIED, PUBLIC),
    # the kernel
    "directory:profile": ({}, ACCOUNT),
    "directory:photo": (person_with_photo, ACCOUNT),
    **{f"directory:{name}": ({}, BY_POST_FOR_ACCOUNTS) for name in ("change_photo", "remove_photo")},
    "directory:job": (first_job, OWN_OF_UNDP),
    "directory:job_progress": (first_job, OWN_OF_UNDP),
    "directory:my_agency": ({}, account(302, participant=200, administrator=200)),
    "directory:agency": (UNDP, account(404, contributor=200, undp=200, secretariat=200, administrator=200)),
    "directory:invite": (UNDP, MANAGES_UNDP),
    "directory:add_member": (UNDP, account(404, secretariat=200)),
    "directory:change_member": (contributor_of_undp, MANAGES_UNDP),
    "directory:end_member": (contributor_of_undp, {**MANAGES_UNDP, "contributor": 200}),
    "directory:delegate": (of(Membership, "pk", user__email=ROLES["undp"]), MANAGES_UNDP),
    "directory:end_delegation": (of(Delegation, "pk"), BY_POST_FOR_ACCOUNTS),
    **{f"directory:{name}_invitation": (of(Invitation, "pk"), BY_POST_FOR_ACCOUNTS) for name in ("resend", "withdraw")},
    "directory:invitation": ({"token": "forged"}, NOWHERE),
    **{f"directory:{name}": ({}, LISTS_ORGANIZATIONS) for name in ("organizations", "add_organization", "import_organizations")},
    **{f"directory:{name}": ({"ending": "csv"}, LISTS_ORGANIZATIONS) for name in ("organizations_export", "import_template")},
    "directory:organization_import": (of(OrganizationImport, "pk"), LISTS_ORGANIZATIONS),
    "directory:apply_import": (of(OrganizationImport, "pk"), BY_POST_FOR_ACCOUNTS),
    "directory:organization": (UNDP, account(403, secretariat=302, administrator=302)),
    "directory:edit_organization": (UNDP, account(404, contributor=403, undp=403, secretariat=200, administrator=200)),
    # one's own data, and what is internal to an agency
    "personal_data": ({}, ACCOUNT),
    "personal_archive": ({"job_id": uuid4()}, account(404)),
    "erase_account": ({}, everybody(302)),  # to the page that asks for the password again
    "erase_person": (of(User, "pk", email=ROLES["participant"]), everybody(302)),
    "internal_access_list": ({}, account(403, samoa=200, **MEMBERS, administrator=200)),
    "internal_access": (of(InternalAccessGrant, "pk"), account(404, contributor=200, undp=200, administrator=200)),
    "internal_access_end": (of(InternalAccessGrant, "pk"), BY_POST_FOR_ACCOUNTS),
    "notifications:outbox": ({}, STAFF),
    **{f"notifications:{name}": ({}, STAFF) for name in ("outbox_csv", "hold_found", "release_found", "addresses")},
    "notifications:message": (of(Notification, "pk"), STAFF),
    "notifications:preview": (of(Notification, "pk", kind="notifications.bulk"), STAFF),
    **{f"notifications:{name}": (of(Notification, "pk"), BY_POST_FOR_ACCOUNTS) for name in ("resend", "hold", "release")},
    **{f"notifications:{name}": ({}, STAFF) for name in ("bulk_list", "bulk_new")},
    **{f"notifications:{name}": (BULK_DRAFT, STAFF) for name in ("bulk", "bulk_edit", "bulk_preview", "bulk_confirm")},
    "notifications:bulk_progress": (BULK_DRAFT, STAFF),
    **{f"notifications:{name}": (BULK_DRAFT, BY_POST_FOR_ACCOUNTS) for name in ("bulk_test", "bulk_again", "bulk_stop")},
    "notifications:clear_address": (of(AddressTrouble, "pk"), BY_POST_FOR_ACCOUNTS),
    "notifications:my_address": ({}, ACCOUNT),
    **{f"notifications:{name}": ({}, ACCOUNT) for name in ("inbox", "preferences")},
    "notifications:inbox_read": ({}, BY_POST_FOR_ACCOUNTS),
    "notifications:inbox_message": (message_to_undp, OWN_OF_UNDP),
    "notifications:inbox_open": (message_to_undp, account(404, undp=302)),
    "notifications:unsubscribe": ({"token": "forged"}, NOWHERE),
    "notifications:my_address_works": ({}, BY_POST_FOR_ACCOUNTS),
    "notifications_files:bounces": ({}, BY_POST),
    # strategy
    "strategy:list": ({}, PUBLIC),
    "strategy:overview": (STRATEGY, PUBLIC),
    "strategy:draft": (DRAFT, PUBLIC),
    "strategy:whole": (DRAFT, PUBLIC),
    "strategy:import_text": (DRAFT, account(403, drafter=200)),
    "strategy:import": (text_brought_in, account(404, drafter=200, secretariat=403)),
    "strategy:import_notes": (text_brought_in, account(404, drafter=200, secretariat=403)),
    **{f"strategy:{name}": (text_brought_in, BY_POST_FOR_ACCOUNTS) for name in ("import_changes", "import_stop")},
    "strategy:download": ({**DRAFT, "ending": "docx"}, PUBLIC),
    "strategy:compilation": (DRAFT, PUBLIC),
    "strategy:make_compilation": (DRAFT, BY_POST_FOR_ACCOUNTS),
    "strategy:compilation_file": (lambda: {**DRAFT, **first_job()}, account(404)),
    "strategy:paragraph": ({**DRAFT, "anchor": "12"}, PUBLIC),
    "strategy:compare": ({**STRATEGY, "number": 1, "other": 2}, everybody(404, drafter=200, secretariat=200)),
    "strategy:compare_any": (STRATEGY, everybody(302)),
    "strategy:lineage": (DRAFT, account(403, drafter=200)),
    "strategy:verify": (DRAFT, PUBLIC),
    "strategy:publish": (DRAFT, account(403, drafter=200)),
    "strategy:round_new": (DRAFT, RUNS_GROUP),
    "strategy:round": (round_of("silence"), PUBLIC),
    "strategy:round_edit": (round_of("silence"), RUNS_GROUP),
    "strategy:round_act": (round_of("silence", name="extend"), RUNS_GROUP),
    "strategy:object": (round_of("silence"), AGENCY_FOCAL_POINTS),
    "strategy:object_withdraw": (round_of("silence"), account(404, contributor=403, undp=200)),
    "strategy:endorse": (round_of("endorsement"), AGENCY_FOCAL_POINTS),
    "strategy:certificate": (round_of("endorsement"), PUBLIC),
    "strategy:agency_certificate": (round_of("endorsement", agency="undp"), PUBLIC),
    "strategy:verify_certificate": (certificate_code, PUBLIC),
    "strategy:new": ({}, SECRETARIAT_ONLY),
    "strategy:edit_strategy": (STRATEGY, SECRETARIAT_ONLY),
    "strategy:new_draft": (STRATEGY, SECRETARIAT_ONLY),
    "strategy:discard": (NEXT_DRAFT, DRAFTERS),
    "strategy:write": (NEXT_DRAFT, DRAFTERS),
    "strategy:write_add": (NEXT_DRAFT, DRAFTERS),
    "strategy:write_undo": (NEXT_DRAFT, BY_POST_FOR_ACCOUNTS),
    "strategy:write_renumber": (NEXT_DRAFT, DRAFTERS),
    "strategy:write_histories": (NEXT_DRAFT, DRAFTERS),
    "strategy:write_restore": ({**NEXT_DRAFT, "pk": 1}, BY_POST_FOR_ACCOUNTS),
    "strategy:write_act": (next_paragraph, BY_POST_FOR_ACCOUNTS),
    "strategy:write_lock": (held_paragraph, DRAFTERS),
    **{f"strategy:write_{name}": (next_paragraph, DRAFTERS) for name in ("paragraph", "split", "delete", "history")},
    "strategy:position": (STRATEGY, account(404, contributor=200, undp=200, fao=200, who=200)),
    "strategy:submit": (STRATEGY, AGENCY_FOCAL_POINTS),
    "strategy:withdraw": (STRATEGY, AGENCY_FOCAL_POINTS),
    "strategy:answers": (STRATEGY, account(403, drafter=200)),
    **{f"strategy:{name}": (STRATEGY, BY_POST_FOR_ACCOUNTS) for name in ("release", "batch", "make_matrix")},
    "strategy:progress": (STRATEGY, PUBLIC),
    "strategy:matrix": (STRATEGY, ACCOUNT),
    "strategy:matrix_file": (lambda: {**STRATEGY, **first_job()}, account(404)),
    "strategy:matrix_import": (returned_matrix, account(404, drafter=200, secretariat=200)),
    "strategy:apply_matrix": (returned_matrix, BY_POST_FOR_ACCOUNTS),
    **{
        f"strategy:{name}": (STRATEGY, account(404, contributor=200, undp=200, fao=200, who=200))
        for name in ("offline", "offline_template")
    },
    "strategy:answer": (
        lambda: {**STRATEGY, **of(Comment, "pk", state="submitted", organization__code="fao", disposition=None)()},
        account(403, drafter=200, participant=404, samoa=404, administrator=404),
    ),
    "strategy:edit": (uncleared_comment, account(404, contributor=200, undp=200)),
    "strategy:detached": (DRAFT, PUBLIC),
    "strategy:moderation": (STRATEGY, account(403, drafter=200, secretariat=200)),
    "strategy:merge": (STRATEGY, account(302)),
    **{
        f"strategy:{name}": (uncleared_comment, BY_POST_FOR_ACCOUNTS)
        for name in ("clear", "drop", "reopen", "reply", "reply_readers", "pin", "admit", "turn_down")
    },
    # solutions
    "solutions:list": ({}, PUBLIC),
    "solutions:detail": (VERIFIED, PUBLIC),
    "solutions_files:export": ({}, PUBLIC),
    "solutions:submit": ({}, ACCOUNT),
    "solutions:mine": ({}, ACCOUNT),
    "solutions:edit": (SUBMITTED, account(404, secretariat=403)),
    "solutions:review": (SUBMITTED, account(404, secretariat=200)),
    "solutions:withdraw": (SUBMITTED, account(404, secretariat=200)),
    # briefs
    "briefs:list": ({}, PUBLIC),
    "briefs:detail": (PUBLISHED_BRIEF, PUBLIC),
    "briefs:edition": (lambda: {**PUBLISHED_BRIEF(), "number": 1}, PUBLIC),
    "briefs_files:feed": ({}, PUBLIC),
    **{f"briefs_files:{name}": (PUBLISHED_BRIEF, BEING_MADE) for name in ("pdf", "print", "archive")},
    "briefs_files:edition_file": (lambda: {**PUBLISHED_BRIEF(), "number": 1, "name": "pdf"}, BEING_MADE),
    "briefs:desk": ({}, ACCOUNT),
    "briefs:section": (
        fao_section,
        account(403, fao=200, **UNSEEN_BY),
    ),
    **{f"briefs:section_{name}": (fao_section, account(200, **UNSEEN_BY)) for name in ("comments", "history")},
    "briefs:section_lock": (fao_section, account(403, fao=302, **UNSEEN_BY)),
    **{f"briefs:section_{name}": (fao_section, BY_POST) for name in ("lease", "leave", "paste", "restore")},
    "briefs:section_comment": (lambda: {**fao_section(), "comment_id": 1}, BY_POST),
    "briefs:import": (BRIEF, account(403, undp=200, secretariat=200, **UNSEEN_BY)),
    "briefs:import_preview": (word_import, account(403, undp=200, secretariat=200, **UNSEEN_BY)),
    "briefs:import_picture": (lambda: {**word_import(), "place": 1}, account(403, undp=404, secretariat=404, **UNSEEN_BY)),
    "briefs:import_stop": (word_import, BY_POST),
    "briefs:clear": (BRIEF, account(403, undp=200, fao=200, **UNSEEN_BY)),
    "briefs:withdraw": (BRIEF, account(403, secretariat=200, **UNSEEN_BY)),
    "briefs:revise": (BRIEF, account(403, secretariat=200, **UNSEEN_BY)),
    **{f"briefs:{name}": (BRIEF, BY_POST) for name in ("publish", "render_files", "make_print_by_fours")},
    "briefs:print_by_fours_file": (lambda: {**BRIEF, **first_job()}, account(404)),
    "briefs:start_clearance": (BRIEF, account(403, undp=200, **UNSEEN_BY)),
    "briefs:extend_clearance": (BRIEF, account(403, undp=200, secretariat=200, **UNSEEN_BY)),
    "briefs:go_on_without": (lambda: {**BRIEF, "code": "fao"}, account(403, secretariat=200, **UNSEEN_BY)),
    **{f"briefs:{name}": ({}, ACCOUNT) for name in ("clearance_table", "clearance_table_file")},
    **{f"briefs:{name}": (BRIEF, account(**UNSEEN_BY)) for name in ("reviews", "checklist")},
    **{f"briefs:{name}": (BRIEF, BY_POST) for name in ("try_pdf", "acknowledge_warnings")},
    "briefs:review_open": (BRIEF, account(403, undp=200, secretariat=200, **UNSEEN_BY)),
    "briefs:review_round": ({**BRIEF, "number": 1}, account(**UNSEEN_BY)),
    **{f"briefs:{name}": ({**BRIEF, "number": 1}, BY_POST) for name in ("review_invite", "review_close")},
    **{f"briefs:{name}": ({**BRIEF, "number": 1, "pk": 1}, BY_POST) for name in REVIEW_ACTS},
    **{f"briefs:{name}": (of(Reviewer, "pk", user__email=ROLES["samoa"]), OF_SAMOA) for name in ("review", "review_decline")},
    "briefs:review_by_link": (FORGED, NOWHERE),
    "briefs:publication": (BRIEF, account(403, secretariat=200, **UNSEEN_BY)),
    "briefs:translate": (BRIEF, account(403, secretariat=200, **UNSEEN_BY)),
    **{f"briefs:{name}": (BRIEF, BY_POST) for name in ("take_back", "add_reader")},
    "briefs:revoke_reader": (lambda: {**BRIEF, "reader_id": 1}, BY_POST),
    "briefs:correct": (lambda: {**PUBLISHED_BRIEF(), "number": 1}, account(403, secretariat=200)),
    "briefs:source": (of(Brief, language_edition__isnull=False), account(404, drafter=200, secretariat=200)),
    "briefs:embargo": (EMBARGOED, account(404, **READS_UNDER_EMBARGO)),
    "briefs:embargo_file": (lambda: {**EMBARGOED, "name": "pdf"}, account(404)),  # no worker runs here
    "briefs:embargo_picture": (lambda: {**EMBARGOED, "key": "none"}, account(404)),
    "briefs:embargo_picture_by_link": ({"token": f"1:{'x' * 43}", "key": "none"}, NOWHERE),
    "briefs:embargo_by_link": ({"token": f"1:{'x' * 43}"}, NOWHERE),
    "briefs:embargo_file_by_link": ({"token": f"1:{'x' * 43}", "name": "pdf"}, NOWHERE),
    "briefs_files:by_hash": (lambda: {**PUBLISHED_BRIEF(), "number": 1, "name": "pdf", "sha256": "0" * 64}, NOWHERE),
    "briefs:review_picture": (lambda: {**of(Reviewer, "pk", user__email=ROLES["samoa"])(), "key": "none"}, NOWHERE),
    # what a brief is made of
    "briefs:contents": (BRIEF, account(200, **UNSEEN_BY)),
    **{f"briefs:{name}": (BRIEF, account(403, secretariat=200, **UNSEEN_BY)) for name in ("agencies", "new_part")},
    "briefs:edit_brief": (BRIEF, account(403, undp=200, contributor=200, secretariat=200, **UNSEEN_BY)),
    "briefs:words_history": (BRIEF, account(200, **UNSEEN_BY)),
    "briefs:restore_words": (BRIEF, BY_POST),
    **{f"briefs:{name}": (fao_section, account(403, secretariat=200, **UNSEEN_BY)) for name in ("edit_part", "remove_part")},
    "briefs:move_part": (fao_section, BY_POST),
    **{
        f"briefs:{name}": (BRIEF, account(200, drafter=403, **UNSEEN_BY))
        for name in ("footnotes", "citations", "new_reference", "bring_references")
    },
    "briefs:cite": (BRIEF, BY_POST),
    "briefs:new_figure": ({**BRIEF, "kind": "chart"}, account(200, drafter=403, **UNSEEN_BY)),
    "briefs:figure": ({**BRIEF, "key": "cost-of-water"}, account(200, drafter=403, **UNSEEN_BY)),
    "briefs:reference": ({**BRIEF, "key": "agenda-2030"}, account(200, drafter=403, **UNSEEN_BY)),
    "briefs:drop_figure": ({**BRIEF, "key": "cost-of-water"}, BY_POST),
    "briefs:drop_reference": ({**BRIEF, "key": "agenda-2030"}, BY_POST),
    **{f"briefs:{name}": ({}, STAFF) for name in ("new", "new_series")},
    "briefs:series": (of(Series), PUBLIC),
    "briefs:edit_series": (of(Series), STAFF),
    # what readers and programs take
    "briefs:downloads": ({}, SECRETARIAT_ONLY),
    "briefs_files:cite": (lambda: {**PUBLISHED_BRIEF(), "form": "bibtex"}, PUBLIC),
    "briefs_files:cite_edition": (lambda: {**PUBLISHED_BRIEF(), "number": 1, "form": "ris"}, PUBLIC),
    "briefs_files:press_kit": (PUBLISHED_BRIEF, NOWHERE),  # no worker runs here
    "briefs_files:press_kit_of_edition": (lambda: {**PUBLISHED_BRIEF(), "number": 1}, NOWHERE),
    "briefs_files:edition_picture": ({"slug": "warnings-that-cross-borders", "number": 1, "key": "four-links"}, PUBLIC),
    "briefs_files:picture": ({**BRIEF, "key": "none"}, account(404)),
    **{f"briefs_files:{name}": ({}, PUBLIC) for name in ("oai", "feed_rss")},
    **{f"briefs_files:{name}": ({"kind": "language", "value": "en"}, PUBLIC) for name in ("feed_of", "feed_of_rss")},
    # meetings
    **{f"meetings:{name}": ({}, PUBLIC) for name in ("list", "calendar", "working_groups", "reports", "reports_csv")},
    "meetings:meeting": (MEETING, PUBLIC),
    "meetings:programme": (MEETING, PUBLIC),
    "meetings:now": (MEETING, PUBLIC),
    "meetings:programme_versions": (MEETING, PUBLIC),
    "meetings:programme_version": ({**MEETING, "number": 1}, PUBLIC),
    "meetings:compare_programme": (MEETING, PUBLIC),
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("working_programme", "release_programme")},
    "meetings:my_programme": (MEETING, ACCOUNT),
    **{f"meetings:{name}": (MEETING, BY_POST_FOR_ACCOUNTS) for name in ("star_session", "programme_news", "calendar_token")},
    "meetings:floor": (FLOOR, PUBLIC),
    "meetings:ask_floor": (FLOOR, BY_POST_FOR_ACCOUNTS),
    "meetings:floor_desk": (FLOOR, STAFF),
    "meetings:floor_act": ({**FLOOR, "pk": 1}, BY_POST_FOR_ACCOUNTS),
    "meetings_files:personal": (own_calendar, PUBLIC),
    "meetings_files:programme_json": (MEETING, PUBLIC),
    "meetings_files:programme_pdf": (MEETING, BEING_MADE),
    "meetings_files:calendar": ({}, PUBLIC),
    "meetings_files:meeting": (MEETING, PUBLIC),
    "meetings_files:document": (first_document, NOWHERE),  # the demo's documents are elsewhere on the web
    "meetings:new_meeting": ({}, STAFF),
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("edit_meeting", "cancel_meeting", "meeting_documents", "add_document")},
    "meetings:edit_document": (first_document, STAFF),
    "meetings:remove_document": (first_document, BY_POST_FOR_ACCOUNTS),
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("edit_programme", "rooms", "add_session")},
    **{f"meetings:{name}_session": (OPENING, STAFF) for name in ("edit", "remove")},
    **{f"meetings:{name}_session": (OPENING, BY_POST_FOR_ACCOUNTS) for name in ("move", "duplicate")},
    "meetings:publish": (MEETING, BY_POST_FOR_ACCOUNTS),
    "meetings:register": (MEETING, everybody(200, samoa=302)),  # Samoa is registered already
    "meetings:my_registration": (MEETING, everybody(302)),
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("registrations", "registrations_csv", "registrations_xlsx")},
    **{
        f"meetings:{name}": (MEETING, STAFF)
        for name in ("dashboard", "dashboard_xlsx", "desk", "desk_walk_in", "desk_count", "desk_people")
    },
    **{f"meetings:{name}": (MEETING, BY_POST_FOR_ACCOUNTS) for name in ("desk_scan", "desk_take_back")},
    "meetings_files:desk_worker": ({}, PUBLIC),
    "meetings:registration_data": (SAMOAS, BY_POST_FOR_ACCOUNTS),
    "meetings:registration": (SAMOAS, OWN_OF_SAMOA),
    "meetings_files:registration": (SAMOAS, OWN_OF_SAMOA),
    **{f"meetings:{name}": (SAMOAS, OWN_OF_SAMOA) for name in ("cancel", "edit", "documents")},
    "meetings:offer": (SAMOAS, account(404, samoa=302, secretariat=403)),  # no offer is open
    **{f"meetings:{name}": (SAMOAS, account(404, samoa=403, secretariat=200)) for name in ("offer_seat", "give_seat_beyond")},
    **{f"meetings:{name}": (SAMOAS, account(404, samoa=403, secretariat=200)) for name in ("reinstate", "decide_change")},
    "meetings_files:registration_file": (file_of_samoa, OWN_OF_SAMOA),
    # its settings, its questions, many registrations at once
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("registration_settings", "add_category", "move_seats", "promote")},
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("changes", "questions", "add_question", "add_person")},
    "meetings:import_registrations": (MEETING, STAFF),
    "meetings:registrations_template": ({**MEETING, "ending": "csv"}, STAFF),
    "meetings:registration_import": (lambda: {**MEETING, **of(RegistrationImport, "pk")()}, STAFF),
    "meetings:apply_registrations": (lambda: {**MEETING, **of(RegistrationImport, "pk")()}, BY_POST_FOR_ACCOUNTS),
    "meetings:bulk_act": (lambda: {**MEETING, **of(BulkAct, "pk")()}, STAFF),
    "meetings:confirm_bulk_act": (lambda: {**MEETING, **of(BulkAct, "pk")()}, BY_POST_FOR_ACCOUNTS),
    "meetings:choose_bulk_act": (MEETING, BY_POST_FOR_ACCOUNTS),
    **{f"meetings:{name}": (CATEGORY, STAFF) for name in ("category_settings", "add_required_document")},
    "meetings:withdraw_category": (CATEGORY, BY_POST_FOR_ACCOUNTS),
    "meetings:required_document": (required_document, STAFF),
    "meetings:remove_required_document": (required_document, BY_POST_FOR_ACCOUNTS),
    "meetings:question": (lambda: {**MEETING, **of(Question, "pk")()}, STAFF),
    **{
        f"meetings:{name}_question": (lambda: {**MEETING, **of(Question, "pk")()}, BY_POST_FOR_ACCOUNTS)
        for name in ("remove", "shift")
    },
    # without an account
    "meetings:ask_for_link": (MEETING, PUBLIC),
    **{f"meetings:{name}": (FORGED, NOWHERE) for name in ("register_by_link", "answer_offer", "by_link", "by_link_edit")},
    **{f"meetings:{name}": (FORGED, NOWHERE) for name in ("by_link_documents", "by_link_cancel", "by_link_offer")},
    "meetings:by_link_file": ({**FORGED, "pk": 1}, NOWHERE),
    "meetings:by_link_letter": (FORGED, NOWHERE),
    "meetings:by_link_listing": (FORGED, BY_POST),
    **{f"meetings_files:{name}": (FORGED, NOWHERE) for name in ("by_link_calendar", "by_link_badge")},
    "meetings_files:by_link_letter": ({**FORGED, "code": "none"}, NOWHERE),
    "meetings:decline": (SAMOAS, account(404, samoa=403, secretariat=200)),
    "meetings:approve": (SAMOAS, BY_POST_FOR_ACCOUNTS),
    "meetings:my_delegation": (MEETING, account(404, samoa=302, undp=302, fao=302, who=302, secretariat=302)),
    "meetings:delegation": ({**MEETING, "code": "samoa"}, OWN_OF_SAMOA),
    **{f"meetings:{name}": (MEETING, STAFF) for name in ("delegations", "delegations_xlsx", "letters", "badges")},
    **{f"meetings:{name}": (DELEGATE, OWN_OF_SAMOA) for name in ("substitute", "withdraw_delegate")},
    "meetings:delegate_part": (DELEGATE, BY_POST_FOR_ACCOUNTS),
    "meetings:endorsement": (WAITS_FOR_UNDP, account(404, undp=200, secretariat=200)),
    **{f"meetings:{name}": (WAITS_FOR_UNDP, BY_POST_FOR_ACCOUNTS) for name in ("ask_endorsement", "add_contact")},
    "meetings:remove_contact": (lambda: {**WAITS_FOR_UNDP(), "pk": 1}, BY_POST_FOR_ACCOUNTS),
    "meetings:approve_unendorsed": (WAITS_FOR_UNDP, account(404, undp=403, secretariat=200)),
    "meetings:endorse_by_link": ({"token": "forged"}, NOWHERE),
    "meetings:ask_letter": (SAMOAS, OWN_OF_SAMOA),
    "meetings:letter": (LETTER, PUBLIC),
    "meetings:sign_letter": (LETTER, BY_POST_FOR_ACCOUNTS),
    "meetings:take_back_letter": (LETTER, account(404, samoa=403, secretariat=200)),
    "meetings_files:letter": (LETTER, OWN_OF_SAMOA),
    "meetings:participants": (MEETING, PUBLIC),
    "meetings:print_participants": (MEETING, BY_POST_FOR_ACCOUNTS),
    "meetings:listing": (SAMOAS, BY_POST_FOR_ACCOUNTS),
    "meetings_files:badge": (SAMOAS, OWN_OF_SAMOA),
    "meetings_files:badge_by_code": (samoas_badge, PUBLIC),
    "meetings_files:participants": (MEETING, STAFF),
    "meetings_files:print_out": ({**MEETING, "job_id": uuid4()}, account(403, secretariat=404)),
    "meetings:event": (of(ThematicEvent, state="accepted"), PUBLIC),
    "meetings:events": ({}, PUBLIC),
    "meetings:events_ours": ({}, SERVES_ORGANIZATION),
    "meetings:propose_event": ({}, SERVES_ORGANIZATION),
    **{f"meetings:{name}": ({}, STAFF) for name in ("events_review", "events_csv", "new_event_call")},
    "meetings:event_call": (of(EventCall), STAFF),
    # a draft of UNDP, a returned proposal of WHO, an accepted event
    "meetings:edit_event": (of(ThematicEvent, state="draft"), account(404, contributor=200, undp=200)),
    "meetings:withdraw_event": (of(ThematicEvent, state="draft"), account(404, contributor=403, undp=200)),
    **{
        f"meetings:{name}": (of(ThematicEvent, state="accepted"), BY_POST_FOR_ACCOUNTS)
        for name in ("decide_event", "submit_event", "event_note", "start_event_review")
    },
    "meetings:answer_co_sponsorship": (
        lambda: {**of(ThematicEvent, state="accepted")(), "code": "wfp"},
        BY_POST_FOR_ACCOUNTS,
    ),
    **{
        f"meetings:{name}": (of(ThematicEvent, state="accepted"), STAFF)
        for name in ("move_event", "translate_event", "event_meeting", "event_session")
    },
    "meetings:working_group": (GROUP, PUBLIC),
    "meetings:group_terms": (GROUP, PUBLIC),
    "meetings_files:group": (GROUP, PUBLIC),
    **{f"meetings:{name}_export": (lambda: {**GROUP(), "ending": "csv"}, PUBLIC) for name in ("decisions", "actions")},
    "meetings:group_member": (GROUP, INSIDE),
    "meetings:group_calendar_token": (GROUP, BY_POST_FOR_ACCOUNTS),
    "meetings:add_group": ({}, STAFF),
    **{f"meetings:{name}": (GROUP, STAFF_OF_GROUP) for name in ("edit_group", "new_terms", "group_members")},
    **{f"meetings:{name}_group_member": (of_group(GroupMember), STAFF_OF_GROUP) for name in ("change", "end")},
    **{f"meetings:{name}": (GROUP, RUNS_GROUP) for name in ("plan_group_meeting", "new_decision", "new_action")},
    "meetings:edit_decision": (of(Decision, "pk"), RUNS_GROUP),
    "meetings:action": (of(ActionItem, "pk", is_public=False), OF_MEMBERS),
    "meetings:edit_action": (of(ActionItem, "pk", is_public=False), RUNS_MEETING),
    "meetings:group_meeting": (lambda: minutes_in("circulated"), OF_MEMBERS),
    **{
        f"meetings:{name}": (lambda: minutes_in("draft"), RUNS_MEETING)
        for name in ("edit_group_meeting", "cancel_group_meeting", "agenda", "add_group_document", "attendance", "write_minutes")
    },
    "meetings:agenda_item": (
        lambda: {**minutes_in("draft"), "pk": GroupItem.objects.filter(meeting__minutes__state="draft")[0].pk},
        RUNS_MEETING,
    ),
    "meetings:minutes": (lambda: minutes_in("circulated"), OF_MEMBERS),
    **{
        f"meetings:{name}": (lambda: minutes_in("circulated"), BY_POST_FOR_ACCOUNTS)
        for name in ("call_group_meeting", "circulate_minutes", "correct_minutes", "adopt_minutes", "show_minutes")
    },
    "meetings:answer_minutes": (
        lambda: {**minutes_in("circulated"), **of(Confirmation, "pk")()},
        BY_POST_FOR_ACCOUNTS,
    ),
    "meetings:report": (of(VoluntaryReport, state="published"), PUBLIC),
    "meetings:publish_report": (of(VoluntaryReport, state="published"), BY_POST_FOR_ACCOUNTS),
    **{f"meetings:{name}": (of(ReportCall), PUBLIC) for name in ("report_call", "report_progress")},
    "meetings:add_report_call": ({}, STAFF),
    "meetings:edit_report_call": (of(ReportCall), STAFF),
    "meetings:start_report": (of(ReportCall), ACCOUNT),
    "meetings:edit_report": (UNDPS_REPORT, account(404, contributor=302, undp=200)),
    "meetings:report_file": (UNDPS_REPORT, account(404, contributor=200, undp=200)),
    "meetings:send_report": (UNDPS_REPORT, BY_POST_FOR_ACCOUNTS),
    "meetings:report_receipt": (UNDPS_REPORT, account(404, contributor=302, undp=302)),
    **{
        f"meetings:{name}": (UNDPS_REPORT, account(404, contributor=403, undp=200))
        for name in ("submit_report", "send_report_back", "withdraw_report")
    },
    "meetings:return_report": (of(VoluntaryReport, state="published"), STAFF),
    "meetings_files:report_document": (UNDPS_REPORT, NOWHERE),  # it has no file
}

# allauth's own addresses: who is signed in is sent on from those for visitors, and visitors to the sign-in page.
KEY = {"key": "forged"}
ALLAUTH: dict[str, tuple[Any, int, int]] = {  # name → (arguments, visitor, person)
    "account_login": ({}, 200, 302),
    "account_signup": ({}, 200, 302),
    "account_logout": ({}, 302, 200),
    "account_inactive": ({}, 200, 200),
    "account_reauthenticate": ({}, 302, 200),
    "account_email": ({}, 302, 200),
    "account_email_verification_sent": ({}, 200, 200),
    "account_confirm_email": (KEY, 200, 200),
    "account_change_password": ({}, 302, 200),
    "account_set_password": ({}, 302, 302),
    "account_reset_password": ({}, 200, 200),
    "account_reset_password_done": ({}, 200, 200),
    "account_reset_password_from_key": ({"uidb36": "1", "key": "forged"}, 200, 200),
    "account_reset_password_from_key_done": ({}, 200, 200),
    "account_request_login_code": ({}, 200, 302),
    "account_confirm_login_code": ({}, 302, 302),
    "mfa_index": ({}, 302, 200),
    "mfa_authenticate": ({}, 302, 302),
    "mfa_reauthenticate": ({}, 302, 302),
    "mfa_activate_totp": ({}, 302, 302),
    "mfa_deactivate_totp": ({}, 302, 404),
    "mfa_view_recovery_codes": ({}, 302, 404),
    "mfa_generate_recovery_codes": ({}, 302, 302),
    "mfa_download_recovery_codes": ({}, 302, 404),
    "mfa_list_webauthn": ({}, 302, 200),
    "mfa_add_webauthn": ({}, 302, 302),
    "mfa_reauthenticate_webauthn": ({}, 302, 302),
    "mfa_remove_webauthn": ({"pk": 1}, 302, 302),
    "mfa_edit_webauthn": ({"pk": 1}, 302, 302),
    "mfa_login_webauthn": ({}, 302, 302),
    "socialaccount_login_cancelled": ({}, 200, 200),
    "socialaccount_login_error": ({}, 401, 401),
    "socialaccount_signup": ({}, 302, 302),
    "socialaccount_connections": ({}, 302, 200),
    "openid_connect_login": ({"provider_id": "none"}, 404, 404),
    "openid_connect_callback": ({"provider_id": "none"}, 404, 404),
    "usersessions_list": ({}, 302, 200),
}


def names(patterns: Any = None, namespace: tuple[str, ...] = ()) -> Iterator[str]:
    """Every named address of the portal; the admin's are listed by the admin itself."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespace, pattern.namespace) if pattern.namespace else namespace
            if inner[:1] != ("admin",):
                yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield ":".join([*namespace, pattern.name])


@pytest.fixture(scope="module")
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demo data, loaded once and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        person = User.objects.get(email=ROLES["undp"])
        notify(kind=kind_of("notifications.account_mail"), to=[person], cause="matrix", context={"template": "x", "values": {}})
        yield
        transaction.set_rollback(True)


@pytest.fixture
def clients(demo: None, db: Any) -> dict[str, Client]:
    signed_in = {}
    for role, email in ROLES.items():
        signed_in[role] = Client(raise_request_exception=False)
        if email:
            signed_in[role].force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    return signed_in


def test_every_address_is_listed() -> None:
    assert set(names()) == set(TABLE) | set(ALLAUTH)


@pytest.mark.parametrize("name", TABLE)
def test_who_may_open(name: str, clients: dict[str, Client]) -> None:
    arguments, expected = TABLE[name]
    path = reverse(name, kwargs=arguments() if callable(arguments) else arguments)
    assert {role: client.get(path).status_code for role, client in clients.items()} == expected


@pytest.mark.parametrize("name", ALLAUTH)
def test_who_may_open_account_pages(name: str, clients: dict[str, Client]) -> None:
    arguments, visitor, person = ALLAUTH[name]
    path = reverse(name, kwargs=arguments)
    got = {role: clients[role].get(path).status_code for role in ("visitor", "participant", "undp", "secretariat")}
    assert got == {"visitor": visitor, "participant": person, "undp": person, "secretariat": person}


def test_admin_is_open_to_administrators_only(clients: dict[str, Client]) -> None:
    """Every list of every registered model; secretariat staff enter, but not where accounts and messages are."""
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert clients["administrator"].get(path).status_code == 200, path
        if model._meta.app_label in {"directory", "notifications", "account", "mfa"}:
            looked_up = model in {Organization, Country}  # to choose a host or a country elsewhere
            assert clients["secretariat"].get(path).status_code == (200 if looked_up else 403), path
        for role in ("visitor", "participant", "undp", "drafter"):
            assert clients[role].get(path).status_code == 302, path
