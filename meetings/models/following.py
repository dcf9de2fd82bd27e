"""What a person follows of a programme: starred sessions, news of changes, an address for their calendar program."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.enums import ProgrammeNews
from meetings.models.meetings import Meeting


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "OwnQuerySet":
        """One's own and nobody else's, the secretariat included."""
        return self.filter(user=user) if user.is_authenticated and user.is_active else self.none()


class SessionStar(models.Model):
    """A session that a person wants to attend; by its code, which stays from one version of the programme to the next."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="session_stars", verbose_name=_("account"))
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+", verbose_name=_("meeting"))
    code = models.SlugField(_("code of the session"))
    at = models.DateTimeField(_("starred at"), auto_now_add=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("starred session")
        verbose_name_plural = _("starred sessions")
        ordering = ["meeting", "code"]
        constraints = [models.UniqueConstraint(fields=["user", "meeting", "code"], name="star_once")]

    def __str__(self) -> str:
        return self.code


class ProgrammeFollow(models.Model):
    """Of which changes a person wants to hear; without a row their stars and their registration decide."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account"))
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+", verbose_name=_("meeting"))
    news = models.CharField(_("what you hear of"), max_length=10, choices=ProgrammeNews, default=ProgrammeNews.ALL)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of news of a programme")
        verbose_name_plural = _("choices of news of programmes")
        ordering = ["meeting", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "meeting"], name="follow_once")]

    def __str__(self) -> str:
        return str(self.get_news_display())


class CalendarToken(models.Model):
    """The right to read a person's own calendar file. The address is signed, so this table opens nothing by itself."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account"))
    key = models.UUIDField(_("key"), unique=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(_("made at"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"
