"""Verbs of working groups: the group itself, its terms of reference, who is a member until when."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.models import Organization, User
from directory.page_versions import bump
from directory.services.state import locked
from meetings.messages import groups as messages
from meetings.models import GroupMember, TermsVersion, WorkingGroup


@transaction.atomic
def save_group(*, group: WorkingGroup, strategies: Any, by: Any) -> WorkingGroup:
    """Write a new group, or a changed one, with the strategies it works on."""
    if group.pk:
        locked(group)
    require(by, "meetings.edit_group", group)
    group.save()
    group.strategies.set(strategies)
    bump("meetings", "strategy")
    return group


@transaction.atomic
def set_terms(*, group: WorkingGroup, by: Any, text: str, note: str, adopted_on: date, seen: int | None = None) -> TermsVersion:
    """Write the next version of the terms of reference; earlier ones stay as they are.

    Args:
        seen: the number of the version that the person changed; None asks nothing.
    """
    group = locked(group)
    require(by, "meetings.edit_group", group)
    newest = group.terms_versions.first()
    if newest and seen is not None and seen != newest.number:
        words = _("Version %(number)d was recorded meanwhile. Load the page again and change that one.")
        raise Refused(words % {"number": newest.number})
    text, note = text.replace("\r\n", "\n").strip(), note.strip()
    if newest and newest.text == text:
        raise Refused(_("The text is the same as in the version in force. Change it, or leave it as it is."))
    if newest and not note:
        raise Refused(_("Say what changed and why: the readers compare the versions."))
    if newest and adopted_on < newest.adopted_on:
        raise Refused(_("A new version cannot be in force before the one that it follows. Choose a later day."))
    number = newest.number + 1 if newest else 1
    made = TermsVersion.objects.create(group=group, number=number, text=text, note=note, adopted_on=adopted_on, by=by)
    bump("meetings")
    return made


def _refuse_overlap(member: GroupMember) -> None:
    """A person has one term at a time in a group, by account or else by name."""
    others = GroupMember.objects.filter(group=member.group_id, organization=member.organization_id).exclude(pk=member.pk)
    others = others.filter(user=member.user) if member.user_id else others.filter(user=None, name__iexact=member.name)
    if member.term_to:
        others = others.exclude(term_from__gt=member.term_to)
    if member.term_from:
        others = others.exclude(term_to__lt=member.term_from)
    if others.exists():
        words = _("%(name)s has a term in this group at that time. End it first, or choose other dates.")
        raise Refused(words % {"name": isolated(member.name)})


def _check_member(member: GroupMember) -> None:
    if member.term_from and member.term_to and member.term_to < member.term_from:
        raise Refused(_("A term cannot end before it begins."))
    if member.user_id and member.user and not member.user.is_active:
        raise Refused(_("This account is closed. Name the person by name and address instead."))
    _refuse_overlap(member)


@transaction.atomic
def add_member(
    *,
    group: WorkingGroup,
    by: Any,
    organization: Organization,
    role: str,
    user: User | None = None,
    name: str = "",
    email: str = "",
    term_from: date | None = None,
    term_to: date | None = None,
) -> GroupMember:
    """Name an agency's person for a term: by account where they have one, else by name and address."""
    group = locked(group)
    require(by, "meetings.edit_group", group)
    name = user.full_name if user else name.strip()
    if not name:
        raise Refused(_("Choose an account, or write the person's name."))
    last = group.members.aggregate(last=Max("position"))["last"]
    member = GroupMember(
        group=group,
        organization=organization,
        user=user,
        name=name,
        email="" if user else email.strip(),
        role=role,
        term_from=term_from,
        term_to=term_to,
        position=(last or 0) + 1,
    )
    _check_member(member)
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        raise Refused(_("This person has a term in this group that has not ended.")) from None
    messages.member_named(member)
    bump("meetings")
    return member


@transaction.atomic
def change_member(
    *,
    member: GroupMember,
    by: Any,
    user: User | None,
    name: str,
    email: str,
    term_from: date | None,
    term_to: date | None,
) -> GroupMember:
    """Correct who somebody is and the dates of the term. Another role is another term."""
    locked(member.group)
    member = locked(member)
    require(by, "meetings.edit_group", member)
    _refuse_if_over(member)
    member.user = user
    member.name = user.full_name if user else name.strip()
    member.email = "" if user else email.strip()
    member.term_from, member.term_to = term_from, term_to
    if not member.name:
        raise Refused(_("Choose an account, or write the person's name."))
    _check_member(member)
    member.save(update_fields=["user", "name", "email", "term_from", "term_to"])
    bump("meetings")
    return member


@transaction.atomic
def end_term(*, member: GroupMember, by: Any, on: date) -> GroupMember:
    """End a term on a day, the last one; the row stays as history."""
    locked(member.group)
    member = locked(member)
    require(by, "meetings.edit_group", member)
    _refuse_if_over(member)
    if member.term_from and on < member.term_from:
        raise Refused(_("A term cannot end before it begins."))
    member.term_to = on
    member.save(update_fields=["term_to"])
    bump("meetings")
    return member


def _refuse_if_over(member: GroupMember) -> None:
    if member.term_to and member.term_to < timezone.now().date():
        raise Refused(_("This term has ended; it stays as history. Name the person anew for another term."))
