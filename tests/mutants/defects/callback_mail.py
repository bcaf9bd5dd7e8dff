"""Callback mails that go astray, come back unnoticed, or lead where they should not."""

import dataclasses
from datetime import timedelta
from typing import Any

from net119_reference.calls import callback, reopen
from net119_reference.calls.effects import Change
from net119_reference.mail.schedule import Delivery
from net119_reference.service import callback_urls, callbacks
from net119_reference.service.callback_urls import CallbackUrl, CallbackUrls
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.recorded_acts import RecordedActs
from net119_reference.service.registry import Registry, token_hash

from tests.mutants.registry import Patch, mutant


@mutant(
    "callback-to-an-address-under-review",
    kills={
        "CALLBACK-ADDRESS": "while the change waits: the letter goes to the address on record",
    },
)
def under_review(patch: Patch) -> None:
    """A new address is used as soon as it is applied for."""

    def mail_of(original: Any, registry: Registry, registrant_id: Any) -> Any:
        found = registry.find(registrant_id)
        proposal = found.proposal if found is not None else None
        return proposal.data.mail if proposal is not None else original(registry, registrant_id)

    patch.around(Registry, "mail_of", mail_of)


def _not_following(patch: Patch) -> None:
    """Letters go to the address for which they were written."""

    def write(original: Any, desk: Callbacks, *arguments: Any) -> Any:
        post = desk._post
        assert post is not None
        send = post.send
        post.send = lambda *given, **named: send(*given, **{**named, "follows": False})  # type: ignore[method-assign]  # put back below
        try:
            return original(desk, *arguments)
        finally:
            post.send = send  # type: ignore[method-assign]  # as it was

    patch.around(Callbacks, "_write", write)


@mutant(
    "letters-do-not-follow",
    kills={
        "CALLBACK-ADDRESS": "approved while the letter is under way: it goes to the new address",
    },
)
def do_not_follow(patch: Patch) -> None:
    """A letter that could not be delivered is tried again at the address it was written for."""
    _not_following(patch)


@mutant(
    "callback-to-the-address-of-the-call",
    kills={
        "CALLBACK-ADDRESS": "changed after the close: the letter goes to the new address alone",
    },
)
def address_of_the_call(patch: Patch) -> None:
    """Callbacks of a closed call go to the address that the registrant had when calling."""

    def write(original: Any, desk: Callbacks, tx: Any, call: Any, address: str) -> Any:
        return original(desk, tx, call, address if call.open else call.registrant.mail)

    _not_following(patch)
    patch.around(Callbacks, "_write", write)


@mutant(
    "callback-urls-never-end",
    kills={"CALLBACK-EXPIRES": "after the end the URL opens nothing"},
)
def never_end(patch: Patch) -> None:
    """Whoever finds an old mail gets the call."""
    patch(CallbackUrl, "shut", lambda *_, **__: None)


@mutant(
    "callback-urls-end-early",
    kills={"CALLBACK-EXPIRES": "a minute before the end the URL still leads back"},
)
def end_early(patch: Patch) -> None:
    """The URL ends an hour before the mail says that it does."""

    def add(original: Any, urls: CallbackUrls, *given: Any, expires_at: Any, **named: Any) -> None:
        original(urls, *given, expires_at=expires_at - timedelta(hours=1), **named)

    patch.around(CallbackUrls, "add", add)


@mutant(
    "callback-mail-without-an-end",
    kills={"CALLBACK-EXPIRES": "the mail says until when its URL is good"},
)
def without_an_end(patch: Patch) -> None:
    """The mail does not say until when its URL is good."""

    def letter(original: Any, *arguments: Any) -> Any:
        made = original(*arguments)
        return dataclasses.replace(made, text=made.text.replace("まで", ""))

    patch.around(callbacks, "callback_letter", letter)


@mutant(
    "callback-by-a-former-owner",
    kills={"CALLBACK-ONE-CALL": "who gave the call away cannot call back"},
)
def by_a_former_owner(patch: Patch) -> None:
    """Whoever had the call calls back: the caller is asked by two departments."""
    patch(RecordedActs, "_owned_at_last", lambda acts, who, call_id: acts._desk.seen(who, call_id))


@mutant(
    "half-a-secret-opens",
    kills={"CALLBACK-ONE-CALL": "a URL that was never mailed opens nothing"},
)
def half_a_secret(patch: Patch) -> None:
    """The second half of a URL's secret is not looked at."""

    def hashed(secret: str) -> str:
        return token_hash(secret[:16])

    patch(callback_urls, "token_hash", hashed)
    patch(callbacks, "token_hash", hashed)


@mutant(
    "reopened-at-the-home-center",
    kills={"CALLBACK-ONE-CALL": "it rings again at the department that had it last"},
)
def reopened_at_home(patch: Patch) -> None:
    """Whoever comes back begins anew with the home department."""

    def again(original: Any, call: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(call.model_copy(update={"owner": call.home}), *arguments, **named)
        return change

    patch.around(reopen, "reopen", again)


@mutant(
    "callback-opens-the-newest-call",
    kills={"CALLBACK-ONE-CALL": "the kept call's URL still opens its own call"},
)
def opens_the_newest(patch: Patch) -> None:
    """Every URL leads to the call that was called back last."""

    def by_secret(original: Any, urls: CallbackUrls, secret: str) -> CallbackUrl | None:
        return urls.all()[-1] if original(urls, secret) else None

    patch.around(CallbackUrls, "by_secret", by_secret)


@mutant(
    "bounces-are-not-told",
    kills={
        "CALLBACK-BOUNCED": "the dispatcher is told that the letter came back",
    },
)
def bounces_not_told(patch: Patch) -> None:
    """What a mail server took counts as delivered for good."""

    def on_letter(original: Any, call: Any, number: int, outcome: Any, *rest: Any, **named: Any):  # type: ignore[no-untyped-def]  # as the original
        if outcome is Delivery.BOUNCED:
            return Change(call)
        return original(call, number, outcome, *rest, **named)

    patch.around(callback, "on_letter", on_letter)


@mutant(
    "failed-after-sent-ignored",
    kills={"CALLBACK-BOUNCED-OWNER": "the dispatcher is told that the letter came back"},
)
def failed_after_sent(patch: Patch) -> None:
    """The anchor's first answer is taken for its last."""

    def on_answer(original: Any, call: Any, *rest: Any) -> Change:
        kept = call.callbacks[-1].callback.state if call.callbacks else ""
        change: Change = Change(call) if kept == "sent" else original(call, *rest)
        return change

    patch.around(callback, "on_answer", on_answer)
