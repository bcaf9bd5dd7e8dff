"""Opens a phone's browser: the form browser with the phone's TLS, cookies, charset and name."""

from collections.abc import Collection

from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.model import Dialect, Handset
from net119_simulators.handsets.position import Measured
from net119_simulators.handsets.position_link import called_back
from net119_simulators.handsets.transport import PhoneTransport
from net119_simulators.pages.browser import Browser
from net119_simulators.pages.page import Page
from net119_simulators.pages.traits import Traits
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Wiretap


def traits_of(handset: Handset) -> Traits:
    """How the phone's browser behaves on the wire."""
    return Traits(
        user_agent=handset.user_agent,
        accept_language="ja",
        cookies=handset.cookies.http or handset.cookies.https,
        cookies_over_https=handset.cookies.https,
        charsets=handset.charsets,
        fetch_metadata=not handset.is_feature_phone and handset.year >= 2018,
    )


class Phone:
    """A handset in somebody's hand, switched on while inside ``async with``.

    ``roots`` are the authorities it trusts; ``here`` is where it is. Its browser is ``browser``,
    its TLS ``transport``; the evidence goes to ``wiretap`` under ``name``.
    """

    def __init__(
        self,
        handset: Handset,
        roots: Roots,
        here: Measured,
        *,
        name: str = "phone",
        provider: str = "provider",
        wiretap: Wiretap | None = None,
        timeout_s: float = 30.0,
        source_address: str | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.handset = handset
        self.here = here
        recorder = Recorder(wiretap, Interface.A, name, provider)
        self.transport = PhoneTransport(
            handset,
            roots,
            recorder,
            timeout_s=timeout_s,
            source_address=source_address,
            declared_test_hosts=declared_test_hosts,
        )
        self.browser = Browser(
            None,
            recorder,
            traits=traits_of(handset),
            transport=self.transport,
            timeout_s=timeout_s,
            declared_test_hosts=declared_test_hosts,
        )

    async def __aenter__(self) -> "Phone":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.browser.close()

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    @property
    def finds_by_script(self) -> bool:
        """Whether the page's script asks it for the position, and not a link."""
        return self.handset.position.dialect is Dialect.BROWSER

    async def tell_position(self) -> Page:
        """Follow the page's position link: measure, and call the provider back.

        Raises:
            NotOnPage, NoPosition: see `called_back`. What `Browser.open` raises.
        """
        return await self.browser.open(called_back(self.page, self.handset.position, self.here))
