"""The declaration that lets phones of the local network take part; without it nobody comes in."""

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Any

from net119_simulators.errors import SafetyInterlock
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from net119_scenarios.drills.web.ports import Ports


def _local(address: str) -> str:
    try:
        found = ipaddress.IPv4Address(address)
    except ValueError:
        raise ValueError("an IPv4 address is needed, such as 192.168.1.20") from None
    if not (found.is_private or found.is_loopback) or found.is_unspecified:
        raise ValueError("this is no address of a local network (192.168.x, 10.x, 172.16-31.x)")
    return address


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Declared(_Part):
    """The declaration that these hosts are test systems (the safety interlock)."""

    declared: bool = False
    hosts: tuple[str, ...] = ()


class Net(_Part):
    """Where phones come in: this machine's own ``address`` in the local network.

    ``port`` is the HTTPS port of people's own pages; the providers' follow it. ``consoles`` lets
    dispatchers in, too.
    """

    address: Annotated[str, AfterValidator(_local)]
    port: Annotated[int, Field(ge=1, le=65000)] = 8443
    consoles: bool = False


class LanFile(_Part):
    """The file of `net119 drill serve --lan`."""

    test_systems: Declared = Declared()
    lan: Net

    def origin(self, ports: Ports, provider: str) -> str:
        """A provider's door in the local network."""
        return f"https://{self.lan.address}:{self.port_of(ports, provider)}"

    def port_of(self, ports: Ports, provider: str) -> int:
        """That door's port."""
        return self.lan.port + 1 + ports.providers.index(provider)

    @property
    def people(self) -> str:
        """Where people's own pages are."""
        return f"https://{self.lan.address}:{self.lan.port}"

    def doors(self, ports: Ports, cert: Path, key: Path) -> dict[str, dict[str, Any]]:
        """The providers' settings for it."""
        return {
            code: {
                "lan": {
                    "enabled": True,
                    "host": self.lan.address,
                    "port": self.port_of(ports, code),
                    "cert": cert,
                    "key": key,
                    "consoles": self.lan.consoles,
                },
                "test_systems": {
                    "declared": True,
                    "hosts": list(self.test_systems.hosts),
                },
            }
            for code in ports.providers
        }


def read_lan(file: Path) -> LanFile:
    """Read the declaration.

    Raises:
        SafetyInterlock: it cannot be read, is wrong, or does not declare what it opens.
    """
    try:
        given = LanFile.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as wrong:
        raise SafetyInterlock(
            f"it cannot be read: {wrong.strerror}", str(file), "Name a file"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SafetyInterlock(f"it is no TOML: {wrong}", str(file), _EXAMPLE) from None
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SafetyInterlock(f"{where}: {first['msg']}", str(file), _EXAMPLE) from None
    declared = given.test_systems
    if not declared.declared or given.lan.address not in declared.hosts:
        raise SafetyInterlock(
            f"{given.lan.address} is not declared a test system, so nobody is let in there",
            f"{file}: test_systems",
            f'Add: [test_systems] declared = true, hosts = ["{given.lan.address}"], if all who can '
            "reach this address know that it is a drill",
        )
    return given


_EXAMPLE = (
    'Write [test_systems] with declared = true and hosts = ["192.168.1.20"], and [lan] with '
    'address = "192.168.1.20", this machine\'s address in the local network'
)
