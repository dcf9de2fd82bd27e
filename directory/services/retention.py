"""Forgetting in time: what the kernel keeps about people only as long as the settings say."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from common.mail_files import forget_older_than
from directory.enums import JobState
from directory.models import Invitation, Job, OrganizationImport, SingleUseLink
from directory.services.erasure import ERASED_DOMAIN, delete_archive

ERASED_PREFIX = "erased-invitation-"


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def forget_invitations() -> int:
    """Take the address out of invitations that are long over, and delete links that are; the invitation's history stays."""
    oldest = ago(settings.RETAIN_INVITATIONS_DAYS)
    over = Invitation.objects.filter(expires_at__lt=oldest).exclude(email__endswith=f"@{ERASED_DOMAIN}")
    nobody = Concat(Value(ERASED_PREFIX), Cast("pk", CharField()), Value(f"@{ERASED_DOMAIN}"), output_field=CharField())
    SingleUseLink.objects.filter(Q(expires_at__lt=oldest) | Q(used_at__lt=oldest) | Q(withdrawn_at__lt=oldest)).delete()
    return over.update(email=nobody, note="")


def forget_archives() -> int:
    """Delete the archives of people's own data whose time is over."""
    done = Job.objects.filter(state=JobState.DONE, result__has_key="archive", finished_at__lt=ago(settings.RETAIN_ARCHIVES_DAYS))
    jobs = list(done)
    for job in jobs:
        delete_archive(job)
        Job.objects.filter(pk=job.pk).update(result={})
    return len(jobs)


def forget_jobs() -> int:
    """Delete finished jobs; archives have gone before them."""
    finished = Job.objects.filter(state__in=[JobState.DONE, JobState.FAILED], finished_at__lt=ago(settings.RETAIN_JOBS_DAYS))
    return finished.exclude(result__has_key="archive").delete()[1].get(Job._meta.label, 0)


def forget_imports() -> int:
    """Empty the rows of old imports, applied or not; who imported which file and what came of it stays."""
    old = OrganizationImport.objects.filter(created_at__lt=ago(settings.RETAIN_IMPORTS_DAYS)).exclude(rows=[])
    return old.update(rows=[])


def forget_sessions() -> int:
    """Delete expired sessions, and from people's lists of sessions those that are gone."""
    gone = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone


def forget_mail_files() -> int:
    """Delete old mail that was written to files because there is no mail server."""
    return forget_older_than(timedelta(days=settings.RETAIN_MAIL_FILES_DAYS))


def forget_old() -> dict[str, int]:
    """Do all of it; safe to repeat. Returns how many of each went."""
    return {
        "invitations": forget_invitations(),
        "archives": forget_archives(),
        "jobs": forget_jobs(),
        "imports": forget_imports(),
        "sessions": forget_sessions(),
        "mail_files": forget_mail_files(),
    }
