"""Every address of the portal. Pages take a language prefix; files, feeds, the API and probes do not."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

import briefs.urls
import meetings.urls
import notifications.urls
import solutions.urls
from directory import sign_in
from ssc_portal import desk, errors, health, home, internal_access, machines, mailbox, personal, search
from ssc_portal.api import api

# One way in for everybody: Django's own form knows no second factor and no rate limits.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    # The one page for one's password is the account's: it counts tries and tells the owner.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("api/docs", machines.api_docs, name="api_docs"),
    path("", include((meetings.urls.file_urlpatterns, "meetings_files"))),
    path("", include((notifications.urls.file_urlpatterns, "notifications_files"))),
    path("", include((briefs.urls.file_urlpatterns, "briefs_files"))),
    path("", include((solutions.urls.file_urlpatterns, "solutions_files"))),
]

pages: list[Any] = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("desk/", desk.desk, name="desk"),
    path("accounts/profile/data/", personal.personal_data, name="personal_data"),
    path("accounts/profile/data/<uuid:job_id>.zip", personal.archive, name="personal_archive"),
    path("accounts/profile/erase/", personal.erase_own, name="erase_account"),
    path("people/<int:pk>/erase/", personal.erase_person, name="erase_person"),
    path("internal-access/", internal_access.internal_access_list, name="internal_access_list"),
    path("internal-access/<int:pk>/", internal_access.internal_access, name="internal_access"),
    path("internal-access/<int:pk>/end/", internal_access.end, name="internal_access_end"),
    path("accounts/oidc/<str:provider_id>/login/", sign_in.single_sign_on),  # before allauth's own of the same address
    path("accounts/", include("allauth.urls")),
    path("", include("directory.urls")),
    path("", include("notifications.urls")),
    path("", include("strategy.urls")),
    path("", include("solutions.urls")),
    path("", include("briefs.urls")),
    path("", include("meetings.urls")),
]
if settings.DEMO:
    pages.append(path("demo/mailbox/<str:token>/", mailbox.mailbox, name="demo_mailbox"))

urlpatterns += i18n_patterns(*pages, prefix_default_language=False)
