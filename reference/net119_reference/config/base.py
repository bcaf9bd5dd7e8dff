"""What all settings are made of: their base, and the kinds of value that several use."""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port; 0 lets the system choose a free one."""
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


def is_loopback(host: str) -> bool:
    """Whether ``host`` (an address, or the word localhost) stays on this machine."""
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


def _address(host: str) -> str:
    if host != "localhost":
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ValueError("an IP address is needed here, for example 127.0.0.2") from None
    return host


Host = Annotated[str, AfterValidator(_address)]
"""An address to bind; a name would hide whether it is a loopback address."""


def base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("a web address is needed here, for example https://net119.example")
    return text.rstrip("/")


class Settings(BaseModel):
    """Base of all settings: read-only, and an unknown key is a mistake that is named."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
