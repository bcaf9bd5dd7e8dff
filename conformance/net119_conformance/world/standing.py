"""Runs the suite against one system that somebody else started, as its profile describes it."""

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.mailbox.hosting import HostedMailboxes
from net119_simulators.safety import declare_test_systems

from net119_conformance.catalogue import Text
from net119_conformance.environment import Description, Sut
from net119_conformance.errors import ConformanceError
from net119_conformance.left_out import NO_BROWSER
from net119_conformance.manual.doable import DOABLE
from net119_conformance.manual.hosting import HostedDesk, People
from net119_conformance.purpose import Purpose
from net119_conformance.sut.applies import missing_claim, needs_of
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.manual_kind import NAME
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.sut.time_limits import time_limit, time_limit_by_hand
from net119_conformance.sut.way import place_of
from net119_conformance.world.chromium import HostedChromium, find_chromium, key_of
from net119_conformance.world.description import estate_key
from net119_conformance.world.handing_over import hand_over
from net119_conformance.world.mail import MailDescription
from net119_conformance.world.prepared import (
    AGAIN,
    Prepared,
    read_folder,
    read_prepared,
)
from net119_conformance.world.standing_description import StandingDescription

BENCH = "net119_conformance.world.standing_bench:bench"


class StandingEnvironment:
    """Judges the system of a profile; nothing of it is started or stopped.

    ``file`` is the profile's own, which workers read again. All purposes are planned; those that
    the profile claims nothing for are reported as not applicable, with the line that says so.
    ``require_browser``: what is claimed may not be left out for lack of a browser. ``people``: how
    the person is told who operates the system, where one does.
    """

    bench = BENCH
    allowed_not_applicable: frozenset[str] | None = None
    """Any: the profile decides, and every reason stands in the report."""

    def __init__(
        self,
        profile: SutProfile,
        file: Path,
        purposes: Iterable[Purpose],
        *,
        require_browser: bool = False,
        people: People | None = None,
    ) -> None:
        self._profile = profile
        self._file = file.absolute()
        self._purposes = list(purposes)
        self._asked = [each for each in self._purposes if missing_claim(each, profile) is None]
        self._mailboxes: HostedMailboxes | None = None
        self._browser: HostedChromium | None = None
        self._require_browser = require_browser
        self._by_hand = profile.driver.kind == NAME
        self._desk: HostedDesk | None = None
        self._people = people or People()

    def suts(self) -> Sequence[Sut]:
        """The one system."""
        profile = self._profile
        return [
            Sut(
                key=profile.sut.key,
                name=profile.sut.name,
                derived_binds=profile.claims.derived,
                details={
                    "vendor": profile.sut.vendor,
                    "version": profile.sut.version,
                    "operator": profile.sut.code,
                    "roles": ", ".join(profile.claims.roles),
                    "options": ", ".join(profile.claims.options) or "none",
                    "driver": profile.driver.kind,
                    "mapping": f"{profile.mapping} {load_mapping(profile.mapping).version}",
                },
            )
        ]

    def suts_for(self, purpose: Purpose) -> Sequence[str]:
        """Always the one: what does not apply says why."""
        return [self._profile.sut.key]

    def time_limit(self, purpose: Purpose) -> float:
        """More than the purpose's own where the system's timers are longer than ours."""
        timers = self._profile.timers.timers()
        if self._by_hand:
            return time_limit_by_hand(purpose, timers, self._asking.step_s)
        return time_limit(purpose, timers)

    def alone(self, purpose: Purpose) -> bool:
        """What kills the system, sets its clock or brings it to its limits disturbs the others.

        A person does one thing at a time.
        """
        if self._by_hand:
            return True
        needs = needs_of(purpose)
        disturbs = needs.own_system or needs.alone
        return disturbs and missing_claim(purpose, self._profile) is None

    async def start(self) -> Description:
        """Take mail, hand the directory and the peers over, and find a browser."""
        prepared = self._prepared()
        declare_test_systems(self._profile.addresses.test_systems)
        mail = self._take_mail(prepared)
        chromium, lacks = await self._find_browser()
        desk = await self._open_desk()
        description = StandingDescription(
            profile=self._file,
            run=token_hex(4),
            mail=mail,
            chromium=chromium,
            browser_lacks=lacks,
            desk=desk,
        )
        not_set_up = await hand_over(self._profile, prepared, mail)
        return description.model_copy(update={"not_set_up": not_set_up}).model_dump(mode="json")

    async def renew(self) -> Description:
        """A new run against the system, which runs on."""
        await self.stop()
        return await self.start()

    @property
    def _asking(self) -> Any:
        """The settings of the driver that asks a person."""
        driver = self._profile.driver
        return find_kind(driver.kind).settings(driver.settings)

    async def _open_desk(self) -> str:
        """Where a person is asked, if one operates the system; empty if none does."""
        if not self._by_hand:
            return ""
        port = self._asking.port
        expected = {each.id for each in self._asked} & DOABLE
        self._desk = HostedDesk(
            expected,
            port,
            self._people.tell,
            lang=self._people.lang,
            source=self._people.source,
        )
        return await self._desk.start()

    def _prepared(self) -> Prepared:
        prepared = read_prepared(self._profile)
        key = self._profile.sut.key
        missing = [
            each.id for each in self._asked if estate_key(each.id, key) not in prepared.estates
        ]
        if missing:
            raise ConformanceError(
                Text(
                    en=f"nothing is prepared for {', '.join(missing[:5])}"
                    + (f" and {len(missing) - 5} more" if len(missing) > 5 else ""),
                    ja=f"準備されていない試験があります: {', '.join(missing[:5])}"
                    + (f" ほか {len(missing) - 5} 件" if len(missing) > 5 else ""),
                ),
                f"world.folder {read_folder(self._profile)}",
                AGAIN,
            )
        return prepared

    def _take_mail(self, prepared: Prepared) -> MailDescription | None:
        addresses = self._profile.addresses
        if addresses.mail_in is None or addresses.mail_out is None:
            return None
        host, port = split_place(addresses.mail_out)
        self._mailboxes = HostedMailboxes(host, port)
        try:
            place = self._mailboxes.start()
        except RuntimeError as problem:
            raise ConformanceError(
                Text(
                    en="people's mailboxes cannot listen there",
                    ja="通報者のメールボックスを、そのアドレスとポートで開けません",
                ),
                f"addresses.mail_out {addresses.mail_out}",
                Text(
                    en="name an address of this machine, and a port that nothing else uses",
                    ja="この機器のアドレスと、空いているポートを指定してください",
                ),
            ) from problem
        there = split_place(addresses.mail_in)
        for estate in prepared.estates.values():
            self._mailboxes.route(estate.home.mail_domain, *there)
        return MailDescription.of(place)

    async def _find_browser(self) -> tuple[str, Text | None]:
        """The URL of a browser that trusts the system's certificate; empty where there is none.

        And why there is none although there had to be one.
        """
        url = self._profile.addresses.base_url
        wanted = any(needs_of(each).browser for each in self._asked)
        if not (wanted and url):
            return "", None
        if not find_chromium():
            return "", NO_BROWSER if self._require_browser else None
        host, port = place_of(url)
        try:
            pem = await asyncio.to_thread(ssl.get_server_certificate, (host, port), timeout=5.0)
        except (OSError, ValueError) as problem:
            return "", _no_certificate(url, str(problem) or type(problem).__name__)
        self._browser = HostedChromium([key_of(pem.encode("ascii"))])
        return await asyncio.to_thread(self._browser.start), None

    async def stop(self) -> None:
        """End the desk, the mailboxes and the browser."""
        if self._desk is not None:
            await self._desk.stop()
        if self._browser is not None:
            await asyncio.to_thread(self._browser.stop)
        if self._mailboxes is not None:
            self._mailboxes.stop()


def _no_certificate(url: str, why: str) -> Text:
    return Text(
        en=f"the certificate of {url} could not be fetched, which the browser is to trust ({why}): "
        "run net119 sut check, then judge again",
        ja=f"ブラウザーに信頼させる {url} の証明書を取得できませんでした（{why}）。"
        "net119 sut check で確かめてから、もう一度判定してください",
    )
