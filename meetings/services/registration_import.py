"""Registrations from a spreadsheet: read and checked, looked at, then made in one transaction or not at all."""

import unicodedata
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import Refused, require
from directory.models import Country, Organization, StakeholderCategory
from directory.models.people import unprintable
from directory.services.organization_files import read_sheet
from directory.services.state import locked
from meetings.enums import Approval, RegistrationState
from meetings.models import Meeting, Registration, RegistrationImport
from meetings.services.by_address import register_person
from meetings.services.registration import refuse_if_over
from meetings.services.seats import in_category, lock_quotas, seats_taken

COLUMNS = ("given_name", "family_name", "email", "category", "organization", "affiliation", "country", "function", "language")
REQUIRED = ("given_name", "family_name", "email", "category")
LONGEST = {"given_name": 120, "family_name": 120, "email": 254, "affiliation": 200, "function": 200}
MOST = 2000

PROBLEMS: dict[str, str | Promise] = {
    "missing": gettext_lazy("This must be filled in."),
    "long": gettext_lazy("Too long: %(most)s signs are the most."),
    "control": gettext_lazy("Holds a line break or an invisible sign. Type it again in one line."),
    "formula": gettext_lazy("Holds a formula. Paste the value instead."),
    "email": gettext_lazy("This is not an e-mail address. Check it for missing or extra signs."),
    "twice": gettext_lazy("Also in row %(row)s. Keep one of the two."),
    "registered": gettext_lazy("Registered for this meeting already. Leave the row out."),
    "category": gettext_lazy("This meeting has no such category. The codes are listed on the page for uploading."),
    "organization": gettext_lazy("No organization has this code. Write its name as the affiliation instead."),
    "country": gettext_lazy("No such country or area. Use its ISO code, such as WS, or its M49 code."),
    "language": gettext_lazy("Messages are written in ar, en, es, fr, ru or zh-hans."),
    "body": gettext_lazy("Name the organization or the affiliation."),
}


def in_words(problem: dict[str, Any]) -> str:
    """The sentence for one error of a row, in the active language."""
    return str(PROBLEMS[problem["problem"]]) % problem


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip().casefold().replace("-", "_").replace(" ", "_") for name in header]
    while columns and not columns[-1]:
        columns.pop()
    unknown = [header[place] or str(place + 1) for place, name in enumerate(columns) if name not in COLUMNS]
    if unknown:
        raise Refused(
            _("Unknown columns: %(names)s. The first row must name columns as the template does: %(columns)s.")
            % {"names": ", ".join(name[:40] for name in unknown[:5]), "columns": ", ".join(COLUMNS)}
        )
    doubled = [name for name, count in Counter(columns).items() if count > 1]
    missing = [name for name in REQUIRED if name not in columns]
    if doubled:
        raise Refused(_("These columns are there twice: %(names)s. Keep one of each.") % {"names": ", ".join(doubled)})
    if missing:
        raise Refused(_("These columns are missing: %(names)s. Start from the template.") % {"names": ", ".join(missing)})
    return columns


@transaction.atomic
def read_registrations(
    *, meeting: Meeting, content: bytes, file_name: str, by: Any, approves: bool = False
) -> RegistrationImport:
    """Read and check a file and keep what it would do; nobody is registered yet.

    Raises:
        Refused: a file that cannot be read at all. Errors of single rows are kept with their row.
    """
    require(by, "meetings.register_others", meeting)
    refuse_if_over(meeting)
    sheet = read_sheet(content=content)
    columns = _columns(sheet.header)
    if not sheet.rows:
        raise Refused(_("The file has no rows below its first one. Fill in the template and upload it."))
    if len(sheet.rows) > MOST:
        raise Refused(_("The file has more than 2,000 people. Split it and import the parts one after the other."))
    given = []
    for number, cells in sheet.rows:
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        values = {name: unicodedata.normalize("NFC", padded[place]) for place, name in enumerate(columns)}
        formulas = [name for place, name in enumerate(columns) if (number, place) in sheet.formulas]
        given.append({"row": number, "values": _normal(values), "formulas": formulas})
    rows = _plan(meeting, given, approves)
    return RegistrationImport.objects.create(
        meeting=meeting,
        file_name=" ".join(file_name.split())[-200:],
        rows=rows,
        problems=sum(bool(row["errors"]) for row in rows),
        approves=approves,
        by=by,
    )


def _normal(values: dict[str, str]) -> dict[str, str]:
    lowered: dict[str, str] = {name: values[name].lower() for name in ("category", "organization", "language") if name in values}
    return {**values, **lowered, "country": values.get("country", "").upper()}


def _plan(meeting: Meeting, given: list[dict[str, Any]], approves: bool) -> list[dict[str, Any]]:
    """What each row would do as things stand now: a seat, the waiting list, a decision to come, or its errors."""
    known = _Known(meeting)
    first_rows: dict[str, int] = {}
    plan = []
    for entry in given:
        values = dict(entry["values"])
        values["country"] = known.countries.get(values["country"], values["country"])
        errors = _errors(entry, values, known)
        key = values["email"].casefold()
        first = first_rows.setdefault(key, entry["row"])
        if key and first != entry["row"]:
            errors.append({"column": "email", "problem": "twice", "row": first})
        outcome = "error" if errors else known.outcome(values["category"], approves)
        plan.append({**entry, "values": values, "errors": errors, "outcome": outcome})
    return plan


class _Known:
    """What the database holds, read once for all rows; seats are used up row by row."""

    def __init__(self, meeting: Meeting) -> None:
        self.quotas = {
            quota.category.code: quota for quota in meeting.quotas.filter(withdrawn_at=None).select_related("category")
        }
        self.free = {
            code: 0 if in_category(quota).next_in_line().exists() else quota.seats - seats_taken(quota)
            for code, quota in self.quotas.items()
        }
        live = Registration.objects.live().filter(meeting=meeting)
        self.registered = {email.casefold() for email in live.values_list("email", flat=True)}
        self.organizations = set(Organization.objects.values_list("code", flat=True))
        self.countries: dict[str, str] = {}
        for iso2, iso3, m49 in Country.objects.values_list("iso2", "iso3", "m49"):
            self.countries |= {iso2: iso2, iso3: iso2, m49: iso2, m49.lstrip("0"): iso2}

    def outcome(self, category: str, approves: bool) -> str:
        quota = self.quotas[category]
        if quota.needs_endorsement or (quota.approval == Approval.MANUAL and not approves):
            return "to_decide"
        if self.free[category] > 0:
            self.free[category] -= 1
            return "seat"
        return "waitlist"


def _errors(entry: dict[str, Any], values: dict[str, str], known: _Known) -> list[dict[str, Any]]:
    errors = [{"column": name, "problem": "formula"} for name in entry["formulas"]]
    errors += [{"column": name, "problem": "missing"} for name in REQUIRED if not values[name]]
    for name, value in values.items():
        most = LONGEST.get(name, 60)
        if len(value) > most:
            errors.append({"column": name, "problem": "long", "most": most})
        if unprintable(value):
            errors.append({"column": name, "problem": "control"})
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError:
            errors.append({"column": "email", "problem": "email"})
        if values["email"].casefold() in known.registered:
            errors.append({"column": "email", "problem": "registered"})
    if values["category"] and values["category"] not in known.quotas:
        errors.append({"column": "category", "problem": "category"})
    if values.get("organization") and values["organization"] not in known.organizations:
        errors.append({"column": "organization", "problem": "organization"})
    if values["country"] and values["country"] not in known.countries:
        errors.append({"column": "country", "problem": "country"})
    if values.get("language") and values["language"] not in dict(settings.LANGUAGES):
        errors.append({"column": "language", "problem": "language"})
    if not values.get("organization") and not values.get("affiliation"):
        errors.append({"column": "affiliation", "problem": "body"})
    return errors


def _given(record: RegistrationImport) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("row", "values", "formulas")} for row in record.rows]


@transaction.atomic
def check_again(*, record: RegistrationImport, by: Any) -> RegistrationImport:
    """Make the preview new against the seats and registrations as they are now."""
    record = locked(record)
    require(by, "meetings.register_others", record.meeting)
    if not record.applied_at:
        record.rows = _plan(record.meeting, _given(record), record.approves)
        record.problems = sum(bool(row["errors"]) for row in record.rows)
        record.save(update_fields=["rows", "problems"])
    return record


@transaction.atomic
def apply_registrations(*, record: RegistrationImport, by: Any) -> RegistrationImport:
    """Register everybody whom the preview showed, in its order, in one transaction; each seat through `allocate_seat`.

    Raises:
        Refused: applied before, rows with errors, or seats and registrations that changed since the preview.
    """
    require(by, "meetings.register_others", record.meeting)
    meeting = record.meeting
    quotas = lock_quotas(meeting_id=meeting.pk, categories=list(meeting.quotas.values_list("category_id", flat=True)))
    record = locked(record)
    if record.applied_at:
        raise Refused(_("This file was imported already. To import it again, upload it again."))
    if record.problems:
        raise Refused(_("Correct the rows with errors in the file and upload it again. Nobody was registered."))
    plan = _plan(meeting, _given(record), record.approves)
    if plan != record.rows:
        raise Refused(
            _(
                "Seats or registrations have changed since this preview. Look at the new preview, then import. "
                "Nobody was registered."
            )
        )
    categories = {row.code: row for row in StakeholderCategory.objects.filter(pk__in=quotas)}
    organizations = {row.code: row for row in Organization.objects.filter(code__in=[_of(row, "organization") for row in plan])}
    countries = {row.iso2: row for row in Country.objects.all()}
    ends: Counter[str] = Counter()
    for row in plan:
        organization = organizations.get(_of(row, "organization"))
        made = register_person(
            meeting=meeting,
            category=categories[row["values"]["category"]],
            by=by,
            email=row["values"]["email"],
            approve=record.approves,
            given_name=row["values"]["given_name"],
            family_name=row["values"]["family_name"],
            organization=organization,
            affiliation="" if organization else _of(row, "affiliation"),
            country=countries.get(row["values"]["country"]),
            function=_of(row, "function"),
            language=_of(row, "language") or "en",
        )
        ends[made.state] += 1
    record.applied_at = timezone.now()
    record.seated, record.waitlisted = ends[RegistrationState.APPROVED], ends[RegistrationState.WAITLISTED]
    record.to_decide = ends[RegistrationState.SUBMITTED]
    record.save(update_fields=["applied_at", "seated", "waitlisted", "to_decide"])
    return record


def _of(row: dict[str, Any], column: str) -> str:
    return str(row["values"].get(column, ""))
