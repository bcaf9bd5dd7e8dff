"""Words of the narration for codes: rows of the routing table, wire messages, roles."""

from typing import NamedTuple

from net119_protocol.codes import Refusal
from net119_protocol.labels import Language

from net119_scenarios.happening import Role


class Words(NamedTuple):
    """The same in both languages."""

    ja: str
    en: str

    def of(self, language: Language) -> str:
        """In one language."""
        return self.ja if language == "ja" else self.en


RULES = {
    "home-center": Words(
        "通報地は登録地と同じ指令センターの管轄なので、そこに接続",
        "the place is served by the caller's own center: connect there",
    ),
    "other-running": Words(
        "通報地は別の指令センターの管轄で、NET119が動いているので、管轄の消防本部に接続",
        "the place is served by another center where NET119 is running: connect to the "
        "responsible department",
    ),
    "other-not-running": Words(
        "管轄の消防本部のNET119が動いていないので、登録地の消防本部に接続",
        "NET119 of the responsible department is not running: connect to the home department",
    ),
    "peer-rejected": Words(
        "管轄の消防本部が受けられないので、登録地の消防本部に接続",
        "the responsible department cannot take it: connect to the home department",
    ),
    "peer-silent": Words(
        "管轄の消防本部から返事がないので、登録地の消防本部に接続",
        "the responsible department does not reply: connect to the home department",
    ),
    "not-adopted": Words(
        "通報地の消防本部はNET119を導入していないので、登録地の消防本部に接続",
        "the department of the place has not adopted NET119: connect to the home department",
    ),
    "far-at-sea": Words(
        "通報地は陸から1km以上離れた海上なので、登録地の消防本部に接続",
        "the place is at sea, more than 1 km from land: connect to the home department",
    ),
    "no-position": Words(
        "位置がわからないので、登録地の消防本部に接続",
        "there is no position: connect to the home department",
    ),
    "plaintext-home": Words(
        "通信が暗号化されていないので管轄は調べず、登録地の消防本部に接続",
        "the link is not encrypted, so nothing is searched: connect to the home department",
    ),
}
"""Rows of the routing table (design section 6), by the name that the routing note carries."""

REFUSALS = {
    Refusal.OUTSIDE_JAPAN: Words("国外からの通報のため", "it comes from abroad"),
    Refusal.POSITIONING_OFF: Words("位置情報がオフのため", "positioning is off"),
    Refusal.MODE_NOT_ACCEPTED: Words(
        "この区分の通報は受け付けていないため", "calls of this mode are not accepted"
    ),
    Refusal.NOT_IN_SERVICE: Words(
        "登録地のNET119が始まる前か、終わった後のため",
        "NET119 is not in service there today",
    ),
    Refusal.OVERLOAD: Words("混み合っているため", "the system is too busy"),
}
"""Why a call was not taken; another reason is shown by its code."""

RADIO = {
    "tunnel": Words("トンネルに入り、何も通らない", "a tunnel: nothing gets through"),
    "hand-over": Words("基地局が切り替わり、接続が切れる", "hand-over: connections are cut"),
    "out-of-area": Words("圏外になる", "out of area"),
    "weak": Words("弱くなる", "it gets weak"),
}
"""What happens to the radio between phone and provider."""

MESSAGES = {
    "call.offer": Words("通報の受け入れを申し出る", "asks whether the call can be taken"),
    "call.accept": Words(
        "受け入れ可能と回答（指令台が接続中。システムが自動で返す）",
        "can take it (a console is connected; said by the system)",
    ),
    "call.reject": Words("受け入れ不可と回答", "cannot take it"),
    "call.assign": Words("通報の担当を移す", "hands the call over"),
    "call.ringing": Words("呼び出し中と通知", "it rings"),
    "call.answered": Words("指令員が応答したと通知", "a dispatcher has answered"),
    "call.withdraw": Words("通報を引き上げる", "takes the call back"),
    "call.close": Words("終了を確定", "the call is closed"),
    "caller.presence": Words("通報端末の接続状態を通知", "the handset came or went"),
    "chat.message": Words("チャットの発言を送る", "a line of the chat"),
    "chat.receipt": Words("発言を保存したと確認", "the line is stored"),
}
"""What a message of the interconnect says."""

ROLES = {
    Role.STAGE: Words("", ""),
    Role.CALLER: Words("通報者", "caller"),
    Role.HOME_DISPATCHER: Words("登録地の指令員", "home dispatcher"),
    Role.LOCAL_DISPATCHER: Words("通報地の指令員", "local dispatcher"),
    Role.HOME_PROVIDER: Words("登録地の事業者", "home provider"),
    Role.BETWEEN: Words("事業者間", "provider link"),
}
"""The left column of the narration."""

GLOSS = {
    "119番です。救急ですね。落ち着いて、質問に答えてください。": "This is 119. You need an "
    "ambulance. Stay calm and answer my questions.",
    "119番です。火事ですね。安全な場所にいますか。質問に答えてください。": "This is 119. There "
    "is a fire. Are you in a safe place? Answer my questions.",
    "119番です。どうしましたか。質問に答えてください。": "This is 119. What is the matter? "
    "Answer my questions.",
    "練習通報を受け付けました。実際の出動はありません。練習を続けます。": "We have received "
    "your practice call. Nobody will be sent. Let us go on practising.",
    "救急車が必要なのは、あなたご本人ですか。": "Is the ambulance for you?",
    "本人": "for me",
    "ほかの人": "for somebody else",
    "意識はありますか。呼びかけに反応しますか。": "Conscious? Reacting when spoken to?",
    "ある": "yes",
    "ない": "no",
    "胸の動きを見て、普段どおりの呼吸がなければ、胸の真ん中を強く速く押してください。": "Watch "
    "the chest. Without normal breathing, push hard and fast on the middle of the chest.",
    "呼吸はありますか。": "Breathing?",
    "どこが痛みますか。": "Where does it hurt?",
    "頭": "head",
    "胸": "chest",
    "おなか": "belly",
    "手・足": "arm or leg",
    "痛みはない": "no pain",
    "動かずに、楽な姿勢でいてください。": "Do not move; stay as is comfortable.",
    "血は出ていますか。": "Any bleeding?",
    "出ている": "yes",
    "出ていない": "no",
    "清潔な布で、傷口を強く押さえてください。": "Press a clean cloth firmly on the wound.",
    "急病ですか、事故ですか。": "Illness or accident?",
    "急病": "illness",
    "事故": "accident",
    "何が燃えていますか。": "What is burning?",
    "家・建物": "house or building",
    "車": "car",
    "草・山林": "grass or woods",
    "わからない": "do not know",
    "けが人や、逃げ遅れた人はいますか。": "Is anybody hurt, or still inside?",
    "いる": "yes",
    "いない": "no",
    "あなたは安全な場所にいますか。": "Are you in a safe place?",
    "すぐに建物の外へ逃げてください。": "Get out of the building at once.",
    "火事ですか、救急ですか、それ以外ですか。": "Fire, ambulance, or something else?",
    "火事": "fire",
    "救急": "ambulance",
    "それ以外": "something else",
    "状況を短く教えてください。": "Tell me shortly what has happened.",
    "返事がありません。画面を見られるようになったら返事をしてください。": "No reply. Please "
    "reply when you can look at the screen.",
    "向かっています。安全な場所で待っていてください。": "Help is on the way. Wait in a safe place.",
    "これで終わります。実際の出動はありません。": "This is the end. Nobody is sent.",
    "受け持ちの消防本部に電話で伝えます。待っていてください。": "I will phone the fire department "
    "in charge. Please wait.",
    "台所から火が出ています。": "There is a fire in the kitchen.",
    "胸が苦しいです。": "My chest feels tight.",
    "足が挟まって動けません。": "My leg is trapped; I cannot move.",
}
"""English of what simulated people say in the chat; it is in Japanese, as in the field."""
