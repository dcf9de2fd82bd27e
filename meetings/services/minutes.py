"""Verbs of minutes: write, circulate, confirm or ask for a correction, correct, adopt."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start
from meetings.enums import ConfirmationState, MeetingState, MinutesState
from meetings.messages import minutes as messages
from meetings.models import Confirmation, GroupMember, Meeting, Minutes, MinutesVersion
from meetings.services.group_meetings import acts_for


@transaction.atomic
def write_minutes(*, meeting: Meeting, by: Any, text: str, note: str = "", seen: str | None = None) -> MinutesVersion:
    """Write the working draft, the first time making the minutes. A version that is circulated is never written again.

    Args:
        seen: the fingerprint of the draft that the person had before them (`fingerprint`); None asks nothing.
    """
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    if meeting.state != MeetingState.PUBLISHED:
        raise Refused(_("Minutes are kept of a meeting that was called and not cancelled."))
    if meeting.starts_at > timezone.now():
        raise Refused(_("This meeting has not begun. Minutes can be written once it has."))
    minutes = Minutes.objects.filter(meeting=meeting).first()
    if minutes is None:
        minutes = Minutes.objects.create(meeting=meeting)
        record_start(minutes, by=by, on_behalf_of=acts_for(by, meeting.group))
        MinutesVersion.objects.create(minutes=minutes, number=1)
    version = minutes.versions.select_for_update(of=("self",)).first()
    assert version is not None
    if version.is_frozen:
        raise Refused(_("This version is circulated and stays as it is. To change the text, begin a corrected version."))
    if seen is not None and seen != fingerprint(version):
        raise Refused(_("Somebody else has changed the draft meanwhile. Copy your words, load the page again and put them in."))
    version.text, version.note = text.replace("\r\n", "\n").strip(), note.strip()
    version.by, version.changed_at = by, timezone.now()
    version.save(update_fields=["text", "note", "by", "changed_at"])
    return version


def fingerprint(version: MinutesVersion | None) -> str:
    """Names a working draft as it stands, to tell whether somebody else wrote on."""
    return f"{version.pk} {version.changed_at.timestamp()}" if version and version.text else "new"


def _agencies_asked(meeting: Meeting) -> list[int]:
    """The agencies that are members today. The secretariat keeps the record, so it is not asked to confirm it."""
    members = GroupMember.objects.filter(group=meeting.group_id).in_force().exclude(organization__is_secretariat=True)
    return list(members.order_by("organization").values_list("organization", flat=True).distinct())


@transaction.atomic
def circulate_minutes(*, minutes: Minutes, by: Any, until: datetime) -> MinutesVersion:
    """Send the draft to the agencies of the group, who confirm it or ask for a correction until `until`."""
    minutes = locked(minutes)
    require(by, "meetings.run_group", minutes)
    version = minutes.versions.select_for_update(of=("self",)).first()
    assert version is not None
    if not version.is_frozen and not version.text:
        raise Refused(_("There is no text yet. Write the minutes before you circulate them."))
    now = timezone.now()
    if until <= now:
        raise Refused(_("The members need time to answer. Choose a day that lies ahead."))
    agencies = _agencies_asked(minutes.meeting)
    if not agencies:
        raise Refused(
            _("No agency is a member of this group today, so nobody could confirm the minutes. Name its members first.")
        )
    if version.number > 1 and not version.note:
        raise Refused(_("Say what changed in this version: the members compare it with the one they had."))
    for_whom = acts_for(by, minutes.group)
    change_state(minutes, to=MinutesState.CIRCULATED, by=by, on_behalf_of=for_whom, reason=version.note)
    version.circulated_at, version.confirm_until = now, until
    version.save(update_fields=["circulated_at", "confirm_until"])
    rows = Confirmation.objects.bulk_create([Confirmation(version=version, organization_id=key) for key in agencies])
    for row in rows:
        record_start(row, by=by, on_behalf_of=for_whom)
    messages.minutes_circulated(version)
    return version


def _open_confirmation(confirmation: Confirmation, by: Any) -> Confirmation:
    """The locked answer, if it can be given: the minutes first, so that nobody adopts them meanwhile."""
    minutes = locked(confirmation.version.minutes)
    confirmation = locked(confirmation)
    require(
        by,
        "meetings.confirm_minutes",
        confirmation,
        message=_("Only a focal point of the agency, or its member in the group, answers in its name."),
    )
    if minutes.state == MinutesState.ADOPTED:
        raise Refused(_("These minutes are adopted. Raise what you miss at the next meeting."))
    if minutes.state != MinutesState.CIRCULATED or confirmation.version.number != minutes.versions.first().number:  # type: ignore[union-attr]
        raise Refused(_("This version is being corrected. You will be asked again when the next one is circulated."))
    if confirmation.state == ConfirmationState.CONFIRMED:
        raise Refused(
            _("%(agency)s has confirmed this version already.") % {"agency": isolated(confirmation.organization.short_name)}
        )
    if not confirmation.version.is_open(timezone.now()):
        raise Refused(_("The time to answer is over. Write to the secretariat if something in the minutes is wrong."))
    return confirmation


@transaction.atomic
def confirm_minutes(*, confirmation: Confirmation, by: Any) -> Confirmation:
    """Confirm a version in the agency's name; also after a correction was asked for, which is settled by that."""
    confirmation = _open_confirmation(confirmation, by)
    change_state(confirmation, to=ConfirmationState.CONFIRMED, by=by, on_behalf_of=confirmation.organization)
    return confirmation


@transaction.atomic
def ask_for_correction(*, confirmation: Confirmation, by: Any, text: str) -> Confirmation:
    """Ask for a correction in the agency's name; secretariat and chair are told."""
    confirmation = _open_confirmation(confirmation, by)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_("Write how the text should read: the secretariat corrects it by your words."))
    confirmation.text = text
    to = ConfirmationState.CORRECTION
    change_state(confirmation, to=to, by=by, on_behalf_of=confirmation.organization, reason=text, also=["text"])
    messages.correction_asked(confirmation)
    return confirmation


@transaction.atomic
def begin_correction(*, minutes: Minutes, by: Any) -> MinutesVersion:
    """Begin the next version with the text of the one that is circulated; its answers stay and are shown."""
    minutes = locked(minutes)
    require(by, "meetings.run_group", minutes)
    change_state(minutes, to=MinutesState.IN_CORRECTION, by=by, on_behalf_of=acts_for(by, minutes.group))
    last = minutes.versions.first()
    assert last is not None
    return MinutesVersion.objects.create(minutes=minutes, number=last.number + 1, text=last.text, by=by)


@transaction.atomic
def adopt_minutes(*, minutes: Minutes, by: Any, reason: str = "", is_public: bool = False) -> Minutes:
    """Adopt the circulated version: before its date only if all have confirmed; over a disagreement only with a reason.

    Who has not answered until the date has not objected; the page shows that.
    """
    minutes = locked(minutes)
    require(by, "meetings.run_group", minutes)
    version = minutes.versions.first()
    assert version is not None
    if minutes.state == MinutesState.CIRCULATED:
        answers = list(version.confirmations.values_list("state", flat=True))
        if version.is_open(timezone.now()) and set(answers) != {ConfirmationState.CONFIRMED}:
            raise Refused(_("The agencies can still answer. Adopt the minutes when all have confirmed, or after the date."))
        if ConfirmationState.CORRECTION in answers and not reason.strip():
            words = _("An agency asks for a correction. Begin a corrected version, or say why the text is adopted as it stands.")
            raise Refused(words)
    minutes.adopted_at, minutes.is_public = timezone.now(), is_public
    change_state(
        minutes,
        to=MinutesState.ADOPTED,
        by=by,
        on_behalf_of=acts_for(by, minutes.group),
        reason=reason.strip(),
        also=["adopted_at", "is_public"],
    )
    messages.minutes_adopted(version)
    bump("meetings")
    return minutes


@transaction.atomic
def show_minutes(*, minutes: Minutes, by: Any, to_everybody: bool) -> Minutes:
    """Show adopted minutes to everybody, or only to the group again."""
    minutes = locked(minutes)
    require(by, "meetings.run_group", minutes)
    if minutes.state != MinutesState.ADOPTED:
        raise Refused(_("Only adopted minutes can be shown to everybody. Adopt them first."))
    minutes.is_public = to_everybody
    minutes.save(update_fields=["is_public"])
    bump("meetings")
    return minutes
