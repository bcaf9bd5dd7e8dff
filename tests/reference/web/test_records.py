"""The records of a department over HTTP: what is asked of a program, and how it is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from net119_reference.config import Config
from net119_reference.web import create_app

from tests.reference.web.fake_service import STAFF_TOKEN, FakeService

BASE = "/api/staff/v1"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    config = Config.model_validate({"operator": "aoba", "data_dir": tmp_path})
    with TestClient(create_app(FakeService(), config)) as found:
        found.headers["Authorization"] = f"Bearer {STAFF_TOKEN}"
        yield found


def first(client: TestClient) -> dict[str, Any]:
    rows = client.get(f"{BASE}/registrations").json()["rows"]
    found: dict[str, Any] = rows[0]
    return found


def decide(client: TestClient, row: dict[str, Any], **body: Any) -> Any:
    path = f"{BASE}/registrations/{row['registrantId']}/decisions"
    return client.post(path, json={"version": row["version"], **body})


def test_the_list_can_be_narrowed_by_state_and_text(client: TestClient) -> None:
    assert first(client)["name"] == "試験花子"
    narrowed = client.get(f"{BASE}/registrations", params={"state": "approved"}).json()
    assert narrowed["rows"] == []
    assert client.get(f"{BASE}/registrations", params={"query": "花子"}).json()["total"] == 1


def test_an_unknown_state_is_answered_with_the_known_ones(client: TestClient) -> None:
    answer = client.get(f"{BASE}/registrations", params={"state": "lost"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "state"
    assert "change-pending" in answer.json()["detail"]


def test_a_record_is_read_for_a_purpose_only(client: TestClient) -> None:
    path = f"{BASE}/registrations/{first(client)['registrantId']}"
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.json()["field"] == "purpose"
    read = client.get(path, params={"purpose": "審査"}).json()
    assert read["application"]["data"]["name"] == "試験花子"
    assert read["changes"] == [{"path": "data.device", "before": "", "after": "スマートフォン"}]
    logged = client.get(f"{BASE}/accesses").json()["entries"]
    assert [entry["purpose"] for entry in logged] == ["審査"]


@pytest.mark.parametrize("decision", ["refuse", "cancel", "suspend"])
def test_a_hard_decision_needs_a_reason(client: TestClient, decision: str) -> None:
    answer = decide(client, first(client), decision=decision, reason="  ")
    assert answer.status_code == 422
    assert answer.json()["field"] == "reason"


def test_a_return_says_what_is_wrong(client: TestClient) -> None:
    row = first(client)
    assert decide(client, row, decision="return").json()["field"] == "defects"
    defects = [{"path": "data.kana", "ja": "フリガナが違います。"}]
    assert decide(client, row, decision="return", defects=defects).json()["state"] == "returned"


def test_every_decision_reaches_the_service(client: TestClient) -> None:
    row = first(client)
    for decision, state in (
        ("approve", "approved"),
        ("suspend", "suspended"),
        ("resume", "approved"),
        ("cancel", "cancelled"),
        ("delete", "destroyed"),
    ):
        answer = decide(client, row, decision=decision, reason="理由")
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == state
        row = {**row, "version": answer.json()["version"]}


def test_who_was_slower_is_told(client: TestClient) -> None:
    row = first(client)
    assert decide(client, row, decision="approve").status_code == 200
    late = decide(client, row, decision="refuse", reason="重複")
    assert late.status_code == 409
    assert late.json()["field"] == "version"


def test_a_form_that_is_not_taken_names_all_that_is_wrong(client: TestClient) -> None:
    row = first(client)
    path = f"{BASE}/registrations/{row['registrantId']}"
    application = client.get(path, params={"purpose": "x"}).json()["application"]
    paper = {
        "application": application,
        "consentSigned": False,
        "receivedOn": "2026-04-01",
        "termsVersion": "2026-04",
    }
    answer = client.post(f"{BASE}/paper-applications", json=paper)
    assert answer.status_code == 422
    assert "consent" in answer.json()["field"]
    assert "received_on" in answer.json()["detail"]
    items = [(each["path"], each["code"]) for each in answer.json()["problems"]]
    assert items == [
        ("paper.consent_signed", "required"),
        ("paper.received_on", "in-the-future"),
    ]
    entered = client.post(f"{BASE}/paper-applications", json={**paper, "consentSigned": True})
    assert entered.status_code == 201
    assert entered.json()["registrantId"] != row["registrantId"]


def test_failed_mails_and_announcements(client: TestClient) -> None:
    (failed,) = client.get(f"{BASE}/failed-mails").json()["mails"]
    assert failed["reason"] == "550 gone"
    said = {"kind": "maintenance", "subject": "保守のお知らせ", "text": "止まります。"}
    made = client.post(f"{BASE}/announcements", json=said)
    assert made.status_code == 201
    assert made.json()["total"] == 4
    assert made.json()["unqueued"] == 1
    (listed,) = client.get(f"{BASE}/announcements").json()["announcements"]
    assert listed["subject"] == "保守のお知らせ"
    empty = client.post(f"{BASE}/announcements", json={**said, "text": ""})
    assert empty.status_code == 422


def test_an_announcement_with_a_key_is_made_once(client: TestClient) -> None:
    said = {"kind": "other", "subject": "お知らせ", "text": "本文", "key": "a-1"}
    first_id = client.post(f"{BASE}/announcements", json=said).json()["announcementId"]
    assert client.post(f"{BASE}/announcements", json=said).json()["announcementId"] == first_id
    assert len(client.get(f"{BASE}/announcements").json()["announcements"]) == 1


def test_what_expires_is_listed_with_its_day(client: TestClient) -> None:
    (row,) = client.get(f"{BASE}/expiring", params={"days": 10}).json()["rows"]
    assert row["expiresAt"] == "2026-04-01T00:00:00.000Z"
    assert client.get(f"{BASE}/expiring", params={"days": 0}).json()["rows"] == []
    assert client.get(f"{BASE}/expiring", params={"days": -1}).status_code == 422


def test_a_withdrawal_needs_a_signature(client: TestClient) -> None:
    row = first(client)
    path = f"{BASE}/registrations/{row['registrantId']}/withdrawals"
    form = {"version": row["version"], "signed": False, "receivedOn": "2026-04-01"}
    unsigned = client.post(path, json=form)
    assert (unsigned.status_code, unsigned.json()["field"]) == (422, "form.signed")
    decide(client, row, decision="approve")
    signed = {**form, "version": row["version"] + 1, "signed": True}
    assert client.post(path, json=signed).json()["state"] == "stopped"


def test_a_change_form_must_be_from_the_person_on_record(client: TestClient) -> None:
    row = first(client)
    decide(client, row, decision="approve")
    path = f"{BASE}/registrations/{row['registrantId']}"
    read = client.get(path, params={"purpose": "変更"}).json()
    data = read["application"]["data"]
    filed = {"name": data["name"], "birthDate": data["birthDate"], "mail": data["mail"]}
    form = {
        "version": row["version"] + 1,
        "lastFiled": {**filed, "name": "別人"},
        "application": read["application"],
        "deviceChanged": True,
        "receivedOn": "2026-04-01",
    }
    other = client.post(f"{path}/paper-changes", json=form)
    assert (other.status_code, other.json()["field"]) == (422, "form.last_filed")
    taken = client.post(f"{path}/paper-changes", json={**form, "lastFiled": filed})
    assert taken.json()["state"] == "change-pending"


def test_a_new_password_ends_the_call_page_of_a_lost_device_only(client: TestClient) -> None:
    row = first(client)
    path = f"{BASE}/registrations/{row['registrantId']}/passwords"
    kept = client.post(path, json={"version": row["version"]}).json()
    assert kept["history"][-1]["what"] == "password-issued"
    body = {"version": kept["version"], "deviceLost": True}
    assert client.post(path, json=body).json()["history"][-1]["what"] == "call-page-revoked"
    assert client.post(path, json=body).status_code == 409


def test_a_disclosure_is_in_the_log_that_can_be_narrowed(client: TestClient) -> None:
    row = first(client)
    path = f"{BASE}/registrations/{row['registrantId']}/disclosures"
    given = {"to": "架空病院", "why": "救急搬送", "items": ["name", "rh"]}
    assert client.post(path, json={**given, "items": ["shoe-size"]}).status_code == 422
    assert client.post(path, json=given).status_code == 201
    (entry,) = client.get(f"{BASE}/accesses", params={"actor": "係員"}).json()["entries"]
    assert entry["action"] == "disclosed"
    assert entry["what"] == "to 架空病院: name, rh"
    for narrowed in ({"actor": "nobody"}, {"since": "2026-04-02"}, {"until": "2026-03-31"}):
        assert client.get(f"{BASE}/accesses", params=narrowed).json()["entries"] == []
    wrong = client.get(f"{BASE}/accesses", params={"since": "yesterday"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "since")


def test_nobody_reads_without_a_token(client: TestClient) -> None:
    del client.headers["Authorization"]
    for path in ("registrations", "failed-mails", "accesses", "announcements"):
        assert client.get(f"{BASE}/{path}").status_code == 401
