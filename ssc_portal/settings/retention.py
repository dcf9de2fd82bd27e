"""How long personal data is kept, in days, and how long an administrator may look into an agency."""

import environ

env = environ.Env()


def days(name: str, default: int) -> int:
    """A number of days from the environment; less than one is refused."""
    value = env.int(name, default=default)
    if value < 1:
        raise environ.ImproperlyConfigured(f"{name} must be at least 1 day, not {value}.")
    return value


# Of a message that was sent, failed or withdrawn: body, HTML and frozen context. Envelope and subject stay.
RETAIN_MESSAGE_BODIES_DAYS = days("RETAIN_MESSAGE_BODIES_DAYS", 365)
# Of invitations that were withdrawn or have expired, and of links that were used or have expired: the address.
RETAIN_INVITATIONS_DAYS = days("RETAIN_INVITATIONS_DAYS", 90)
# Of people from outside who read a brief under embargo: name and address, counted from its publication.
RETAIN_EMBARGO_READERS_DAYS = days("RETAIN_EMBARGO_READERS_DAYS", 90)
# Of finished jobs: arguments, results and the rows themselves.
RETAIN_JOBS_DAYS = days("RETAIN_JOBS_DAYS", 90)
# Archives of a person's own data.
RETAIN_ARCHIVES_DAYS = days("RETAIN_ARCHIVES_DAYS", 7)
# The rows of imported spreadsheets.
RETAIN_IMPORTS_DAYS = days("RETAIN_IMPORTS_DAYS", 180)
# Mail that is kept in files because there is no mail server.
RETAIN_MAIL_FILES_DAYS = days("RETAIN_MAIL_FILES_DAYS", 30)

INTERNAL_ACCESS_MOST_HOURS = env.int("INTERNAL_ACCESS_MOST_HOURS", default=72)
if not 1 <= INTERNAL_ACCESS_MOST_HOURS <= 72:
    raise environ.ImproperlyConfigured("INTERNAL_ACCESS_MOST_HOURS must be between 1 and 72.")
