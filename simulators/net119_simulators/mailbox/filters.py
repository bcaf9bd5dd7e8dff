"""A customer's mail filters, judged in the order of the customer's carrier."""

from collections.abc import Iterable
from dataclasses import dataclass

from net119_simulators.mailbox.carrier import Carriers, FilterStep, MailCarrier


@dataclass(frozen=True)
class Filters:
    """What a customer has switched on at the carrier; everything is off by default.

    Lists hold whole addresses, or domains, which stand for their subdomains too.
    ``only_listed``: what no list names is not wanted. A filter that the carrier does not have
    has no effect.
    """

    must_receive: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    address_book: frozenset[str] = frozenset()
    spoof: bool = False
    html: bool = False
    urls: bool = False
    non_mobile: bool = False
    automatic: bool = False
    only_listed: bool = False


_STEP_OF = {
    "must_receive": FilterStep.MUST_RECEIVE,
    "deny": FilterStep.DENY,
    "allow": FilterStep.ALLOW,
    "address_book": FilterStep.ADDRESS_BOOK,
    "spoof": FilterStep.SPOOF,
    "html": FilterStep.HTML,
    "urls": FilterStep.URL,
    "non_mobile": FilterStep.NON_MOBILE,
    "automatic": FilterStep.AUTOMATIC,
    "only_listed": FilterStep.NOT_LISTED,
}
_LETS_PASS = frozenset({FilterStep.MUST_RECEIVE, FilterStep.ALLOW, FilterStep.ADDRESS_BOOK})


def stops_something(carrier: MailCarrier, filters: Filters) -> bool:
    """Whether the carrier has a filter that is switched on and can stop a mail."""
    return any(
        getattr(filters, name) and step in carrier.order
        for name, step in _STEP_OF.items()
        if step not in _LETS_PASS
    )


@dataclass(frozen=True)
class MailFacts:
    """What a filter looks at.

    ``sender`` is that of the header, ``envelope_from`` that of the dialogue; ``recent`` how many
    mails the carrier had from this sender within the last 60 s, this one included.
    """

    sender: str
    envelope_from: str
    urls: tuple[str, ...] = ()
    html: bool = False
    virus: bool = False
    recent: int = 1


@dataclass(frozen=True)
class Judgement:
    """The step that decided, whether it let the mail pass, and why, in English."""

    step: FilterStep
    passed: bool
    why: str


def judge(
    carrier: MailCarrier, carriers: Carriers, filters: Filters, facts: MailFacts
) -> Judgement | None:
    """The first step of the carrier's order that decides; ``None``: no filter minds the mail."""
    for step in carrier.order:
        found = _step(step, carrier, carriers, filters, facts)
        if found is not None:
            passed, why = found
            return Judgement(step, passed, why)
    return None


def _step(
    step: FilterStep, carrier: MailCarrier, carriers: Carriers, filters: Filters, facts: MailFacts
) -> tuple[bool, str] | None:
    """Whether the step lets the mail pass, and why; ``None`` if it has nothing to say."""
    sender = facts.sender
    match step:
        case FilterStep.VIRUS if facts.virus:
            return False, "it carries a virus"
        case FilterStep.MUST_RECEIVE if listed(sender, filters.must_receive):
            return True, f"{sender} must be received"
        case FilterStep.SPOOF if filters.spoof:
            return _spoof(carriers, facts)
        case FilterStep.DENY if listed(sender, filters.deny):
            return False, f"{sender} is on the list of refused senders"
        case FilterStep.ALLOW if listed(sender, filters.allow):
            return True, f"{sender} is on the list of allowed senders"
        case FilterStep.ADDRESS_BOOK if listed(sender, filters.address_book):
            return True, f"{sender} is in the address book"
        case FilterStep.HTML if filters.html and facts.html:
            return False, "it has an HTML part"
        case FilterStep.URL if filters.urls and facts.urls:
            return False, f"it has a URL ({_short(facts.urls[0])})"
        case FilterStep.NON_MOBILE if filters.non_mobile and not carriers.is_mobile(sender):
            return False, f"{sender} is no mobile phone"
        case FilterStep.AUTOMATIC if filters.automatic:
            most = carrier.automatic_per_minute
            if facts.recent > most:
                return False, f"{facts.recent} mails of its sender within a minute, {most} pass"
        case FilterStep.NOT_LISTED if filters.only_listed:
            lists = sorted(filters.must_receive | filters.allow | filters.address_book)
            return False, f"{sender} is on no list (listed: {', '.join(lists) or 'nobody'})"
        case _:
            pass
    return None


def listed(sender: str, entries: Iterable[str]) -> bool:
    """Whether a sender is on a list, by whole address or by domain; case does not matter."""
    address = sender.lower()
    domain = address.rpartition("@")[2]
    return any(
        address == entry if "@" in entry else domain == entry or domain.endswith(f".{entry}")
        for entry in (each.lower() for each in entries)
    )


def _spoof(carriers: Carriers, facts: MailFacts) -> tuple[bool, str] | None:
    # Carriers look the sender's server up in SPF. Here no mail comes from a carrier's server, so
    # that whoever claims a mobile address is not the one.
    if carriers.is_mobile(facts.sender):
        return False, f"it claims to be from the mobile phone {facts.sender}, and is not"
    shown = facts.sender.rpartition("@")[2].lower()
    sent = facts.envelope_from.rpartition("@")[2].lower()
    if sent and shown != sent:
        return False, f"it claims to be from {shown}, and was sent by {sent}"
    return None


def _short(url: str) -> str:
    # The rest may be a secret, and stands in the mail itself.
    return url if len(url) <= 40 else f"{url[:37]}..."
