"""The drivers ``api`` and ``pages``: a system that has our documented API."""

from net119_simulators.handsets.chain import Roots
from net119_simulators.network.authority import trusting
from net119_simulators.wiretap import Wiretap
from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

from net119_conformance.drivers.api import THROUGH_THE_API, ApiDriver
from net119_conformance.drivers.crowd_side import CrowdSide
from net119_conformance.drivers.handset_side import HandsetSide
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.drivers.pages import PageDriver
from net119_conformance.sut.kinds import DriverKind, Site
from net119_conformance.sut.secrets import Variable, secret_of

VERBS = THROUGH_THE_API | {Verb.CLOCK, Verb.MAILBOX, Verb.PHONE, Verb.CROWD}
"""All that can be done through the API and by mail; nobody kills a system through its API."""


class ApiSettings(BaseModel):
    """``admin_token``, or ``admin_token_env``, the environment variable that holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    admin_token: SecretStr | None = None
    admin_token_env: Variable | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ApiSettings":
        if (self.admin_token is None) == (self.admin_token_env is None):
            raise ValueError("give either admin_token or admin_token_env")
        return self

    @property
    def token(self) -> str:
        """The token."""
        return secret_of(self.admin_token, self.admin_token_env)


def _make(kind: type[ApiDriver], site: Site, settings: ApiSettings, wiretap: Wiretap) -> Driver:
    addresses = site.profile.addresses
    base_url = addresses.base_url or ""
    driver = kind(
        site.profile.sut.code,
        base_url,
        trusting(site.ca_file),
        settings.token,
        wiretap,
        clock=site.profile.clock.settable,
        mail=site.mail,
        side=HandsetSide(base_url, addresses.plaintext_url, Roots.of(*site.authorities)),
        crowd=CrowdSide(base_url, site.ca_file.read_text("ascii")),
    )
    timers = site.profile.timers
    within_s = timers.t1_s * timers.offer_attempts + timers.patience_s
    driver.answers_s = max(ApiDriver.answers_s, within_s)
    return driver


def _api(site: Site, settings: ApiSettings, wiretap: Wiretap) -> Driver:
    return _make(ApiDriver, site, settings, wiretap)


def _pages(site: Site, settings: ApiSettings, wiretap: Wiretap) -> Driver:
    return _make(PageDriver, site, settings, wiretap)


API = DriverKind(_api, ApiSettings, VERBS)
PAGES = DriverKind(_pages, ApiSettings, VERBS)
