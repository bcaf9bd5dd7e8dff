"""The encrypted link to handsets: which versions of TLS are served, SSL never, the certificate."""

from urllib.parse import urlsplit

from net119_simulators.errors import Unreachable
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.model import Encryption, Handset, Version
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.ssl2 import Ssl2Answer, offer_ssl2
from net119_simulators.handsets.words import VERSIONS
from net119_simulators.pages.errors import PageNotShown
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_TLS = (Version.TLS10, Version.TLS11, Version.TLS12)
_TODAY = (Version.TLS12, Version.TLS13)
_NO_PAGE = 500
"""Status from which on it is no answer of a system that works."""


def speaking(
    *versions: Version,
    sha2_signatures: bool | None = None,
    sha2_certificates: bool = True,
) -> Handset:
    """A smartphone that is limited to these versions."""
    modern = Version.TLS12 in versions or Version.TLS13 in versions
    return find_handset("android-current-chrome").model_copy(
        update={
            "encryption": Encryption(
                versions=versions,
                sha2_certificates=sha2_certificates,
                sha2_signatures=modern if sha2_signatures is None else sha2_signatures,
                elliptic=modern,
            )
        }
    )


async def first_page(phone: Phone, url: str, today: str | None = None) -> str:
    """Open the first page; what the handshake came to, or how it ended.

    What stands on the page other purposes look at; so it may be an error of the system's own. But
    a front end that shakes hands and then turns the phone away has not served it: ``today`` is
    what a phone of today is answered at the same URL (`answer_to`), and must come here, too.
    """
    try:
        await phone.browser.open(url)
    except HandshakeFailed as failed:
        who = "the phone" if failed.by_phone else "the server"
        return f"no connection: {who} sent {failed.alert or 'no alert'} ({failed.why})"
    except PageNotShown as wrong:
        return f"no page: {wrong.seen}"
    except Unreachable as wrong:
        return f"no answer: {wrong}"
    chosen = phone.transport.handshake.chosen
    if chosen is None:
        return "no handshake"
    version, answer = VERSIONS[chosen.version], answer_to(phone)
    if phone.browser.page.status >= _NO_PAGE:
        return f"no page: {answer} over {version}"
    if today is not None and answer != today:
        return f"{answer} over {version}, where a phone of today gets {today}"
    return version


def answer_to(phone: Phone) -> str:
    """What a phone was answered in the end: the status, and by whom; empty if nothing."""
    try:
        page = phone.browser.page
    except RuntimeError:
        return ""
    found = urlsplit(page.url)
    return f"status {page.status} from {found.scheme}://{found.netloc}"


async def answered_today(w: World) -> str:
    """What a phone of today is answered at the first page."""
    phone = await w.phone(speaking(*_TODAY), w.home, name="phone of today")
    seen = await first_page(phone, w.handset_side().encrypted_url)
    return w.trial.require(f"a phone of today is answered ({seen})", answer_to(phone))


@purpose(
    id="LINK-TLS-VERSIONS",
    requirements=("ASO-08", "TOM-05", "CTS-13"),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(phones=True),
    title_ja="TLS 1.0以降の端末は、どの版でも暗号化して使える",
    title_en="Handsets with TLS 1.0 or later are served encrypted, whichever version they speak",
    stimulus_ja="TLS 1.0、1.1、1.2のどれか一つしか話せない端末、署名にSHA-1しか使えないTLS 1.2の"
    "端末、いまの端末（TLS 1.2と1.3）が、実際の暗号通信の手順で接続する。",
    stimulus_en="Phones that speak only one of TLS 1.0, 1.1 and 1.2, one of TLS 1.2 whose "
    "signatures are SHA-1 only, and one of today (TLS 1.2 and 1.3) connect with real handshakes.",
    expected_ja="どの端末も、自分の版で接続でき、いまの端末と同じように画面が届く。",
    expected_en="Each connects in its own version and gets a page, as a phone of today does.",
    why_ja="古い端末しか持たない人がいる。暗号化できる端末を断れば、その人は通報できない。",
    why_en="Some people have an old phone only; refusing one that can encrypt leaves them without "
    "a way to call.",
)
async def tls_versions(t: Trial, w: World) -> None:
    side = w.handset_side()
    phones: list[tuple[str, Handset, tuple[Version, ...]]] = [
        (VERSIONS[each], speaking(each), (each,)) for each in _TLS
    ]
    old = speaking(Version.TLS12, sha2_signatures=False)
    phones.append(("TLS 1.2 with SHA-1 signatures only", old, (Version.TLS12,)))
    phones.append(("TLS 1.2 and 1.3", speaking(*_TODAY), _TODAY))
    today = ""
    for label, kind, versions in reversed(phones):
        phone = await w.phone(kind, w.home, name=f"{label} phone")
        seen = await first_page(phone, side.encrypted_url, today or None)
        today = today or answer_to(phone)
        wanted = [VERSIONS[each] for each in versions]
        t.check(
            f"a phone with {label} is served",
            seen in wanted,
            expected=f"a page over {' or '.join(wanted)}",
            seen=seen,
            ja=f"{label} の端末に画面が届く",
        )


@purpose(
    id="LINK-SSL-REFUSED",
    requirements=("ASO-08",),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(phones=True),
    title_ja="SSLは決して受け付けない",
    title_en="SSL is never accepted",
    stimulus_ja="SSL 2.0だけの端末、SSL 3.0だけの端末、SSL 3.0とTLS 1.0の両方を話せる端末が接続す"
    "る。比べるために、いまの端末も接続する。",
    stimulus_en="A phone with SSL 2.0 only, one with SSL 3.0 only, and one that speaks both SSL "
    "3.0 and TLS 1.0 connect; to compare, one of today, too.",
    expected_ja="SSLだけの端末は接続できない。両方を話せる端末は、TLS 1.0で接続され、いまの端末と"
    "同じように画面が届く。",
    expected_en="Those with SSL only get no connection; the one that speaks both is served in "
    "TLS 1.0, as a phone of today is.",
    why_ja="SSLは破られている。暗号化されていると思い込んだ人の通報が読まれ、書き換えられる。",
    why_en="SSL is broken: calls that people believe to be protected could be read and changed.",
)
async def ssl_refused(t: Trial, w: World) -> None:
    side = w.handset_side()
    recorder = Recorder(t.evidence, Interface.A, "SSL 2.0 phone", w.sut)
    oldest: Ssl2Answer | str
    try:
        oldest = await offer_ssl2(side.host, side.port, recorder, within=w.patience)
    except TimeoutError:
        # Neither accepted nor refused: the phone would wait for ever.
        oldest = f"nothing, and the connection open, for {w.patience:g} s"
    t.check(
        "SSL 2.0 is not accepted",
        isinstance(oldest, Ssl2Answer) and not oldest.accepted,
        expected="a refusal or a closed connection",
        seen=str(oldest),
        ja="SSL 2.0が受け付けられない",
    )
    phone = await w.phone(speaking(Version.SSL3), w.home, name="SSL 3.0 phone")
    seen = await first_page(phone, side.encrypted_url)
    t.check(
        "SSL 3.0 is not accepted",
        seen.startswith("no connection: the server"),
        expected="no connection: the server ends the handshake",
        seen=seen,
        ja="SSL 3.0が受け付けられない",
    )
    phone = await w.phone(
        speaking(Version.SSL3, Version.TLS10), w.home, name="phone with SSL 3.0 and TLS 1.0"
    )
    seen = await first_page(phone, side.encrypted_url, await answered_today(w))
    t.check(
        "a phone that speaks SSL 3.0 and TLS 1.0 is served in TLS 1.0",
        seen == VERSIONS[Version.TLS10],
        expected=f"a page over {VERSIONS[Version.TLS10]}",
        seen=seen,
        ja="SSL 3.0とTLS 1.0の両方を話せる端末は、TLS 1.0で接続される",
    )


@purpose(
    id="LINK-CERTIFICATE",
    requirements=("TOM-05", "CTS-13", "ASO-08"),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(phones=True),
    title_ja="証明書はSHA-2で署名され、端末が確かめられる",
    title_en="The certificate is signed with SHA-2, and phones can verify it",
    stimulus_ja="証明書を確かめる端末と、SHA-2の署名を確かめられない端末が接続する。",
    stimulus_en="A phone that verifies the certificate connects, and one that cannot verify SHA-2 "
    "signatures.",
    expected_ja="前者には、名前・期限・発行者・署名がすべて正しい、SHA-2の証明書が示される。後者は、"
    "手順の途中で自分から接続をやめる。SHA-1の証明書を代わりに渡さない。",
    expected_en="The first is shown certificates signed with SHA-2, for the right name, in date, "
    "from a known authority; the second ends the handshake itself: no SHA-1 certificate is given "
    "in its place.",
    why_ja="SHA-1の署名は偽造できる。偽の通報先につながっても、端末は気づけない。",
    why_en="SHA-1 signatures can be forged: a phone would not notice a false call center.",
)
async def certificate(t: Trial, w: World) -> None:
    side = w.handset_side()
    for versions in ((Version.TLS10,), (Version.TLS12,), _TODAY):
        version = versions[-1]
        phone = await w.phone(speaking(*versions), w.home, name=f"{VERSIONS[version]} phone")
        seen = await first_page(phone, side.encrypted_url)
        chosen = phone.transport.handshake.chosen
        hashes = chosen.certificate_hashes if chosen is not None else ()
        t.check(
            f"over {VERSIONS[version]}, certificates signed with SHA-2 are shown and verified",
            bool(hashes) and all(each.startswith(("sha2", "sha3", "sha5")) for each in hashes),
            expected="sha256, sha384 or sha512 in each certificate below the root",
            seen=", ".join(hashes) or seen,
            ja=f"{VERSIONS[version]} で、SHA-2で署名された証明書が示され、確かめられる",
        )
    for version in (Version.TLS10, Version.TLS12):
        kind = speaking(version, sha2_signatures=False, sha2_certificates=False)
        phone = await w.phone(kind, w.home, name=f"{VERSIONS[version]} phone without SHA-2")
        seen = await first_page(phone, side.encrypted_url)
        t.check(
            f"over {VERSIONS[version]}, no SHA-1 certificate is given to a phone without SHA-2",
            # A server that ended the handshake itself would have shown no certificate: nothing
            # would be known of it. The phones above differ in what they can verify alone.
            "the phone sent unsupported_certificate" in seen,
            expected="no connection: the phone refuses the SHA-2 certificate that it is shown",
            seen=seen,
            ja=f"{VERSIONS[version]} で、SHA-2を確かめられない端末にSHA-1の証明書を渡さない",
        )
