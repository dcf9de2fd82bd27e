from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """The kernel: people, organizations, vocabularies, states, jobs, files and page versions."""

    name = "directory"
    verbose_name = _("Directory")
