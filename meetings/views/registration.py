"""The registrant's side: register, see how it stands, change it, hand in documents, answer an offer, cancel."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, may, require
from common.bidi import isolated
from common.uploads import was_left_out
from directory.public_pages import page_holds_until, public_page
from meetings.enums import ENDED_REGISTRATIONS, ChangeState, RegistrationState, RegistrationWindow
from meetings.forms.questions import DocumentForm
from meetings.forms.registration import CancelForm, OfferForm, RegistrationForm, StaffEditForm
from meetings.models import InvitationLetter, Meeting, Registration, RegistrationFile, RequiredDocument
from meetings.selectors.edits import rows_in_words
from meetings.selectors.own_page import parts_of_page
from meetings.selectors.privacy import exports_of
from meetings.selectors.questions import answers_in_words, documents_of
from meetings.selectors.registration import (
    WHAT_NOW,
    has_free_seat,
    history_in_words,
    own_registration,
    place_in_line,
    seats_by_category,
    seats_change_at,
)
from meetings.services.edits import edit_registration, withdraw_change
from meetings.services.files import documents_due, hand_in, too_large_words
from meetings.services.offers import accept_offer, decline_offer
from meetings.services.registration import cancel_registration, discard_draft, save_draft, submit_registration

_LARGEST_KEY = 2**63 - 1


def too_large(request: HttpRequest) -> set[str]:
    """The names of files in a form that were too large to be received."""
    return set(getattr(request, "left_out", set()))


@require_http_methods(["GET", "HEAD", "POST"])
@public_page("meetings", "directory")
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The registration form, also for going on with a draft; visitors are told how to register with and without an account."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    now = timezone.now()
    page_holds_until(request, *meeting.boundaries, seats_change_at(meeting, now))
    window = meeting.registration_window(now)
    context = {"meeting": meeting, "window": window, "is_open": window == RegistrationWindow.OPEN}
    if not request.user.is_authenticated:
        if request.method == "POST":
            return redirect_to_login(request.path)
        return render(request, "meetings/register_invitation.html", context)
    own = own_registration(meeting, request.user)
    if own and own.state not in {RegistrationState.CANCELLED, RegistrationState.DRAFT}:
        return redirect(own)
    draft = own if own and own.state == RegistrationState.DRAFT else None
    posted = request.POST if request.method == "POST" else None
    form = RegistrationForm(
        posted,
        request.FILES or None,
        meeting=meeting,
        person=request.user,
        registration=draft,
        is_draft="draft" in request.POST,
        left_out=too_large(request),
    )
    if request.method == "POST" and form.is_valid():
        verb = save_draft if form.is_draft else submit_registration
        try:
            made = verb(meeting=meeting, by=request.user, draft=draft, **form.answers())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if form.is_draft:
                messages.success(request, _("Your draft is kept. Nobody has been told; send it before registration closes."))
                return redirect("meetings:register", slug=slug)
            messages.success(request, _("Your registration is sent. A message to %(email)s confirms it.") % {"email": made.email})
            return redirect(made)
    context |= {"form": form, "seats": seats_by_category(meeting, now), "draft": draft}
    return render(request, "meetings/register.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own registration for a meeting, else the form."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    own = own_registration(meeting, request.user)
    return redirect(own) if own else redirect("meetings:register", slug=slug)


def visible_registrations(user: Any) -> QuerySet[Registration]:
    """The registrations that `user` may see, with what their pages show."""
    rows = Registration.objects.visible_to(user)
    return rows.select_related("meeting__country", "category", "organization", "country", "user")


def _found(request: HttpRequest, reference: str) -> Registration:
    return get_object_or_404(visible_registrations(request.user), reference=reference)


class Pages:
    """Addresses of the pages of one registration: for who signs in by its reference, for others by the link's token."""

    def __init__(self, registration: Registration, token: str = "") -> None:
        self._argument = token or registration.reference
        self._prefix = "by_link" if token else ""

    def _address(self, name: str) -> str:
        return reverse(f"meetings:{self._prefix}_{name}" if self._prefix else f"meetings:{name}", args=[self._argument])

    @property
    def home(self) -> str:
        return reverse("meetings:by_link" if self._prefix else "meetings:registration", args=[self._argument])

    @property
    def edit(self) -> str:
        return self._address("edit")

    @property
    def documents(self) -> str:
        return self._address("documents")

    @property
    def cancel(self) -> str:
        return self._address("cancel")

    @property
    def offer(self) -> str:
        return self._address("offer")

    @property
    def letter(self) -> str:
        """Where a letter is asked for."""
        return self._address("letter") if self._prefix else reverse("meetings:ask_letter", args=[self._argument])

    @property
    def listing(self) -> str:
        return self._address("listing")

    @property
    def badge(self) -> str:
        return self._file("badge")

    @property
    def calendar(self) -> str:
        return self._file("calendar") if self._prefix else self._file("registration")

    def letter_file(self, letter: InvitationLetter) -> str:
        """Where an issued letter is fetched."""
        if self._prefix:
            return reverse("meetings_files:by_link_letter", args=[self._argument, letter.code])
        return reverse("meetings_files:letter", args=[letter.code])

    def _file(self, name: str) -> str:
        return reverse(
            f"meetings_files:{self._prefix}_{name}" if self._prefix else f"meetings_files:{name}", args=[self._argument]
        )

    @property
    def files(self) -> str:
        """Where a file is opened; its key follows."""
        if self._prefix:
            return reverse("meetings:by_link", args=[self._argument]) + "files/"
        return reverse("meetings_files:registration_file", args=[self._argument, 0]).removesuffix("0/")


def page_of(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """How a registration stands, its history in plain words, and what can be done."""
    coming = found.meeting.ends_at > timezone.now()
    live = found.state not in ENDED_REGISTRATIONS and coming
    decidable = found.state in {RegistrationState.SUBMITTED, RegistrationState.ENDORSED, RegistrationState.WAITLISTED}
    staff = may(by, "meetings.approve_registration", found)
    proposed = found.edits.filter(state=ChangeState.PROPOSED).first()
    parts = parts_of_page(by, found)
    for letter in parts["letters"]:
        letter.file_address = pages.letter_file(letter)
    reads_whole = Registration.objects.whole_for(by).filter(pk=found.pk).exists()
    documents = documents_of(found) if reads_whole else []
    is_offered = found.state == RegistrationState.OFFERED and bool(found.offered_until and found.offered_until > timezone.now())
    context = {
        "registration": found,
        "meeting": found.meeting,
        "pages": pages,
        "is_own": found.user_id == by.pk,
        "is_staff_view": staff,
        "what_now": WHAT_NOW[found.state],
        "place": place_in_line(found),
        "history": history_in_words(found),
        "sees_needs": reads_whole,
        "answers": answers_in_words(found) if reads_whole else [],
        "documents": documents,
        "missing": sum(row.file is None for row in documents),
        "proposed": rows_in_words(proposed) if proposed else None,
        "edits": [(edit, rows_in_words(edit)) for edit in found.edits.select_related("by")[:20]] if staff else [],
        "can_edit": live and may(by, "meetings.edit_registration", found),
        "can_cancel": live and may(by, "meetings.cancel_registration", found),
        "can_decide": coming and decidable and staff,
        "can_exceed": coming and decidable and staff and not has_free_seat(found),
        "can_offer": coming and staff and found.state == RegistrationState.WAITLISTED,
        "can_reinstate": coming and staff and found.state in ENDED_REGISTRATIONS,
        "can_answer": coming and is_offered and may(by, "meetings.answer_offer", found),
        "is_draft": found.state == RegistrationState.DRAFT,
        "has_seat": found.state == RegistrationState.APPROVED,
        "is_cancelled": found.state == RegistrationState.CANCELLED,
        "now": timezone.now(),
        **parts,
        "exports": exports_of(found) if staff else [],
        "can_export": may(request.user, "meetings.export_registration", found) and found.meeting.purged_at is None,
    }
    return render(request, "meetings/registration.html", context)


def edit_page(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """Change what a registration says; what matters to a decision waits for the secretariat."""
    require(by, "meetings.edit_registration", found)
    if found.state == RegistrationState.DRAFT and found.user_id == by.pk:
        return redirect("meetings:register", slug=found.meeting.slug)
    staff = may(by, "meetings.decide_change", found)
    proposed = found.edits.filter(state=ChangeState.PROPOSED).first()
    if request.POST.get("act") == "withdraw":
        return _withdraw(request, found, by, pages)
    posted = request.POST if request.method == "POST" else None
    make: type[RegistrationForm] = StaffEditForm if staff else RegistrationForm
    form = make(
        posted,
        request.FILES or None,
        meeting=found.meeting,
        person=found.user,
        registration=found,
        by=by,
        left_out=too_large(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            waits = edit_registration(registration=found, by=by, **form.answers())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = (
                _("Saved. What the secretariat has to look at waits for it; until then your registration stays as it was.")
                if waits
                else _("The registration is saved.")
            )
            messages.success(request, words)
            return redirect(pages.home)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "pages": pages,
        "form": form,
        "is_staff_view": staff,
        "is_looked_at": not staff and found.state not in {RegistrationState.SUBMITTED, RegistrationState.DRAFT},
        "proposed": rows_in_words(proposed) if proposed else None,
    }
    return render(request, "meetings/registration_edit.html", context, status=400 if form.errors else 200)


def _withdraw(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    try:
        withdraw_change(registration=found, by=by)
        messages.success(request, _("You have taken the change back. The registration stays as it is."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(pages.home)


def documents_page(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """Which documents are required, which are there, and handing them in, one after the other."""
    require(by, "meetings.edit_registration", found)
    rows = documents_of(found)
    asked_for = [row for row in rows if row.document.removed_at is None]
    chosen = request.POST.get("document", "")
    forms = []
    for row in asked_for:
        is_this = request.method == "POST" and chosen == str(row.document.pk)
        form = (
            DocumentForm(request.POST, request.FILES, auto_id=f"id_{row.document.pk}_%s")
            if is_this
            else DocumentForm(auto_id=f"id_{row.document.pk}_%s")
        )
        if is_this and _handed_in(request, found, row.document, form, by):
            messages.success(request, _("“%(document)s” is handed in.") % {"document": isolated(row.document.title)})
            return redirect(pages.documents)
        forms.append((row, form))
    quota = found.meeting.quotas.filter(category=found.category_id).first()
    context = {
        "registration": found,
        "meeting": found.meeting,
        "pages": pages,
        "forms": forms,
        "bound": next((form for _row, form in forms if form.is_bound), None),
        "due": documents_due(quota) if quota else None,
        "now": timezone.now(),
    }
    return render(request, "meetings/registration_documents.html", context, status=400 if context["bound"] else 200)


def _handed_in(request: HttpRequest, found: Registration, document: RequiredDocument, form: DocumentForm, by: Any) -> bool:
    if was_left_out(request, "file"):
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", too_large_words())
        return False
    if not form.is_valid():
        return False
    try:
        hand_in(registration=found, document=document, content=form.cleaned_data["file"], name=form.name, by=by)
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return False
    return True


def file_answer(rows: QuerySet[RegistrationFile], found: Registration, pk: int) -> HttpResponseBase:
    """A file of a registration, as a download that cannot run in the page and stays in no cache."""
    if pk > _LARGEST_KEY:
        raise Http404
    row = get_object_or_404(rows.select_related("file"), pk=pk, registration=found)
    response = FileResponse(row.file.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.file.mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def cancel_page(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """Ask once more, then cancel; the seat goes to who waits. A draft is only discarded."""
    require(by, "meetings.cancel_registration", found)
    if "draft" in request.POST:
        return _discard(request, found, by, pages)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_registration(registration=found, by=by, reason=form.cleaned_data["reason"])
            messages.success(request, _("The registration is cancelled."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(pages.home)
    context = {
        "registration": found,
        "meeting": found.meeting,
        "pages": pages,
        "form": form,
        "is_draft": found.state == RegistrationState.DRAFT,
        "is_own": found.user_id == by.pk,
        "had_seat": found.state in {RegistrationState.APPROVED, RegistrationState.OFFERED},
    }
    return render(request, "meetings/registration_cancel.html", context, status=400 if form.errors else 200)


def _discard(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    try:
        discard_draft(registration=found, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(pages.home)
    messages.success(request, _("The draft is discarded."))
    return redirect(found.meeting)


def offer_page(request: HttpRequest, found: Registration, by: Any, pages: Pages) -> HttpResponse:
    """Take an offered seat, or turn it down."""
    require(by, "meetings.answer_offer", found)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        accepts = form.cleaned_data["answer"] == "accept"
        try:
            (accept_offer if accepts else decline_offer)(registration=found, by=by)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("The seat is yours.") if accepts else _("You have turned the seat down; it goes to the next.")
            )
        return redirect(pages.home)
    if found.state != RegistrationState.OFFERED:
        return redirect(pages.home)
    context = {"registration": found, "meeting": found.meeting, "home": pages.home, "now": timezone.now()}
    return render(request, "meetings/offer.html", context)


Page = Callable[[HttpRequest, Registration, Any, Pages], HttpResponse]


def _signed_in(page: Page, *methods: str) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page of a registration for who signs in: one's own, or any of the meeting for its secretariat."""

    @login_required
    @require_http_methods(["GET", "HEAD", *methods])
    def view(request: HttpRequest, reference: str) -> HttpResponse:
        found = _found(request, reference)
        return page(request, found, request.user, Pages(found))

    view.__doc__ = page.__doc__
    return view  # type: ignore[no-any-return]


registration = _signed_in(page_of)
edit = _signed_in(edit_page, "POST")
documents = _signed_in(documents_page, "POST")
cancel = _signed_in(cancel_page, "POST")
offer = _signed_in(offer_page, "POST")


@login_required
@require_safe
def registration_file(request: HttpRequest, reference: str, pk: int) -> HttpResponseBase:
    """A file that a registrant handed in: for themselves and the secretariat."""
    found = _found(request, reference)
    return file_answer(RegistrationFile.objects.visible_to(request.user), found, pk)
