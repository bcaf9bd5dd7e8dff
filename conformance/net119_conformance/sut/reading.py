"""Reads a profile, and says everything that is wrong with it at once."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from net119_protocol.interconnect.mapping import UnknownMapping, load_mapping
from net119_protocol.profile.load import load_profiles
from net119_simulators.safety import is_loopback
from pydantic import ValidationError

from net119_conformance.catalogue import Role, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.masking_words import read_listed
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile, host_of

DOCS = Text(
    en="docs/sut-profile.md describes every key",
    ja="どの項目も docs/sut-profile.ja.md に説明があります",
)
_ON_THE_WIRE = (Role.HOME, Role.RECEIVING)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the key, what is wrong with it, and what to write instead.

    ``ja`` is the last two in Japanese; what a library says of a value is left in its words.
    """

    path: str
    what: str
    remedy: str
    ja: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.path}: {self.what} -> {self.remedy}"

    @property
    def in_japanese(self) -> str:
        """As the text, in Japanese."""
        return f"{self.path}: {self.ja[0]} → {self.ja[1]}"


def _problem(path: str, what: Text, remedy: Text) -> Problem:
    return Problem(path, what.en, remedy.en, (what.ja, remedy.ja))


class ProfileError(ConformanceError):
    """A profile that cannot be used; ``problems`` holds all that is wrong with it."""

    def __init__(self, file: Path, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        one = len(problems) == 1
        listed = "".join(f"\n  {problem}" for problem in problems)
        listed_ja = "".join(f"\n  {problem.in_japanese}" for problem in problems)
        super().__init__(
            Text(
                en=f"{'one thing is' if one else f'{len(problems)} things are'} wrong:{listed}",
                ja=f"{len(problems)} か所に誤りがあります:{listed_ja}",
            ),
            Text(en=f"profile {file}", ja=f"プロファイル {file}"),
            DOCS,
        )


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConformanceError: it cannot be read.
    """
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConformanceError(
            Text(
                en=f"the profile cannot be read: {getattr(error, 'strerror', None) or error}",
                ja=f"プロファイルを読めません: {getattr(error, 'strerror', None) or error}",
            ),
            f"--sut {file}",
            Text(
                en='write it as TOML, or have "net119 sut init" write one',
                ja="TOML で書くか、net119 sut init で作ってください",
            ),
        ) from error


def read_profile(file: Path) -> SutProfile:
    """Read a profile.

    Raises:
        ProfileError: something is wrong with it.
        ConformanceError: it cannot be read as TOML.
    """
    content = read_toml(file)
    try:
        profile = SutProfile.model_validate(content)
    except ValidationError as error:
        raise ProfileError(file, tuple(_said(error, ""))) from error
    profile = profile.model_copy(update={"folder": file.absolute().parent})
    problems = tuple(_contradictions(profile))
    if problems:
        raise ProfileError(file, problems)
    return profile


_REMEDIES = {
    "sut": Text(
        en='say who it is, as in [sut] key = "acme", name, vendor and version',
        ja='[sut] に key（"acme" など）、name、vendor、version を書いてください',
    ),
    "sut.key": Text(
        en="use a short name of small letters, digits and hyphens, such as acme",
        ja="英小文字・数字・ハイフンの短い名前にしてください（例: acme）",
    ),
    "sut.operator": Text(
        en="write the operator code, small letters, digits and hyphens, such as acme",
        ja="事業者コードを英小文字・数字・ハイフンで書いてください（例: acme）",
    ),
    "claims": Text(
        en='claim roles, as in [claims] roles = ["home", "receiving"]',
        ja='[claims] roles = ["home", "receiving"] のように役割を申告してください',
    ),
    "claims.roles": Text(
        en="claim some of home, receiving, registration, operation, alarm",
        ja="home、receiving、registration、operation、alarm から選んでください",
    ),
    "claims.options": Text(
        en=f"use some of {', '.join(Option)}",
        ja=f"次から選んでください: {', '.join(Option)}",
    ),
    "addresses": Text(
        en="write addresses as https://127.0.0.2:8443, 127.0.0.2:61614 or 127.20.0.0/16",
        ja="https://127.0.0.2:8443、127.0.0.2:61614、127.20.0.0/16 のような形で書いてください",
    ),
    "timers": Text(
        en="write seconds as numbers, or leave the key out for the published default",
        ja="秒数を数値で書くか、公表されている既定値でよければ書かないでください",
    ),
    "driver": Text(
        en='say who operates the system, as in [driver] kind = "http-hook"',
        ja='[driver] kind = "http-hook" のように、システムを操作するものを書いてください',
    ),
    "driver.admin_token_env": Text(
        en="set that variable in the environment of the run, or name another",
        ja="その環境変数を設定するか、別の変数を指定してください",
    ),
    "capacity": Text(
        en='write it as docs/load.md shows, or "none" for a part not claimed',
        ja='docs/load.md のとおりに書き、申告しない部分は "none" としてください',
    ),
}
_NO_SUCH_KEY = Text(en="there is no such key", ja="そのような項目はありません")
_MISSING = Text(en="it is missing", ja="書かれていません")


def _said(error: ValidationError, table: str) -> Iterator[Problem]:
    """What a model found wrong, key by key; alternatives of one key are told once."""
    told: set[str] = set()
    for each in error.errors(include_url=False):
        keys = [str(key) for key in each["loc"] if "[" not in str(key)]
        keys = [key for key in keys if key.islower() or key.isdigit()]
        path = ".".join(([table] if table else []) + keys) or "the file"
        if path in told:
            continue
        told.add(path)
        said = each["msg"].removeprefix("Value error, ")
        said = f"{said[:1].lower()}{said[1:]}"
        what = Text(en=said, ja=f"使えない値です（{said}）")
        if each["type"] == "extra_forbidden":
            what = _NO_SUCH_KEY
        elif each["type"] == "missing":
            what = _MISSING
        yield _problem(path, what, _remedy(path))


def _remedy(path: str) -> Text:
    keys = path.split(".")
    for length in range(len(keys), 0, -1):
        found = _REMEDIES.get(".".join(keys[:length]))
        if found:
            return found
    return DOCS


def _contradictions(profile: SutProfile) -> Iterator[Problem]:
    """What is wrong between keys, and with what they name outside the file."""
    yield from _driver(profile)
    yield from _missing_addresses(profile)
    yield from _other_hosts(profile)
    try:
        load_mapping(profile.mapping)
    except UnknownMapping as unknown:
        yield _problem(
            "mapping",
            Text(en=str(unknown), ja=f"{profile.mapping!r} というマッピングはありません"),
            Text(
                en="name a mapping that is there (docs/mappings.md)",
                ja="用意されているマッピングを指定してください（docs/mappings.md）",
            ),
        )
    known = load_profiles()
    for name in profile.claims.department_profiles:
        if name not in known:
            yield _problem(
                "claims.department_profiles",
                Text(
                    en=f"there is no department profile {name!r}",
                    ja=f"{name!r} という消防本部のプロファイルはありません",
                ),
                _some_of(known),
            )
    listed = profile.masking.file
    if listed is not None:
        try:
            read_listed(profile.path(listed))
        except ConformanceError as wrong:
            what_ja, where_ja, to_do_ja = wrong.in_japanese
            yield _problem(
                "masking.file",
                Text(en=f"{wrong.what} ({wrong.where})", ja=f"{what_ja}（{where_ja}）"),
                Text(en=wrong.what_to_do, ja=to_do_ja),
            )
    ca_file = profile.addresses.ca_file
    if ca_file is not None and not profile.path(ca_file).is_file():
        yield _problem(
            "addresses.ca_file",
            Text(
                en=f"there is no file {profile.path(ca_file)}",
                ja=f"ファイル {profile.path(ca_file)} がありません",
            ),
            Text(
                en="name the PEM file of the authority that signed the system's certificates, or "
                "leave the key out if it uses those that net119 sut prepare makes",
                ja="証明書に署名した認証局の PEM ファイルを書くか、net119 sut prepare が作るものを"
                "使うなら書かないでください",
            ),
        )


def _some_of(names: Iterable[str]) -> Text:
    listed = ", ".join(sorted(names))
    return Text(en=f"use some of {listed}", ja=f"次から選んでください: {listed}")


def _driver(profile: SutProfile) -> Iterator[Problem]:
    table = profile.driver
    try:
        kind = find_kind(table.kind)
        kind.settings(table.settings)
    except ValidationError as error:
        yield from _said(error, "driver")
    except ConformanceError as wrong:
        what, _, remedy = wrong.in_japanese
        yield Problem("driver.kind", wrong.what, wrong.what_to_do, (what, remedy))
    else:
        extra = set(table.verbs or ()) - kind.verbs
        if extra:
            listed = ", ".join(sorted(extra))
            yield _problem(
                "driver.verbs",
                Text(
                    en=f"a driver of kind {table.kind} never has {listed}",
                    ja=f"ドライバー {table.kind} は {listed} に対応していません",
                ),
                _some_of(kind.verbs),
            )


def _missing_addresses(profile: SutProfile) -> Iterator[Problem]:
    addresses, claims = profile.addresses, profile.claims
    if addresses.stomp is None and any(role in claims.roles for role in _ON_THE_WIRE):
        yield _problem(
            "addresses.stomp",
            Text(
                en="the roles home and receiving need the STOMP endpoint",
                ja="役割 home と receiving には、STOMP の接続先が必要です",
            ),
            Text(
                en='write where it listens, such as stomp = "127.0.0.2:61614"',
                ja='待ち受けている場所を stomp = "127.0.0.2:61614" のように書いてください',
            ),
        )
    if addresses.base_url is None and profile.driver.kind == "api":
        yield _problem(
            "addresses.base_url",
            Text(en="the driver api needs it", ja="ドライバー api に必要です"),
            Text(
                en='write where the documented API is, such as base_url = "https://127.0.0.2:8443"',
                ja='API のある場所を base_url = "https://127.0.0.2:8443" のように書いてください',
            ),
        )
    if addresses.plaintext_url is None and Option.OLD_PHONES in claims.options:
        yield _problem(
            "addresses.plaintext_url",
            Text(
                en=f"the option {Option.OLD_PHONES} needs it",
                ja=f"オプション {Option.OLD_PHONES} に必要です",
            ),
            Text(
                en="write where phones without TLS come, such as "
                'plaintext_url = "http://127.0.0.2:8080"',
                ja="TLS のない端末の接続先を "
                'plaintext_url = "http://127.0.0.2:8080" のように書いてください',
            ),
        )
    if (addresses.mail_in is None) != (addresses.mail_out is None):
        missing = "mail_in" if addresses.mail_in is None else "mail_out"
        yield _problem(
            f"addresses.{missing}",
            Text(en="mail needs both ways", ja="メールには双方向の設定が必要です"),
            Text(
                en="write mail_in, where the system takes mail, and mail_out, where it sends it to "
                "and the suite listens",
                ja="システムがメールを受ける mail_in と、送る先で試験側が待ち受ける mail_out の両方"
                "を書いてください",
            ),
        )


def _other_hosts(profile: SutProfile) -> Iterator[Problem]:
    addresses = profile.addresses
    for key in ("base_url", "plaintext_url", "stomp", "mail_in"):
        value = getattr(addresses, key)
        if value is None:
            continue
        host = host_of(value)
        if is_loopback(host):
            continue
        if host not in addresses.test_systems:
            yield _problem(
                f"addresses.{key}",
                Text(
                    en=f"{host} is no loopback address, and nobody said that it is a test system",
                    ja=f"{host} はこの機器の中のアドレスでなく、試験用と示されてもいません",
                ),
                Text(
                    en=f'if it is one, and never a real service, write test_systems = ["{host}"]',
                    ja="実際のサービスでなく試験用であれば、"
                    f'test_systems = ["{host}"] と書いてください',
                ),
            )
        elif Option.LIVE in profile.claims.options:
            yield _problem(
                "claims.options",
                Text(
                    en=f"calls in mode live are never sent to {host}, a host other than loopback",
                    ja=f"本番の通報は、この機器の外の {host} には決して送りません",
                ),
                Text(en=f"leave out {Option.LIVE}", ja=f"{Option.LIVE} を外してください"),
            )
