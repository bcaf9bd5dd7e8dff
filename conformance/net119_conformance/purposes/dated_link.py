"""Requirements for the encrypted link that change on a date."""

from datetime import timedelta

from net119_simulators.handsets.model import Version
from net119_simulators.handsets.words import VERSIONS

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.handshakes import answer_to, first_page, speaking
from net119_conformance.purposes.retention import moment
from net119_conformance.trial import Trial
from net119_conformance.world.link_settings import changes_on
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_DAYS = 30


@purpose(
    id="LINK-DATED",
    requirements=("ASO-28",),
    derived=("ASO-28",),
    interfaces="A",
    role=Role.OPERATION,
    needs=Needs(phones=True, own_system=True, modern_tls_in_days=_DAYS),
    timeout_s=180.0,
    title_ja="暗号通信の要件は、設定した日から改まる",
    title_en="The requirements for the encrypted link change on the day that is set",
    stimulus_ja="30日後からTLS 1.2以上だけを受け付ける設定で、TLS 1.0だけの端末とTLS 1.2の端末が、"
    "いまと、前日に再起動したあとと、その日に再起動したあとに接続する。",
    stimulus_en="With a setting that takes TLS 1.2 or later only from 30 days on, a phone with TLS "
    "1.0 only and one with TLS 1.2 connect now, after a restart on the day before, and after a "
    "restart on that day.",
    expected_ja="TLS 1.2の端末はいつでも接続できる。TLS 1.0の端末は、前日まで、同じように画面が"
    "届き、その日からは接続できない。",
    expected_en="The phone with TLS 1.2 is served each time; the one with TLS 1.0 is answered "
    "likewise until the day before, and no longer from that day on.",
    why_ja="予告した日より前に変われば、使えるはずの人が急に通報できなくなり、変わらなければ危険な"
    "通信が続く。",
    why_en="Too early, people who may still call are cut off without notice; too late, a link that "
    "is no longer safe goes on.",
)
async def dated_link(t: Trial, w: World) -> None:
    day = changes_on(_DAYS)
    served = f"a page over {VERSIONS[Version.TLS10]}"
    await _both(t, w, "now", "いま", old_served=True, expected=served)
    await w.set_clock(moment(day - timedelta(days=1)))
    await w.restart()
    await _both(t, w, "on the day before", "前日", old_served=True, expected=served)
    await w.set_clock(moment(day))
    await w.restart()
    refused = "no connection: the server ends the handshake"
    await _both(t, w, "on the day", "その日", old_served=False, expected=refused)


async def _both(t: Trial, w: World, when: str, ja: str, *, old_served: bool, expected: str) -> None:
    url = w.handset_side().encrypted_url
    phone = await w.phone(speaking(Version.TLS12), w.home, name=f"TLS 1.2 phone {when}")
    seen = await first_page(phone, url)
    t.check(
        f"{when}, a phone with TLS 1.2 is served",
        seen == VERSIONS[Version.TLS12],
        expected=f"a page over {VERSIONS[Version.TLS12]}",
        seen=seen,
        ja=f"{ja}、TLS 1.2の端末に画面が届く",
    )
    today = answer_to(phone) or None
    phone = await w.phone(speaking(Version.TLS10), w.home, name=f"TLS 1.0 phone {when}")
    seen = await first_page(phone, url, today)
    held = (
        seen == VERSIONS[Version.TLS10]
        if old_served
        else seen.startswith("no connection: the server")
    )
    t.check(
        f"{when}, a phone with TLS 1.0 alone is {'served' if old_served else 'refused'}",
        held,
        expected=expected,
        seen=seen,
        ja=f"{ja}、TLS 1.0だけの端末に{'画面が届く' if old_served else '画面は届かない'}",
    )
