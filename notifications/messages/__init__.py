"""Messages of the kernel: about accounts, and about agencies and who serves in them."""

from notifications.messages import access, agencies
from notifications.messages.account import ACCOUNT_MAIL, account_mail

__all__ = ["ACCOUNT_MAIL", "access", "account_mail", "agencies"]
