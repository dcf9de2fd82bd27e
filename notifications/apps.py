from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Messages to people: a row first, a mail after."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        from notifications.services.bounce_mailbox import check_mailbox_url
        from notifications.services.bounces import address_verified

        if settings.BOUNCE_MAILBOX_URL:
            check_mailbox_url(settings.BOUNCE_MAILBOX_URL)
        email_confirmed.connect(address_verified, dispatch_uid="notifications.address_verified")
        # Apps register their kinds of message, and their lists of people, by being imported.
        autodiscover_modules("messages", "selectors.audiences")
