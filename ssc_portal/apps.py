"""The portal as a Django application, and which static files it collects."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalConfig(AppConfig):
    """The roof: no tables, only what wires the apps together."""

    name = "ssc_portal"
    verbose_name = "SSC Portal"


class PortalStaticFilesConfig(StaticFilesConfig):
    """Static files without the variants in npm packages that no page uses: compressing them took a minute."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "bootstrap-*",
        "bootstrap*.js*",
        "bootstrap.css*",
        "bootstrap.rtl.css*",
        "swagger-ui-es-bundle*",
        "swagger-ui-standalone-preset*",
        "swagger-ui.js*",
        "*.ts",
        "dom.js",
    ]
