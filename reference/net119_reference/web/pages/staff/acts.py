"""What can be done with a registration beside the review: which acts, for whom, and when."""

from dataclasses import dataclass

from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.labels import Label

from net119_reference.ports import StaffIdentity
from net119_reference.registration.roles import Right, may
from net119_reference.registration.states import CAN_CALL, LIVE, REGISTERED


@dataclass(frozen=True)
class Act:
    """One act: its code in URLs and buttons, its words, and when it is offered."""

    code: str
    label: Label
    effect: Label
    """What it does, told before it is done."""
    done: Label
    states: frozenset[State]
    right: Right = Right.REVIEW
    fields: tuple[str, ...] = ()
    danger: bool = False


ACTS = (
    Act(
        "suspend",
        Label("利用を停止する", "Suspend"),
        Label(
            "この方からの通報を、再開するまで受け付けなくなります。本人にメールで理由を知らせます。",
            "Calls of this person are not taken until you resume. The person is mailed the reason.",
        ),
        Label("利用を停止しました。", "Suspended."),
        CAN_CALL,
        fields=("reason",),
        danger=True,
    ),
    Act(
        "resume",
        Label("利用を再開する", "Resume"),
        Label(
            "この方からの通報を、また受け付けます。本人にメールで知らせます。",
            "Calls of this person are taken again. The person is told by mail.",
        ),
        Label("利用を再開しました。", "Resumed."),
        frozenset({State.SUSPENDED}),
    ),
    Act(
        "cancel",
        Label("登録を取り消す", "Cancel the registration"),
        Label(
            "登録が終わり、IDと通報ページが使えなくなります。元に戻せません。",
            "The registration ends; ID and call page stop working. This cannot be undone.",
        ),
        Label("登録を取り消しました。", "Cancelled."),
        LIVE,
        fields=("reason",),
        danger=True,
    ),
    Act(
        "delete",
        Label("請求によりデータを削除する", "Delete the data on request"),
        Label(
            "この方の個人情報を、いますぐ削除します。登録も終わります。元に戻せません。"
            "バックアップからも、決められた期間のうちに消えます。",
            "The personal data of this person are destroyed now, and the registration ends. This "
            "cannot be undone. Backups lose them within the set time.",
        ),
        Label("データを削除しました。", "The data are destroyed."),
        frozenset(set(State) - {State.DESTROYED}),
        fields=("requested",),
        danger=True,
    ),
    Act(
        "change",
        Label("変更届を入力する", "Key in a change"),
        Label("", ""),
        Label(
            "変更を入力しました。続けて審査してください。", "The change is entered; review it next."
        ),
        CAN_CALL,
        right=Right.KEY_IN,
    ),
    Act(
        "withdraw",
        Label("廃止届を受け付ける", "Withdrawal on paper"),
        Label(
            "本人の廃止届によって登録が終わり、IDと通報ページが使えなくなります。元に戻せません。"
            "本人にメールで知らせます。",
            "The registration ends by the person's form; ID and call page stop working. This "
            "cannot be undone. The person is told by mail.",
        ),
        Label("廃止届を受け付けました。", "The withdrawal is entered."),
        LIVE,
        right=Right.KEY_IN,
        fields=("form.signed", "paper.received_on", "form.number", "form.note"),
        danger=True,
    ),
    Act(
        "password",
        Label("パスワードを再発行する", "Issue a new password"),
        Label(
            "いまのパスワードは使えなくなり、新しいパスワードを登録されたアドレスにメールで送ります。",
            "The present password stops working; a new one is mailed to the address on record.",
        ),
        Label("新しいパスワードをメールで送ります。", "A new password is being mailed."),
        REGISTERED,
        right=Right.KEY_IN,
        fields=("device_lost",),
        danger=True,
    ),
    Act(
        "disclose",
        Label("情報を提供した記録をつける", "Record a disclosure"),
        Label(
            "通報のほかで、この方の情報を病院や警察などに伝えたことを記録します。",
            "Records that data of this person were given to a hospital, the police or the like, "
            "outside a call.",
        ),
        Label("情報の提供を記録しました。", "The disclosure is on record."),
        frozenset(set(State) - {State.DESTROYED}),
        right=Right.READ,
        fields=("to", "why", "items"),
    ),
)


def offered(who: StaffIdentity, state: State) -> tuple[Act, ...]:
    """The acts that fit the state and that the person may do."""
    return tuple(each for each in ACTS if state in each.states and may(who, each.right))
