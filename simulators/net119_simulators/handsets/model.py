"""What is known of one handset, as data: how it encrypts, shows pages, finds its position."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from net119_simulators.handsets.steps import Policy, Prediction

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]


class Part(BaseModel):
    """Base of the parts: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """The same in Japanese and English."""

    ja: Text
    en: Text


class Family(StrEnum):
    """What a handset is, and of feature phones whose."""

    SMARTPHONE = "smartphone"
    TABLET = "tablet"
    DOCOMO = "docomo"
    AU = "au"
    SOFTBANK = "softbank"
    WILLCOM = "willcom"
    FEATURE_4G = "feature-4g"


class Version(StrEnum):
    """Versions of SSL and TLS, the oldest first."""

    SSL3 = "ssl3"
    TLS10 = "tls1.0"
    TLS11 = "tls1.1"
    TLS12 = "tls1.2"
    TLS13 = "tls1.3"


class Engine(StrEnum):
    """Whose JavaScript the browser runs."""

    NONE = "none"
    CHROME = "chrome"
    SAFARI = "safari"


class Dialect(StrEnum):
    """How the phone tells its position."""

    NONE = "none"
    DOCOMO_GPS = "docomo-gps"
    DOCOMO_GPS_UPPER = "docomo-gps-upper"
    """As the SH903i: `WGS84` in capitals, and an altitude, both against the specification."""
    DOCOMO_AREA = "docomo-open-iarea"
    AU_GPS = "au-gps"
    AU_SIMPLE = "au-simple"
    SOFTBANK = "softbank"
    WILLCOM = "willcom"
    BROWSER = "browser"
    """The Geolocation API of browsers with JavaScript."""


class Datum(StrEnum):
    """The geodetic datum of the figures that the phone sends."""

    WGS84 = "wgs84"
    TOKYO = "tokyo"


class Encryption(Part):
    """What the phone's SSL/TLS can do.

    ``sha2_certificates``: it can check a certificate signed with SHA-2; ``sha1_certificates``: it
    takes one with SHA-1 still; ``sha2_signatures``: it offers SHA-2 in its signature algorithms
    (TLS 1.2); ``elliptic``: elliptic curves.
    """

    versions: tuple[Version, ...] = Field(min_length=1)
    sha2_certificates: bool
    sha1_certificates: bool = True
    sha2_signatures: bool
    elliptic: bool

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        order = list(Version)
        at = [order.index(each) for each in self.versions]
        if at != list(range(at[0], at[0] + len(at))):
            raise ValueError("versions must stand from old to new, without a gap")
        if self.sha2_signatures and Version.TLS12 not in self.versions:
            raise ValueError("sha2_signatures needs tls1.2, which has signature algorithms first")
        if Version.TLS13 in self.versions and not (self.elliptic and self.sha2_signatures):
            raise ValueError("tls1.3 needs elliptic and sha2_signatures")
        return self


class Cookies(Part):
    """Over which links it keeps and sends cookies."""

    http: bool
    https: bool


class Script(Part):
    """The browser's JavaScript: what it knows follows from engine and version."""

    engine: Engine
    version: float = Field(default=0, ge=0)


class Positioning(Part):
    """How it finds and tells its position.

    ``working`` is False where the phone is made for it but the service behind it has ended;
    ``accuracy_m`` is the radius that a good fix has, in metres.
    """

    dialect: Dialect
    datum: Datum = Datum.WGS84
    working: bool = True
    accuracy_m: float = Field(default=50.0, gt=0)


class Mail(Part):
    """The mail of its owner: charset that it writes, and whose domain the address has."""

    charset: Text
    domain: Text


class Source(Part):
    """Where a peculiarity is documented, or why it is assumed; one of the two."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    assumed: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.url is None) is (self.assumed is None):
            raise ValueError("give either url, or assumed with the reason")
        return self


class Peculiarity(StrEnum):
    """What must have a source."""

    TLS = "tls"
    SHA2 = "sha2"
    COOKIES = "cookies"
    CHARSET = "charset"
    SCRIPT = "script"
    POSITION = "position"
    MAIL = "mail"
    USER_AGENT = "user_agent"
    UPLOAD = "upload"


class Handset(Part):
    """One handset of the matrix.

    ``charsets`` are those of pages that it shows right, its own first; ``network_until`` says when
    (year and month) the network that it needs ends; ``notes`` what else sets it apart.
    """

    name: Code
    title: Words
    family: Family
    year: int = Field(ge=1999, le=2100)
    network_until: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] | None = None
    encryption: Encryption
    cookies: Cookies
    charsets: tuple[Text, ...] = Field(min_length=1)
    script: Script
    websocket: bool
    upload: bool
    position: Positioning
    mail: Mail
    user_agent: Text
    notes: tuple[Words, ...] = ()
    sources: Mapping[Peculiarity, Source]
    predicted: Mapping[Policy, Prediction]
    """By what the provider allows. What is not said of one without a way in but TLS is as where
    phones that cannot encrypt are refused: a phone that can meets neither."""

    @property
    def is_feature_phone(self) -> bool:
        """Whether it uses the pages for feature phones."""
        return self.family not in (Family.SMARTPHONE, Family.TABLET)

    @field_validator("predicted")
    @classmethod
    def _of_closed(cls, given: Mapping[Policy, Prediction]) -> Mapping[Policy, Prediction]:
        if Policy.REFUSED not in given or Policy.CLOSED in given:
            return given
        return {Policy.CLOSED: given[Policy.REFUSED], **given}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        without = [each.value for each in Peculiarity if each not in self.sources]
        if without:
            raise ValueError(f"no source for {', '.join(without)}")
        missing = [each.value for each in Policy if each not in self.predicted]
        if missing:
            raise ValueError(f"nothing predicted where the department's policy is {missing}")
        if self.websocket and self.script.engine is Engine.NONE:
            raise ValueError("a WebSocket needs JavaScript")
        if self.position.dialect is Dialect.BROWSER and self.script.engine is Engine.NONE:
            raise ValueError("the position dialect 'browser' needs JavaScript")
        return self
