"""A reference provider that the suite starts as one of the systems of a run."""

import re
from pathlib import Path
from typing import Any

from net119_protocol import __version__
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.local import REFERENCE
from net119_simulators.network.supervisor import ProviderDidNotStart

from net119_conformance.catalogue import Role, Text
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.interop.cells import System
from net119_conformance.interop.members import (
    NO_MAIL,
    PATIENCE_S,
    PROFILE,
    Given,
    Member,
    system_of,
)
from net119_conformance.sut.kinds import Site
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import KEY, SutProfile
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.local_bench import STOMP, TIMERS
from net119_conformance.world.mail import MAIL_PORT, Mail
from net119_conformance.world.plan import Ground
from net119_conformance.world.profiles import write_profiles

HTTPS_PORT, STOMP_PORT = 8443, 61614


class Reference:
    """The reference as the operator ``code``, on an address of its own.

    Raises:
        ConformanceError: that is no operator code.
    """

    def __init__(
        self, code: str, *, command: tuple[str, ...] = REFERENCE, patience_s: float = PATIENCE_S
    ) -> None:
        if not re.fullmatch(KEY, code):
            raise ConformanceError(
                Text(
                    en=f"{code!r} is no operator code",
                    ja=f"{code!r} は事業者コードとして使えません",
                ),
                f"--reference {code}",
                Text(
                    en="use small letters, digits and hyphens, 20 at most, such as aoba",
                    ja="英小文字・数字・ハイフンで 20 文字以内にしてください（例: aoba）",
                ),
            )
        self._patience_s = patience_s
        self._block = AddressBlock()
        self._address = next(self._block.providers())
        self._command = command
        self._network: LocalNetwork | None = None
        self.profile = self._profile(code, "", None)

    def system(self) -> System:
        """See Source."""
        return system_of(self.profile, address=self._address)

    def own_homes(self, profile: str) -> tuple[Ground, ...]:
        """See Source: none, since it is given those of the run when it starts."""
        return ()

    async def start(self, folder: Path, given: Given) -> Member:
        """Start it; it knows no peers yet.

        Raises:
            ConformanceError: it does not start.
        """
        code = self.profile.sut.code
        network = LocalNetwork(
            [ProviderSpec(code, self._address, http_port=HTTPS_PORT, stomp_port=STOMP_PORT)],
            folder,
            timers=TIMERS,
            settings=self._settings(folder, given),
            command=self._command,
        )
        self._network = network
        try:
            await network.__aenter__()
        except ProviderDidNotStart as problem:
            raise ConformanceError(problem.what, problem.where, problem.what_to_do) from problem
        ca_file = network.ca.ca_file
        self.profile = self._profile(code, network.operation(code).admin_token, ca_file)
        mailing = given.mailing
        mail = None if mailing is None else Mail(mailing.own(), self._address, code)
        return Member(
            self.profile,
            site=Site(self.profile, ca_file, network.authorities, mail),
            authority=network.ca,
            crash=self._crash,
            no_mail=NO_MAIL if mail is None else None,
        )

    def _settings(self, folder: Path, given: Given) -> dict[str, Any]:
        settings: dict[str, Any] = {"stomp": STOMP}
        if given.mailing is not None:
            profiles = write_profiles(given.homes, folder / "profiles")
            settings["profiles"] = {"folder": str(profiles)}
            settings["mail"] = given.mailing.own().settings(self._address)
        return settings

    async def stop(self) -> None:
        """Stop it."""
        try:
            if self._network is not None:
                await self._network.stop()
        finally:
            self._block.release()

    async def _crash(self) -> None:
        network, code = self._network, self.profile.sut.code
        if network is None:
            raise SutUnavailable(f"{code} was not started")
        network.kill(code)
        try:
            await network.start(code)
        except ProviderDidNotStart as problem:
            raise SutUnavailable(f"not up again after it was killed: {problem}") from problem

    def _profile(self, code: str, token: str, ca_file: Path | None) -> SutProfile:
        content: dict[str, Any] = {
            "sut": {
                "key": code,
                "name": "NET119 testbed reference",
                "vendor": "NET119 testbed",
                "version": __version__,
            },
            "claims": {
                "roles": (Role.HOME, Role.RECEIVING, Role.REGISTRATION, Role.OPERATION),
                "options": (Option.CALLBACK, Option.CLIENT_CERTIFICATES, Option.TRANSFERS),
                "department_profiles": (PROFILE,),
                "derived": True,
                "exclusive": True,
            },
            "addresses": {
                "base_url": f"https://{self._address}:{HTTPS_PORT}",
                "stomp": f"{self._address}:{STOMP_PORT}",
                "mail_in": f"{self._address}:{MAIL_PORT}",
                "mail_out": f"127.{self._block.number}.0.1:{MAIL_PORT}",
                "peers": f"127.{self._block.number}.0.0/16",
                "ca_file": ca_file,
            },
            "timers": {**TIMERS.settings(), "patience_s": self._patience_s},
            "driver": {"kind": "api", "admin_token": token or "not-started"},
        }
        return SutProfile.model_validate(content)
