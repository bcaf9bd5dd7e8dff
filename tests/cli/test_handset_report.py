"""What `net119 handset try` and `matrix` print of trials, and what they take."""

import json
from pathlib import Path

import pytest
from net119_cli import handset_report as report
from net119_cli import main as cli
from net119_cli.handset_output import in_use
from net119_cli.language import Language, use_language
from net119_protocol.labels import Label
from net119_protocol.profile.load import load_profiles
from net119_simulators.handsets import Expected, Outcome, Policy, Reason, Step, find_handset
from net119_simulators.handsets.trial import Happened, TrialResult
from net119_simulators.handsets.words import STEPS
from rich.cells import cell_len


def entry(name: str, policy: Policy, **other: Expected) -> report.Entry:
    """A trial that came as predicted, but for ``other`` steps (``log_in`` for ``log-in``)."""
    handset = find_handset(name)
    table = handset.predicted[policy].table()
    changed = {Step(key.replace("_", "-")): value for key, value in other.items()}
    steps = [Happened(step, changed.get(step, table[step]), f"<b>{step}</b>") for step in Step]
    label = Label("試験<消防本部>", "a test <department>")
    return report.Entry(handset, "test", label, policy, TrialResult(steps))


SHA2 = Expected(Outcome.STUCK, Reason.SHA2_CERTIFICATE)
WRONG = Expected(Outcome.STUCK, Reason.WRONG_POSITION)


@pytest.fixture(params=[Language.JA, Language.EN])
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    use_language(chosen)
    return chosen


def test_a_difference_is_seen_in_outcome_and_in_reason(language: Language) -> None:
    assert not entry("au-w52ca", Policy.CLOSED).differences
    other_reason = Expected(Outcome.STUCK, Reason.TLS_VERSION)
    assert Step.CONNECT in entry("au-w52ca", Policy.CLOSED, connect=other_reason).differences
    works = entry("au-w52ca", Policy.CLOSED, connect=Expected(Outcome.WORKS))
    assert set(works.differences) == {Step.CONNECT}
    assert set(entry("au-sh011", Policy.REFUSED, call=WRONG).differences) == {Step.CALL}


def test_who_is_stuck_is_not_usable(language: Language) -> None:
    assert not entry("au-w52ca", Policy.CLOSED).result.usable
    assert not entry("au-w52ca", Policy.REFUSED).result.usable
    assert entry("au-w52ca", Policy.PLAINTEXT).result.usable
    assert not entry("au-sh011", Policy.REFUSED, chat=WRONG).result.usable
    assert not TrialResult().usable


def test_the_table_stands_in_columns(language: Language) -> None:
    entries = [
        entry("au-w52ca", Policy.REFUSED),
        entry("android-current-chrome", Policy.REFUSED),
        entry("au-sh011", Policy.REFUSED, call=WRONG, chat=Expected(Outcome.UNREACHED)),
    ]
    lines = list(report.matrix_lines(entries))
    assert max(cell_len(line) for line in lines) <= 80
    heads = lines[1]
    for step in Step:
        words = in_use(STEPS[step])
        at = cell_len(heads[: heads.index(words)])
        for line in lines[2:5]:
            # Before each column there is space, in every row, in cells and not in characters.
            before = next(i for i in range(len(line) + 1) if cell_len(line[:i]) >= at)
            assert line[before - 1] == " ", (line, words)
    text = "\n".join(lines)
    star = "止まる*" if language is Language.JA else "STUCK*"
    assert star in text
    assert ("予想どおりでないものは 1 件" if language is Language.JA else "3 trials, 1 not") in text


def test_the_page_escapes_and_marks(language: Language) -> None:
    page = report.html_page([entry("au-sh011", Policy.REFUSED, call=WRONG)])
    assert "<department>" not in page
    assert "<消防本部>" not in page
    assert page.count('class="stuck other"') == 1
    assert f'<html lang="{language.value}">' in page
    assert "src=" not in page
    assert "href=" not in page


def test_json_has_prediction_and_evidence(tmp_path: Path) -> None:
    file = tmp_path / "matrix.json"
    report.write_json([entry("au-sh011", Policy.REFUSED, call=WRONG)], file)
    (found,) = json.loads(file.read_text("utf-8"))
    call = next(each for each in found["steps"] if each["step"] == "call")
    assert call == {
        "step": "call",
        "outcome": "stuck",
        "reason": "wrong-position",
        "predicted": "works",
        "asPredicted": False,
        "seen": "<b>call</b>",
    }
    assert found["asPredicted"] is False


def test_a_step_on_purpose_not_taken_is_compared_with_nothing(language: Language) -> None:
    skipped = entry("au-sh011", Policy.REFUSED, register=Expected(Outcome.NOT_OFFERED))
    assert set(skipped.differences) == {Step.REGISTER}
    without = report.Entry(
        skipped.handset,
        skipped.department,
        skipped.department_name,
        skipped.policy,
        skipped.result,
        frozenset({Step.REGISTER}),
    )
    assert not without.differences


def elsewhere(name: str, plaintext_url: str | None, *came: Expected) -> report.Entry:
    """A trial at a provider elsewhere in which ``came`` came of the first steps, then nothing."""
    none = (Expected(Outcome.UNREACHED),) * (len(Step) - len(came))
    steps = [Happened(step, each) for step, each in zip(Step, (*came, *none), strict=True)]
    return report.entry_elsewhere(
        find_handset(name),
        load_profiles()["tomakomai"],
        TrialResult(steps),
        url="https://127.0.0.5",
        plaintext_url=plaintext_url,
    )


WORKS, PLAIN = Expected(Outcome.WORKS), Expected(Outcome.PLAINTEXT, Reason.NOT_ENCRYPTED)
NOT_OFFERED = Expected(Outcome.NOT_OFFERED)
NO_TOKEN = Expected(Outcome.NOT_TRIED, Reason.NO_CONSOLE)
NO_PLAIN = Expected(Outcome.STUCK, Reason.PLAINTEXT_REFUSED)
HTTP = "http://127.0.0.5:8080"


def test_elsewhere_only_what_was_tried_is_compared(language: Language) -> None:
    phone = "android-current-chrome"
    untold = elsewhere(phone, None, WORKS, NOT_OFFERED, NOT_OFFERED, WORKS, NO_TOKEN)
    assert not untold.differences
    # The first failure is told, what follows from it is not.
    failed = elsewhere(phone, None, WORKS, NOT_OFFERED, NOT_OFFERED, WRONG)
    assert set(failed.differences) == {Step.LOG_IN}
    assert set(elsewhere(phone, None, SHA2).differences) == {Step.CONNECT}
    # Where a failure was predicted and does not come, that is told, and once.
    assert set(elsewhere("au-w52ca", None, WORKS, WORKS).differences) == {Step.CONNECT}


def test_elsewhere_the_address_says_whether_plaintext_is_taken(language: Language) -> None:
    predicted = find_handset("au-w52ca").predicted[Policy.PLAINTEXT].table()
    assert not elsewhere("au-w52ca", HTTP, *predicted.values()).differences
    assert not elsewhere("au-w52ca", None, SHA2).differences
    assert not elsewhere("au-w52ca", HTTP, PLAIN, NO_PLAIN).differences
    assert set(elsewhere("au-w52ca", HTTP, SHA2).differences) == {Step.CONNECT}


def test_what_was_not_tried_is_not_called_stuck(language: Language) -> None:
    check = find_handset("au-sh011").predicted[Policy.CLOSED].table()[Step.CHECK]
    entry = elsewhere("au-sh011", None, WORKS, check, NOT_OFFERED, WORKS, NO_TOKEN)
    assert not entry.result.usable
    said = "".join(report.conclusion(entry))
    assert "--dispatcher-token" in said
    assert ("試していません" if language is Language.JA else "Not tried from “call” on") in said
    for word in ("止まります", "stuck", "応答がありません", "does not answer", "予想", "predicted"):
        assert word not in said
    call, chat = report.document([entry])[0]["steps"][4:]
    assert (call["outcome"], call["reason"]) == ("not-tried", "no-console")
    assert call["asPredicted"] is None
    assert chat["asPredicted"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["try", "nokia"], "au-w52ca"),
        (["try", "au-w52ca", "--department", "atlantis"], "tomakomai"),
        (["try", "au-w52ca", "--login-id", "n1"], "--url"),
        (["try", "au-w52ca", "--url", "https://192.0.2.1"], "--test-host 192.0.2.1"),
        (["try", "au-w52ca", "--url", "ftp://127.0.0.5"], "https:// or http://"),
        (["try", "au-w52ca", "--url", "127.0.0.5:8443"], "https:// or http://"),
        (["try", "au-w52ca", "--url", "https://127.0.0.5:99999"], "65535"),
        (["try", "au-w52ca", "--url", "https://127.0.0.5:x"], "65535"),
        (["try", "au-w52ca", "--url", "https://127.0.0.5:0"], "65535"),
        (["try", "au-w52ca", "--url", "https://"], "no host"),
        (["try", "au-w52ca", "--url", "https://[::1"], "not an address"),
        (["try", "au-w52ca", "--url", "https://127.0.0.5 /"], "spaces"),
        (["try", "au-w52ca", "--url", "https://127.0.0.5/?a=b"], "no ?"),
        (["try", "au-w52ca", "--url", ""], "is empty"),
        (
            ["try", "au-w52ca", "--url", "https://127.0.0.5", "--plaintext-url", "https://[::1]"],
            "begin with http://",
        ),
        (["try", "au-w52ca", "--plaintext-url", ""], "--url"),
        (
            ["try", "au-w52ca", "--url", "https://127.0.0.5", "--dispatcher-token", "short"],
            "16 to 200",
        ),
        (["try", "au-w52ca", "--url", "https://127.0.0.1:9", "--ca", "/nowhere.pem"], "--ca"),
        (["matrix", "--department", "atlantis"], "tomakomai"),
        (["matrix", "--handset", "nokia"], "au-w52ca"),
        (["matrix", "--html", "/nowhere/at/all.html"], "/nowhere/at"),
    ],
)
def test_wrong_options_start_nothing(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["handset", *options, "--lang", "en"]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


@pytest.mark.parametrize(
    ("options", "what", "to_do"),
    [
        (["show", "au-sh01"], "そのような端末はありません: au-sh01", "au-sh011"),
        (["try", "nokia"], "そのような端末はありません: nokia", "次のどれかを指定してください"),
        (
            ["try", "au-w52ca", "--url", "https://192.0.2.1"],
            "192.0.2.1 はこの機器の中のホストではなく",
            "--test-host 192.0.2.1",
        ),
        (["try", "au-w52ca", "--url", ""], "アドレスが空です", "https://127.0.0.5:8443"),
    ],
)
def test_mistakes_are_told_in_japanese(
    options: list[str], what: str, to_do: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["handset", *options, "--lang", "ja"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"誤り: {what}")
    assert to_do in lines[2]
    assert "There is" not in lines[2]


def test_nobody_listens_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from net119_simulators.network import Authority

    ca = str(Authority(tmp_path).ca_file)
    url = "https://127.0.0.1:9"
    options = ["try", "au-w52ca", "--url", url, "--ca", ca, "--lang", "en"]
    assert cli.main(["handset", *options]) == 1
    said = capsys.readouterr().out
    assert "does not answer" in said
    assert "stuck at “connect”" in said
