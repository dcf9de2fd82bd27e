"""A copy of an embargoed PDF that says, on each page, until when it is not to be passed on, and to whom it was given."""

from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from briefs.models import PlannedPublication
from common.bidi import isolated
from common.pdf import RenderFailed
from common.pdf_parts import document_direction
from common.pdf_stamp import stamped


def embargoed_copy(pdf: bytes, plan: PlannedPublication, *, reader: str, address: str) -> bytes:
    """The PDF for one reader, in the language of the page on which it was asked for. Nothing of it is kept.

    Args:
        address: stands in for a name in which a letter is that no font has.
    """
    at = plan.at.astimezone(ZoneInfo(plan.time_zone))
    language, direction = translation.get_language() or "en", document_direction()

    def words(name: str) -> str:
        return _("Under embargo until %(day)s, %(hour)s (%(zone)s) – reader: %(name)s") % {
            "day": date_format(at, "DATE_FORMAT"),
            "hour": date_format(at, "H:i"),
            "zone": isolated(plan.time_zone),
            "name": isolated(name),
        }

    try:
        return stamped(pdf, words(reader), language=language, direction=direction)
    except RenderFailed:
        return stamped(pdf, words(address), language=language, direction=direction)
