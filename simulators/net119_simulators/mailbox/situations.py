"""What befalls people's mail in the field, by name (``situations.toml``)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from net119_protocol.profile.load import load_profiles
from pydantic import TypeAdapter

from net119_simulators.mailbox.carrier import MailCarrier
from net119_simulators.mailbox.filters import Filters, stops_something
from net119_simulators.mailbox.rules import Rule

_LISTS = ("must_receive", "deny", "allow", "address_book")
_RULE = TypeAdapter(Rule)


@dataclass(frozen=True)
class Situation:
    """One situation: its name in commands, what it is called, and the rule it gives a mailbox."""

    code: str
    title_ja: str
    title_en: str
    rule: Rule

    def works_at(self, carrier: MailCarrier) -> bool:
        """Whether it does there what it is called: its filters are among the carrier's."""
        return self.rule.filters == Filters() or stops_something(carrier, self.rule.filters)


@dataclass(frozen=True)
class Senders:
    """Who sends the mail of NET119: about registrations, and all other (TOM-07, CNB-14)."""

    registration: frozenset[str]
    service: frozenset[str]

    @classmethod
    def of_profiles(cls) -> "Senders":
        """The senders of all departments' profiles."""
        mails = [profile.mail for profile in load_profiles().values()]
        return cls(
            frozenset(mail.registration_sender for mail in mails),
            frozenset(mail.service_sender for mail in mails),
        )


def load_situations(senders: Senders | None = None) -> Mapping[str, Situation]:
    """All situations by their code; ``senders`` are those of the departments by default.

    Raises:
        ValueError: the file has a key that no rule has.
    """
    known = senders if senders is not None else Senders.of_profiles()
    text = files("net119_simulators.mailbox").joinpath("situations.toml").read_text("utf-8")
    found = (_read(each, known) for each in tomllib.loads(text)["situation"])
    return {each.code: each for each in found}


def _read(said: dict[str, Any], senders: Senders) -> Situation:
    code, ja, en = (str(said.pop(key)) for key in ("code", "title_ja", "title_en"))
    filters = dict(said.pop("filters", {}))
    for key in _LISTS:
        if key in filters:
            filters[key] = sorted(_filled(filters[key], senders))
    _check(code, said, Rule.__dataclass_fields__)
    _check(code, filters, Rule().filters.__dataclass_fields__)
    return Situation(code, ja, en, _RULE.validate_python({**said, "filters": filters}))


def _check(code: str, given: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ValueError(f"situation {code}: no such key: {', '.join(unknown)}")


def _filled(entries: Iterable[str], senders: Senders) -> set[str]:
    named = {"@registration": senders.registration, "@service": senders.service}
    return {each for entry in entries for each in named.get(entry, {entry})}
