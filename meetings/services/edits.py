"""Verbs that change what a registration says.

Nobody loses a seat by asking: what was approved stays as it is, with its seat, until the secretariat agrees to the change.
Fields that matter to that decision wait; all others are saved at once. Staff change everything at once. Every change is a
row with the values before and after.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, may, require
from common.bidi import isolated
from directory.models import Country, Organization, StakeholderCategory
from directory.rules import memberships_of
from directory.services.links import withdraw_links
from directory.services.state import change_state, record_start
from meetings.enums import ENDED_REGISTRATIONS, LOOKED_AT, ChangeState, RegistrationState
from meetings.messages import registration as messages
from meetings.models import CategoryQuota, Registration, RegistrationEdit, RegistrationFile
from meetings.rules import account_of, secretariat_of
from meetings.selectors.delegations import ENDORSEMENT
from meetings.services.files import keep_files
from meetings.services.participants import list_changes_with
from meetings.services.registration import decide_or_ask, refuse_if_over, refuse_unless_open
from meetings.services.seats import locked_with_quotas, move_to_category

# What the organization and the secretariat have looked at; answers to questions marked for review come on top.
MATTERS = frozenset({"given_name", "family_name", "category", "organization", "affiliation", "country"})
PLAIN = ("given_name", "family_name", "affiliation", "function", "gender", "is_listed", "access_needs", "language")
ANSWER = "answer:"


def values_of(registration: Registration) -> dict[str, Any]:
    """What a registration says, as the rows of changes keep it."""
    values: dict[str, Any] = {name: getattr(registration, name) for name in PLAIN}
    values["category"] = registration.category.code
    values["organization"] = registration.organization.code if registration.organization else ""
    values["country"] = registration.country.iso2 if registration.country else ""
    values |= {f"{ANSWER}{code}": value for code, value in registration.answers.items()}
    return values


def _given(registration: Registration, fields: dict[str, Any]) -> dict[str, Any]:
    """What a form says, in the same shape; fields that it does not have stay."""
    values = dict(values_of(registration))
    for name, value in fields.items():
        if name == "answers":
            values = {key: old for key, old in values.items() if not key.startswith(ANSWER)}
            values |= {f"{ANSWER}{code}": answer for code, answer in value.items()}
        elif name in {"category", "organization"}:
            values[name] = value.code if value else ""
        elif name == "country":
            values[name] = value.iso2 if value else ""
        else:
            values[name] = value
    return values


def _difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What is new in `new`; an answer that is gone is empty."""
    return {
        name: new.get(name, "")
        for name in [*old, *(key for key in new if key not in old)]
        if old.get(name, "") != new.get(name, "")
    }


def _reviewed_answers(registration: Registration) -> set[str]:
    return {f"{ANSWER}{code}" for code in registration.meeting.questions.filter(needs_review=True).values_list("code", flat=True)}


@transaction.atomic
def edit_registration(
    *,
    registration: Registration,
    by: Any,
    files: Iterable[RegistrationFile] = (),
    reason: str = "",
    beyond: bool = False,
    **fields: Any,
) -> RegistrationEdit | None:
    """Save what changed, and return what waits for the secretariat, if anything does.

    Args:
        reason: why staff change it; kept with the change, and the reason of an override.
        beyond: staff give a seat of the new category although none is free.
    """
    wanted = fields.get("category")
    registration, quotas = locked_with_quotas(registration, *([wanted.pk] if wanted else []))
    require(by, "meetings.edit_registration", registration)
    refuse_if_over(registration.meeting)
    if registration.state in ENDED_REGISTRATIONS:
        raise Refused(_("This registration has ended. Register again while registration is open."))
    old = values_of(registration)
    changed = _difference(old, _given(registration, fields))
    is_staff = may(by, "meetings.decide_change", registration)
    if not is_staff:
        _refuse_foreign(registration, changed, fields, by)
    waits: dict[str, Any] = {}
    if not is_staff and registration.state in LOOKED_AT:
        matters = MATTERS | _reviewed_answers(registration)
        waits = {name: value for name, value in changed.items() if name in matters}
    elif not is_staff and wanted and "category" in changed:
        refuse_unless_open(registration.meeting, quotas.get(wanted.pk), wanted)
    at_once = {name: value for name, value in changed.items() if name not in waits}
    if at_once:
        _apply(registration, quotas, at_once, by=by, reason=reason, beyond=beyond)
        _record(registration, old, at_once, by=by, state=ChangeState.MADE, note=reason)
    keep_files(registration=registration, files=files)
    quota = quotas.get(registration.category_id)
    if (
        not is_staff
        and quota
        and registration.state == RegistrationState.SUBMITTED
        and {"category", "organization"} & set(at_once)
    ):
        withdraw_links(purpose=ENDORSEMENT, subject=registration.pk)
        decide_or_ask(registration=registration, quota=quota)
    return _propose(registration, quotas, old, waits, by) if waits else None


def _refuse_foreign(registration: Registration, changed: dict[str, Any], fields: dict[str, Any], by: Any) -> None:
    organization = fields.get("organization")
    if "organization" in changed and organization and organization.pk not in {row.organization_id for row in memberships_of(by)}:
        words = _("You are not a member of %(organization)s here. Write its name as your affiliation.")
        raise Refused(words % {"organization": isolated(organization)})


def _apply(
    registration: Registration, quotas: dict[int, CategoryQuota], values: dict[str, Any], *, by: Any, reason: str, beyond: bool
) -> None:
    """Write values into a locked registration; a new category goes through the seats."""
    list_changes_with(registration)  # before: also who leaves the list by this
    saved = []
    answers = dict(registration.answers)
    for name, value in values.items():
        if name in PLAIN:
            setattr(registration, name, value)
            saved.append(name)
        elif name == "organization":
            registration.organization = Organization.objects.filter(code=value).first() if value else None
            registration.delegation_role = ""  # whom another organization has named is in nobody's delegation now
            saved += [name, "delegation_role"]
        elif name == "country":
            registration.country = Country.objects.filter(iso2=value).first() if value else None
            saved.append(name)
        elif name.startswith(ANSWER):
            code = name.removeprefix(ANSWER)
            answers.pop(code, None)
            if value not in ("", None, []):
                answers[code] = value
    if answers != registration.answers:
        registration.answers = answers
        saved.append("answers")
    if saved:
        registration.save(update_fields=saved)
        list_changes_with(registration)
    if "category" in values:
        target = StakeholderCategory.objects.get(code=values["category"])
        if beyond and not reason.strip():
            raise Refused(_("Say why this person gets a seat although none is free: the reason is kept in the history."))
        move_to_category(
            registration=registration,
            quotas=quotas,
            target_id=target.pk,
            by=account_of(by),
            on_behalf_of=secretariat_of(by),
            reason=reason.strip(),
            beyond=beyond,
        )


def _record(
    registration: Registration, old: dict[str, Any], new: dict[str, Any], *, by: Any, state: str, note: str = ""
) -> RegistrationEdit:
    edit = RegistrationEdit.objects.create(
        registration=registration,
        before={name: old.get(name, "") for name in new},
        after=new,
        by=account_of(by),
        state=state,
        note=note.strip()[:500],
    )
    record_start(edit, by=account_of(by))
    return edit


def _propose(
    registration: Registration, quotas: dict[int, CategoryQuota], old: dict[str, Any], waits: dict[str, Any], by: Any
) -> RegistrationEdit:
    """Put a proposal where the earlier one was, if there was one."""
    for earlier in registration.edits.select_for_update().filter(state=ChangeState.PROPOSED):
        if earlier.after == waits:
            return earlier
        change_state(earlier, to=ChangeState.WITHDRAWN, by=account_of(by))
    edit = _record(registration, old, waits, by=by, state=ChangeState.PROPOSED)
    quota = quotas.get(registration.category_id)
    messages.change_to_review(edit, approver=quota.approver if quota else None)
    return edit


def _locked_edit(registration: Registration) -> RegistrationEdit:
    edit = registration.edits.select_for_update().filter(state=ChangeState.PROPOSED).first()
    if edit is None:
        raise Refused(_("No change waits any more. The page of the registration says what became of it."))
    edit.registration = registration
    return edit


@transaction.atomic
def decide_change(*, edit: RegistrationEdit, by: Any, accept: bool, reason: str = "", beyond: bool = False) -> RegistrationEdit:
    """Accept the change that a registrant proposed, or decline it with a reason; the seat stays in either case.

    Raises:
        Refused: decided meanwhile, no reason, or no seat free in the new category.
    """
    code = edit.after.get("category")
    wanted = StakeholderCategory.objects.filter(code=code).values_list("pk", flat=True).first() if code else None
    registration, quotas = locked_with_quotas(edit.registration, *([wanted] if wanted else []))
    found = _locked_edit(registration)
    require(by, "meetings.decide_change", registration)
    refuse_if_over(registration.meeting)
    if found.pk != edit.pk:
        raise Refused(_("The registrant has changed the request meanwhile. Load the page again and look at the new one."))
    actor: dict[str, Any] = {"by": by, "on_behalf_of": secretariat_of(by), "reason": reason.strip()}
    if not accept:
        if not reason.strip():
            raise Refused(_("Say why: the person reads the reason."))
        change_state(found, to=ChangeState.DECLINED, **actor)
    else:
        if registration.state in ENDED_REGISTRATIONS:
            raise Refused(_("This registration has ended meanwhile. Decline the change; there is nothing to do."))
        _apply(registration, quotas, found.after, by=by, reason=reason, beyond=beyond)
        change_state(found, to=ChangeState.ACCEPTED, **actor)
    messages.change_decided(found, accepted=accept, reason=reason.strip())
    return found


@transaction.atomic
def withdraw_change(*, registration: Registration, by: Any) -> None:
    """Take back what one has proposed."""
    registration, _quotas = locked_with_quotas(registration)
    require(by, "meetings.edit_registration", registration)
    change_state(_locked_edit(registration), to=ChangeState.WITHDRAWN, by=account_of(by))


@transaction.atomic
def move_registration(
    *, registration: Registration, category: StakeholderCategory, by: Any, reason: str = "", beyond: bool = False
) -> Registration:
    """Staff put a registration under another category, both quotas locked."""
    require(by, "meetings.move_registration", registration)
    if registration.state == RegistrationState.DRAFT:
        raise Refused(_("This registration is a draft and has not been sent yet."))
    edit_registration(registration=registration, by=by, category=category, reason=reason, beyond=beyond)
    registration.refresh_from_db()
    return registration
