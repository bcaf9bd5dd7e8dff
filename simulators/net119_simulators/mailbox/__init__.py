"""Carrier mailboxes: where a provider's mail arrives, or does not, and by which rule."""

from net119_simulators.mailbox.carrier import Carriers, FilterStep, MailCarrier, load_carriers
from net119_simulators.mailbox.dialogue import Moment
from net119_simulators.mailbox.filters import Filters
from net119_simulators.mailbox.journal import Decision, Fate
from net119_simulators.mailbox.letter import Letter, read_letter
from net119_simulators.mailbox.rules import Outcome, Rule
from net119_simulators.mailbox.sending import Draft, send_mail
from net119_simulators.mailbox.server import Killed, MailboxServer
from net119_simulators.mailbox.situations import Situation, load_situations
from net119_simulators.mailbox.view import Mailbox

__all__ = [
    "Carriers",
    "Decision",
    "Draft",
    "Fate",
    "FilterStep",
    "Filters",
    "Killed",
    "Letter",
    "MailCarrier",
    "Mailbox",
    "MailboxServer",
    "Moment",
    "Outcome",
    "Rule",
    "Situation",
    "load_carriers",
    "load_situations",
    "read_letter",
    "send_mail",
]
