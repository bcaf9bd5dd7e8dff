"""Known-bad peers that offer calls to the SUT: it survives each, and so do the calls beside."""

from net119_simulators.peer.bad import PeerRole

from net119_conformance.at_bad_peers import survives
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

TIMEOUT_S = 300.0
"""A sound system needs a tenth of it; one that is silent is waited for at every defect."""

FRAMES = (
    "split-frame",
    "heart-beat-before-frame",
    "cr-line-ends",
    "bodiless-frame",
    "wrong-escapes",
    "wrong-content-length",
    "nul-in-body",
)
SESSIONS = (
    "transactions",
    "foreign-subscribe",
    "wrong-queue",
    "speaks-before-connect",
    "impatient-connect",
    "foreign-address",
    "two-subscribers",
    "ack-auto",
)
CERTIFICATES = (
    "expired-certificate",
    "certificate-of-another-name",
    "unknown-authority",
    "certificate-of-another-operator",
)
"""Of both roles."""
BEATS = ("no-heart-beats", "broken-heart-beats")
MESSAGES = (
    "redelivery",
    "spoofed-via",
    "mode-mismatch",
    "garbage",
    "cut-json",
    "wrong-types",
    "other-profile",
    "unknown-type",
    "oversize",
    "stale-epoch",
    "id-reused",
    "unknown-call",
    "gap-in-count",
)
"""Of both roles."""
CALLS = (
    "script-in-names",
    "old-offer",
    "double-assign",
    "assign-unasked",
    "unknown-department",
    "missing-transcript",
    "withdraws-and-writes",
    "new-call-on-reconnect",
)
SILENT = ("silence", "lost-receipt")


@purpose(
    id="BAD-FRAMES",
    requirements=("CTS-12",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="おかしなフレームを送る相手から通報を受けても、何も失わない",
    title_en="Odd frames of a peer that offers calls lose nothing",
    stimulus_ja="切れ切れ、ハートビートの直後、CR LF、空行なし、"
    "未知のエスケープ、短い content-length、"
    "本文の NUL。通報の途中で、一つずつ送る。",
    stimulus_en="Frames in pieces, after heart-beats, with CR LF, without blank line, with unknown "
    "escapes, a short content-length, a NUL in the body: one after the other, beside a call.",
    expected_ja="STOMP 1.2 で許されるものは読み、許されないものは ERROR で断る。通報も文も失わず、"
    "その後の通報も通る。",
    expected_en="What STOMP 1.2 allows is read, the rest refused by ERROR; the call, its lines and "
    "the next call are unharmed.",
    why_ja="ハートビートの後のフレームを黙って捨てる実装が、実際に公開されている。",
    why_en="A public implementation drops the frame that follows a heart-beat, in silence.",
)
async def frames(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, FRAMES)


@purpose(
    id="BAD-SESSIONS",
    requirements=("CTS-12", "ASO-19"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="接続の決まりを破る相手は断り、ほかの接続の通報に響かせない",
    title_en="Sessions that break the rules are refused; calls on others feel nothing",
    stimulus_ja="BEGIN、よそのキューの購読と送信、CONNECT 前の送信、待たない送信、"
    "知らないIPアドレス、二つの購読、ack:auto。通報の途中で、一つずつ行う。",
    stimulus_en="BEGIN, subscribing and sending to others' queues, sending before CONNECT, not "
    "waiting for CONNECTED, an unknown address, two subscriptions, ack:auto: beside a call.",
    expected_ja="断るべきものは ERROR と記録で断り、答えは一つの購読にだけ渡し、失われた答えは"
    "もう一度返す。通報も文も失わない。",
    expected_en="What is forbidden gets ERROR and a log entry, one subscription gets an answer, a "
    "lost one is given again; the call and its lines are unharmed.",
    why_ja="だれが送ったかを確かめなければ、どの通報でも乗っ取られる。",
    why_en="Unless it is checked who speaks, any call can be taken over.",
)
async def sessions(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, SESSIONS)


@purpose(
    id="BAD-CERTIFICATES",
    requirements=("TOM-01", "ASO-19"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True, wrong_certificates=True),
    timeout_s=TIMEOUT_S,
    title_ja="期限切れ、別の名、知らない認証局、ほかの事業者の証明書で接続する相手とは話さない",
    title_en="Nobody is let in with a certificate that is expired, for another name, of an unknown "
    "authority, or another operator's",
    stimulus_ja="登録されたIPアドレスからの二つめの接続で、期限切れ、別の名、知らない認証局、ほかの事業者の"
    "証明書を、一つずつ見せる。",
    stimulus_en="On a second connection from the registered address, certificates are shown that "
    "are expired, for another name, of an unknown authority, and another operator's.",
    expected_ja="どの接続も断り、相手の事業者の名と理由を記録する。ほかの接続の通報には響かない。",
    expected_en="Each is refused, and logged with its reason under the peer's name; calls on other "
    "connections feel nothing.",
    why_ja="IPアドレスだけを信じれば、それを奪った者が、だれの通報でも申し出られる。",
    why_en="Whoever takes over an address could offer calls in anybody's name.",
)
async def certificates(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, CERTIFICATES)


@purpose(
    id="BAD-HEART-BEATS",
    requirements=("CTS-12",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="ハートビートは約束のとおりに扱う",
    title_en="Heart-beats are treated as agreed",
    stimulus_ja="heart-beat:0,0 で接続して T3 より長く黙る。"
    "別の接続でハートビートを約束し、送らない。",
    stimulus_en="One connection with heart-beat:0,0 is silent past T3; another promises "
    "heart-beats and sends none.",
    expected_ja="前者は切られず、ハートビートも送られない。後者は閉じられる。通報も文も失わない。",
    expected_en="The first is not cut and gets no beats; the second is closed; calls are unharmed.",
    why_ja="0 を無視して切れば黙った相手との通報を失い、約束を見なければ死んだ接続に送り続ける。",
    why_en="Cutting at 0 loses calls of the quiet; ignoring the promise speaks to the dead.",
)
async def heart_beats(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, BEATS)


@purpose(
    id="BAD-MESSAGES-OFFERING",
    requirements=("CTS-12", "CTS-11"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="登録地の相手が通報中に送る誤った電文は断り、通報を続ける",
    title_en="Wrong messages of the anchor are refused in mid-call, and the call goes on",
    stimulus_ja="SUTが持つ通報の途中で、二度目の電文、偽の via、別の区分、読めない電文、型の違い、"
    "別の仕様、未知の種類、長すぎる電文、古い epoch、使い回した messageId、未知の通報、番号の抜けを"
    "送る。",
    stimulus_en="In a call that the SUT owns: repeats, a forged via, another mode, garbage, cut "
    "JSON, wrong types, another profile, an unknown type, too long, an old epoch, a reused "
    "messageId, an unknown call, a gap.",
    expected_ja="それぞれの理由の error と記録で断り、誰にも表示しない。通報はそのまま続く。",
    expected_en="Each is refused by its error and logged, shown to nobody; the call goes on.",
    why_ja="一つの誤りで会話が止まれば、通報者は助けを失う。",
    why_en="If one error stops the talk, the caller is without help.",
)
async def messages_offering(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, MESSAGES)


@purpose(
    id="BAD-OFFERS",
    requirements=("CTS-12", "ASO-19"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="通報の申し出と割り当てを誤る相手に、惑わされない",
    title_en="Peers that offer and assign calls wrongly mislead nobody",
    stimulus_ja="スクリプトの入った名、期限切れの申し出、二重の割り当て、申し出のない割り当て、"
    "知らない消防本部、欠けた会話、取り戻した後の文、同じ通報者の二つめの通報。",
    stimulus_en="Script in names, an expired offer, a second assignment, one without an offer, an "
    "unknown department, a transcript with holes, lines after a withdrawal, a caller's second "
    "call.",
    expected_ja="理由を付けて断り、担当は一つのまま、抜けは抜けのまま残り、通報は混ざらない。",
    expected_en="They are refused with reasons; one owner; gaps stay visible; calls stay apart.",
    why_ja="割り当ての誤りを信じれば、誰も持たない通報か、二人が持つ通報ができる。",
    why_en="An assignment wrongly believed leaves a call with no owner, or with two.",
)
async def offers(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, CALLS)


@purpose(
    id="BAD-SILENCE-OFFERING",
    requirements=("CTS-12", "ASO-18"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="申し出た相手が黙っても、届いたことにも自分の通報にもしない",
    title_en="When the offering peer falls silent, nothing is taken for said or for owned",
    stimulus_ja="承諾を受けても割り当てずに落ちる。別の通報では、ACK も文の番号も返さない。",
    stimulus_en="The peer never assigns what was accepted, and goes down; in another call it gives "
    "neither ACK nor numbers.",
    expected_ja="割り当てまで自分の通報と思わず、番号が返るまで指令員に届いたと言わず、繋がれば"
    "もう一度送る。",
    expected_en="Not owned before the assignment; not said before the number; sent again later.",
    why_ja="届いていない指示を届いたと思うことは、指示が届かないことより悪い。",
    why_en="An instruction believed to have arrived is worse than one known to be lost.",
)
async def silence_offering(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.ORIGINATES, SILENT)
