"""What workers are told of the providers of a run on this machine."""

from pathlib import Path

from net119_protocol.interconnect.mapping import PROFILE_NAME
from pydantic import BaseModel, ConfigDict

from net119_conformance.capacity import Capacity
from net119_conformance.drivers.names import DriverName
from net119_conformance.world.mail import MailDescription
from net119_conformance.world.plan import Estate


class System(BaseModel):
    """How workers reach one provider."""

    model_config = ConfigDict(frozen=True)

    base_url: str
    plaintext_url: str | None
    admin_token: str
    host: str
    stomp_port: int
    partner: str = ""


class LocalDescription(BaseModel):
    """Everything that workers need."""

    model_config = ConfigDict(frozen=True)

    systems: dict[str, System]
    estates: dict[str, Estate]
    ca_file: Path
    authorities: tuple[Path, ...]
    certificates: Path
    directory_file: Path
    folder: Path
    command: tuple[str, ...]
    own_addresses: dict[str, str]
    mail: MailDescription
    driver: DriverName = DriverName.API
    mapping: str = PROFILE_NAME
    capacity: Capacity
    chromium: str = ""
    """By which URL the real browser is driven; empty where there is none."""


def estate_key(purpose_id: str, sut: str) -> str:
    """Key of an estate."""
    return f"{purpose_id}--{sut}"
