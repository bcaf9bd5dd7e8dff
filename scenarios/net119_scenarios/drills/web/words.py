"""Words of the leader's pages for codes."""

from net119_protocol.labels import Label

from net119_scenarios.acted.drill_part import Fault
from net119_scenarios.drills.control import ControlKind, DrillState, StepState

STATES = {
    DrillState.PREPARED: Label("開始を待っています", "Waiting for the start"),
    DrillState.RUNNING: Label("進行中", "Running"),
    DrillState.PAUSED: Label("一時停止中", "Paused"),
    DrillState.ENDING: Label("まとめています", "Being recorded"),
    DrillState.ENDED: Label("終わりました", "Over"),
}
STEPS = {
    StepState.PLANNED: Label("これから", "to come"),
    StepState.WAITING: Label("時刻を待つ", "waits for its time"),
    StepState.DOING: Label("している", "going on"),
    StepState.AWAITED: Label("人を待つ", "waits for the person"),
    StepState.DONE: Label("済み", "done"),
    StepState.HINTED: Label("手本", "a model"),
    StepState.SKIPPED: Label("とばした", "skipped"),
    StepState.FAILED: Label("できなかった", "failed"),
    StepState.NOT_REACHED: Label("行われず", "not reached"),
}
CONTROLS = {
    ControlKind.START: Label("開始", "start"),
    ControlKind.PAUSE: Label("一時停止", "pause"),
    ControlKind.RESUME: Label("再開", "resume"),
    ControlKind.PACE: Label("待ち時間の速さ", "speed of waiting"),
    ControlKind.SKIP: Label("手順をとばす", "skip a step"),
    ControlKind.INJECT: Label("出来事を起こす", "inject"),
    ControlKind.END: Label("終了", "end"),
}
PACES = {
    "1": Label("実際の速さ", "Real time"),
    "2": Label("待ち時間を2倍の速さで", "Waiting twice as fast"),
    "4": Label("待ち時間を4倍の速さで", "Waiting four times as fast"),
    "8": Label("待ち時間を8倍の速さで", "Waiting eight times as fast"),
    "0": Label("待ち時間なし", "No waiting"),
}
PLAYERS = {
    "person": Label("人が演じる", "A person"),
    "simulator": Label("プログラムが台本どおりに演じる", "The program, by the script"),
    "rule-based": Label("プログラムが自分で聞き取る", "The program, asking by itself"),
    f"bad:{Fault.NEVER_ANSWERS.value}": Label("悪い例: 応答しない", "A bad example: never answers"),
    f"bad:{Fault.SLOW.value}": Label("悪い例: 応答が遅い", "A bad example: answers late"),
    f"bad:{Fault.ASKS_NOTHING.value}": Label("悪い例: 何も聞かない", "A bad example: asks nothing"),
    f"bad:{Fault.JARGON.value}": Label("悪い例: 専門用語で聞く", "A bad example: asks in jargon"),
    f"bad:{Fault.CLOSES_EARLY.value}": Label(
        "悪い例: すぐ終わらせる", "A bad example: closes too early"
    ),
    f"bad:{Fault.IGNORES_SILENCE.value}": Label(
        "悪い例: 途切れても何もしない", "A bad example: does nothing about silence"
    ),
    f"bad:{Fault.WRONG_TRANSFER.value}": Label(
        "悪い例: ちがう所へ転送する", "A bad example: transfers to the wrong place"
    ),
    f"bad:{Fault.ANNOUNCES_NOTHING.value}": Label(
        "悪い例: お知らせを忘れる", "A bad example: announces nothing"
    ),
    f"bad:{Fault.LEAVES_OUT.value}": Label(
        "悪い例: 手順を抜かす", "A bad example: leaves something out"
    ),
}
ROLES = {
    "caller": Label("通報者", "Caller"),
    "dispatcher": Label("指令員", "Dispatcher"),
    "staff": Label("職員", "Staff"),
    "peer": Label("ほかの事業者のシステム", "Another provider's system"),
    "alarm-user": Label("発信設備の利用者", "Has an alarm unit"),
    "helper": Label("近隣協力員", "Neighbour helper"),
    "crew": Label("出動する隊", "Crew"),
    "ward-office": Label("区役所", "Ward office"),
}
