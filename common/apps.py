from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Engines and helpers without tables."""

    name = "common"
