"""Demo data: a meeting's questions and documents, seats that were moved, an offer, a change that waits, acts on many."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.translated import in_languages
from directory.demo import content
from directory.services.files import store_file
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import BulkKind, ChangeState, PromotionCause, RegistrationState
from meetings.models import (
    BulkAct,
    CategoryQuota,
    Meeting,
    Promotion,
    Question,
    Registration,
    RegistrationEdit,
    RegistrationEditStateChange,
    RegistrationFile,
    RegistrationImport,
    RequiredDocument,
    SeatMove,
)

S = RegistrationState
SAMOA = "focal.samoa@demo.example"
# The smallest page that a reader of PDF opens.
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def load(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """What makes the pages of registration look alive. Nothing here gives or takes a seat."""
    data = content("meetings", "registration")
    quotas = {quota.category.code: quota for quota in meeting.quotas.select_related("category")}
    _settings(quotas, known)
    questions = _questions(meeting, data["questions"], known)
    _documents(meeting, data["documents"], quotas, known)
    _answers(meeting, questions)
    _moves(meeting, data["moves"], quotas, known)
    _offer(meeting, quotas)
    _change(meeting, known)
    _acts(meeting, known)


def _settings(quotas: dict[str, CategoryQuota], known: Directory) -> None:
    colours = {"member-state": "#0b4c54", "un-entity": "#1e5b3a", "ngo": "#83500b", "private-sector": "#8f4a2b"}
    for code, colour in colours.items():
        quotas[code].badge_colour = colour
    offered = quotas["international-financial-institution"]
    offered.promotes_by_offer = True
    quotas["member-state"].approver = known.secretariat
    CategoryQuota.objects.bulk_update(quotas.values(), ["badge_colour", "promotes_by_offer", "approver"])


def _questions(meeting: Meeting, rows: list[dict[str, Any]], known: Directory) -> dict[str, Question]:
    made: dict[str, Question] = {}
    for position, row in enumerate(rows, start=1):
        texts = {
            **in_languages("label", row["label"]),
            **in_languages("help_text", row.get("help_text", {})),
            **in_languages("options", row.get("options", {})),
        }
        question = Question.objects.create(
            meeting=meeting,
            code=row["code"],
            kind=row["kind"],
            is_required=row.get("is_required", False),
            needs_review=row.get("needs_review", False),
            shown_if=made.get(row.get("shown_if", "")),
            shown_if_answer=row.get("shown_if_answer", ""),
            position=position,
            **texts,
        )
        question.categories.set([known.categories[code] for code in row.get("categories", [])])
        made[row["code"]] = question
    return made


def _documents(meeting: Meeting, rows: list[dict[str, Any]], quotas: dict[str, CategoryQuota], known: Directory) -> None:
    stored = store_file(content=_PDF, mime="application/pdf")
    for row in rows:
        texts = {**in_languages("title", row["title"]), **in_languages("help", row["help"])}
        document = RequiredDocument.objects.create(quota=quotas[row["category"]], position=1, **texts)
        registrants = meeting.registrations.live().filter(category=known.categories[row["category"]]).order_by("pk")  # type: ignore[attr-defined]
        # Two of three have handed it in.
        RegistrationFile.objects.bulk_create(
            RegistrationFile(registration=one, document=document, file=stored, name=f"{row['category']}.pdf", by=one.user)
            for place, one in enumerate(registrants)
            if place % 3
        )


def _answers(meeting: Meeting, questions: dict[str, Question]) -> None:
    visas, parts = questions["visa"].choices, [value for value, _shown in questions["consultations"].choices]
    rows = list(Registration.objects.filter(meeting=meeting).select_related("country", "category").order_by("pk"))
    for place, row in enumerate(rows):
        visa = visas[place % 2][0] if row.country else visas[2][0]
        row.answers = {
            "arrival": (meeting.starts_at.astimezone(meeting.zone) - timedelta(days=1 + place % 2)).date().isoformat(),
            "visa": visa,
            "consultations": parts[place % 3 : place % 3 + 2],
        }
        if visa == "Yes" and row.country:
            row.answers["passport"] = row.country.iso2
        if row.category.code in {"private-sector", "philanthropy"}:
            row.answers["no-promotion"] = True
        row.is_listed = place % 4 != 0
    Registration.objects.bulk_update(rows, ["answers", "is_listed"])


def _moves(meeting: Meeting, rows: list[dict[str, Any]], quotas: dict[str, CategoryQuota], known: Directory) -> None:
    for row in rows:
        move = SeatMove.objects.create(
            meeting=meeting,
            source=quotas.get(row["from"]),
            target=quotas.get(row["to"]),
            count=row["count"],
            reason=row["reason"],
            by=known.secretariat,
        )
        SeatMove.objects.filter(pk=move.pk).update(at=timezone.now() - timedelta(days=row["days_ago"]))


def _offer(meeting: Meeting, quotas: dict[str, CategoryQuota]) -> None:
    for row in Registration.objects.filter(meeting=meeting, state=S.OFFERED):
        quota = next(one for one in quotas.values() if one.category_id == row.category_id)
        change = row.state_changes.get(new=S.OFFERED)
        Promotion.objects.create(
            registration=row,
            change=change,
            cause=PromotionCause.FREED,
            place=1,
            waiting=1,
            taken=quota.seats - 1,
            seats=quota.seats,
        )


def _change(meeting: Meeting, known: Directory) -> None:
    row = Registration.objects.get(meeting=meeting, user=known.users[SAMOA])
    edit = RegistrationEdit.objects.create(
        registration=row,
        before={"family_name": row.family_name},
        after={"family_name": f"{row.family_name}-Leota"},
        by=row.user,
        state=ChangeState.PROPOSED,
    )
    change = RegistrationEditStateChange(
        subject=edit, old="", new=ChangeState.PROPOSED, by=row.user, on_behalf_of=row.organization
    )
    dated([(change, timezone.now() - timedelta(hours=20))], RegistrationEditStateChange)


def _acts(meeting: Meeting, known: Directory) -> None:
    """A reminder that was sent, and a file that was read and not imported yet."""
    missing = list(Registration.objects.filter(meeting=meeting).missing_documents().values_list("pk", flat=True)[:6])
    at = timezone.now() - timedelta(days=2)
    BulkAct.objects.create(
        meeting=meeting,
        kind=BulkKind.REMIND,
        registrations=missing,
        by=known.secretariat,
        confirmed_at=at,
        done_at=at,
        results=[[key, "told", ""] for key in missing],
    )
    people = [("Nadia", "Benyoussef", "n.benyoussef@guests.example"), ("Tomas", "Viluckas", "t.viluckas@guests.example")]
    rows = [
        {
            "row": number,
            "values": {
                "given_name": given,
                "family_name": family,
                "email": email,
                "category": "civil-society",
                "organization": "",
                "affiliation": "Network of Partners",
                "country": "",
                "function": "Coordinator",
                "language": "en",
            },
            "formulas": [],
            "errors": [],
            "outcome": "to_decide",
        }
        for number, (given, family, email) in enumerate(people, start=2)
    ]
    RegistrationImport.objects.create(meeting=meeting, file_name="guests.csv", rows=rows, by=known.secretariat)
