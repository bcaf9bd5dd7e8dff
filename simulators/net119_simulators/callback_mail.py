"""The mail by which a center calls a caller back, found in the caller's mailbox (CNB-31)."""

from net119_simulators.mailbox.letter import Letter
from net119_simulators.mailbox.view import Mailbox
from net119_simulators.registration.urls import callback_url, has_callback_url


async def wait_for_callback_mail(
    mailbox: Mailbox, *, sender: str = "", after: int = 0, within: float = 10.0
) -> tuple[Letter, str]:
    """The first mail with a URL that leads back to a call, and this URL.

    ``sender`` and ``after`` are those of `Mailbox.wait_for`.

    Raises:
        Waited: none came in time; it tells what came instead, and what was stopped and why.
        UnexpectedAnswer: it has more than one such URL, so that nobody knows which to open.
    """
    letter = await mailbox.wait_for(
        lambda each: has_callback_url(each.urls), sender=sender, after=after, within=within
    )
    return letter, callback_url(letter.urls)
