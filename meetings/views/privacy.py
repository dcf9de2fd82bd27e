"""One person's data, handed over by the secretariat."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from common.access import Refused
from meetings.models import Registration
from meetings.services.privacy import export_registration


@login_required
@require_POST
def export_data(request: HttpRequest, reference: str) -> HttpResponse:
    """The data of a registration as a ZIP; the export is recorded, so it is an act and not a link."""
    found = get_object_or_404(Registration.objects.visible_to(request.user), reference=reference)
    try:
        archive = export_registration(registration=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    response = HttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.zip"'
    return response
