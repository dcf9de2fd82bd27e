"""Every page of the Django admin: who opens it, what it starts from, what it never shows and never changes."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from briefs.models import Brief, Section
from directory.enums import JobState
from directory.models import (
    Invitation,
    Job,
    Organization,
    OrganizationImport,
    SingleUseLink,
    User,
)
from directory.services.files import store_file
from directory.services.grants import open_internal_access
from meetings.models import Registration
from notifications.models import AddressTrouble, BulkMessage, MailRefusal, Notification
from strategy.models import Comment, CommentReply
from tests.factories.meetings import ScanFactory

UNREGISTERED = {
    "auth.Permission": "Django's own permissions are not asked: roles are memberships",
    "auth.Group": "the same",
    "contenttypes.ContentType": "Django's own",
    "sessions.Session": "the key of a session is a way into it",
    "account.EmailConfirmation": "keys of links; none are stored here",
    "socialaccount.SocialApp": "single sign-on is set in the environment",
    "socialaccount.SocialToken": "a secret of the person",
    "directory.InternalAccessUse": "on the page of its grant",
    "directory.MembershipEvent": "on the page of its membership",
    "directory.InvitationChange": "on the page of its invitation",
    "directory.PageVersion": "a number that only the portal writes",
    "directory.DemoLoad": "the mark of loaded demo data",
    "notifications.TrailEntry": "on the page of its message",
    "notifications.Preference": "the person's own choice",
    "notifications.MailHours": "the person's own choice",
    "notifications.BulkMessageChange": "on the page of its message",
    "strategy.DraftStateChange": "on the page of its draft",
    "strategy.Paragraph": "read on the pages of the draft; immutable once published",
    "strategy.DraftImport": "looked at and decided on its own page",
    "strategy.ParagraphLink": "kept by the drafters on their own page",
    "strategy.Position": "internal to an agency until submitted",
    "strategy.PositionStateChange": "the same",
    "strategy.Comment": "the same",
    "strategy.CommentStateChange": "the same",
    "strategy.CommentReply": "internal to an agency, or read beside its comment",
    "strategy.Disposition": "answered and read on its own page",
    "strategy.Assignment": "given on the page of the answers",
    "strategy.CarryForward": "the same",
    "strategy.CommentPin": "kept by the drafters on the page of the lineage",
    "strategy.ParagraphOmission": "the same",
    "strategy.LineageAct": "the same: its history",
    "strategy.MatrixImport": "looked at and applied on its own page",
    "strategy.ParagraphLease": "taken and broken on the page where a draft is written",
    "strategy.LeaseBreak": "on the history of its draft",
    "strategy.WritingAct": "the same",
    "strategy.ParagraphRevision": "the same",
    "strategy.RoundChange": "on the page of its round",
    "strategy.LateAdmission": "the same",
    "strategy.RoundNotice": "on the page of its round, kept by the clock",
    "strategy.RoundOutcome": "on the page of its round, written once",
    "strategy.Objection": "internal to those whom the round lets read it",
    "strategy.ObjectionStateChange": "the same",
    "strategy.Endorsement": "on the page of its round; never changed",
    "solutions.SolutionStateChange": "on the page of its entry",
    "solutions.Transfer": "on the page of its entry",
    "solutions.SolutionIndex": "made from the entry by the search",
    "briefs.BriefStateChange": "on the page of its brief",
    "briefs.BriefAgency": "on the page of its brief",
    "briefs.ClearanceChange": "read on the brief's own page by those who make it",
    "briefs.Section": "on the page of its brief",
    "briefs.CitedSolution": "on the page of its brief",
    "briefs.CitedParagraph": "the same",
    "briefs.Figure": "the same",
    "briefs.Reference": "the same",
    "briefs.MatterChange": "the same",
    "briefs.EditionFile": "a picture, kept with its edition",
    "briefs.SectionReply": "on the page of its comment",
    "briefs.SectionCommentChange": "the same",
    "briefs.Reviewer": "on the page of its round of review, for those who may know the names",
    "briefs.ReviewerChange": "read on the round's own page",
    "briefs.ReviewPoint": "the same",
    "briefs.ReviewRoundChange": "on the page of its round",
    "briefs.PlannedPublicationChange": "on the page of its plan",
    "briefs.EmbargoReader": "on the brief's own page of its publication, for those who may know the names",
    "briefs.EmbargoOpening": "the same",
    "briefs.SourceSection": "which section translates which: read beside the source",
    "briefs.DownloadBatch": "a number that only the portal writes",
    "meetings.AlternativeDates": "on the page of its event",
    "meetings.CoSponsorshipStateChange": "on the page of its co-sponsorship",
    "meetings.EventNote": "between an agency and the secretariat, read on the event's own page",
    "meetings.ThematicEventStateChange": "on the page of its event",
    "meetings.GroupMember": "on the page of its group",
    "meetings.Decision": "on the page of its group",
    "meetings.ActionItem": "on the page of its group",
    "meetings.ActionItemStateChange": "read on the action's own page by the group",
    "meetings.TermsVersion": "on the page of its group",
    "meetings.AgendaItem": "written and read on the page of its meeting",
    "meetings.Attendance": "the same",
    "meetings.Minutes": "written and read on their own page, by those of the group",
    "meetings.MinutesStateChange": "the same",
    "meetings.MinutesVersion": "the same",
    "meetings.Confirmation": "the same",
    "meetings.ConfirmationStateChange": "the same",
    "meetings.MeetingStateChange": "on the page of its meeting",
    "meetings.MeetingDocument": "on the page of its meeting",
    "meetings.MeetingEdit": "on the page of its meeting",
    "meetings.Room": "on the page of its meeting",
    "meetings.Speaker": "on the page of its session",
    "meetings.ProgrammeFile": "behind the address of the printable programme",
    "meetings.SessionStar": "the person's own choice",
    "meetings.ProgrammeFollow": "the person's own choice",
    "meetings.CalendarToken": "a secret of the person",
    "meetings.FloorList": "kept at the chair's desk; its requests are here",
    "meetings.FloorRequestStateChange": "on the page of its request",
    "meetings.CategoryQuota": "on the page of its meeting",
    "meetings.RegistrationStateChange": "on the page of its registration",
    "meetings.SeatMove": "on the page of its meeting",
    "meetings.Promotion": "in the history of its registration, on the portal's own pages",
    "meetings.RequiredDocument": "written on the page of its category",
    "meetings.RegistrationFile": "handed out on the page of its registration only",
    "meetings.RegistrationEdit": "decided on its own page",
    "meetings.RegistrationEditStateChange": "the same",
    "meetings.DelegationCeiling": "on the page of its meeting",
    "meetings.DelegationSubstitution": "on the page of its registration",
    "meetings.OrganizationContact": "recorded and withdrawn on the page of the endorsement that needs it",
    "meetings.InvitationLetterStateChange": "on the page of its letter",
    "meetings.VisaDetails": "a passport, read by its owner and on the pages of the letters",
    "meetings.VoluntaryReportStateChange": "on the page of its report",
    "meetings.CallSection": "on the page of its call",
}
REGISTRY = sorted(admin.site._registry, key=lambda model: model._meta.label)
# Opened by everybody who may enter the admin, with the rows that the portal's pages show them.
FOR_ALL_STAFF = {
    "briefs.AcknowledgedWarning", "briefs.Brief", "briefs.BriefImport", "briefs.DownloadCount", "briefs.Edition",
    "briefs.HeadNotice", "briefs.LanguageEdition", "briefs.PlannedPublication",
    "briefs.PressKit", "briefs.ReviewRound", "briefs.SectionComment", "briefs.SectionLease", "briefs.SectionLeaseBreak",
    "briefs.SectionRevision", "briefs.Series", "briefs.TrialRender", "directory.Country", "directory.Organization",
    "meetings.BulkAct",
    "meetings.CoSponsorship", "meetings.EventCall", "meetings.FloorRequest", "meetings.InvitationLetter", "meetings.Meeting",
    "meetings.ProgrammeVersion", "meetings.Question", "meetings.Registration", "meetings.RegistrationImport",
    "meetings.ReportCall", "meetings.Scan", "meetings.Session", "meetings.ThematicEvent", "meetings.VoluntaryReport",
    "meetings.WorkingGroup",
}  # fmt: skip
SECRET = "Ursuline words that never left"
IN_THE_MAKING = "Benedictine words of co-authors"  # and of the secretariat


@pytest.fixture(scope="module")
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demo data with at least one row of every registered model, and secrets inside agencies."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        _fill()
        yield
        transaction.set_rollback(True)


def _fill() -> None:
    administrator = User.objects.get(email="admin@demo.example")
    staff = User.objects.get(email="secretariat@demo.example")
    undp = Organization.objects.get(code="undp")
    now = timezone.now()
    Comment.objects.exclude(state="submitted").update(text=SECRET)
    CommentReply.objects.update(text=SECRET)
    if not CommentReply.objects.exists():
        CommentReply.objects.create(comment=Comment.objects.all()[0], author=staff, text=SECRET)
    Section.objects.filter(brief__in=Brief.objects.filter(current_edition=None)).update(body=f"<p>{IN_THE_MAKING}</p>")
    grant = open_internal_access(organization=undp, by=administrator, reason="A lost account", hours=1)
    grant.uses.create(what="GET /")
    grant.expires_at = now - timedelta(seconds=1)
    grant.starts_at = now - timedelta(hours=1)
    grant.save()
    for number in range(3):
        person = User.objects.create_user(f"person{number}@registry.example", given_name="A", family_name=f"B {number}")
        Authenticator.objects.create(user=person, type="totp", data={"secret": "Topsecret"})
        SocialAccount.objects.create(user=person, provider="oidc", uid=str(number), extra_data={"token": "Topsecret"})
        UserSession.objects.create(user=person, session_key=f"Topsecret{number}", ip="127.0.0.1", user_agent="x")
        LogEntry.objects.create(
            user=administrator, content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk),
            object_repr="x", action_flag=CHANGE, change_message="",
        )  # fmt: skip
        Invitation.objects.create(
            organization=undp, email=f"i{number}@registry.example", role="contributor", invited_by=person, expires_at=now
        )
        OrganizationImport.objects.create(file_name="x.csv", by=person)
        SingleUseLink.objects.create(purpose="p", subject="1", address="a@registry.example", expires_at=now)
        store_file(content=f"registry {number}".encode(), mime="application/pdf")
        for owner in (administrator, staff):
            Job.objects.create(kind="tests.none", asked_by=owner, state=JobState.DONE)
            Notification.objects.create(
                kind="notifications.bulk", recipient=owner, cause=f"registry {number}", due_at=now, state="sent",
                subject="x", text=SECRET, context={"text": SECRET},
            )  # fmt: skip
        BulkMessage.objects.create(subject="x", body="y", by=person)
        ScanFactory(registration=Registration.objects.filter(state="approved").order_by("pk")[number], by=staff)
        AddressTrouble.objects.create(address=f"t{number}@registry.example", is_permanent=True)
        MailRefusal.objects.create(address=f"t{number}@registry.example", kind="notifications.bulk")


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def people(demo: None, db: None) -> dict[str, User]:
    """Those who may enter the admin, and somebody who may enter and has no role at all."""
    nobody = User.objects.create_user("staff.without.role@registry.example", is_staff=True)
    return {
        "administrator": User.objects.get(email="admin@demo.example"),
        "secretariat": User.objects.get(email="secretariat@demo.example"),
        "nobody": nobody,
    }


def _request(user: User) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def _path(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_model_is_registered_or_says_why_not() -> None:
    missing = {model._meta.label for model in apps.get_models()} - {model._meta.label for model in REGISTRY}
    assert missing == set(UNREGISTERED)


@pytest.mark.parametrize("model", REGISTRY, ids=lambda model: model._meta.label)
def test_rows_start_from_visible_to(model: Any, people: dict[str, User]) -> None:
    for name, user in people.items():
        shown = set(admin.site._registry[model].get_queryset(_request(user)).values_list("pk", flat=True))
        visible = getattr(model._default_manager.all(), "visible_to", None)
        if visible:
            assert shown <= set(visible(user).values_list("pk", flat=True)), name


@pytest.mark.parametrize("model", REGISTRY, ids=lambda model: model._meta.label)
def test_states_are_read_only_and_nothing_is_deleted(model: Any, people: dict[str, User]) -> None:
    page = admin.site._registry[model]
    for user in people.values():
        request = _request(user)
        row = page.get_queryset(request).first()
        names = {"state", "clearance", "sha256"} & {field.name for field in model._meta.get_fields()}
        if page.has_change_permission(request, row):
            assert names <= set(page.get_readonly_fields(request, row)), model
        if model is not Authenticator:
            assert not page.has_delete_permission(request, row)
        assert "delete_selected" not in page.get_actions(request)
        if hasattr(model, "TRANSITIONS"):
            histories = [inline for inline in page.get_inlines(request, row) if hasattr(inline.model, "subject")]
            assert len(histories) == 1, f"{model} shows its history"
            (history,) = (inline(model, admin.site) for inline in histories)
            assert not history.has_add_permission(request, row)
            assert not history.has_change_permission(request, row)
            assert not history.has_delete_permission(request, row)


@pytest.mark.parametrize("model", REGISTRY, ids=lambda model: model._meta.label)
def test_every_page_answers_those_who_may_and_nobody_else(model: Any, people: dict[str, User]) -> None:
    page = admin.site._registry[model]
    for name, user in people.items():
        client, request = _as(user), _request(user)
        may_look = name == "administrator" or model._meta.label in FOR_ALL_STAFF
        expected = 200 if may_look else 403
        listed = client.get(_path(model, "changelist"))
        assert listed.status_code == expected, name
        if page.search_fields:
            assert client.get(_path(model, "changelist"), {"q": "a word"}).status_code == expected, name
        assert client.get(_path(model, "add")).status_code == (200 if page.has_add_permission(request) else 403), name
        row = page.get_queryset(request).first()
        if name == "administrator" and row is None:
            # What belongs to the secretariat an administrator does not see; the admin of an agency's texts is nobody's.
            assert hasattr(model._default_manager.all(), "visible_to"), f"the demo has no {model}"
        if row is not None:
            opened = client.get(_path(model, "change", row.pk))
            assert opened.status_code == expected, name
            assert SECRET not in listed.content.decode() + opened.content.decode()
            assert "Topsecret" not in opened.content.decode()
            assert name == "secretariat" or IN_THE_MAKING not in opened.content.decode()
    assert Client().get(_path(model, "changelist")).status_code == 302


@pytest.mark.parametrize("model", REGISTRY, ids=lambda model: model._meta.label)
def test_a_list_costs_the_same_whatever_its_length(model: Any, people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    """No query per row: two rows on a page or many."""
    page = admin.site._registry[model]
    user = people["administrator"]
    if page.get_queryset(_request(user)).count() < 3:
        user = people["secretariat"]
        if not page.has_view_permission(_request(user)):
            pytest.skip("nobody who may look has three rows of it")
    client = _as(user)
    client.get(_path(model, "changelist"))
    counts = []
    for length in (1, 60):
        monkeypatch.setattr(page, "list_per_page", length)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_path(model, "changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


@pytest.mark.parametrize("model", REGISTRY, ids=lambda model: model._meta.label)
def test_long_choices_are_looked_up_not_listed(model: Any, people: dict[str, User]) -> None:
    """A page with a choice of every person or organization would be a megabyte of options."""
    page = admin.site._registry[model]
    request = _request(people["administrator"])
    if not (page.has_add_permission(request) or page.has_change_permission(request)):
        return  # a page to look at has no choices
    form = page.get_form(request)
    large = {User, Organization, Notification}
    for name, field in form.base_fields.items():
        target = getattr(getattr(field, "queryset", None), "model", None)
        if target in large and isinstance(model._meta.get_field(name), models.ForeignKey):
            assert name in (*page.autocomplete_fields, *page.raw_id_fields), f"{model}.{name}"


def test_a_person_leads_to_the_page_that_erases(people: dict[str, User]) -> None:
    person = User.objects.get(email="person0@registry.example")
    client = _as(people["administrator"])
    assert f"/people/{person.pk}/erase/" in client.get(_path(User, "change", person.pk)).content.decode()
    chosen = {"action": "erase_selected", "_selected_action": [person.pk]}
    assert client.post(_path(User, "changelist"), chosen).url == f"/people/{person.pk}/erase/"
    two = {**chosen, "_selected_action": [person.pk, people["nobody"].pk]}
    assert "one person" in client.post(_path(User, "changelist"), two, follow=True).content.decode()


def test_an_erased_account_is_not_woken_again(people: dict[str, User]) -> None:
    person = User.objects.get(email="person0@registry.example")
    User.objects.filter(pk=person.pk).update(erased_at=timezone.now(), is_active=False)
    path = _path(User, "change", person.pk)
    client = _as(people["administrator"])
    assert client.get(path).status_code == 200
    client.post(path, {"is_active": "on", "is_superuser": "on", "given_name": "Again"})
    person.refresh_from_db()
    assert (person.is_active, person.is_superuser, person.given_name) == (False, False, "A")


def test_roles_are_not_given_in_the_admin(people: dict[str, User]) -> None:
    """They would have no history, and nobody would be told."""
    client = _as(people["administrator"])
    for model in (User, Organization):
        page = client.get(_path(model, "change", model._default_manager.all()[0].pk)).content.decode()
        assert 'name="memberships-0-role"' not in page
    assert client.get("/admin/directory/membership/add/").status_code == 403
