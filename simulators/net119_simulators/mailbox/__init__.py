"""Carrier mailboxes: where a provider's mail arrives, or does not (facts A54-A58)."""

from net119_simulators.mailbox.letter import Letter, read_letter
from net119_simulators.mailbox.rules import Outcome, Rule
from net119_simulators.mailbox.sending import Draft, send_mail
from net119_simulators.mailbox.server import Killed, MailboxServer, Moment

__all__ = [
    "Draft",
    "Killed",
    "Letter",
    "MailboxServer",
    "Moment",
    "Outcome",
    "Rule",
    "read_letter",
    "send_mail",
]
