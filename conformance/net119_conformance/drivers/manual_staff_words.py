"""What a person is asked to do and to tell as a department's staff, in Japanese and English."""

from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal

from net119_conformance.catalogue import Text
from net119_conformance.manual.steps import Fact, Option, Question

NONE, ONE, MORE = "none", "one", "more"
STATES = {
    RegistrationState.APPLIED: Text(ja="申請中（審査待ち）", en="applied, waits for review"),
    RegistrationState.RETURNED: Text(ja="差し戻し", en="returned"),
    RegistrationState.APPROVED: Text(ja="登録済み（通報できる）", en="approved, can call"),
    RegistrationState.CHANGE_PENDING: Text(ja="変更の審査待ち", en="a change waits for review"),
    RegistrationState.EXPIRED: Text(ja="期限切れ", en="expired"),
    RegistrationState.SUSPENDED: Text(ja="一時停止", en="suspended"),
    RegistrationState.CANCELLED: Text(ja="取消し", en="cancelled"),
}
_REFUSED = {
    Refusal.INVALID: Text(
        ja="断られた、または操作できなかった：理由を書くよう求められた",
        en="It was refused, or could not be done: a reason is asked for",
    ),
    Refusal.FORBIDDEN: Text(
        ja="断られた：ほかの理由（メモに書いてください）",
        en="It was refused for something else (say what in the note)",
    ),
}
DONE = "done"

SUSPEND = Text(ja="登録者の通報を止める", en="Suspend a registrant")
SUSPEND_WHY = Text(
    ja="止められた人の通報だけが断られ、ほかの人の通報が届くことを判定します。",
    en="Only the suspended person's calls must be refused, and nobody else's.",
)
FIND = Text(ja="職員の画面で登録を探す", en="Find a registration as staff")
FIND_WHY = Text(
    ja="このあと職員がする操作の前に、登録がどうなっているかを確かめます。",
    en="What staff do next is judged against what the registration is now.",
)
READ = Text(ja="職員の画面で登録情報を見る", en="Read a registration as staff")
READ_WHY = Text(
    ja="見たことが、見た人と目的とともに記録に残るかを判定します。",
    en="Reading must leave an entry with the reader and the purpose.",
)
CANCEL = Text(ja="職員の画面で登録を取り消す", en="Cancel a registration as staff")
CANCEL_WHY = Text(
    ja="理由のない取消しが断られ、取り消された人が通報できなくなることを判定します。",
    en="Without a reason it must be refused, and afterwards the person must not be able to call.",
)
AUDIT = Text(ja="閲覧の記録を見る", en="Look at the record of who read what")
AUDIT_WHY = Text(
    ja="登録情報を見たことが、見た人と目的とともに残っているかを判定します。",
    en="Each reading must be on record with its reader and purpose, and no other.",
)
LOG_IN = Text(ja="通報者の端末でログインする", en="Log in at the caller’s handset")
LOG_IN_WHY = Text(
    ja="ログインできるかどうか自体を判定するか、このあとの操作の前にログインしている必要があります。",
    en="Whether the log-in works is judged, or it has to be done before what comes next.",
)


def at_staff(department: str) -> Text:
    """Where staff work, as sentences name it."""
    return Text(ja=f"{department} の職員の画面", en=f"the staff pages of {department}")


def reason_fact(reason: str) -> Fact:
    """The reason that is to be given."""
    return Fact(label=Text(ja="書く理由", en="Reason to give"), value=reason)


def state_question(label: Text) -> Question:
    """Which state the screen shows."""
    options = [Option(value=each.value, label=text) for each, text in STATES.items()]
    options.append(
        Option(value=NONE, label=Text(ja="登録が見つからない", en="No such registration"))
    )
    return Question(name="state", label=label, options=tuple(options))


CANCEL_QUESTIONS = (
    Question(
        name="result",
        label=Text(ja="取消しはどうなりましたか", en="What became of the cancellation"),
        options=(
            Option(value=DONE, label=Text(ja="取り消された", en="It was cancelled")),
            *(Option(value=each.value, label=text) for each, text in _REFUSED.items()),
        ),
    ),
    state_question(
        Text(ja="登録の状態として出ているもの", en="State of the registration as shown")
    ).model_copy(update={"only_if": ("result", DONE)}),
    Question(
        name="reason",
        label=Text(
            ja="登録情報に出ている取消しの理由（見えたとおりに。なければ「なし」）",
            en="Reason of the cancellation in the record (as shown; “none” if there is none)",
        ),
        only_if=("result", DONE),
    ),
)


def audit_questions(purpose: str) -> tuple[Question, ...]:
    """How many entries there are, and whether they name somebody. ``purpose`` "": any."""
    what = Text(
        ja=f"目的が「{purpose}」の、この人の登録情報を見た記録"
        if purpose
        else "この人の登録情報を見た記録",
        en=f"Entries of reading this person with the purpose “{purpose}”"
        if purpose
        else "Entries of reading this person",
    )
    return (
        Question(
            name="entries",
            label=what,
            options=(
                Option(value=NONE, label=Text(ja="ない", en="None")),
                Option(value=ONE, label=Text(ja="一件", en="One")),
                Option(value=MORE, label=Text(ja="二件以上", en="More than one")),
            ),
        ),
        Question(
            name="reader",
            label=Text(
                ja="その記録に、見た職員の氏名か職員番号がある（一件のとき）",
                en="The entry names the reader, or a number of theirs (if there is one)",
            ),
            options=(
                Option(value="yes", label=Text(ja="はい", en="Yes")),
                Option(value="no", label=Text(ja="いいえ", en="No")),
            ),
            only_if=("entries", ONE),
        ),
    )


LOG_IN_QUESTION = Question(
    name="result",
    label=Text(ja="ログインはどうなりましたか", en="What became of the log-in"),
    options=(
        Option(value=DONE, label=Text(ja="ログインできた", en="It worked")),
        Option(
            value=Refusal.NOT_AUTHENTICATED.value,
            label=Text(ja="ID かパスワードが違うと断られた", en="Refused: wrong ID or password"),
        ),
        Option(
            value=Refusal.REGISTRANT_REFUSED.value,
            label=Text(
                ja="この登録者は受け付けないと断られた", en="Refused: this registrant is not served"
            ),
        ),
        Option(
            value=Refusal.REGISTRANT_SUSPENDED.value,
            label=Text(ja="登録が止められていると断られた", en="Refused: it is suspended"),
        ),
        Option(
            value=Refusal.INVALID.value,
            label=Text(
                ja="ほかの理由で断られた（メモに書いてください）",
                en="Refused for something else (say what in the note)",
            ),
        ),
    ),
)
