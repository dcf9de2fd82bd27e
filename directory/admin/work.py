"""Long work and stored files, to look at."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from directory.models import Job, StoredFile


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """One's own long work: what it does is decided by who asked for it."""

    list_display = ["kind", "state", "asked_by", "created_at", "finished_at", "attempts"]
    list_filter = ["state", "kind"]
    list_select_related = ["asked_by"]
    search_fields = ["kind", "error"]
    date_hierarchy = "created_at"
    fields = ["kind", "state", "done", "total", "attempts", "error", "asked_by", "created_at", "finished_at"]


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """What is kept and how large it is. The bytes are handed out by the pages that know who may see them."""

    list_display = ["sha256", "mime", "size", "created_at"]
    list_filter = ["mime"]
    search_fields = ["sha256"]
    date_hierarchy = "created_at"
    exclude = ["file"]
