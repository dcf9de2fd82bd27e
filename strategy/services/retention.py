"""What the strategy app forgets: the rows of files that came back, which hold words that may be internal to an agency."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from strategy.models import MatrixImport


def forget_returned_files() -> int:
    """Empty the rows of old files, applied or not; who brought which file and what came of it stays."""
    oldest = timezone.now() - timedelta(days=settings.RETAIN_IMPORTS_DAYS)
    return MatrixImport.objects.filter(created_at__lt=oldest).exclude(rows=[]).update(rows=[])
