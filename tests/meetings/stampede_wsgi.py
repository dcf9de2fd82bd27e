"""The portal as the test of the stampede serves it; with STAMPEDE_UNLOCKED=1 quotas are read without their lock."""

import os
import time
from collections.abc import Collection

from ssc_portal.wsgi import application

if os.environ.get("STAMPEDE_UNLOCKED"):
    from meetings.models import CategoryQuota
    from meetings.services import registration, seats

    def unlocked(*, meeting_id: int, categories: Collection[int]) -> dict[int, CategoryQuota]:
        rows = CategoryQuota.objects.filter(meeting_id=meeting_id, category_id__in=categories)
        return {row.category_id: row for row in rows}

    counted = seats.seats_taken

    def slowly(quota: CategoryQuota) -> int:
        taken = counted(quota)
        time.sleep(0.05)  # so that a second request surely comes between looking and giving
        return taken

    seats.lock_quotas = registration.lock_quotas = unlocked
    seats.seats_taken = slowly

__all__ = ["application"]
