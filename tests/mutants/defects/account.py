"""Log-ins, and the personal call page."""

from dataclasses import replace
from typing import Any

from net119_protocol.codes import Refusal
from net119_protocol.profile.model import SecondDevice
from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.registration import mail_texts
from net119_reference.registration.mail_texts import MailText
from net119_reference.service import registry
from net119_reference.service.registration import account
from net119_reference.service.registration.account import AccountDesk
from net119_reference.service.registration.office import Office
from net119_reference.service.registry import Registry
from net119_reference.web import application, handset

from tests.mutants.registry import Patch, mutant


@mutant("mailed-password-unchecked", kills={"ACCOUNT-LOG-IN": "a wrong password is refused"})
def any_password(patch: Patch) -> None:
    """The password is not looked at."""
    patch(registry, "_password_fits", lambda *_: True)


@mutant("password-cut-in-the-mail", kills={"ACCOUNT-LOG-IN": "the mailed password logs in"})
def password_cut(patch: Patch) -> None:
    """The mail holds another password than the one that was set."""

    def completed(original: Any, *given: Any) -> MailText:
        *first, password = given
        found: MailText = original(*first, password[:-1])
        return found

    patch.around(mail_texts, "completed", completed)


@mutant(
    "nobody-named-at-log-in",
    kills={"ACCOUNT-WHOM-TO-ASK": "a wrong password is refused with whom to contact"},
)
def nobody_named(patch: Patch) -> None:
    """A failed log-in does not say whom to contact."""
    patch(handset, "ask_department", lambda *_: None)


@mutant(
    "nobody-named-at-all",
    kills={"ACCOUNT-WHOM-TO-ASK": "a suspended registration is refused with whom to contact"},
)
def nobody_named_at_all(patch: Patch) -> None:
    """A refused call does not say whom to contact; a failed log-in does."""

    def asked(original: Any, request: Any) -> Any:
        return None if "/calls" in request.url.path else original(request)

    patch.around(application, "asked_department", asked)


@mutant(
    "call-page-dies-with-the-log-in",
    kills={"CALLPAGE-FROM-MENU": "the first call from the page is taken"},
)
def page_dies(patch: Patch) -> None:
    """Logging out ends the call page too."""

    async def log_out(original: Any, desk: AccountDesk, who: HandsetIdentity) -> None:
        await desk.revoke_call_page(who)
        await original(desk, who)

    patch.around(AccountDesk, "log_out", log_out)


@mutant(
    "call-page-works-once",
    kills={"CALLPAGE-FROM-MENU": "the second call from the page is taken"},
)
def page_works_once(patch: Patch) -> None:
    """A call page is used up by being opened."""
    opened: set[str] = set()

    async def open_page(original: Any, desk: AccountDesk, secret: str, device: str) -> Any:
        if secret in opened:
            raise Refused(Refusal.FORBIDDEN, "opened before")
        opened.add(secret)
        return await original(desk, secret, device)

    patch.around(AccountDesk, "open_call_page", open_page)


@mutant(
    "call-pages-counted",
    kills={"CALLPAGE-SECRET": "the URLs have nothing in common, and are too long to be guessed"},
)
def pages_counted(patch: Patch) -> None:
    """The secrets of call pages are consecutive numbers."""
    made = iter(range(10**15, 10**15 + 1000))

    class Counted:
        """In the place of the module ``secrets``."""

        @staticmethod
        def token_urlsafe(_octets: int) -> str:
            """The next number."""
            return f"{next(made):032d}"

    patch(account, "secrets", Counted)


@mutant(
    "call-pages-of-whoever-made-one-last",
    kills={
        "CALLPAGE-SECRET": "another person's page goes on to work, and stands for its own person",
    },
)
def of_whoever_made_one_last(patch: Patch) -> None:
    """A call page is good for a call, and the call is that of whoever made a page last."""
    made: list[Any] = []

    def add_page(original: Any, own: Registry, tx: Any, page: Any) -> None:
        made.append(page.registrant_id)
        original(own, tx, page)

    def handset(original: Any, own: Registry, token: str) -> HandsetIdentity:
        who: HandsetIdentity = original(own, token)
        of_page = who.token_hash in own._page_sessions
        return replace(who, registrant_id=made[-1]) if of_page else who

    patch.around(Registry, "add_page", add_page)
    patch.around(Registry, "handset", handset)


@mutant("revoked-pages-work", kills={"CALLPAGE-SECRET": "a revoked URL is refused"})
def revoked_pages_work(patch: Patch) -> None:
    """Revoking a call page does nothing."""
    patch(AccountDesk, "revoke_call_page", _nothing)


async def _nothing(*_: Any) -> None:
    """In the place of what should be done."""


@mutant(
    "former-pages-work",
    kills={"CALLPAGE-SECRET": "the URL of an earlier page is refused"},
)
def former_pages_work(patch: Patch) -> None:
    """A new call page leaves the former one valid."""
    patch(Registry, "revoke_page", lambda *_: False)


@mutant(
    "any-number-of-devices",
    kills={"CALLPAGE-ONE-DEVICE": "a second device gets no call page"},
)
def any_number_of_devices(patch: Patch) -> None:
    """A second device gets a call page too."""

    def profile(original: Any, office: Office, department: str) -> Any:
        return original(office, department).model_copy(
            update={"second_device": SecondDevice.REPLACES}
        )

    patch.around(Office, "profile", profile)


@mutant(
    "url-alone-opens",
    kills={"CALLPAGE-ONE-DEVICE": "the URL does not work on the second device"},
)
def url_alone_opens(patch: Patch) -> None:
    """A call page opens on whatever device has its URL."""

    async def open_page(original: Any, desk: AccountDesk, secret: str, _device: str) -> Any:
        return await original(desk, secret, _MADE_FOR.get(secret, _device))

    async def new_page(original: Any, desk: AccountDesk, who: Any, device: str) -> Any:
        made = await original(desk, who, device)
        _MADE_FOR[made.secret] = device
        return made

    patch.around(AccountDesk, "open_call_page", open_page)
    patch.around(AccountDesk, "new_call_page", new_page)


_MADE_FOR: dict[str, str] = {}
