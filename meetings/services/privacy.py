"""The data of one registration, for somebody who asks for it and has no account to take it along with."""

import io
import json
import zipfile
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from meetings.documents.calendar import registration_calendar
from meetings.models import Registration
from meetings.selectors.personal import data_of_registration, with_all_data
from meetings.selectors.privacy import EXPORTED


@transaction.atomic
def export_registration(*, registration: Registration, by: Any) -> bytes:
    """A ZIP with what is held about one registration; that it was made, when and by whom is written down.

    Raises:
        Refused: the personal data has been removed already.
    """
    require(by, "meetings.export_registration", registration)
    row = with_all_data(Registration.objects.filter(pk=registration.pk)).get()
    if row.meeting.purged_at:
        raise Refused(_("The personal data of this meeting has been removed: there is nothing left to hand over."))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("registration.json", json.dumps(data_of_registration(row), ensure_ascii=False, indent=2))
        archive.writestr(f"{row.meeting.slug}-{row.reference}.ics", registration_calendar(row))
        for handed_in in row.files.select_related("file"):
            with handed_in.file.file.open("rb") as content:
                archive.writestr(f"files/{handed_in.pk}-{handed_in.name}", content.read())
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=str(row.pk),
        object_repr=row.reference,
        action_flag=CHANGE,
        change_message=EXPORTED,
    )
    return target.getvalue()
