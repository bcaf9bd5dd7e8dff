"""Decides what becomes of each mail: no socket, no clock; ``now`` is seconds that only grow."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass

from net119_simulators.mailbox.carrier import Carriers, Dotted, Refused
from net119_simulators.mailbox.filters import MailFacts, judge
from net119_simulators.mailbox.journal import Fate
from net119_simulators.mailbox.letter import Letter, read_content
from net119_simulators.mailbox.rules import Outcome, Rule

OPEN = Rule()
_MINUTE = 60.0


@dataclass(frozen=True)
class Sorted:
    """The fate of one mail, the rule that decided, and why.

    ``reply`` is the SMTP answer where the mail is not taken; ``copies`` and ``delay_s`` are those
    of a delivered one.
    """

    fate: Fate
    rule: str
    why: str = ""
    reply: str = ""
    copies: int = 1
    delay_s: float = 0.0


class Sorter:
    """The rules of all mailboxes, and what the carriers remember of senders."""

    def __init__(self, carriers: Carriers) -> None:
        self.carriers = carriers
        self._rules: dict[str, Rule] = {}
        self._deferred: Counter[str] = Counter()
        self._first_seen: dict[tuple[str, str], float] = {}
        self._recent: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def set_rule(self, key: str, rule: Rule) -> None:
        """Give a mailbox (by its :func:`plain` address) a rule."""
        self._rules[key] = rule

    def rule(self, key: str) -> Rule:
        """The rule of a mailbox."""
        return self._rules.get(key, OPEN)

    def stopped_at_recipient(
        self, key: str, quoted: bool, envelope_from: str, now: float
    ) -> Sorted | None:
        """What becomes of a mail at RCPT, before its content; ``None``: it may come.

        ``quoted``: the recipient stands in quotes in the dialogue.
        """
        rule = self.rule(key)
        quoting = self._quoting(key, quoted)
        if quoting is not None:
            return quoting
        match rule.outcome:
            case Outcome.REJECT:
                reply = "550 5.1.1 no such mailbox"
                return Sorted(Fate.REFUSED, "outcome", "there is no such mailbox", reply)
            case Outcome.OVER_QUOTA:
                reply = "552 5.2.2 mailbox full"
                return Sorted(Fate.REFUSED, "full", "the mailbox is full for good", reply)
            case Outcome.FULL:
                reply = "452 4.2.2 mailbox full"
                return Sorted(Fate.DEFERRED, "full", "the mailbox is full", reply)
            case _:
                return self._later(key, rule, envelope_from, now)

    def sort(self, letter: Letter, now: float) -> Sorted:
        """What becomes of a mail whose content has come."""
        key = letter.address
        rule = self.rule(key)
        content = read_content(letter.raw)
        if rule.senders and letter.sender not in rule.senders:
            why = f"{letter.sender} is none of {', '.join(sorted(rule.senders))}"
            return Sorted(Fate.DROPPED, "senders", why)
        if not rule.urls and content.urls:
            return Sorted(Fate.DROPPED, "urls", "it has a URL")
        facts = MailFacts(
            sender=letter.sender,
            envelope_from=letter.envelope_from,
            urls=content.urls,
            html=content.html,
            virus=content.virus,
            recent=self._count(key, letter.sender, now),
        )
        filtered = self._filtered(key, rule, facts)
        if filtered.fate is not Fate.DELIVERED:
            return filtered
        match rule.outcome:
            case Outcome.DROP:
                return Sorted(Fate.DROPPED, "outcome", "the mailbox loses every mail")
            case Outcome.BOUNCE:
                return Sorted(Fate.BOUNCED, "outcome", "the mailbox returns every mail")
            case _:
                pass
        return Sorted(
            Fate.DELAYED if rule.delay_s > 0 else Fate.DELIVERED,
            filtered.rule,
            f"it comes {rule.delay_s:g} s late" if rule.delay_s > 0 else filtered.why,
            copies=2 if rule.outcome is Outcome.DUPLICATE else 1,
            delay_s=rule.delay_s,
        )

    def _quoting(self, key: str, quoted: bool) -> Sorted | None:
        if not breaks_dots(key):
            return None
        match self.carriers.of(key).dotted:
            case Dotted.NEVER:
                reply, why = "550 5.1.1 no such mailbox", "the carrier never issued such addresses"
            case Dotted.QUOTED if not quoted:
                reply, why = "553 5.1.3 bad address syntax", "the address has to be quoted"
            case _:
                return None
        return Sorted(Fate.REFUSED, "quoting", why, reply)

    def _later(self, key: str, rule: Rule, envelope_from: str, now: float) -> Sorted | None:
        again = "451 4.7.1 come back later"
        if rule.outcome is Outcome.DEFER:
            return Sorted(Fate.DEFERRED, "outcome", "every mail is put off", again)
        if self._deferred[key] < rule.defer_first:
            self._deferred[key] += 1
            why = f"attempt {self._deferred[key]} of the {rule.defer_first} that are put off"
            return Sorted(Fate.DEFERRED, "defer-first", why, again)
        if rule.greylist_s > 0:
            waited = now - self._first_seen.setdefault((key, envelope_from.lower()), now)
            if waited < rule.greylist_s:
                why = (
                    f"{envelope_from or '<>'} is not known yet; "
                    f"it is after {rule.greylist_s - waited:g} s more"
                )
                return Sorted(Fate.DEFERRED, "greylist", why, again)
        return None

    def _filtered(self, key: str, rule: Rule, facts: MailFacts) -> Sorted:
        carrier = self.carriers.of(key)
        found = judge(carrier, self.carriers, rule.filters, facts)
        if found is None:
            return Sorted(Fate.DELIVERED, "none")
        if found.passed:
            return Sorted(Fate.DELIVERED, found.step, found.why)
        match carrier.told(found.step):
            case Refused.REJECT:
                reply = "550 5.7.1 refused by the settings of its recipient"
                return Sorted(Fate.REFUSED, found.step, found.why, reply)
            case Refused.BOUNCE:
                return Sorted(Fate.BOUNCED, found.step, found.why)
            case Refused.SILENT:
                return Sorted(Fate.DROPPED, found.step, found.why)

    def _count(self, key: str, sender: str, now: float) -> int:
        """Mails of a sender to this carrier within the last minute, this one included."""
        carrier = self.carriers.of(key)
        # Whoever has no automatic filter need not remember everybody's mail.
        if not carrier.domains:
            return 1
        times = self._recent[carrier.code, sender.lower()]
        times.append(now)
        while times[0] <= now - _MINUTE:
            times.popleft()
        return len(times)


def plain(address: str) -> str:
    """An address without quotes, its domain in small letters: one key for all spellings."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = local[1:-1]
    return f"{local}{at}{domain.lower()}"


def breaks_dots(address: str) -> bool:
    """Whether the local part has periods where RFC 5321 (4.1.2) wants it quoted."""
    local = address.rpartition("@")[0]
    return local.startswith(".") or local.endswith(".") or ".." in local
