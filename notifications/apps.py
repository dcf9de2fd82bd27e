from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Messages to people: a row first, a mail after."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        # Apps register their kinds of message, and their lists of people, by being imported.
        autodiscover_modules("messages", "selectors.audiences")
