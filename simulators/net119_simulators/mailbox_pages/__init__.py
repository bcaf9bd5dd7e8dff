"""Web pages to look into the mailboxes while rehearsing: mails, and what was stopped, and why."""

from net119_simulators.mailbox_pages.server import MailboxPages

__all__ = ["MailboxPages"]
