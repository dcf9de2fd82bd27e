"""Pages of the kernel."""

from directory.views.agencies import (
    add_member,
    agency,
    change_member,
    delegate_work,
    end_member,
    invite,
    my_agency,
    resend,
    stop_delegation,
    withdraw,
)
from directory.views.invitations import invitation
from directory.views.organizations import (
    add_organization,
    confirm_import,
    edit_organization,
    export_organizations,
    import_organizations,
    import_template,
    organization,
    organizations,
    preview_import,
)
from directory.views.people import change_photo, photo, profile, remove_photo
from directory.views.work import job, job_progress

__all__ = [
    "add_member",
    "add_organization",
    "agency",
    "change_member",
    "change_photo",
    "confirm_import",
    "delegate_work",
    "edit_organization",
    "end_member",
    "export_organizations",
    "import_organizations",
    "import_template",
    "invitation",
    "invite",
    "job",
    "job_progress",
    "my_agency",
    "organization",
    "organizations",
    "photo",
    "preview_import",
    "profile",
    "remove_photo",
    "resend",
    "stop_delegation",
    "withdraw",
]
