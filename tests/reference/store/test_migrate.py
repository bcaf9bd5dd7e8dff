"""The tables' version: brought up when a database is new, left alone when it is current."""

import sqlite3
from pathlib import Path

import pytest
import trustme
from alembic import command
from alembic.script import ScriptDirectory
from net119_reference.app import EXIT_USER_ERROR, main
from net119_reference.ports import StorageFailed
from net119_reference.store.migrate import HEAD, alembic_config, migrate, version_of

CONFIG = """
operator = "aoba"
data_dir = "data"
[http]
port = 0
cert = "server.pem"
key = "server.pem"
[stomp]
port = 0
ca = "server.pem"
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'net119.db'}"


def test_head_is_the_newest_migration(url: str) -> None:
    script = ScriptDirectory.from_config(alembic_config(url))
    assert script.get_current_head() == HEAD


def test_a_new_database_is_brought_up_and_a_current_one_left_alone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert version_of(url) is None
    migrate(url)
    assert version_of(url) == HEAD

    ran: list[str] = []
    monkeypatch.setattr(command, "upgrade", lambda *_: ran.append("upgrade"))
    migrate(url)
    assert ran == []


def test_tables_of_a_newer_version_are_not_touched(url: str, tmp_path: Path) -> None:
    migrate(url)
    with sqlite3.connect(tmp_path / "net119.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageFailed, match="version 9999"):
        migrate(url)
    assert version_of(url) == "9999"


def test_lines_stay_when_their_second_index_goes_and_comes_back(url: str, tmp_path: Path) -> None:
    lines = [
        ("c1", 1, "caller", "a", "t", "たすけて 髙橋"),
        ("c1", 2, "dispatcher@aoba", "a", "t", "𠮷"),
        ("c2", 1, "caller", "a", "t", "①"),
    ]
    settings = alembic_config(url)
    command.upgrade(settings, "0011")
    with sqlite3.connect(tmp_path / "net119.db") as database:
        for call_id in ("c1", "c2"):
            call = (call_id, "anchor", "answered", "r", call_id, "t", "{}")
            database.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)", call)
        database.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", lines)
    for version, indices in (("0012", 1), ("0011", 2), (HEAD, 1)):
        (command.downgrade if version == "0011" else command.upgrade)(settings, version)
        with sqlite3.connect(tmp_path / "net119.db") as database:
            query = "SELECT call_id, seq, author, client_id, at, document FROM lines"
            assert database.execute(f"{query} ORDER BY call_id, seq").fetchall() == lines
            assert len(database.execute("PRAGMA index_list(lines)").fetchall()) == indices
            # What still keeps two lines from having one number, and lines from having no call.
            database.execute("PRAGMA foreign_keys = ON")
            for wrong in (("c1", 2, "caller", "b", "t", ""), ("c9", 1, "caller", "b", "t", "")):
                with pytest.raises(sqlite3.IntegrityError):
                    database.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", wrong)


def test_a_file_that_is_no_database_is_named_to_the_operator(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaf = trustme.CA().issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "net119.db").write_bytes(b"no database" * 1000)

    assert main(["--config", str(tmp_path / "config.toml")]) == EXIT_USER_ERROR
    said = capsys.readouterr().err
    assert "file is not a database" in said
    assert "where: database.url, or net119.db in data_dir" in said
    assert "Traceback" not in said
