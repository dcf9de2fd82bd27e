"""Publishing a draft."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import change_state, locked
from strategy.enums import DraftState
from strategy.models import Draft
from strategy.selectors.publishing import publication_gaps
from strategy.services.draft_files import prepare_pdf


@transaction.atomic
def publish_draft(*, draft: Draft, by: Any) -> Draft:
    """Publish the draft: from now on its text never changes, and its hash says which text it was.

    Raises:
        Refused: the draft has no text, is published already, or something is missing (`publication_gaps`).
    """
    draft = locked(draft)
    require(by, "strategy.publish_draft", draft)
    if draft.state == DraftState.DRAFT and not draft.paragraphs.exists():
        raise Refused(_("This draft has no text yet. Write or import its paragraphs, then publish it."))
    if draft.state == DraftState.DRAFT and (gaps := publication_gaps(by, draft)):
        first = f"{gaps[0].subject} {gaps[0].says}"
        raise Refused(
            ngettext(
                "%(n)d thing is missing before this draft can be published: %(first)s",
                "%(n)d things are missing before this draft can be published. The first: %(first)s",
                len(gaps),
            )
            % {"n": len(gaps), "first": first}
        )
    draft.published_at = draft.published_at or timezone.now()
    draft.sha256 = draft.sha256 or draft.text_hash()
    change_state(draft, to=DraftState.PUBLISHED, by=by, also=["published_at", "sha256"])
    prepare_pdf(draft)
    bump("strategy")
    return draft
