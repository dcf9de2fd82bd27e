"""What the strategy app forgets: files that came in, and what was read from them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from strategy.models import DraftImport, MatrixImport
from strategy.services.imports import forget_file


def forget_returned_files() -> int:
    """Empty the rows of old files, applied or not; who brought which file and what came of it stays."""
    oldest = timezone.now() - timedelta(days=settings.RETAIN_IMPORTS_DAYS)
    return MatrixImport.objects.filter(created_at__lt=oldest).exclude(rows=[]).update(rows=[])


@transaction.atomic
def forget_texts_brought_in() -> int:
    """Stop imports nobody has answered for long, delete the files of those that are over, empty what was read of old ones.

    Who brought in which file, when and with what end stays. Returns how many imports had something to forget.
    """
    now = timezone.now()
    oldest = now - timedelta(days=settings.RETAIN_IMPORTS_DAYS)
    old = DraftImport.objects.filter(created_at__lt=oldest)
    old.filter(applied_at=None, dropped_at=None).update(dropped_at=now)
    over = Q(applied_at__isnull=False) | Q(dropped_at__isnull=False)
    ended = list(DraftImport.objects.select_for_update(of=("self",)).filter(over, file__isnull=False).select_related("file"))
    for record in ended:
        forget_file(record)
    touched = {row.pk for row in ended} | set(old.exclude(reading={}).values_list("pk", flat=True))
    old.exclude(reading={}).update(reading={})
    return len(touched)
