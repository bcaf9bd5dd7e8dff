"""What a person is asked to do and to tell at a caller's handset, in Japanese and English."""

from collections.abc import Sequence

from net119_protocol.codes import CallState, PlaceChoice, Positioning, Refusal
from net119_protocol.person import DepartmentRef
from net119_protocol.places import Fix

from net119_conformance.catalogue import Text
from net119_conformance.manual.steps import Fact, Option, Question

SCREEN = Text(ja="通報者の端末", en="the caller’s handset")
REASONS = {
    Refusal.OUTSIDE_JAPAN: Text(ja="国外にいるため", en="the caller is abroad"),
    Refusal.POSITIONING_OFF: Text(
        ja="位置情報（測位）が使えないため", en="positioning is off or not allowed"
    ),
    Refusal.NOT_AUTHENTICATED: Text(ja="ログインできないため", en="the log-in is wrong"),
    Refusal.REGISTRANT_REFUSED: Text(
        ja="この登録者の通報は受け付けないため", en="calls of this registrant are refused"
    ),
    Refusal.REGISTRANT_SUSPENDED: Text(ja="登録が止められているため", en="it is suspended"),
    Refusal.NOT_IN_SERVICE: Text(ja="提供の期間外のため", en="the service is not running"),
    Refusal.MODE_NOT_ACCEPTED: Text(
        ja="この種別（試験・練習など）を受け付けないため", en="the mode is not accepted"
    ),
    Refusal.OVERLOAD: Text(ja="混み合っているため", en="it is overloaded"),
    Refusal.INVALID: Text(ja="上のどれでもない", en="none of these"),
}
STATES = {
    CallState.RINGING: Text(
        ja="呼び出し中（まだだれも応答していない）", en="ringing, nobody has answered yet"
    ),
    CallState.ANSWERED: Text(ja="応答された", en="answered"),
    CallState.TRANSFERRING: Text(ja="ほかの消防本部に転送中", en="being transferred"),
    CallState.CLOSED: Text(ja="終了した", en="closed"),
}
NONE, ANOTHER = "none", "another"


def receiver_question(
    departments: Sequence[DepartmentRef], only_if: tuple[str, str] | None = None
) -> Question:
    options = [
        Option(value=each.code, label=Text(ja=each.name_ja or each.code, en=each.code))
        for each in departments
    ]
    options += [
        Option(value=NONE, label=Text(ja="出ていない", en="None is shown")),
        Option(value=ANOTHER, label=Text(ja="上のどれでもない", en="None of these")),
    ]
    return Question(
        name="receiver",
        label=Text(
            ja="通報を受けている消防本部として出ているもの",
            en="Fire department shown as having the call",
        ),
        options=tuple(options),
        only_if=only_if,
    )


def receiver_of(value: str, departments: Sequence[DepartmentRef]) -> DepartmentRef | None:
    if value == NONE:
        return None
    known = {each.code: each for each in departments}
    another = DepartmentRef(code=ANOTHER, name_ja="上のどれでもない", name_en=ANOTHER, phone="")
    return known.get(value, another)


def position(fix: Fix) -> list[Fact]:
    found = [
        Fact(
            label=Text(ja="緯度、経度（度）", en="Latitude, longitude"),
            value=f"{fix.lat}, {fix.lon}",
        )
    ]
    if fix.accuracy_m is not None:
        label = Text(ja="測位の精度（m）", en="Accuracy (m)")
        found.append(Fact(label=label, value=f"{fix.accuracy_m:g}"))
    return found


LOG_IN = Text(
    ja="下の通報者の端末を用意し、まだなら下の ID とパスワードでログインしてください。",
    en="Take the handset of the caller below; log in with the ID and password if it is not.",
)
AT = Text(
    ja="端末の位置を、下の緯度・経度・精度にしてください（開発者向けの位置設定など）。",
    en="Set the handset’s position to the one below (developer options, for instance).",
)
POSITIONING = {
    Positioning.ON: Text(
        ja="位置情報は使えるままで、位置が得られない状態にしてください。",
        en="Leave positioning on, but let the handset get no position.",
    ),
    Positioning.OFF: Text(
        ja="端末の位置情報（測位）を切ってください。", en="Switch the handset’s positioning off."
    ),
    Positioning.DENIED: Text(
        ja="通報のアプリやページに、位置情報の利用を許可しないでください。",
        en="Deny the app or page the use of the position.",
    ),
}
PLACES = {
    PlaceChoice.CURRENT: Text(
        ja="通報の場所は「いまいる場所」を選んでください。",
        en="As the place choose where you are now.",
    ),
    PlaceChoice.HOME: Text(
        ja="通報の場所は「自宅」を選んでください。", en="As the place choose home."
    ),
}
TAKEN = ("result", "taken")
CALL_QUESTIONS = (
    Question(
        name="result",
        label=Text(ja="通報はどうなりましたか", en="What became of the call"),
        options=(
            Option(value="taken", label=Text(ja="受け付けられた", en="It was taken")),
            Option(value="refused", label=Text(ja="断られた", en="It was refused")),
        ),
    ),
    Question(
        name="reason",
        label=Text(ja="断られた理由として出たもの（断られたとき）", en="Reason shown (if refused)"),
        options=tuple(Option(value=each.value, label=text) for each, text in REASONS.items()),
        only_if=("result", "refused"),
    ),
    Question(
        name="shown",
        label=Text(
            ja="断りの画面に出た案内の文（断られたとき、見えたとおりに）",
            en="Text of the refusal (if refused, as shown)",
        ),
        only_if=("result", "refused"),
    ),
    Question(
        name="means",
        label=Text(
            ja="断りの画面に、助けを求めるほかの手段（電話、音声の119、FAX、周りの人など）の案内が"
            "ある（断られたとき）",
            en="The refusal names other means of getting help: a phone number, 119 by voice, fax, "
            "people around (if refused)",
        ),
        options=(
            Option(value="yes", label=Text(ja="はい", en="Yes")),
            Option(value="no", label=Text(ja="いいえ", en="No")),
        ),
        only_if=("result", "refused"),
    ),
)
