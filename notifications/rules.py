"""Who may see the outbox."""

import rules

from directory.rules import is_secretariat_staff

rules.add_perm("notifications.view_outbox", is_secretariat_staff)
rules.add_perm("notifications.manage_outbox", is_secretariat_staff)
rules.add_perm("notifications.write_bulk", is_secretariat_staff)
