"""Logs are JSON lines without personal data, whoever writes them."""

import json
import logging
from typing import Any

import pytest
from net119_protocol.api.handset import LogIn
from net119_reference.logs import HIDDEN, configure_logs, get_log


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", operator="aoba")
    get_log("http").info("ready", https="https://127.0.0.2:8443")
    get_log("http").debug("not wanted")
    (line,) = lines(capsys)
    assert line["event"] == "ready"
    assert (line["operator"], line["part"], line["level"]) == ("aoba", "http", "info")
    assert line["https"] == "https://127.0.0.2:8443"
    assert line["at"].endswith("Z")


@pytest.mark.parametrize(
    "key",
    ["name", "kana", "address", "mail", "text", "token", "password", "lat", "clientToken",
     "phone", "registrant_name", "Authorization", "street", "medical", "payload"],
)  # fmt: skip
def test_personal_data_are_hidden_at_any_depth(
    capsys: pytest.CaptureFixture[str], key: str
) -> None:
    configure_logs("info")
    get_log("x").info("call", call={"inner": [{key: "試験花子"}]}, **{key: "試験花子"})
    logging.getLogger("other").warning("said", extra={key: "試験花子"} if key != "name" else {})
    written = capsys.readouterr().err
    assert "花子" not in written
    assert HIDDEN in written


def test_models_and_exceptions_leave_only_their_kind(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    model = LogIn(login_id="hanako", password="secret")
    get_log("x").info("log-in", what=model, why=ValueError("hanako"), raw=b"hanako")
    try:
        raise ValueError("hanako")
    except ValueError as error:
        get_log("x").error("failed", exc_info=error)
        logging.getLogger("uvicorn.error").exception("Exception in %s for %s", "app", error)
    first, *failures = lines(capsys)
    assert (first["what"], first["why"], first["raw"]) == ("<LogIn>", "ValueError", "<6 bytes>")
    for failure in failures:
        assert failure["error"] == "ValueError"
        assert failure["trace"][-1].startswith("test_logs.py:")
    assert failures[1]["event"] == "Exception in app for ValueError"
    assert "hanako" not in json.dumps([first, *failures])
    assert len(failures) == 2


def test_a_long_value_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    get_log("x").info("refused", detail="a" * 5000)
    assert len(lines(capsys)[0]["detail"]) < 600
