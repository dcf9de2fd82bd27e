"""Keeping files by the hash of their content."""

import hashlib
from contextlib import suppress

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import ProtectedError

from directory.models import StoredFile

_ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/calendar": ".ics",
}


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


def delete_file(row: StoredFile) -> bool:
    """Delete a stored file that nothing else refers to, its bytes after commit; tell whether it went."""
    storage, name = row.file.storage, str(row.file.name)
    with suppress(ProtectedError), transaction.atomic():
        StoredFile.objects.filter(pk=row.pk).delete()
        transaction.on_commit(lambda: storage.delete(name))
        return True
    return False
