"""What the kernel tells the apps above it, inside the transaction of the act: they may write messages about it.

The kernel stands below notifications and cannot call them; `notifications.messages` listens.
"""

from django.dispatch import Signal

# invitation, link: a colleague is asked by e-mail to serve in an organization
invitation_sent = Signal()
# membership, by: somebody began to serve in an organization
membership_begun = Signal()
# membership, by: somebody does not serve any more; by nobody where the last day has simply passed
membership_ended = Signal()
# organization, cause: its last focal point does not serve any more
no_focal_point_left = Signal()
# delegation, by: a focal point's work goes to a colleague for a period
delegation_made = Signal()
# person: somebody lives by another clock from now on
time_zone_changed = Signal()
# grant: an administrator opened what is internal to an agency
internal_access_opened = Signal()
