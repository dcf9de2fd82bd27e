from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrategyConfig(AppConfig):
    """Drafts of a strategy, consultation rounds, comments, positions and answers."""

    name = "strategy"
    verbose_name = _("Strategy")
