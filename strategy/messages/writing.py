"""Messages about writing in the portal."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, in_all_languages, link, register
from notifications.selectors.reach import serves_as_drafter
from notifications.services import notify
from strategy.models import LeaseBreak

BROKEN = register(
    Kind(
        "strategy.lock_broken",
        subject=_("%(by)s has broken your lock of paragraph %(number)s"),
        label=_("Somebody has broken your lock of a paragraph"),
        may_reach=serves_as_drafter,
        action=_("Open the draft"),
    )
)


def lock_broken(broken: LeaseBreak) -> None:
    """Tell whoever held the lock."""
    draft = broken.draft
    notify(
        kind=BROKEN,
        to=[broken.holder],
        cause=f"lock {broken.pk} broken",
        context={
            "by": str(broken.by),
            "number": broken.number,
            "reason": broken.reason,
            "strategy": in_all_languages(draft.strategy, "title"),
            "draft": in_all_languages(draft, "label"),
            "link": link("strategy:write", draft.strategy.slug, draft.number),
        },
    )
