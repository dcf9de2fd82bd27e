"""Forgetting in time: people from outside who read a brief under embargo."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower, Now
from django.utils import timezone

from briefs.enums import PlanState
from briefs.messages.publishing import EMBARGO_READER_BY_LINK
from briefs.models import EmbargoReader, PlannedPublicationChange
from directory.services.erasure import ERASED_DOMAIN, is_any_of
from directory.services.traces import Traces
from notifications.services.personal import forget_people

ERASED_NAME = "–"
_NOBODY = Traces(frozenset(), frozenset(), frozenset())


@transaction.atomic
def forget_embargo_readers() -> int:
    """Take name and address out of readers whose embargo ended long ago, and out of what was written to them.

    It ended when the brief was published, the plan was taken back or stopped. That somebody opened the text, and when,
    stays; so does who was named by an account, which is erased by itself. Returns how many were forgotten.
    """
    ended = PlannedPublicationChange.objects.filter(subject=OuterRef("plan")).order_by("-at").values("at")[:1]
    oldest = timezone.now() - timedelta(days=settings.RETAIN_EMBARGO_READERS_DAYS)
    over = EmbargoReader.objects.exclude(plan__state=PlanState.WAITING).annotate(ended=Subquery(ended)).filter(ended__lt=oldest)
    return forget_readers(over)


def forget_readers(rows: QuerySet[EmbargoReader]) -> int:
    """Make readers from outside nobody, their links void, and empty the messages that named them."""
    rows = rows.filter(user__isnull=True).exclude(email__endswith=f"@{ERASED_DOMAIN}")
    people = list(rows.select_for_update(of=("self",)).values_list("pk", "email"))
    if not people:
        return 0
    EmbargoReader.objects.filter(pk__in=[pk for pk, _email in people]).update(
        name=ERASED_NAME,
        email=Concat(Value("erased-embargo-"), Cast("pk", CharField()), Value(f"@{ERASED_DOMAIN}"), output_field=CharField()),
        language="en",
        revoked_at=Coalesce("revoked_at", Now()),
    )
    addresses = {email.lower() for _pk, email in people}
    # Somebody whose embargo on another brief holds still needs the link that was sent.
    addresses -= set(
        EmbargoReader.objects.annotate(small=Lower("email")).filter(small__in=addresses).values_list("small", flat=True)
    )
    if addresses:
        to_them = is_any_of("address", frozenset(addresses)) | is_any_of("sent_to", frozenset(addresses))
        forget_people(about=Q(kind=EMBARGO_READER_BY_LINK.name) & to_them, traces=_NOBODY, without_account=_NOBODY)
    return len(people)
