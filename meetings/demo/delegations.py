"""Demo data: Samoa's delegation, registrations that wait for an organization, letters, who agreed to be listed."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from meetings.demo.base import Clock, Directory, dated
from meetings.enums import DelegationRole, LetterState, RegistrationState
from meetings.models import (
    DelegationCeiling,
    DelegationSubstitution,
    InvitationLetter,
    InvitationLetterStateChange,
    Meeting,
    OrganizationContact,
    Registration,
    RegistrationStateChange,
    VisaDetails,
)
from meetings.models.registration import new_reference

S = RegistrationState
# Every category whose people come for a body that has somebody to ask.
ENDORSED_CATEGORIES = ["specialized-agency"]
CEILINGS = {"samoa": 6, "undp": 8}
ADVISERS = [("Fetu", "Alofa-Tuimaleali", "f.alofa@samoa.example", "Counsellor for Climate"),
            ("Litia", "Pesamino", "l.pesamino@samoa.example", "Second Secretary")]  # fmt: skip
WAITING = [
    ("undp", "Aurelio", "Quintanar Vda", "a.quintanar@undp.example", "Programme Adviser", "es"),
    ("fao", "Nadège", "Kouassi-Brou", "n.kouassi@fao.example", "Liaison Officer", "fr"),
    ("ifad", "Yusra", "Al-Tamimi", "y.tamimi@ifad.example", "Policy Officer", "ar"),
]


def load(meeting: Meeting, known: Directory, clock: Clock) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(lists_participants=True)
    meeting.lists_participants = True
    DelegationCeiling.objects.bulk_create(
        DelegationCeiling(meeting=meeting, organization=known.organizations[code], people=people)
        for code, people in CEILINGS.items()
    )
    _samoa(meeting, known, clock)
    _endorsements(meeting, known, clock)
    _letters(meeting, known, clock)
    # Two of three agreed to be named.
    seated = meeting.registrations.filter(state=S.APPROVED).order_by("pk").values_list("pk", flat=True)
    Registration.objects.filter(pk__in=[pk for place, pk in enumerate(seated) if place % 3]).update(is_listed=True)


def _samoa(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """Head, alternate, two advisers; one came in another's place."""
    samoa = known.organizations["samoa"]
    focal = known.users["focal.samoa@demo.example"]
    own = Registration.objects.filter(meeting=meeting, organization=samoa)
    own.filter(email="t.leiataua@samoa.example").update(
        delegation_role=DelegationRole.HEAD, function="Deputy Permanent Representative", nominated_by=focal
    )
    own.filter(user=focal).update(delegation_role=DelegationRole.ALTERNATE, function="Principal Officer, Aid Coordination")
    named_at = clock.at("2017-10-09T10:20", meeting.time_zone)
    for place, (given, family, email, function) in enumerate(ADVISERS):
        row = Registration.objects.create(
            meeting=meeting, category=samoa.category, organization=samoa, email=email, given_name=given, family_name=family,
            function=function, country=samoa.country, delegation_role=DelegationRole.ADVISER, nominated_by=focal,
            state=S.APPROVED if place == 0 else S.ENDORSED, submitted_at=named_at,
        )  # fmt: skip
        _history(row, known, named_at, decided=place == 0)
    replaced = Registration.objects.get(meeting=meeting, email=ADVISERS[0][2])
    DelegationSubstitution.objects.create(
        registration=replaced,
        old_reference=new_reference(),
        new_reference=replaced.reference,
        old_name="Ioane Sapolu",
        old_email="i.sapolu@samoa.example",
        new_name=replaced.full_name,
        reason="On mission elsewhere that week.",
        by=focal,
        on_behalf_of=samoa,
    )


def _history(row: Registration, known: Directory, at: datetime, *, decided: bool) -> None:
    steps: list[tuple[str, str, Any, Any]] = [
        ("", S.SUBMITTED, row.nominated_by, row.organization),
        (S.SUBMITTED, S.ENDORSED, row.nominated_by, row.organization),
    ]
    if decided:
        steps.append((S.ENDORSED, S.APPROVED, known.secretariat, known.unossc))
    changes = [
        (RegistrationStateChange(subject=row, old=old, new=new, by=by, on_behalf_of=body), at + timedelta(hours=place))
        for place, (old, new, by, body) in enumerate(steps)
    ]
    dated(changes, RegistrationStateChange)


def _endorsements(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """Specialized agencies endorse who registers under them; one of them has no focal point here."""
    meeting.quotas.filter(category__code__in=ENDORSED_CATEGORIES).update(needs_endorsement=True)
    category = known.categories[ENDORSED_CATEGORIES[0]]
    came = clock.at("2017-10-19T09:40", meeting.time_zone)
    for place, (code, given, family, email, function, language) in enumerate(WAITING):
        organization = known.organizations.get(code)
        if organization is None:
            continue
        at = came + timedelta(hours=7 * place)
        row = Registration.objects.create(
            meeting=meeting, category=category, organization=organization, email=email, given_name=given, family_name=family,
            function=function, language=language, state=S.SUBMITTED, submitted_at=at,
        )  # fmt: skip
        dated([(RegistrationStateChange(subject=row, old="", new=S.SUBMITTED), at)], RegistrationStateChange)
    if "ifad" in known.organizations:
        OrganizationContact.objects.create(
            organization=known.organizations["ifad"],
            address="south-south@ifad.example",
            how="Named as contact in the organization's note verbale.",
            verified_by=known.secretariat,
        )


def _letters(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """The focal point of Samoa has one in English, a colleague one in French that was revoked."""
    own = meeting.registrations.filter(organization__code="samoa", state=S.APPROVED).order_by("pk")
    asked = clock.at("2017-10-23T11:05", meeting.time_zone)
    for row, ends, language in zip(own[:2], (LetterState.ISSUED, LetterState.REVOKED), ("en", "fr"), strict=False):
        if row.user is None:
            ends = LetterState.REVOKED
        VisaDetails.objects.create(
            registration=row,
            passport_name=row.full_name.upper(),
            nationality=known.countries["WS"],
            born_on=date(1981, 4, 17),
            passport_number=f"S{row.pk:07d}",
        )
        letter = InvitationLetter.objects.create(
            registration=row,
            reference=row.reference,
            initials="".join(f"{part[0]}." for part in row.full_name.upper().split()),
            language=language,
            state=ends,
            asked_by=row.user or known.secretariat,
            issued_at=asked,
        )
        InvitationLetter.objects.filter(pk=letter.pk).update(asked_at=asked)
        states = ["", LetterState.REQUESTED, LetterState.ISSUED]
        steps = pairwise([*states, LetterState.REVOKED] if ends == LetterState.REVOKED else states)
        dated(
            [
                (
                    InvitationLetterStateChange(subject=letter, old=old, new=new, by=letter.asked_by),
                    asked + timedelta(minutes=place),
                )
                for place, (old, new) in enumerate(steps)
            ],
            InvitationLetterStateChange,
        )
