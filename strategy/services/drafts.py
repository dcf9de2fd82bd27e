"""Publishing a draft."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import change_state, locked
from strategy.enums import DraftState
from strategy.models import Draft


@transaction.atomic
def publish_draft(*, draft: Draft, by: Any) -> Draft:
    """Publish the draft: from now on its text never changes, and its hash says which text it was.

    Raises:
        Refused: the draft has no text, or is published already.
    """
    draft = locked(draft)
    require(by, "strategy.publish_draft", draft)
    if draft.state == DraftState.DRAFT and not draft.paragraphs.exists():
        raise Refused(_("This draft has no text yet. Write or import its paragraphs, then publish it."))
    draft.published_at = draft.published_at or timezone.now()
    draft.sha256 = draft.sha256 or draft.text_hash()
    change_state(draft, to=DraftState.PUBLISHED, by=by, also=["published_at", "sha256"])
    bump("strategy")
    return draft
