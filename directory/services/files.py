"""Keeping files by the hash of their content."""

import hashlib

from django.core.files.base import ContentFile

from directory.models import StoredFile

_ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/calendar": ".ics"}


def store_file(*, content: bytes, mime: str) -> StoredFile:
    """Keep `content` once, whoever gives it and however often, and return its row."""
    digest = hashlib.sha256(content).hexdigest()
    kept = StoredFile.objects.filter(sha256=digest).first()
    if kept:
        return kept
    row = StoredFile(sha256=digest, mime=mime, size=len(content))
    row.file.save(f"{digest[:2]}/{digest}{_ENDINGS.get(mime, '.bin')}", ContentFile(content), save=False)
    # Two workers may store the same bytes at once: the constraint keeps one row, and both files hold the same bytes.
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return StoredFile.objects.get(sha256=digest)
