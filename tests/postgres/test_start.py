"""What the operator reads where a provider cannot start on its PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from net119_reference.app import EXIT_CLEAN, EXIT_USER_ERROR, main
from net119_reference.store.advice import advice

from tests.postgres.server import PostgresServer
from tests.reference.store.test_migrate import CONFIG

Said = Callable[[str], str]


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Starts a provider on a database in vain; what it printed."""
    leaf = trustme.CA().issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))

    def start(url: str) -> str:
        (tmp_path / "config.toml").write_text(f'{CONFIG}\n[database]\nurl = "{url}"\n')
        assert main(["--config", str(tmp_path / "config.toml")]) == EXIT_USER_ERROR
        text = capsys.readouterr().err
        assert "Traceback" not in text
        assert "where: database.url" in text or "database.url" in text
        return text

    return start


def test_what_is_wrong_with_the_address_is_said(server: PostgresServer, said: Said) -> None:
    wrong = said(server.url("postgres", password="falsch"))
    assert "password authentication failed" in wrong
    assert "Mend the user or the password" in wrong
    assert "falsch" not in wrong
    assert "CREATE DATABASE" in said(server.url("nowhere"))
    nobody = server.url("postgres").replace(f":{server.port}/", ":1/")
    assert "See that the server runs" in said(nobody)
    assert "mysql is no database that this program knows" in said("mysql://net119@127.0.0.1/net119")
    assert "it names no database" in said("postgresql://net119:secret@127.0.0.1")
    assert "secret" not in said("postgresql://net119:secret@127.0.0.1:port/net119")


def test_the_address_is_checked_with_the_settings(tmp_path: Path, said: Said) -> None:
    said("postgresql://net119@127.0.0.1")
    file = tmp_path / "config.toml"
    assert main(["--config", str(file), "--check-config"]) == EXIT_USER_ERROR
    file.write_text(file.read_text().replace("@127.0.0.1", "@127.0.0.1/net119_{operator}"))
    assert main(["--config", str(file), "--check-config"]) == EXIT_CLEAN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('ユーザー"net119"のパスワード認証に失敗しました', "password"),
        ('データベース"net119"は存在しません', "CREATE DATABASE"),
        ('ロール"net119"は存在しません', "CREATE ROLE"),
    ],
)
def test_a_server_that_speaks_japanese_is_understood(text: str, word: str) -> None:
    assert word in (advice(f"connection failed: FATAL:  {text}") or "")
