"""What meetings hold about a person, as JSON, for taking along."""

from typing import Any

from django.db.models import QuerySet

from meetings.models import GroupMember, Registration, Speaker


def data_of_person(user: Any) -> list[dict[str, Any]]:
    """A person's registrations with their history, the sessions in which they speak, and their terms in working groups."""
    return [*_registrations_of(user), *_sessions_of(user), *_terms_of(user)]


def _registrations_of(user: Any) -> list[dict[str, Any]]:
    return [data_of_registration(row) for row in with_all_data(Registration.objects.filter(user=user)).order_by("pk")]


def with_all_data(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    """Registrations with what `data_of_registration` reads."""
    rows = rows.select_related("meeting", "category", "organization", "country", "visa__nationality")
    return rows.prefetch_related("state_changes", "scans", "files__document", "files__question", "edits", "letters")


def data_of_registration(row: Registration) -> dict[str, Any]:
    """What is held in one registration, as JSON."""
    return {
        "reference": row.reference,
        "meeting": row.meeting.slug,
        "category": row.category.code,
        "given_name": row.given_name,
        "family_name": row.family_name,
        "email": row.email,
        "organization": row.organization.code if row.organization else "",
        "affiliation": row.affiliation,
        "country": row.country.iso2 if row.country else "",
        "function": row.function,
        "gender": row.gender,
        "is_listed": row.is_listed,
        "delegation_role": row.delegation_role,
        "access_needs": row.access_needs,
        "answers": row.answers,
        "language": row.language,
        "state": row.state,
        "files": [
            {"name": file.name, "for": str(file.document or file.question or ""), "at": file.at.isoformat()}
            for file in row.files.all()
        ],
        "changes": [
            {"to": edit.after, "from": edit.before, "state": edit.state, "at": edit.at.isoformat()} for edit in row.edits.all()
        ],
        "letters": [
            {"code": letter.code, "state": letter.state, "language": letter.language, "asked_at": letter.asked_at.isoformat()}
            for letter in row.letters.all()
        ],
        "passport": _passport(row),
        "history": [
            {"from": change.old, "to": change.new, "at": change.at.isoformat(), "reason": change.reason}
            for change in row.state_changes.all()
        ],
        "scans": [
            {"kind": scan.kind, "at": scan.scanned_at.isoformat(), "desk": scan.desk, "reason": scan.reason}
            for scan in sorted(row.scans.all(), key=lambda scan: (scan.scanned_at, scan.pk))
        ],
    }


def _passport(row: Registration) -> dict[str, str]:
    """What the person gave for a letter, if they asked for one."""
    visa = getattr(row, "visa", None)
    if visa is None:
        return {}
    return {
        "name": visa.passport_name,
        "nationality": visa.nationality.iso2,
        "born_on": visa.born_on.isoformat(),
        "number": visa.passport_number,
    }


def _sessions_of(user: Any) -> list[dict[str, Any]]:
    rows = Speaker.objects.filter(user=user).select_related("session__meeting", "organization")
    return [
        {
            "meeting": row.session.meeting.slug,
            "speaks_in": row.session.code,
            "name": row.name,
            "part": row.part,
            "function": row.role,
            "organization": row.body,
        }
        for row in rows.order_by("pk")
    ]


def _terms_of(user: Any) -> list[dict[str, Any]]:
    rows = GroupMember.objects.filter(user=user).select_related("group", "organization")
    return [
        {
            "group": row.group.slug,
            "organization": row.organization.code,
            "name": row.name,
            "role": row.role,
            "term_from": row.term_from.isoformat() if row.term_from else "",
            "term_to": row.term_to.isoformat() if row.term_to else "",
        }
        for row in rows.order_by("pk")
    ]
