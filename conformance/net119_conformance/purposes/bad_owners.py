"""Known-bad peers that are offered calls by the SUT: the caller is never left without help."""

from net119_simulators.peer.bad import PeerRole

from net119_conformance.at_bad_peers import survives
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.bad_peers import CERTIFICATES, MESSAGES, TIMEOUT_S
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

FRAMES = (
    "split-frame",
    "heart-beat-before-frame",
    "cr-line-ends",
    "bodiless-frame",
    "wrong-escapes",
    "wrong-content-length",
)
ANSWERS = (
    "late-accept",
    "double-accept",
    "reject-after-accept",
    "answer-unassigned",
    "auto-answer",
    "numbers-lines",
    "script-in-names",
)
OF_ITS_ENDPOINT = (*CERTIFICATES, "certificate-runs-out")
"""Wrong certificates that the endpoint shows which a call is given to."""
LOST = ("silence", "lost-receipt", "forgetful", "dies-in-call", "drops-frames")


@purpose(
    id="BAD-FRAMES-OWNER",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="相手の接続先がおかしなフレームを書いても、通報を失わない",
    title_en="Odd frames of the endpoint that a call was given to do not lose it",
    stimulus_ja="相手に渡した通報の途中で、相手の接続先が、切れ切れ、ハートビートの直後、"
    "CR LF、空行なし、"
    "未知のエスケープ、短い content-length のフレームを書く。",
    stimulus_en="In a call that the peer owns, its endpoint writes frames in pieces, after "
    "heart-beats, with CR LF, without blank line, with unknown escapes, a short content-length.",
    expected_ja="許されるものは読む。許されないものでは切って繋ぎ直し、繋がらなければ登録地の"
    "消防本部が通報を受け取る。文は失われない。",
    expected_en="What is allowed is read; at the rest the SUT cuts and reconnects, and if that is "
    "in vain the home department gets the call. No line is lost.",
    why_ja="相手の誤りのために、通報者が一人で残されてはならない。",
    why_en="A caller must not be left alone because of somebody else's fault.",
)
async def frames(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.RECEIVES, FRAMES)


@purpose(
    id="BAD-CERTIFICATES-OWNER",
    requirements=("ASO-18", "ASO-19"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True, wrong_certificates=True),
    timeout_s=TIMEOUT_S,
    title_ja="相手の接続先の証明書が正しくなければ、何も渡さず、登録地の消防本部が通報を受ける",
    title_en="An endpoint with a wrong certificate is told nothing, and calls go to the home "
    "department",
    stimulus_ja="相手の接続先が、期限切れ、別の名、知らない認証局、ほかの事業者の証明書を、一つずつ見せる。"
    "そのたびに、その管内から登録者が通報する。最後に、通報の途中で証明書の期限が切れる。",
    stimulus_en="The peer's endpoint shows certificates that are expired, for another name, of an "
    "unknown authority, and another operator's; a registrant calls from its area each time. At "
    "last one expires in mid-call.",
    expected_ja="接続せず、理由を記録する。通報は登録地の消防本部に届き、相手には申し出ない。正しい証明書に"
    "戻れば、申し出る。",
    expected_en="The SUT does not connect and logs why; the call is with the home department and "
    "not offered; with the right certificate again calls are offered.",
    why_ja="登録情報と通報の内容は、名のった相手ではなく、確かめた相手にだけ渡す。",
    why_en="The registrant's data are for who was verified, not for who claims a name.",
)
async def certificates(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.RECEIVES, OF_ITS_ENDPOINT)


@purpose(
    id="BAD-MESSAGES-OWNER",
    requirements=("ASO-18", "CTS-11"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="通報を受けた相手が送る誤った電文は断り、通報を続ける",
    title_en="Wrong messages of a call's owner are refused, and the call goes on",
    stimulus_ja="相手が持つ通報の途中で、二度目の電文、偽の via、別の区分、読めない電文、型の違い、"
    "別の仕様、未知の種類、長すぎる電文、古い epoch、使い回した messageId、未知の通報、番号の抜けを"
    "送る。",
    stimulus_en="In a call that the peer owns: repeats, a forged via, another mode, garbage, cut "
    "JSON, wrong types, another profile, an unknown type, too long, an old epoch, a reused "
    "messageId, an unknown call, a gap.",
    expected_ja="それぞれの理由の error と記録で断り、通報者に表示しない。通報はそのまま続く。",
    expected_en="Each is refused by its error and logged, not shown to the caller; the call goes "
    "on.",
    why_ja="一つの誤りで会話が止まれば、通報者は助けを失う。",
    why_en="If one error stops the talk, the caller is without help.",
)
async def messages(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.RECEIVES, MESSAGES)


@purpose(
    id="BAD-ANSWERS",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="遅い、二重の、または偽の承諾と応答で、通報の担当を変えない",
    title_en="Late, double and false acceptances and answers change no call's owner",
    stimulus_ja="期限後の承諾、二重の承諾、応答後の拒否、割り当てのない応答、二つの自動応答、"
    "自分で番号を付けた文、スクリプトの入った名。",
    stimulus_en="An acceptance too late, two of them, a rejection after the answer, an answer "
    "without an assignment, two automatic ones, lines with numbers of its own, script in names.",
    expected_ja="担当は一つのままで、遅い承諾には call.withdraw、割り当てのない応答には "
    "not-your-call を返し、通報者に応答と伝えない。",
    expected_en="One owner throughout; a late acceptance gets call.withdraw, an answer without an "
    "assignment not-your-call, and the caller is not told that somebody answered.",
    why_ja="二つの消防本部が同じ通報を持てば、どちらも相手が向かったと思う。",
    why_en="If two departments own a call, each believes that the other one went.",
)
async def answers(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.RECEIVES, ANSWERS)


@purpose(
    id="BAD-OWNER-LOST",
    requirements=("ASO-18",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    timeout_s=TIMEOUT_S,
    title_ja="黙る、忘れる、落ちる相手から、通報は登録地の消防本部に戻る",
    title_en="A call comes home from a peer that is silent, forgets it, or goes down",
    stimulus_ja="申し出に答えない、受領を返さない、再起動して通報を忘れる、会話の途中で落ちて後で"
    "戻る、フレームを捨てる。",
    stimulus_en="The peer answers no offer, gives no receipts, restarts and has lost the call, "
    "goes down in mid-call and comes back, throws frames away.",
    expected_ja="T1 か T3 の後に登録地の消防本部が通報を受け取り、通報者と話せる。戻った相手には "
    "call.withdraw を返し、文を断る。",
    expected_en="After T1 or T3 the home department has the call and can talk to its caller; the "
    "peer that is back gets call.withdraw, and its lines are refused.",
    why_ja="相手の事業者が落ちたことに、通報者は気付けない。",
    why_en="A caller cannot notice that the other provider has gone.",
)
async def lost(t: Trial, w: World) -> None:
    await survives(t, w, PeerRole.RECEIVES, LOST)
