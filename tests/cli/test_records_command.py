"""`net119 records`: over a stopped provider's database, and over a running one's admin API."""

import asyncio
import hashlib
import json
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from net119_cli import main as cli
from net119_protocol.api.admin import AccountRole
from net119_protocol.api.records import Decision
from net119_reference.data_lock import sole_user
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.staff_office import StaffOffice
from rich.cells import cell_len

TODAY = (datetime.now(UTC) + timedelta(hours=9)).date()
DESTROYED_ON = date(TODAY.year + (3 if TODAY.month < 4 else 4), 4, 1)
"""Three years from 1 April after the fiscal year (CNB-07)."""


class Place:
    """A provider with two people of Chita-Nanbu, one cancelled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.network: LocalNetwork
        self.config = folder / "midori" / "config.toml"
        self.data = folder / "midori" / "data"
        self.names: list[str] = []
        self.ids: list[UUID] = []

    def running(self) -> LocalNetwork:
        """A network that starts the provider over its data."""
        self.network = LocalNetwork([ProviderSpec("midori", "127.0.0.3")], self.folder)
        return self.network

    @property
    def url(self) -> str:
        return self.network.base_url("midori")

    @property
    def token(self) -> str:
        return self.network.operation("midori").admin_token

    async def decide(self, index: int, decision: Decision, reason: str = "") -> None:
        operation = self.network.operation("midori")
        account = await operation.add_account(AccountRole.STAFF, "chita-nanbu", f"係 {decision}")
        async with StaffOffice(self.url, self.network.tls, account.token) as staff:
            rows = {row.registrant_id: row for row in await staff.rows()}
            await staff.decide(rows[self.ids[index]], decision, reason)

    async def prepare(self) -> None:
        async with self.running():
            for number in range(2):
                person = make_person(f"records command {number}", "23445")
                found = await self.network.register("midori", "chita-nanbu", person)
                self.names.append(person.name)
                self.ids.append(found.registrant_id)
            await self.decide(0, Decision.CANCEL, "転居")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("records"))
    asyncio.run(place.prepare())
    return place


def digest(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_a_dry_run_shows_numbers_and_days_but_no_names_and_changes_nothing(
    prepared: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digest(prepared.data)
    arguments = ["records", "sweep", "--config", str(prepared.config), "--dry-run"]
    assert cli.main([*arguments, "--at", str(DESTROYED_ON - timedelta(days=1)), "--lang=en"]) == 0
    assert "data destroyed" not in capsys.readouterr().out
    for language, words in (("ja", "登録情報の廃棄"), ("en", "registrant data destroyed")):
        assert cli.main([*arguments, "--at", str(DESTROYED_ON), "--lang", language]) == 0
        said = capsys.readouterr().out
        assert words in said
        by = {"ja": f"{DESTROYED_ON.year}年4月1日まで", "en": f"by 1 April {DESTROYED_ON.year} ("}
        assert by[language] in said
        assert "chita-nanbu" in said
        assert str(DESTROYED_ON) in said
        assert str(prepared.ids[0]) in said
        assert not any(name in said for name in prepared.names)
        assert max(cell_len(line) for line in said.splitlines()) <= 80
    assert cli.main([*arguments, "--at", str(DESTROYED_ON), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["dryRun"] is True
    (row,) = [row for row in document["rows"] if row["act"] == "destroy"]
    assert row["count"] == 1
    assert row["firstDue"] == str(DESTROYED_ON)
    assert row["rule"] == "retention.documents_fiscal_years"
    assert digest(prepared.data) == before


def test_a_running_provider_is_not_touched_and_answers_by_its_address(
    prepared: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def running() -> None:
        async with prepared.running():
            asked = ["records", "sweep", "--config", str(prepared.config), "--lang", "en"]
            assert await asyncio.to_thread(cli.main, asked) == 2
            said = capsys.readouterr().err
            assert "is running" in said
            assert "--url" in said
            common = ["--url", prepared.url, "--ca-file", str(prepared.network.ca.ca_file)]
            at = ["--dry-run", "--at", str(DESTROYED_ON), "--lang", "en"]
            right = ["--admin-token", prepared.token]
            status = await asyncio.to_thread(cli.main, ["records", "sweep", *common, *right, *at])
            assert status == 0
            assert str(prepared.ids[0]) in capsys.readouterr().out
            for variable in ("NET119_ADMIN_TOKEN", "NET119_ADMIN__TOKEN"):
                with monkeypatch.context() as environment:
                    environment.setenv(variable, prepared.token)
                    told = ["records", "sweep", *common, *at]
                    assert await asyncio.to_thread(cli.main, told) == 0, variable
                    assert str(prepared.ids[0]) in capsys.readouterr().out
            wrong = ["--admin-token", "not-the-token-000001"]
            status = await asyncio.to_thread(cli.main, ["records", "sweep", *common, *wrong, *at])
            assert status == 2
            assert "Traceback" not in capsys.readouterr().err

    asyncio.run(running())


def test_a_restored_backup_is_cleaned(prepared: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """ASO-06: back up, delete on request, restore, apply the list."""
    listing = ["records", "deletions", "--config", str(prepared.config), "--lang", "en"]
    assert cli.main(listing) == 0
    assert "No record was destroyed." in capsys.readouterr().out
    database, backup = prepared.data / "net119.db", prepared.data.parent / "backup.db"
    shutil.copy(database, backup)

    async def delete() -> None:
        async with prepared.running():
            await prepared.decide(1, Decision.DELETE)
            async with asyncio.timeout(20):
                while not (prepared.data / "deletions.jsonl").exists():  # noqa: ASYNC110  # another process writes it
                    await asyncio.sleep(0.02)

    asyncio.run(delete())
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, database)
    assert prepared.names[1].encode() in database.read_bytes()
    assert cli.main([*listing, "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["registrantId"] == str(prepared.ids[1])
    assert entry["backupsDone"] is False
    assert cli.main([*listing, "--apply"]) == 0
    assert "1 records had come back" in capsys.readouterr().out
    assert cli.main([*listing, "--apply"]) == 0
    assert "0 records had come back" in capsys.readouterr().out
    assert cli.main([*listing, "--backups-done"]) == 0
    capsys.readouterr()
    assert cli.main(listing) == 0
    assert "done" in capsys.readouterr().out
    # What a database has let go of stays in its file until it is written over; the rows are gone.
    with sqlite3.connect(database) as rows:
        assert prepared.names[1] not in "\n".join(rows.iterdump())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["sweep"], "--config"),
        (["sweep", "--config", "missing.toml"], "missing.toml"),
        (["sweep", "--config", "x", "--url", "https://127.0.0.1:1"], "--config"),
        (["sweep", "--url", "https://127.0.0.1:1"], "--admin-token"),
        (["sweep", "--url", "127.0.0.1", "--admin-token", "t"], "--url"),
        (["sweep", "--url", "https://127.0.0.1:9", "--admin-token", "t"], "127.0.0.1:9"),
        (["sweep", "--config", "x", "--at", "2040-04-01"], "--dry-run"),
        (["sweep", "--config", "x", "--dry-run", "--at", "2040-02-30"], "no such day"),
        (["sweep", "--config", "x", "--dry-run", "--at", "1 April"], "not a day"),
        (["sweep", "--config", "x", "--dry-run", "--at", "2020-04-01"], "is over"),
        (["sweep", "--config", "x", "--dry-run", "--at", "2300-01-01"], "2199"),
        (["deletions"], "--config"),
        (["deletions", "--config", "x", "--apply", "--backups-done"], "--apply"),
        (["deletions", "--config", "x", "--list", "y"], "--apply"),
    ],
)
def test_each_mistake_is_named(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in ("en", "ja"):
        assert cli.main(["records", *given, "--lang", language]) == 2
        error = capsys.readouterr().err
        assert "Traceback" not in error
        if language == "en":
            assert said in error


def test_a_list_or_database_that_is_not_there_is_named(
    prepared: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listing = ["records", "deletions", "--config", str(prepared.config), "--lang", "en"]
    assert cli.main([*listing, "--apply", "--list", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("{}\n", "utf-8")
    assert cli.main([*listing, "--apply", "--list", str(wrong)]) == 2
    assert "line 1" in capsys.readouterr().err
    empty = tmp_path / "empty.toml"
    content = prepared.config.read_text("utf-8")
    empty.write_text(content.replace(str(prepared.data), str(tmp_path / "nowhere")), "utf-8")
    assert cli.main(["records", "sweep", "--config", str(empty), "--lang", "en"]) == 2
    assert "no database yet" in capsys.readouterr().err
    with sole_user(prepared.data):
        assert cli.main([*listing, "--apply"]) == 2
    assert "is running" in capsys.readouterr().err


def test_a_real_sweep_of_a_stopped_provider_says_what_it_did(
    prepared: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["records", "sweep", "--config", str(prepared.config), "--lang", "en"]) == 0
    assert "Done on" in capsys.readouterr().out
