"""Writes a profile with a comment for every key, as `net119 sut init` does."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from net119_conformance.catalogue import Lang
from net119_conformance.report.words import say
from net119_conformance.sut.profile import TimerTable


@dataclass
class Answers:
    """What is asked of a vendor. Empty texts leave a key out, with a comment how to write it."""

    key: str = ""
    name: str = ""
    vendor: str = ""
    version: str = ""
    operator: str = ""
    roles: Sequence[str] = ()
    options: Sequence[str] = ()
    department_profiles: Sequence[str] = ()
    exclusive: bool | None = None
    settable: bool | None = None
    base_url: str = ""
    plaintext_url: str = ""
    stomp: str = ""
    ca_file: str = ""
    peers: str = "127.20.0.0/16"
    mail_in: str = ""
    mail_out: str = ""
    mapping: str = "profile"
    driver: str = "api"
    settings: dict[str, Any] = field(default_factory=dict)


def profile_text(answers: Answers, lang: Lang) -> str:
    """The profile as TOML with comments in one language."""
    return "\n".join(_lines(answers, lang)) + "\n"


def _lines(a: Answers, lang: Lang) -> Iterator[str]:
    def note(ja: str, en: str) -> str:
        return f"# {say(lang, ja=ja, en=en)}"

    yield note(
        "試験対象のプロファイル。各項目の説明: docs/sut-profile.ja.md",
        "Profile of a system under test; every key is described in docs/sut-profile.md",
    )
    yield note("事業者間の電文の書き方", "How messages between providers are written")
    yield _pair("mapping", a.mapping)
    yield "\n[sut]"
    yield _pair("key", a.key)
    yield _pair("name", a.name)
    yield _pair("vendor", a.vendor)
    yield _pair("version", a.version)
    yield note("事業者コード（省略時は key）", "Operator code (left out: the key)")
    yield _pair("operator", a.operator, "acme")
    yield "\n[claims]"
    yield note(
        "担う役割: home 登録地側, receiving 受ける側, registration 登録, operation 運用, "
        "alarm 緊急通報",
        "Roles: home, receiving, registration, operation, alarm (home alarm service)",
    )
    yield _pair("roles", list(a.roles))
    yield note(
        "備えている選択機能。書かないものは「ない」という申告になり、確かめられます",
        "Options that are there; what is left out is claimed not to be, and probed",
    )
    yield _pair("options", list(a.options))
    yield note(
        "消防本部ごとの運用の決まりのうち、従えるもの",
        "Department profiles that its departments can follow",
    )
    yield _pair("department_profiles", list(a.department_profiles))
    yield note(
        "試験中は専有でき、停止・再起動や限界までの負荷を与えてよいか",
        "Whether it is the run's alone, and may be killed, restarted and brought to its limits",
    )
    yield _pair("exclusive", bool(a.exclusive))
    yield "\n[addresses]"
    yield note("利用者・指令台・職員の HTTPS", "HTTPS of handsets, consoles and staff")
    yield _pair("base_url", a.base_url, "https://127.0.0.2:8443")
    yield note("暗号化できない端末の HTTP", "HTTP for phones without TLS")
    yield _pair("plaintext_url", a.plaintext_url, "http://127.0.0.2:8080")
    yield note("事業者間の STOMP の待受け", "Where STOMP between providers listens")
    yield _pair("stomp", a.stomp, "127.0.0.2:61614")
    yield note(
        "試験対象の証明書を発行した認証局 (PEM)。省略時は net119 sut prepare が作る認証局",
        "Who signed its certificates (PEM); left out: the authority of net119 sut prepare",
    )
    yield _pair("ca_file", a.ca_file, "ca.pem")
    yield note(
        "模擬事業者が使う住所。この計算機のもの",
        "Addresses for simulated peers, of this machine",
    )
    yield _pair("peers", a.peers)
    yield note(
        "試験対象がメールを受け取る所と、送る先 (試験側が受け取る)",
        "Where it takes mail, and where it sends mail to (the suite listens there)",
    )
    yield _pair("mail_in", a.mail_in, "127.0.0.2:2525")
    yield _pair("mail_out", a.mail_out, "127.0.0.1:2526")
    yield note(
        "127.* 以外の住所は、試験用システムであると申告したときだけ使います",
        "Hosts other than loopback, each declared to be a test system",
    )
    yield _pair("test_systems", None, [])
    yield "\n[timers]"
    yield note(
        "試験対象の時間 (秒)。省略時は公表された既定値",
        "Timers of the system in seconds; left out: the published default",
    )
    for name, value in TimerTable().model_dump().items():
        yield _pair(name, None, value)
    yield "\n[clock]"
    yield note(
        "ドライバーが試験対象の時計を進め、また戻せるか",
        "Whether the driver can set its clock, forwards and back",
    )
    yield _pair("settable", bool(a.settable))
    yield "\n[world]"
    yield note(
        "net119 sut prepare が書き出し、試験対象が読み込むもの",
        "What net119 sut prepare writes and the system loads",
    )
    yield _pair("folder", "net119-world")
    yield "\n[driver]"
    yield note(
        "試験対象を操作するもの。ほかの項目はその設定。verbs で操作を絞れます",
        "Who operates it; the other keys are its settings; verbs narrows what it can do",
    )
    yield _pair("kind", a.driver)
    for name, value in a.settings.items():
        yield _pair(name, value)
    yield note(
        "収容能力の申告は docs/load.md の [capacity]",
        "A claim of capacity: [capacity], docs/load.md",
    )


def _pair(key: str, value: Any, example: Any = None) -> str:
    if value in ("", None):
        return f"# {key} = {json.dumps(example, ensure_ascii=False)}"
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
