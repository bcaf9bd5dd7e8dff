"""The page beside a prepared world: what a vendor loads into the system, and why."""

from collections.abc import Iterator
from pathlib import Path

from net119_conformance.catalogue import Role
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile


def what_to_load(profile: SutProfile, folder: Path) -> str:
    """The page, in Japanese and English (Markdown)."""
    rows = list(_rows(profile))
    ja = "\n".join(f"| `{file}` | {ja} |" for file, ja, _ in rows)
    en = "\n".join(f"| `{file}` | {en} |" for file, _, en in rows)
    name = profile.sut.name.replace("|", "\\|")
    return f"""# {name}

試験対象に読み込むもの（`net119 sut prepare` が作成）。すべて試験専用で、実在しません。
もう一度作成しても認証局は変わりません。消防本部や模擬事業者が変わったら読み込み直してください。

| ファイル | 内容 |
| --- | --- |
{ja}

What to load into the system under test, written by `net119 sut prepare`. All of it is for tests
only. Written again, the authority stays the same; load the rest anew.

| file | what it is |
| --- | --- |
{en}
"""


def _rows(profile: SutProfile) -> Iterator[tuple[str, str, str]]:
    addresses, claims = profile.addresses, profile.claims
    code, port = profile.sut.code, addresses.peer_port
    yield (
        "directory.json",
        f"管轄表。事業者コード `{code}` の消防本部・指令センターがこの試験対象のもの",
        f"the directory; departments and centers of the operator `{code}` are the system's own",
    )
    if addresses.stomp:
        yield (
            "operators.json",
            f"模擬事業者の一覧（コード、接続元の住所、ポート {port}）。"
            "試験対象はそれぞれに接続し続ける",
            f"the simulated peers: code, source address, port {port}; the system keeps a session "
            "to each",
        )
    yield (
        "ca/ca.pem",
        "模擬事業者の証明書を発行した認証局。試験対象に信頼させる",
        "the authority of the simulated peers' certificates; the system trusts it",
    )
    if addresses.ca_file is None and profile.hosts():
        yield (
            "ca/sut.pem, ca/sut.key",
            f"試験対象の証明書と鍵（{'、'.join(profile.hosts())}）",
            f"the system's own certificate and key ({', '.join(profile.hosts())})",
        )
    if Option.OLD_PHONES in claims.options:
        yield (
            "ca-rsa/sut.pem, ca-rsa/sut.key",
            "古い端末のための RSA の証明書と鍵",
            "the RSA certificate and key for old phones",
        )
    yield (
        "registrants.json",
        "登録済みにしておく人とログイン（ドライバーが登録できないときだけ作成）",
        "people to be registered already, with their log-ins (only where the driver registers "
        "none)",
    )
    if claims.department_profiles:
        yield (
            "profiles/",
            "消防本部ごとの運用の決まり（受付方法、更新、保存期間など）",
            "department profiles: how people register, renewals, retention and so on",
        )
        yield (
            "mail-domains.json",
            f"試験対象がメールを受け取る消防本部のドメイン（受付 {addresses.mail_in or '-'}、"
            f"送信先 {addresses.mail_out or '-'}）",
            f"domains of the departments' mail, which the system takes at "
            f"{addresses.mail_in or '-'}; it sends all mail to {addresses.mail_out or '-'}",
        )
    if Option.SILENT_DISASTER in claims.options:
        yield (
            "departments.json",
            "反応のない通報を災害として扱う消防本部",
            "departments by whose rule a silent caller counts as a disaster",
        )
    if Role.ALARM in claims.roles:
        yield (
            "alarms.toml",
            "緊急通報サービスの組織と、試験用の短い時間",
            "offices of the home alarm service, and its short timers",
        )
