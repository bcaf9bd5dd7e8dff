"""The questions of `net119 sut init`: each is asked until its answer can be used."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from net119_protocol.interconnect.mapping import PROFILE_NAME
from net119_protocol.profile.load import load_profiles

from net119_conformance.catalogue import Lang, Role, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.report.words import say
from net119_conformance.sut.kinds import names
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import CLAIMABLE, KEY
from net119_conformance.sut.writing import Answers

Ask = Callable[[str, str], str]
"""Asks a question with a default answer, and returns the answer."""

_SETTINGS = {
    "api": {"admin_token_env": "NET119_ADMIN_TOKEN"},
    "pages": {"admin_token_env": "NET119_ADMIN_TOKEN"},
    "http-hook": {"url": "http://127.0.0.1:9119"},
    "manual": {"step_s": "300"},
}
"""What the suite's own drivers have to be told, with an example."""
_AT_A_URL = ("api", "pages")
"""Drivers that work at the system's own HTTPS URL; it is no default of others."""


def given_settings(pairs: Iterable[str]) -> dict[str, Any]:
    """Settings given as ``KEY=VALUE``; numbers and booleans are taken for such.

    Raises:
        ConformanceError: one is no such pair.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z0-9_-]+", key):
            raise ConformanceError(
                Text(en=f"{pair!r} is no setting", ja=f"{pair!r} は設定の形になっていません"),
                "--setting",
                Text(
                    en="write KEY=VALUE, as url=http://127.0.0.1:9",
                    ja="KEY=VALUE の形で書いてください（例: url=http://127.0.0.1:9）",
                ),
            )
        found[key] = _typed(value)
    return found


def _typed(value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value) if "." in value else int(value)
    return value


def complete(answers: Answers, lang: Lang, ask: Ask | None) -> None:
    """Fill in what was not given: by asking, or with the defaults where nothing is asked."""
    asking = _Asking(answers, lang, ask)
    asking.identity()
    asking.claims()
    asking.driver()  # before the addresses: a hook needs no URL of handsets
    asking.addresses()


class _Asking:
    def __init__(self, answers: Answers, lang: Lang, ask: Ask | None) -> None:
        self._a = answers
        self._lang = lang
        self._ask = ask

    def identity(self) -> None:
        """Who it is."""
        a = self._a
        a.name = a.name or self._text("試験対象の名前", "Name of the system", "My NET119")
        a.vendor = a.vendor or self._text("提供者", "Vendor", "My company")
        a.version = a.version or self._text("版", "Version", "1.0")
        a.key = a.key or self._text(
            "短い名前 (英小文字、数字、-)", "Short name (a-z, 0-9, -)", "my-net119", KEY
        )
        a.operator = a.operator or self._text(
            "事業者コード", "Operator code on the wire", a.key, KEY
        )

    def claims(self) -> None:
        """What is claimed."""
        a = self._a
        roles = [role.value for role in CLAIMABLE]
        a.roles = a.roles or self._some("担う役割", "Roles", roles, roles[:4])
        a.options = a.options or self._some("備えている選択機能", "Options", [*Option], [])
        if Role.REGISTRATION in a.roles or Role.HOME in a.roles:
            known = sorted(load_profiles())
            a.department_profiles = a.department_profiles or self._some(
                "従える運用の決まり", "Department profiles", known, []
            )
        if a.exclusive is None:
            a.exclusive = self._yes(
                "試験中は専有でき、停止・再起動や限界までの負荷を与えてよい",
                "It is the run's alone: it may be killed, restarted, brought to its limits",
            )

    def addresses(self) -> None:
        """Where it is."""
        a = self._a
        if a.driver in _AT_A_URL:
            a.base_url = a.base_url or self._text(
                "HTTPS の URL", "HTTPS URL", "https://127.0.0.2:8443"
            )
        if Option.OLD_PHONES in a.options:
            a.plaintext_url = a.plaintext_url or self._text(
                "暗号化できない端末の URL", "URL for phones without TLS", "http://127.0.0.2:8080"
            )
        if Role.HOME in a.roles or Role.RECEIVING in a.roles:
            a.stomp = a.stomp or self._text("STOMP の待受け", "STOMP endpoint", "127.0.0.2:61614")
        if self._ask is not None and not a.mail_in:
            a.mail_in = self._text(
                "メールの受け口 (なければ -)", "Where it takes mail (- for none)", "-"
            )
            if a.mail_in == "-":
                a.mail_in = ""
        if a.mail_in:
            a.mail_out = a.mail_out or self._text(
                "メールの送り先 (試験側が受け取る)", "Where it sends mail to", "127.0.0.1:2526"
            )

    def driver(self) -> None:
        """Who operates it, and how messages are written."""
        a = self._a
        a.mapping = a.mapping or self._text("電文の書き方", "Mapping of messages", PROFILE_NAME)
        kinds = ", ".join(names())
        a.driver = a.driver or self._text(
            f"ドライバー ({kinds}, package.module:object)",
            f"Driver ({kinds}, package.module:object)",
            names()[0],
        )
        for key, example in _SETTINGS.get(a.driver, {}).items():
            if not a.settings:
                a.settings[key] = _typed(self._text(f"設定 {key}", f"Setting {key}", example))
        if a.settable is None:
            a.settable = self._yes(
                "ドライバーは試験対象の時計を進め、また戻せる",
                "The driver can set its clock, forwards and back",
            )

    def _text(self, ja: str, en: str, default: str, pattern: str = ".+") -> str:
        if self._ask is None:
            return default
        while True:
            answer = self._ask(say(self._lang, ja=ja, en=en), default)
            if re.fullmatch(pattern, answer):
                return answer

    def _yes(self, ja: str, en: str) -> bool:
        """Whether it is so; what nobody answers is not claimed."""
        said = self._text(f"{ja} (y/n)", f"{en} (y/n)", "n", r"(?i)y|yes|n|no|はい|いいえ")
        return said.lower() in ("y", "yes", "はい")

    def _some(self, ja: str, en: str, known: Sequence[str], default: Sequence[str]) -> list[str]:
        if self._ask is None:
            return list(default)
        more_ja, more_en = (
            f"コンマ区切り: {', '.join(known)}",
            f"comma-separated: {', '.join(known)}",
        )
        while True:
            said = say(
                self._lang, ja=f"{ja}（{more_ja}、なければ -）", en=f"{en} ({more_en}; - for none)"
            )
            answer = self._ask(said, ", ".join(default) or "-")
            chosen = [part for part in re.split(r"[,、\s]+", answer.strip("- ")) if part]
            if set(chosen) <= set(known):
                return chosen
