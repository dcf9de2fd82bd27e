"""Links that do one thing once, for somebody who may have no account.

The row is made in the transaction of its cause; the token is signed only where the mail is rendered
(`notifications.kinds.once_link`), so no table holds anything that opens anything::

    link = make_link(purpose="meetings.nomination", subject=nomination.pk, address=nominee.email, lifetime=timedelta(days=14))
    ...
    with transaction.atomic():
        link = use_link(token=token, purpose="meetings.nomination")   # raises LinkRefused
        accept_nomination(...)

A view shows a `LinkRefused` by `directory.views.links.link_refused`.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import Refused
from directory.enums import LinkProblem
from directory.models import SingleUseLink

_signer = signing.Signer(salt="directory.single-use link", sep=".")

_WHAT_TO_DO = {
    LinkProblem.FORGED: _("This link is not complete. Copy the whole address from the message, or press the button in it."),
    LinkProblem.USED: _("This link has been used already. It works once."),
    LinkProblem.EXPIRED: _("This link has expired. Ask whoever wrote to you for a new one."),
    LinkProblem.WITHDRAWN: _(
        "This link was withdrawn or replaced by a newer one. Look for a later message, or ask who wrote to you."
    ),
}


class LinkRefused(Refused):
    """A link that does not work, and why; `link` is its row unless it was forged, `words` say more than the problem does."""

    def __init__(self, problem: LinkProblem, link: SingleUseLink | None = None, words: str = "") -> None:
        super().__init__(words or _WHAT_TO_DO[problem])
        self.problem = problem
        self.link = link


def make_link(*, purpose: str, subject: object, address: str, lifetime: timedelta) -> SingleUseLink:
    """Write the right to do `purpose` about `subject` once; earlier links stay as they are (see `withdraw_links`)."""
    return SingleUseLink.objects.create(
        purpose=purpose, subject=str(subject), address=address, expires_at=timezone.now() + lifetime
    )


def withdraw_links(*, purpose: str, subject: object) -> int:
    """Make every unused link about `subject` void and return how many there were."""
    unused = SingleUseLink.objects.filter(purpose=purpose, subject=str(subject), used_at__isnull=True, withdrawn_at__isnull=True)
    return unused.update(withdrawn_at=timezone.now())


def token_of(link_id: UUID | str) -> str:
    """The token of a link, for the message that carries it and for nothing else."""
    return _signer.sign(UUID(str(link_id)).hex)


def is_usable(*, link_id: UUID | str) -> bool:
    """Whether a link still works: asked again before the message that carries it is sent."""
    unused = SingleUseLink.objects.filter(pk=UUID(str(link_id)), used_at__isnull=True, withdrawn_at__isnull=True)
    return unused.filter(expires_at__gt=timezone.now()).exists()


def link_behind(*, token: str, purpose: str) -> SingleUseLink:
    """Return the usable link behind `token` without using it: for the page that asks before it acts.

    Raises:
        LinkRefused: forged, made for another purpose, used, withdrawn or expired.
    """
    link = SingleUseLink.objects.filter(pk=_read(token), purpose=purpose).first()
    return _usable(link)


@transaction.atomic
def use_link(*, token: str, purpose: str) -> SingleUseLink:
    """Use the link behind `token`, its row locked; if the transaction is undone, the link is as before.

    Raises:
        LinkRefused: as `link_behind`. Of two uses at once the second finds it used.
    """
    link = SingleUseLink.objects.select_for_update().filter(pk=_read(token), purpose=purpose).first()
    link = _usable(link)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return link


def _read(token: str) -> UUID:
    try:
        return UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        raise LinkRefused(LinkProblem.FORGED)


def _usable(link: SingleUseLink | None) -> SingleUseLink:
    if link is None:
        raise LinkRefused(LinkProblem.FORGED)
    if link.used_at:
        raise LinkRefused(LinkProblem.USED, link)
    if link.withdrawn_at:
        raise LinkRefused(LinkProblem.WITHDRAWN, link)
    if link.expires_at <= timezone.now():
        raise LinkRefused(LinkProblem.EXPIRED, link)
    return link
