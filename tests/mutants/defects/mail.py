"""Mail that comes in, and the senders of what goes out."""

import asyncio
import functools
from dataclasses import replace
from datetime import timedelta
from typing import Any

from net119_protocol.profile import mail_address
from net119_protocol.profile.model import MailRule
from net119_reference.mail.incoming import Incoming, IncomingKind
from net119_reference.registration import mail_texts
from net119_reference.service.registration.intake import Intake
from net119_reference.service.registration.office import Office

from tests.mutants.defects.late import later
from tests.mutants.registry import Patch, mutant

SLOW_S = 1.6
"""So long does mail take where it is slow."""


@mutant(
    "empty-mail-ignored",
    kills={"MAIL-EMPTY-ANSWERED": "the empty mail is answered with a URL"},
)
def empty_mail_ignored(patch: Patch) -> None:
    """Mail to the application address is taken and nothing comes of it."""
    patch(Intake, "_asked", lambda *_: None)


@mutant(
    "url-for-whom-it-may-concern",
    kills={"MAIL-EMPTY-ANSWERED": "the application is for the address that wrote"},
)
def url_for_anybody(patch: Patch) -> None:
    """The application forgets which address its URL was mailed to."""

    def issue(original: Any, *given: Any, **more: Any) -> Any:
        *first, mail = given
        return original(*first, f"somebody-else@{mail.partition('@')[2]}", **more)

    patch.around(Office, "issue", issue)


@mutant(
    "only-empty-mail",
    kills={"MAIL-ANY-CONTENT-ANSWERED": "a mail with a signature is answered with a URL"},
)
def only_empty_mail(patch: Patch) -> None:
    """A mail that says anything is not answered."""

    async def arrived(original: Any, intake: Intake, mail: Incoming) -> None:
        if not mail.text.strip():
            await original(intake, mail)

    patch.around(Intake, "mail_arrived", arrived)


@mutant(
    "old-charsets-ignored",
    kills={"MAIL-ANY-CONTENT-ANSWERED": "a mail with ISO-2022-JP is answered with a URL"},
)
def old_charsets_ignored(patch: Patch) -> None:
    """Mail of feature phones is not answered."""

    async def arrived(original: Any, intake: Intake, mail: Incoming) -> None:
        if mail.charset.casefold() != "iso-2022-jp":
            await original(intake, mail)

    patch.around(Intake, "mail_arrived", arrived)


@mutant(
    "auto-replies-answered",
    kills={"MAIL-MACHINES-UNANSWERED": "a mail of the sort auto-reply is not answered"},
)
def auto_replies_answered(patch: Patch) -> None:
    """Automatic replies are taken for mail of a person."""

    async def arrived(original: Any, intake: Intake, mail: Incoming) -> None:
        if mail.kind is IncomingKind.AUTO_REPLY:
            mail = replace(mail, kind=IncomingKind.PERSON)
        await original(intake, mail)

    patch.around(Intake, "mail_arrived", arrived)


@mutant(
    "auto-replies-answered-late",
    kills={"MAIL-MACHINES-UNANSWERED": "a mail of the sort auto-reply is not answered"},
)
def auto_replies_answered_late(patch: Patch) -> None:
    """Automatic replies are answered, but not as fast as people."""
    later = set()

    async def arrived(original: Any, intake: Intake, mail: Incoming) -> None:
        async def answer() -> None:
            await asyncio.sleep(0.7)
            await original(intake, replace(mail, kind=IncomingKind.PERSON))

        if mail.kind is IncomingKind.AUTO_REPLY:
            later.add(asyncio.create_task(answer()))
        else:
            await original(intake, mail)

    patch.around(Intake, "mail_arrived", arrived)


@mutant(
    "floods-answered",
    kills={
        "MAIL-MACHINES-UNANSWERED": "a flood of one address is answered a bounded number of times"
    },
)
def floods_answered(patch: Patch) -> None:
    """As many URLs are mailed to an address as it asks for."""
    patch(Intake, "_too_often", lambda *_: False)


@mutant(
    "floods-of-registrants-answered",
    kills={
        "MAIL-MACHINES-UNANSWERED": "a flood of a registered address is answered a bounded number "
        "of times"
    },
)
def floods_of_registrants_answered(patch: Patch) -> None:
    """Only URLs are counted; to be told that one is registered already, is not."""

    def too_often(_original: Any, intake: Intake, profile: Any, sender: str, now: Any) -> Any:
        return intake._office.mailed_too_often(profile.department, sender, now)

    patch.around(Intake, "_too_often", too_often)


@mutant(
    "address-rule-off",
    kills={"MAIL-ADDRESS-RULE": "the address a--b@ gets no URL"},
)
def address_rule_off(patch: Patch) -> None:
    """Every address that mail can be sent to may apply."""

    def problem(original: Any, _rule: Any, address: str) -> Any:
        return original(MailRule.NONE, address)

    patch.around(mail_address, "address_problem", problem)


@mutant(
    "edges-not-looked-at",
    kills={"MAIL-ADDRESS-RULE": "the address a.@ gets no URL"},
)
def edges_not_looked_at(patch: Patch) -> None:
    """Symbols at the edges of an address are not noticed, doubled ones are."""

    def problem(original: Any, rule: Any, address: str) -> Any:
        found = original(rule, address)
        return None if found == "symbol-at-edge" else found

    patch.around(mail_address, "address_problem", problem)


@mutant(
    "address-rule-off-late",
    kills={"MAIL-ADDRESS-RULE": "the address a--b@ gets no URL"},
)
def address_rule_off_late(patch: Patch) -> None:
    """All mail takes a while; addresses that may not apply are told so, and then get the URL."""

    def mail(
        original: Any, office: Any, tx: Any, profile: Any, to: str, text: Any, **named: Any
    ) -> Any:
        def at(seconds: float, what: Any) -> None:
            send = functools.partial(_sent, original, office, profile, to, what, named)
            tx.after(functools.partial(office.kernel.at, tx.now + timedelta(seconds=seconds), send))

        at(SLOW_S, text)
        if text.kind == "address-refused":
            url = f"{office.public_url}/r/{'a' * 43}"
            until = tx.now + timedelta(days=1)
            at(2 * SLOW_S, mail_texts.application_link(profile, url, until))

    patch.around(Office, "mail", mail)


def _sent(
    mail: Any, office: Any, profile: Any, to: str, text: Any, named: dict[str, Any], tx: Any
) -> None:
    mail(office, tx, profile, to, text, **named)


@mutant("refused-addresses-not-told", kills={"MAIL-ADDRESS-RULE": "a refused address is told so"})
def refused_addresses_not_told(patch: Patch) -> None:
    """Who writes from an address that may not apply hears nothing."""
    _not_told(patch, "address-refused")


def _sender(patch: Patch, chosen: Any) -> None:
    """``chosen(profile, sender, kind)`` is the sender of every letter."""

    def send(original: Any, office: Any, tx: Any, profile: Any, sender: str, *rest: Any) -> Any:
        return original(office, tx, profile, chosen(profile, sender, rest[1].kind), *rest)

    patch.around(Office, "_send", send)


@mutant(
    "application-address-sends",
    kills={"MAIL-SENDERS": "the address for applications sends nothing"},
)
def application_address_sends(patch: Patch) -> None:
    """The answer to the empty mail comes from the address it was sent to."""
    _sender(
        patch,
        lambda profile, sender, kind: profile.mail.application if kind == "link" else sender,
    )


@mutant(
    "a-third-sender",
    kills={"MAIL-SENDERS": "all mail comes from the two addresses"},
)
def a_third_sender(patch: Patch) -> None:
    """The completion mail comes from an address of its own."""
    _sender(
        patch,
        lambda profile, sender, kind: (
            f"no-reply@{sender.partition('@')[2]}" if kind == "completed" else sender
        ),
    )


@mutant(
    "another-domain-sends",
    kills={"MAIL-ONE-DOMAIN": "all mail comes from one domain"},
)
def another_domain_sends(patch: Patch) -> None:
    """Mail about suspensions comes from somewhere else."""
    elsewhere = "office@elsewhere.example"
    _sender(patch, lambda _, sender, kind: elsewhere if kind == "suspended" else sender)


@mutant(
    "elsewhere-sends-late",
    kills={
        "MAIL-SENDERS": "nor does mail from elsewhere come a moment later",
        "MAIL-ONE-DOMAIN": "nor does mail from elsewhere come a moment later",
    },
)
def elsewhere_sends_late(patch: Patch) -> None:
    """A second after the mail on a stop or a resumption, its copy comes from somewhere else."""

    def send(original: Any, office: Any, tx: Any, profile: Any, sender: str, *rest: Any) -> Any:
        def late(then: Any) -> None:
            original(office, then, profile, "office@elsewhere.example", *rest)

        if rest[1].kind in ("stopped", "resumed"):
            later(office, tx, late)
        return original(office, tx, profile, sender, *rest)

    patch.around(Office, "_send", send)


def _not_told(patch: Patch, *kinds: str) -> None:
    """Letters of these kinds are not written."""

    def mail(original: Any, *given: Any, **more: Any) -> Any:
        return None if given[-1].kind in kinds else original(*given, **more)

    patch.around(Office, "mail", mail)


@mutant(
    "resumption-not-mailed",
    kills={"MAIL-ONE-DOMAIN": "a mail tells the resumption"},
)
def resumption_not_mailed(patch: Patch) -> None:
    """Whose registration is in force again hears nothing."""
    _not_told(patch, "resumed")


@mutant(
    "suspension-without-its-reason",
    kills={"MAIL-ONE-DOMAIN": "a mail tells the suspension, with its reason"},
)
def suspension_without_its_reason(patch: Patch) -> None:
    """Who may not call for now is not told why."""

    def suspended(original: Any, profile: Any, name: str, _reason: str) -> Any:
        return original(profile, name, "")

    patch.around(mail_texts, "suspended", suspended)
