"""The secretariat adds, edits, replaces and removes the documents of a meeting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused
from common.bidi import isolated
from common.document_files import too_large
from common.uploads import was_left_out
from meetings.forms.documents import DocumentForm
from meetings.models import Meeting, MeetingDocument
from meetings.selectors.documents import documents_of
from meetings.services.documents import add_document, change_document, remove_document
from meetings.views.editing import meeting_for

LARGEST_KEY = 2**63 - 1


def _document(request: HttpRequest, slug: str, pk: int) -> tuple[Meeting, MeetingDocument]:
    meeting = meeting_for(request, slug, "meetings.edit_documents")
    if pk > LARGEST_KEY:
        raise Http404
    found = get_object_or_404(meeting.documents.select_related("file"), pk=pk)
    found.meeting = meeting
    return meeting, found


@login_required
@require_safe
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """The documents of a meeting with all their language versions."""
    meeting = meeting_for(request, slug, "meetings.edit_documents")
    return render(request, "meetings/documents.html", {"meeting": meeting, "groups": documents_of(meeting)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a document, or another language version of one."""
    meeting = meeting_for(request, slug, "meetings.edit_documents")
    wished = {"version_of": request.GET.get("version_of", "")}
    form = DocumentForm(request.POST or None, request.FILES or None, meeting=meeting, initial=wished)
    return _page(request, meeting, form, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a document, or put a new file in its place."""
    meeting, found = _document(request, slug, pk)
    instance = MeetingDocument.objects.select_related("file").get(pk=found.pk)
    form = DocumentForm(request.POST or None, request.FILES or None, meeting=meeting, instance=instance)
    return _page(request, meeting, form, found)


def _page(request: HttpRequest, meeting: Meeting, form: DocumentForm, found: MeetingDocument | None) -> HttpResponse:
    if was_left_out(request, "file"):
        form.errors["file"] = form.error_class([too_large()])
    if request.method == "POST" and form.is_valid():
        values, upload = form.values(), form.cleaned_data["file"]
        try:
            if found:
                saved = change_document(document=found, by=request.user, values=values, upload=upload)
            else:
                code = form.cleaned_data["version_of"]
                saved = add_document(meeting=meeting, by=request.user, values=values, version_of=code, upload=upload)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(document)s is saved.") % {"document": isolated(saved)})
            return redirect("meetings:meeting_documents", slug=meeting.slug)
    context = {"form": form, "meeting": meeting, "document": found}
    return render(request, "meetings/document_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a document away."""
    meeting, found = _document(request, slug, pk)
    try:
        remove_document(document=found, by=request.user)
        messages.success(request, _("%(document)s is removed.") % {"document": isolated(found)})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:meeting_documents", slug=meeting.slug)
