"""What `net119 serve` says of the demonstration network: its centers, log-ins and addresses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from net119_cli.language import text
from net119_cli.serve_mail import Applying

if TYPE_CHECKING:
    from net119_simulators.network import LocalNetwork

PROVIDERS = (("aoba", "127.0.0.2"), ("midori", "127.0.0.3"))
"""Providers of the demonstration network, with their addresses."""
HTTP_PORT, STOMP_PORT, PLAINTEXT_PORT = 8443, 61614, 8080
DEMO_CENTERS = (
    # provider, center, department, municipality where the registrant lives
    ("aoba", "tomakomai", "tomakomai", "01213"),
    ("aoba", "chitose", "chitose", "01224"),
    ("midori", "chita", "chita-nanbu", "23445"),
)
PLAINTEXT_DEPARTMENT = "chitose"
"""The demonstration department that takes phones without TLS, where --old-phones serves them.

All of these departments' profiles refuse them; its provider's settings override that.
"""
STAFF_NAME = "demo"
"""Name by which a demonstration department's staff member and dispatcher log in."""


@dataclass(frozen=True)
class LogIns:
    """What is needed to try a center: log-ins of its console, its staff and one registrant."""

    provider: str
    center: str
    department: str
    dispatcher_token: str
    login_id: str
    password: str
    staff_password: str
    console_password: str


def plaintext_homes(provider: str, *, old_phones: bool) -> dict[str, dict[str, object]]:
    """Settings that let one demonstration department's registrants use the plaintext address."""
    here = {department for code, _, department, _ in DEMO_CENTERS if code == provider}
    if not old_phones or PLAINTEXT_DEPARTMENT not in here:
        return {}
    return {"homes": {PLAINTEXT_DEPARTMENT: {"plaintext_allowed": True}}}


def plaintext_users(provider: str) -> str:
    """Whose registrants a provider's plaintext address lets in, and whose it refuses."""
    departments = [department for code, _, department, _ in DEMO_CENTERS if code == provider]
    nobody = text(ja="なし", en="none")
    takes = [each for each in departments if each == PLAINTEXT_DEPARTMENT]
    refuses = [each for each in departments if each != PLAINTEXT_DEPARTMENT]
    return text(
        ja=f"平文で使える登録者: {', '.join(takes) or nobody}"
        f"、断られる登録者: {', '.join(refuses) or nobody}",
        en=f"plaintext lets in registrants of: {', '.join(takes) or nobody}"
        f"; refuses those of: {', '.join(refuses) or nobody}",
    )


def show(
    network: "LocalNetwork", made: list[LogIns], applying: list[Applying], mailboxes: str
) -> None:
    """Addresses and log-ins, on standard output; plain lines, so that they can be copied."""
    print(text(ja="試用ネットワークが動いています。", en="The demonstration network is running."))
    trusted = network.write_trust_file()
    print(text(ja=f"CA 証明書: {trusted}", en=f"CA certificate: {trusted}"))
    for provider, _ in PROVIDERS:
        host, port = network.stomp_address(provider)
        print(text(ja=f"\n事業者 {provider}", en=f"\nProvider {provider}"))
        print(f"  HTTPS  {network.base_url(provider)}")
        if (plaintext := network.plaintext_url(provider)) is not None:
            print(text(ja=f"  平文   {plaintext}/m", en=f"  plain  {plaintext}/m"))
            print(f"         {plaintext_users(provider)}")
        print(f"  STOMP  {host}:{port}")
        for entry in (each for each in made if each.provider == provider):
            print(text(ja=f"  指令センター {entry.center}", en=f"  Center {entry.center}"))
            print(
                text(
                    ja=f"    指令台  {network.base_url(provider)}/console  名前 {STAFF_NAME}  "
                    f"パスワード {entry.console_password}\n"
                    f"    指令員のトークン  {entry.dispatcher_token}\n"
                    f"    登録者 ({entry.department})  ID {entry.login_id}  "
                    f"パスワード {entry.password}\n"
                    f"    職員 ({entry.department})  名前 {STAFF_NAME}  "
                    f"パスワード {entry.staff_password}",
                    en=f"    console  {network.base_url(provider)}/console  name {STAFF_NAME}  "
                    f"password {entry.console_password}\n"
                    f"    dispatcher's token  {entry.dispatcher_token}\n"
                    f"    registrant ({entry.department})  ID {entry.login_id}  "
                    f"password {entry.password}\n"
                    f"    staff ({entry.department})  name {STAFF_NAME}  "
                    f"password {entry.staff_password}",
                )
            )
        for begun in applying:
            if begun.provider == provider:
                print(
                    text(
                        ja=f"  申請のページ ({begun.department})  {begun.url}\n"
                        f"    {begun.mail} の空メールへの返信で届いたURL",
                        en=f"  Application page ({begun.department})  {begun.url}\n"
                        f"    mailed in answer to the empty mail of {begun.mail}",
                    )
                )
    url = network.base_url(PROVIDERS[0][0])
    print(
        text(
            ja=f"\n画面: 登録者は {url}/my、消防本部の職員は {url}/staff、指令員は {url}/console"
            f"\nメールボックス: {mailboxes}（届かなかったメールと理由も見え、空メールも送れます）"
            "\n指令員として受ける: docs/console.ja.md"
            "\n届くメールは、すべてここに表示します。"
            "\nAPI は docs/reference/openapi.json に書かれています。例:"
            f"\n  curl --cacert {trusted} {url}/health"
            "\n\nCtrl-C で終了します。",
            en=f"\nPages: {url}/my for registrants, {url}/staff for staff of departments,"
            f" {url}/console for dispatchers."
            f"\nMailboxes: {mailboxes} (with stopped mail and the reason; an empty mail is sent "
            "there).\nTo answer as a dispatcher: docs/console.md"
            "\nMails that come are printed here."
            "\ndocs/reference/openapi.json describes the API. Try:"
            f"\n  curl --cacert {trusted} {url}/health"
            "\n\nCtrl-C stops everything.",
        ),
        flush=True,
    )
