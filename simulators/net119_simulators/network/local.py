"""Providers running together on this machine, each at its own loopback address."""

import asyncio
import secrets
import ssl
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack
from urllib.parse import urlsplit

from net119_protocol.api.admin import AccountRole, Health
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Mode
from net119_protocol.directory.directory import Directory
from net119_protocol.person import RegistrantData

from net119_simulators.dispatcher import ConsoleOptions, Dispatcher
from net119_simulators.errors import SafetyInterlock, UnexpectedAnswer, Unreachable, Waited
from net119_simulators.network.accounts import Operation
from net119_simulators.network.authority import Authority
from net119_simulators.network.config import merged, toml
from net119_simulators.network.ports import FreePorts
from net119_simulators.network.specs import PeerSpec, ProviderSpec, Timers
from net119_simulators.network.supervisor import Supervisor
from net119_simulators.radio import RadioProfile, RadioProxy
from net119_simulators.safety import is_loopback
from net119_simulators.smartphone import Smartphone
from net119_simulators.wiretap import Wiretap

REFERENCE = (sys.executable, "-m", "net119_reference")
_LOOK_EVERY_S = 0.05


def default_command() -> tuple[str, ...]:
    """What starts a provider where nothing else was said."""
    return REFERENCE


class LocalNetwork:
    """Starts providers on entering ``async with`` and stops them on leaving.

    ``folder`` gets certificates, configurations, data and logs. ``directory`` is a directory or
    its file (default: the providers' own), ``peers`` are simulated providers that all others know.
    ``command`` starts a provider (default: the reference); a spec may have another. ``settings``
    are laid over every provider's configuration. ``wiretap`` gets the admin and staff traffic.

    ``ca`` is the throw-away authority, also for simulated peers; ``tls`` a client context that
    trusts it, and the authorities of providers that run already.

    Raises:
        SafetyInterlock: an address is no loopback address.
        ProviderDidNotStart: on entering; everything started so far is stopped.
    """

    def __init__(
        self,
        providers: Sequence[ProviderSpec],
        folder: Path,
        *,
        directory: Directory | Path | None = None,
        timers: Timers | None = None,
        modes: Iterable[Mode] | None = None,
        peers: Sequence[PeerSpec] = (),
        settings: Mapping[str, Any] | None = None,
        command: Sequence[str] = (),
        wiretap: Wiretap | None = None,
        start_within_s: float = 60.0,
    ) -> None:
        for address in (*(spec.address for spec in providers), *(peer.address for peer in peers)):
            if not is_loopback(address):
                raise SafetyInterlock(
                    "a local network uses loopback addresses only",
                    address,
                    "Give an address of 127.0.0.0/8",
                )
        self.folder = folder
        self.ca = Authority(folder / "ca")
        # Old phones know RSA keys alone, in the whole chain.
        old_phones = any(spec.old_phones for spec in providers)
        self.rsa_ca = Authority(folder / "ca-rsa", rsa=True) if old_phones else None
        self._ports = FreePorts()
        self.specs = {spec.operator: self._with_ports(spec) for spec in providers}
        self.peers = {
            peer.operator: PeerSpec(
                peer.operator, peer.address, peer.port or self._ports.take(peer.address)
            )
            for peer in peers
        }
        self._directory_file = self._write_directory(directory)
        self._timers = (timers or Timers()).settings()
        self._modes = [mode.value for mode in modes] if modes is not None else None
        self._settings = dict(settings or {})
        self._command = tuple(command) or default_command()
        self._start_within_s = start_within_s
        self.tls = self._trust()
        self._tokens = {
            code: spec.running.admin_token if spec.running else secrets.token_urlsafe(24)
            for code, spec in self.specs.items()
        }
        self._operations = {
            code: Operation(code, self.base_url(code), self.tls, self._tokens[code], wiretap)
            for code in self.specs
        }
        self._supervisors = {
            code: self._supervisor(spec)
            for code, spec in self.specs.items()
            if spec.running is None
        }

    async def __aenter__(self) -> Self:
        try:
            await self._start_all()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def base_url(self, operator: str) -> str:
        """Where a provider's pages and APIs are."""
        spec = self.specs[operator]
        if spec.running is not None:
            return spec.running.base_url
        return f"https://{spec.address}:{spec.http_port}"

    def plaintext_url(self, operator: str) -> str | None:
        """Where a provider serves phones without TLS; None if it does not, or nobody knows."""
        spec = self.specs[operator]
        if spec.running is not None or not spec.old_phones:
            return None
        return f"http://{spec.address}:{spec.plaintext_port}"

    @property
    def authorities(self) -> tuple[Path, ...]:
        """The certificates of the authorities that phones must trust."""
        return tuple(each.ca_file for each in (self.ca, self.rsa_ca) if each is not None)

    def write_trust_file(self) -> Path:
        """Write all `authorities` into one PEM file, for programs that take one."""
        file = self.folder / "authorities.pem"
        file.write_text("".join(each.read_text("ascii") for each in self.authorities), "ascii")
        return file

    def stomp_address(self, operator: str) -> tuple[str, int]:
        """Address and port of the STOMP endpoint of a provider or a simulated peer."""
        if operator in self.peers:
            return self.peers[operator].address, self.peers[operator].port
        return self.specs[operator].address, self.specs[operator].stomp_port

    def operation(self, operator: str) -> Operation:
        """The admin and staff API of a provider."""
        return self._operations[operator]

    def supervisor(self, operator: str) -> Supervisor:
        """The process of a provider.

        Raises:
            LookupError: the network has not started this provider.
        """
        try:
            return self._supervisors[operator]
        except KeyError:
            raise LookupError(
                f"{operator} was not started by this network, so its process cannot be controlled; "
                f"started: {', '.join(self._supervisors) or 'none'}"
            ) from None

    async def health(self, operator: str) -> Health:
        """A provider's state; raises what `ApiClient.ask` raises."""
        return await self._operations[operator].health()

    async def start(self, operator: str) -> None:
        """Start a provider that was killed or stopped; raises `ProviderDidNotStart`."""

        async def ready() -> bool:
            try:
                health = await self.health(operator)
            except (Unreachable, UnexpectedAnswer):
                return False
            return health.operator == operator

        await self.supervisor(operator).start(ready, self._start_within_s)

    def kill(self, operator: str) -> None:
        """Kill a provider's process at once (SIGKILL), as a power failure does."""
        self.supervisor(operator).kill()

    async def terminate(self, operator: str, within: float = 10.0) -> bool:
        """Stop a provider (SIGTERM, then SIGKILL); whether SIGTERM was enough."""
        return await self.supervisor(operator).stop(within)

    async def restart(self, operator: str) -> None:
        """Start a provider again on its data; one that runs is stopped before."""
        await self.terminate(operator)
        await self.start(operator)

    async def stop(self) -> None:
        """Stop everything that the network started, in parallel; may be called again."""
        try:
            # First: a provider that stops gives each idle connection time to confirm its end.
            for operation in self._operations.values():
                await operation.close()
            await asyncio.gather(*(supervisor.stop() for supervisor in self._supervisors.values()))
        finally:
            for supervisor in self._supervisors.values():
                supervisor.kill()
            self._ports.close()

    async def wait_until_peers_run(
        self, operator: str, peers: Iterable[str], within: float = 20.0
    ) -> Health:
        """The health of a provider once it says that these peers are running.

        Raises:
            Waited: they are not, in time.
        """
        wanted = frozenset(peers)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            health = await self.health(operator)
            if wanted <= {peer.operator for peer in health.peers if peer.running}:
                return health
            if loop.time() >= deadline:
                raise Waited(
                    f"{', '.join(sorted(wanted))} running as {operator} sees it",
                    within,
                    ", ".join(peer.model_dump_json() for peer in health.peers) or "no peers",
                )
            await asyncio.sleep(_LOOK_EVERY_S)

    async def register(self, operator: str, department: str, person: RegistrantData) -> Credentials:
        """Have a department's staff key in and approve a person; raises as `ApiClient.ask`."""
        operation = self._operations[operator]
        return await operation.approve(await operation.enter(department, person), department)

    async def dispatcher_token(self, operator: str, center: str, name: str = "dispatcher") -> str:
        """The token of a new dispatcher of a center; raises what `ApiClient.ask` raises."""
        operation = self._operations[operator]
        return (await operation.add_account(AccountRole.DISPATCHER, center, name)).token

    async def staff_token(self, operator: str, department: str, name: str = "staff") -> str:
        """The token of a new staff member of a department; raises as `ApiClient.ask`."""
        operation = self._operations[operator]
        return (await operation.add_account(AccountRole.STAFF, department, name)).token

    def phone(
        self,
        operator: str,
        credentials: Credentials | None,
        *,
        name: str = "phone",
        wiretap: Wiretap | None = None,
        radio: RadioProxy | None = None,
    ) -> Smartphone:
        """A smartphone of one of the provider's registrants, to be entered.

        Without ``credentials`` it can come back to calls by callback mails only.
        ``radio`` is the one between it and the provider, made by :meth:`radio` and entered.
        """
        return Smartphone(
            radio.url() if radio is not None else self.base_url(operator),
            self.tls,
            credentials,
            name=name,
            provider=operator,
            wiretap=wiretap,
        )

    def dispatcher(
        self,
        operator: str,
        token: str,
        *,
        radio: RadioProxy | None = None,
        **options: Unpack[ConsoleOptions],
    ) -> Dispatcher:
        """A dispatcher at one of the provider's centers, to be entered; ``radio`` as in `phone`."""
        options.setdefault("provider", operator)
        url = radio.url() if radio is not None else self.base_url(operator)
        return Dispatcher(url, self.tls, token, **options)

    def radio(
        self,
        operator: str,
        profile: RadioProfile,
        *,
        seed: int = 1,
        scale: float = 1.0,
        wiretap: Wiretap | None = None,
    ) -> RadioProxy:
        """A radio before a provider's HTTPS, to be entered; its certificate holds there, too."""
        url = urlsplit(self.base_url(operator))
        if url.hostname is None:
            raise LookupError(f"the address of {operator} names no host: {url.geturl()}")
        return RadioProxy(
            profile,
            (url.hostname, url.port or 443),
            seed=seed,
            host=url.hostname,
            scale=scale,
            wiretap=wiretap,
        )

    async def _start_all(self) -> None:
        tasks = [asyncio.create_task(self.start(code)) for code in self._supervisors]
        try:
            await asyncio.gather(*tasks)
        finally:
            # One that failed must not leave the others starting.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _with_ports(self, spec: ProviderSpec) -> ProviderSpec:
        if spec.running is not None:
            return spec
        plaintext = spec.plaintext_port
        if spec.old_phones and not plaintext:
            plaintext = self._ports.take(spec.address)
        values = vars(spec) | {
            "plaintext_port": plaintext,
            "http_port": spec.http_port or self._ports.take(spec.address),
            "stomp_port": spec.stomp_port or self._ports.take(spec.address),
        }
        return ProviderSpec(**values)

    def _write_directory(self, directory: Directory | Path | None) -> Path | None:
        if not isinstance(directory, Directory):
            return directory
        file = self.folder / "directory.json"
        file.write_text(directory.to_json(), "utf-8")
        return file

    def _trust(self) -> ssl.SSLContext:
        context = self.ca.client_context()
        for spec in self.specs.values():
            if spec.running is not None:
                context.load_verify_locations(cafile=spec.running.ca_file)
        return context

    def _supervisor(self, spec: ProviderSpec) -> Supervisor:
        home = self.folder / spec.operator
        home.mkdir(parents=True, exist_ok=True)
        config = home / "config.toml"
        config.touch(mode=0o600)
        config.write_text(toml(self._config(spec, home)), "utf-8")
        command = spec.command or self._command
        return Supervisor(
            spec.operator,
            (*command, "--config", str(config), "--stop-with-parent"),
            home / "provider.log",
            spec.environment,
        )

    def _config(self, spec: ProviderSpec, home: Path) -> dict[str, Any]:
        certificate = self.ca.issue(spec.address)
        files = {"cert": certificate.cert_file, "key": certificate.key_file}
        config: dict[str, Any] = {
            "operator": spec.operator,
            "data_dir": home / "data",
            "http": {"host": spec.address, "port": spec.http_port, **files},
            "stomp": {
                "host": spec.address,
                "port": spec.stomp_port,
                **files,
                "ca": self.ca.ca_file,
            },
            "timers": self._timers,
            "admin": {"enabled": True, "token": self._tokens[spec.operator]},
            "peers": [
                {"operator": code, "address": address, "port": port}
                for code in (*self.specs, *self.peers)
                if code != spec.operator
                for address, port in (self.stomp_address(code),)
            ],
        }
        if self.rsa_ca is not None and spec.old_phones:
            rsa = self.rsa_ca.issue(spec.address)
            config["http"] |= {"rsa_cert": rsa.cert_file, "rsa_key": rsa.key_file}
            plaintext = {"enabled": True, "host": spec.address, "port": spec.plaintext_port}
            config["plaintext"] = plaintext
        if self._directory_file is not None:
            config["directory"] = {"file": self._directory_file}
        if self._modes is not None:
            config["modes"] = {"accepted": self._modes}
        return merged(merged(config, self._settings), spec.settings)
