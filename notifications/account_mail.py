"""allauth's adapter: account mail goes through the outbox like all mail."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from directory.models import User
from notifications.kinds import sealed
from notifications.messages import account_mail
from notifications.services import Recipient


def _other_owner(address: EmailAddress) -> User | None:
    return User.objects.known_by(address.email).exclude(pk=address.user_id).first()


def _is_change(address: EmailAddress) -> bool:
    """Whether the account has proven another address before."""
    return EmailAddress.objects.filter(user=address.user_id, verified=True).exclude(pk=address.pk).exists()


class AccountAdapter(DefaultAccountAdapter):
    """Queue instead of sending, and keep what signs in out of the tables: links are made later, codes are sealed."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save a new account with its name and the language of the page that it was made on."""
        user.given_name = form.cleaned_data.get("given_name", "")
        user.family_name = form.cleaned_data.get("family_name", "")
        user.language = get_language() or "en"
        return super().save_user(request, user, form, commit)

    def set_password(self, user: User, password: str) -> None:
        """Keep the password and nothing else: while it is worked out, the account may be closed or erased."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        person = context.get("user")
        self._queue(template_prefix, email, person, {"values": self._sealed(context, email)})

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        template = "account/email/email_confirmation_signup" if signup else "account/email/email_confirmation"
        if settings.DEMO and not address.verified:
            # The page after this one links to the mailbox of the address just used; of no other, whoever asks.
            request.session["demo_mail_address"] = address.email
        if owner := _other_owner(address):
            # The page answers as it does for a free address; whom it belongs to learns that somebody tried.
            self.send_account_already_exists_mail(owner.email)
            return
        self._queue(template, address.email, address.user, {"values": {"email": address.email}, "confirm": address.pk})

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of the account, whose address may only look like the one that was typed."""
        owner = User.objects.known_by(email).first()
        super().send_account_already_exists_mail(owner.email if owner else email)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address unless somebody else has it, or one that looks like it, by now.

        A new address of an account in use is confirmed only by who is signed in to it: its owner by mail may be a stranger
        to the account, whose holder only asked for it.
        """
        if _is_change(email_address) and request.user.pk != email_address.user_id:
            self.add_message(request, messages.ERROR, "account/messages/email_change_elsewhere.txt")
            return False
        try:
            with transaction.atomic():
                if not _other_owner(email_address):
                    return super().confirm_email(request, email_address)
        except IntegrityError:  # taken between the look and the act
            pass
        self.add_message(
            request, messages.ERROR, "account/messages/email_confirmation_failed.txt", {"email": email_address.email}
        )
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        self._queue("account/email/password_reset_key", email, user, {"values": {"email": email}, "reset": True})

    def _sealed(self, context: dict[str, Any], email: str) -> dict[str, Any]:
        # All of it: which of allauth's values is a code that signs in, now or in its next release, need not be known here.
        kept = {name: sealed(str(value)) for name, value in context.items() if isinstance(value, str | int)}
        return {**kept, "email": email}

    def _queue(self, template: str, email: str, person: User | None, context: dict[str, Any]) -> None:
        # Always by address: the mail about a changed address goes to the old one, which is not the person's any more.
        to = Recipient(email, get_language() or (person.language if person else "en"))
        user_id = person.pk if person else None
        with transaction.atomic():
            account_mail(to=to, template=template, context={**context, "user_id": user_id}, cause=uuid.uuid4().hex)
