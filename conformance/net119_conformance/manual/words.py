"""The words of the page and of the terminal, in plain Japanese and English."""

from net119_conformance.catalogue import Text

WORDS: dict[str, Text] = {
    "title": Text(
        ja="NET119 適合性試験：人がする操作", en="NET119 conformance: steps for a person"
    ),
    "purpose": Text(ja="いまの試験", en="Test purpose"),
    "of": Text(ja="件目／全", en="of"),
    "items": Text(ja="件", en=""),
    "about": Text(ja="この試験について", en="About this test purpose"),
    "stimulus": Text(ja="すること", en="What is done"),
    "expected": Text(ja="期待する結果", en="What is expected"),
    "purpose_why": Text(ja="なぜ大切か", en="Why it matters"),
    "step": Text(ja="お願い", en="Step"),
    "why": Text(ja="このお願いの理由", en="Why this step"),
    "use": Text(ja="使うもの・見るもの", en="What to use or look for"),
    "left": Text(ja="残り時間", en="Time left"),
    "minutes": Text(ja="分", en="min"),
    "seconds": Text(ja="秒", en="s"),
    "last_minute": Text(
        ja="残り 1 分を切りました。足りなければ「時間をのばす」を押してください。",
        en="Less than a minute is left. Choose “More time” if you need it.",
    ),
    "more_time": Text(ja="時間をのばす", en="More time"),
    "watched": Text(
        ja="事業者間の電文で確認できたときは、答えなくても次に進みます。",
        en="If it shows on the wire between providers, this goes on by itself.",
    ),
    "seen": Text(ja="見えたもの", en="What you saw"),
    "choose": Text(ja="見えたとおりに答えてください。", en="Answer as you saw it."),
    "note": Text(ja="メモ（なくても構いません）", en="Note (optional)"),
    "picture": Text(ja="画面の写し（なくても構いません）", en="Screenshot (optional)"),
    "picture_help": Text(
        ja="PNG・JPEG・WebP、10 MB まで。報告書にそのまま入ります。"
        "実在の人の情報を写さないでください。",
        en="PNG, JPEG or WebP, 10 MB at most. It goes into the report as it is: show no real "
        "person’s data.",
    ),
    "picture_again": Text(ja="画像はもう一度選んでください。", en="Choose the picture again."),
    "done": Text(ja="できた（この内容で答える）", en="Done (send these answers)"),
    "otherwise": Text(
        ja="できなかった・違うものが見えた・やめる", en="Not possible, something else, leave"
    ),
    "said": Text(
        ja="何が見えたか、なぜできなかったか", en="What you saw, or why it was not possible"
    ),
    "other": Text(
        ja="やってみたら、違うものが見えた（不合格になります）",
        en="I did it and saw something else (a failure)",
    ),
    "unable": Text(ja="できなかった（判定不能になります）", en="I could not do it (inconclusive)"),
    "skipped": Text(ja="この試験の残りをとばす", en="Skip the rest of this test purpose"),
    "stopped": Text(ja="試験の実行を止める", en="Stop the whole run"),
    "nothing": Text(ja="いまお願いすることはありません", en="There is nothing for you to do now"),
    "wait": Text(
        ja="試験側が判定しています。次のお願いは、この画面にひとりでに出ます。",
        en="The suite is at work. The next step comes up here by itself.",
    ),
    "ended": Text(ja="試験の実行は終わりました", en="The run is over"),
    "ended_what": Text(
        ja="結果は端末の画面と報告書にあります。このページは閉じて構いません。",
        en="The terminal and the report have the results. You can close this page.",
    ),
    "gone": Text(
        ja="試験側につながりません。実行が終わったか、止まりました。端末の画面を見てください。",
        en="The suite cannot be reached: the run is over or was stopped. Look at the terminal.",
    ),
    "wrong": Text(ja="まだ送られていません", en="Not sent yet"),
    "refresh": Text(ja="いまの状態を見る", en="Show the present state"),
    "answer_here": Text(
        ja="番号を入力して Enter を押してください。", en="Type a number and press Enter."
    ),
    "time_limit": Text(ja="制限時間", en="Time limit"),
    "no_number": Text(ja="その番号はありません。", en="There is no such number."),
    "closed": Text(ja="このお願いは終わりました。", en="This step is over."),
    "late": Text(
        ja="前のお願いは終わりました。いまの入力は採っていません。上の新しいお願いに答えてください。",
        en="That step is over, and what you typed was not taken. Answer the new one above.",
    ),
    "optional": Text(ja="なければ Enter だけ", en="just Enter for none"),
    "page_is": Text(
        ja="人がする操作は、次のページでも答えられます（画面の写しも付けられます）",
        en="Steps can also be answered on this page (with screenshots)",
    ),
}
"""By what they are for."""
