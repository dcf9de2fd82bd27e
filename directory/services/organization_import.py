"""Organizations from a spreadsheet: read and checked, looked at, then written in one transaction or not at all."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import Refused, require
from directory.models import Country, Organization, OrganizationImport, StakeholderCategory
from directory.models.people import unprintable
from directory.page_versions import bump
from directory.services.organization_files import Sheet, read_sheet
from directory.services.organizations import AGENCY_CATEGORY, COLUMNS, RESERVED_CODES, as_rows, lock_parents
from directory.services.state import locked

REQUIRED = ("code", "name_en", "category")
LONGEST = {"code": 50, "acronym": 30, **{column: 250 for column in COLUMNS if column.startswith("name_")}}
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")

# Kept as codes: the preview is read in whichever language the reader has then.
PROBLEMS: dict[str, str | Promise] = {
    "missing": gettext_lazy("This must be filled in."),
    "long": gettext_lazy("Too long: %(most)s signs are the most."),
    "control": gettext_lazy("Holds a line break or an invisible sign. Type it again in one line."),
    "formula": gettext_lazy("Holds a formula. Paste the value instead."),
    "code": gettext_lazy("Use small Latin letters, digits and hyphens, such as “un-women”."),
    "reserved": gettext_lazy("This word is kept for the portal's own addresses. Choose another code."),
    "twice": gettext_lazy("Also in row %(row)s. Keep one of the two."),
    "same_name": gettext_lazy("%(other)s has this name already. Use its code to change it."),
    "category": gettext_lazy("No such category. The codes are listed on the page for uploading."),
    "country": gettext_lazy("No such country or area. Use its ISO code, such as WS, or its M49 code."),
    "parent": gettext_lazy("No organization has this code, neither here nor in the file."),
    "cycle": gettext_lazy("An organization would be part of itself. Correct who is part of whom."),
}


def in_words(problem: dict[str, Any]) -> str:
    """The sentence for one error of a row, in the active language."""
    return str(PROBLEMS[problem["problem"]]) % problem


# --- Reading and checking --------------------------------------------------------------------------------------------


def _columns(sheet: Sheet) -> list[str]:
    """The header's columns by our names; refused if one is unknown, doubled or missing."""
    columns = [name.strip().casefold().replace("-", "_").replace(" ", "_") for name in sheet.header]
    while columns and not columns[-1]:
        columns.pop()
    unknown = [sheet.header[place] or str(place + 1) for place, name in enumerate(columns) if name not in COLUMNS]
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
def read_import(*, content: bytes, file_name: str, by: Any) -> OrganizationImport:
    """Read and check a file and keep what it would do; nothing is written to organizations yet.

    Raises:
        Refused: a file that cannot be read at all. Errors of single rows are kept with their row.
    """
    require(by, "directory.edit_organization")
    sheet = read_sheet(content=content)
    columns = _columns(sheet)
    if not sheet.rows:
        raise Refused(_("The file has no rows below its first one. Fill in the template and upload it."))
    given = []
    for number, cells in sheet.rows:
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        given.append(
            {
                "row": number,
                "values": {name: _normal(name, padded[place]) for place, name in enumerate(columns)},
                "formulas": [name for place, name in enumerate(columns) if (number, place) in sheet.formulas],
            }
        )
    rows = _plan(given)
    return OrganizationImport.objects.create(
        file_name=" ".join(file_name.split())[-200:], rows=rows, problems=_problems(rows), by=by
    )


def _normal(column: str, value: str) -> str:
    value = unicodedata.normalize("NFC", value)
    if column in {"code", "category", "parent"}:
        return value.lower()
    return value.upper() if column == "country" else value


def _problems(rows: Iterable[dict[str, Any]]) -> int:
    return sum(bool(row["errors"]) for row in rows)


class _Known:
    """What the database holds, read once for all rows."""

    def __init__(self) -> None:
        organizations = list(Organization.objects.select_related("category", "country", "parent").order_by("pk"))
        self.organizations = {row.code.lower(): row for row in organizations}
        self.cells = {
            row.code.lower(): dict(zip(COLUMNS, cells, strict=True))
            for row, cells in zip(organizations, as_rows(organizations), strict=True)
        }
        for cells in self.cells.values():
            cells["parent"] = cells["parent"].lower()
        self.by_name = {cells["name_en"].casefold(): code for code, cells in self.cells.items()}
        self.categories = set(StakeholderCategory.objects.values_list("code", flat=True))
        self.countries: dict[str, str] = {}
        for iso2, iso3, m49 in Country.objects.values_list("iso2", "iso3", "m49"):
            self.countries |= {iso2: iso2, iso3: iso2, m49: iso2, m49.lstrip("0"): iso2}


def _plan(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each row would do to the database as it is now: add, change with old and new, nothing, or its errors."""
    known = _Known()
    first_rows: dict[str, int] = {}
    plan = []
    for entry in given:
        values = dict(entry["values"])
        if values.get("country"):
            values["country"] = known.countries.get(values["country"], values["country"])
        row = {**entry, "values": values, "errors": _errors(entry, values, known)}
        first = first_rows.setdefault(values["code"], entry["row"])
        if first != entry["row"] and values["code"]:
            row["errors"].append({"column": "code", "problem": "twice", "row": first})
        plan.append(row)
    _check_parents(plan, known)
    for row in plan:
        before = known.cells.get(row["values"]["code"])
        row["changes"] = [
            {"column": name, "old": before[name], "new": value}
            for name, value in row["values"].items()
            if before and name != "code" and before[name] != value
        ]
        row["action"] = "error" if row["errors"] else "add" if before is None else "change" if row["changes"] else "same"
        row["name"] = row["values"].get("acronym") or row["values"]["name_en"] or row["values"]["code"]
    return plan


def _errors(entry: dict[str, Any], values: dict[str, str], known: _Known) -> list[dict[str, Any]]:
    errors = [{"column": name, "problem": "formula"} for name in entry["formulas"]]
    errors += [{"column": name, "problem": "missing"} for name in REQUIRED if not values[name]]
    for name, value in values.items():
        if len(value) > LONGEST.get(name, 60):
            errors.append({"column": name, "problem": "long", "most": LONGEST.get(name, 60)})
        if unprintable(value):
            errors.append({"column": name, "problem": "control"})
    code = values["code"]
    if code and code not in known.organizations:
        if not _CODE.fullmatch(code):
            errors.append({"column": "code", "problem": "code"})
        elif code in RESERVED_CODES:
            errors.append({"column": "code", "problem": "reserved"})
    other = known.by_name.get(values["name_en"].casefold())
    if other and other != code:
        errors.append({"column": "name_en", "problem": "same_name", "other": known.organizations[other].short_name})
    if values["category"] and values["category"] not in known.categories:
        errors.append({"column": "category", "problem": "category"})
    if values.get("country") and values["country"] not in known.countries:
        errors.append({"column": "country", "problem": "country"})
    return errors


def _check_parents(plan: list[dict[str, Any]], known: _Known) -> None:
    """Every parent is there, before or after; following parents never comes back to where it began."""
    parents = {code: cells["parent"] for code, cells in known.cells.items()}
    codes = set(known.organizations) | {row["values"]["code"] for row in plan}
    parents |= {row["values"]["code"]: row["values"]["parent"] for row in plan if "parent" in row["values"]}
    in_circles = _in_circles(parents)
    for row in plan:
        parent = row["values"].get("parent")
        if not parent:
            continue
        if parent not in codes:
            row["errors"].append({"column": "parent", "problem": "parent"})
            continue
        if row["values"]["code"] in in_circles:
            row["errors"].append({"column": "parent", "problem": "cycle"})


def _in_circles(parents: dict[str, str]) -> set[str]:
    """The codes from which following parents comes back to where it began; each chain is walked once, however long it is."""
    done: set[str] = set()
    found: set[str] = set()
    for code in parents:
        chain: dict[str, int] = {}
        above = code
        while above and above not in done and above not in chain:
            chain[above] = len(chain)
            above = parents.get(above, "")
        if above in chain:
            found.update(one for one, place in chain.items() if place >= chain[above])
        done.update(chain)
    return found


# --- Writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def check_again(*, record: OrganizationImport, by: Any) -> OrganizationImport:
    """Make the preview new against the database as it is now."""
    record = locked(record)
    require(by, "directory.edit_organization")
    if not record.applied_at:
        record.rows = _plan(_given(record))
        record.problems = _problems(record.rows)
        record.save(update_fields=["rows", "problems"])
    return record


def _given(record: OrganizationImport) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("row", "values", "formulas")} for row in record.rows]


@transaction.atomic
def apply_import(*, record: OrganizationImport, by: Any) -> OrganizationImport:
    """Write what the preview showed: all of it, in one transaction.

    Raises:
        Refused: applied before, rows with errors, or organizations that changed since the preview.
    """
    require(by, "directory.edit_organization")
    record = locked(record)
    if record.applied_at:
        raise Refused(_("This file was imported already. To import it again, upload it again."))
    if record.problems:
        raise Refused(_("Correct the rows with errors in the file and upload it again. Nothing was changed."))
    lock_parents()
    list(Organization.objects.select_for_update().order_by("pk").values_list("pk"))
    plan = _plan(_given(record))
    if plan != record.rows:
        raise Refused(
            _("Organizations have changed since this preview. Look at the new preview, then import. Nothing was changed.")
        )
    _write(plan)
    record.applied_at = timezone.now()
    record.created_count = sum(row["action"] == "add" for row in plan)
    record.updated_count = sum(row["action"] == "change" for row in plan)
    record.save(update_fields=["applied_at", "created_count", "updated_count"])
    if record.created_count or record.updated_count:
        bump("directory")
    return record


def _write(plan: list[dict[str, Any]]) -> None:
    categories = {row.code: row for row in StakeholderCategory.objects.all()}
    countries = {row.iso2: row for row in Country.objects.all()}
    written = [row for row in plan if row["action"] in {"add", "change"}]
    existing = {row.code.lower(): row for row in Organization.objects.all()}
    new: list[Organization] = []
    changed: list[Organization] = []
    for row in written:
        values = row["values"]
        organization = existing.get(values["code"]) or Organization(code=values["code"])
        for name in values:
            if name in {"code", "parent"}:
                continue
            if name == "category":
                organization.category = categories[values[name]]
                organization.is_agency = values[name] == AGENCY_CATEGORY
            elif name == "country":
                organization.country = countries.get(values[name])
            else:
                setattr(organization, name, values[name] or ("" if name == "acronym" else None))
        (changed if organization.pk else new).append(organization)
    Organization.objects.bulk_create(new, batch_size=500)
    names = [column for column in COLUMNS if column.startswith("name_")]
    Organization.objects.bulk_update(changed, ["acronym", *names, "category", "country", "is_agency"], batch_size=200)
    # The column without a language goes with the English one; modeltranslation sees to that only where a row is saved.
    Organization.objects.rewrite(False).filter(pk__in=[row.pk for row in changed]).update(name=F("name_en"))
    # Parents last: one may have been added by this very file.
    existing |= {row.code.lower(): row for row in new}
    moved = []
    for row in written:
        if "parent" in row["values"]:
            organization = existing[row["values"]["code"]]
            organization.parent = existing[row["values"]["parent"]] if row["values"]["parent"] else None
            moved.append(organization)
    Organization.objects.bulk_update(moved, ["parent"], batch_size=500)
