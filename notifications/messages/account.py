"""Account mail: allauth's texts, the portal's way of sending."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import User
from notifications.enums import Priority
from notifications.kinds import YOUR_ACCOUNT, Kind, register
from notifications.models import Notification
from notifications.services import Recipient, notify


def _render_account_mail(notification: Notification, context: dict[str, Any]) -> tuple[str, str]:
    """Fill allauth's templates; links are signed here, at rendering, and are in no table."""
    values = dict(context["values"])
    person = User.objects.filter(pk=context.get("user_id") or 0).first()
    if context.get("confirm"):
        key = EmailConfirmationHMAC(EmailAddress.objects.get(pk=context["confirm"])).key
        values |= {"key": key, "activate_url": settings.PUBLIC_URL + reverse("account_confirm_email", args=[key])}
    if context.get("reset") and person:
        uid = user_pk_to_url_str(person)
        values["password_reset_url"] = settings.PUBLIC_URL + reverse(
            "account_reset_password_from_key", kwargs={"uidb36": uid, "key": default_token_generator.make_token(person)}
        )
    values |= {"user": person, "current_site": {"name": "SSC Portal", "domain": settings.PUBLIC_URL.split("//")[-1]}}
    subject = render_to_string(f"{context['template']}_subject.txt", values)
    return subject, render_to_string(f"{context['template']}_message.txt", values).strip()


ACCOUNT_MAIL = register(
    Kind(
        "notifications.account_mail",
        label=_("Mail about your account that you have asked for, or that guards it"),
        group=YOUR_ACCOUNT,
        required=True,
        priority=Priority.URGENT,
        in_inbox=False,
        # It is how an address shows that it works again.
        despite_refusals=True,
        confidential=True,
        render=_render_account_mail,
    )
)


def account_mail(*, to: User | Recipient, template: str, context: dict[str, Any], cause: str) -> None:
    """Queue one of allauth's messages; `context` holds `values` and what links are signed from."""
    notify(kind=ACCOUNT_MAIL, to=[to], cause=cause, context={"template": template, **context})
