"""Erasing a person in policy briefs: reviewers and readers under embargo from outside are there by name and address."""

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from briefs.models import BriefAgency, EmbargoReader, Reviewer, ReviewPoint, ReviewRound
from briefs.services.retention import forget_readers
from directory.models import User
from directory.services.erasure import ERASED_DOMAIN, is_any_of
from directory.services.traces import Traces, take_out


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Take name, address and unfinished words of a reviewer out; reviews that were handed in stay, as anybody's."""
    Reviewer.objects.filter(user=user).update(affiliation="", draft={}, decline_reason="")
    Reviewer.objects.filter(is_any_of("address", traces.addresses)).update(
        name="–",
        address=Concat(Value("erased-"), Cast("pk", CharField()), Value(f"@{ERASED_DOMAIN}")),
        affiliation="",
        draft={},
        decline_reason="",
        session_link=None,
    )
    forget_readers(EmbargoReader.objects.filter(is_any_of("email", traces.addresses)))
    take_out(ReviewPoint.objects.all(), traces, "text", "reply")
    take_out(Reviewer.objects.all(), traces, "to_editors")
    take_out(ReviewRound.objects.all(), traces, "letter", "invitation")
    take_out(BriefAgency.objects.all(), traces, "waiver_reason")
