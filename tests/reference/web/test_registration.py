"""Registration over the API: mailed URLs, the own account, call pages, and what is refused."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from net119_reference.logs import configure_logs
from net119_reference.web import create_app
from net119_reference.web.guard import IMAGE_BODY_LIMIT, without_secrets

from tests.reference.registration.support import ME, Town, application, photo, run, town
from tests.reference.web.live_server import LiveServer

HANDSET = "/api/handset/v1"
DEVICE, OTHER = {"device": "device-key-0000000001"}, {"device": "device-key-0000000002"}


@asynccontextmanager
async def over_http(place: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the town's provider."""
    app = create_app(place.provider, place.provider.core.config)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 4000))
    async with httpx.AsyncClient(transport=transport, base_url="https://provider") as client:
        yield client


def base(token: str) -> str:
    """Path of a mailed URL's operations."""
    return f"/api/registration/v1/{token}"


def wire(**changes: Any) -> dict[str, Any]:
    """A complete application as JSON."""
    found: dict[str, Any] = application("tomakomai", **changes).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    return found


def refused(answer: httpx.Response, status: int, code: Refusal) -> Problem:
    """The problem document of a refusal."""
    assert answer.status_code == status, answer.text
    found = Problem.model_validate_json(answer.content)
    assert found.code is code
    return found


def bearer(token: str) -> dict[str, str]:
    """The header of a logged-in handset."""
    return {"Authorization": f"Bearer {token}"}


def test_an_application_goes_from_the_mailed_url_to_its_submission() -> None:
    async def story() -> None:
        async with town() as place, over_http(place) as client:
            await place.write()
            token = await place.token(await place.letter("登録のご案内"))
            shown = (await client.get(base(token))).json()
            assert shown["purpose"] == "apply"
            assert shown["mail"] == ME
            assert "identity-image" in shown["form"]["required"]
            assert "termsAccepted" not in shown
            version = shown["terms"]["version"]
            wrong = await client.post(f"{base(token)}/terms", json={"version": "1999-01"})
            assert refused(wrong, 422, Refusal.INVALID).field == "version"
            early = await client.post(f"{base(token)}/submission")
            found = refused(early, 422, Refusal.NOT_ACCEPTED)
            assert [each.code for each in found.problems] == ["terms"]
            agreed = await client.post(f"{base(token)}/terms", json={"version": version})
            assert agreed.status_code == 204
            kept = await client.put(
                f"{base(token)}/draft", json=wire(kana="", birth_date="2999-01-01")
            )
            codes = {each["path"]: each["code"] for each in kept.json()["problems"]}
            assert codes == {
                "data.kana": "missing",
                "data.birth_date": "future",
                "image": "missing",
            }
            pdf = await client.put(f"{base(token)}/image", content=b"%PDF-1.7")
            (item,) = refused(pdf, 422, Refusal.IMAGE_REFUSED).problems
            assert (item.path, item.code) == ("image", "not-taken")
            assert (await client.put(f"{base(token)}/image", content=photo())).status_code == 204
            kept = await client.put(f"{base(token)}/draft", json=wire())
            assert kept.json() == {"problems": []}
            shown = (await client.get(base(token))).json()
            assert (shown["drafted"], shown["hasImage"]) == (True, True)
            assert shown["application"]["data"]["name"] == "髙橋　𠮷子①"
            assert (await client.post(f"{base(token)}/submission")).status_code == 204
            gone = refused(await client.get(base(token)), 410, Refusal.LINK_USED)
            assert "0000-10-0119" in gone.contact_ja
            (row,) = await place.rows()
            assert row.mail == ME

    run(story)


def test_a_url_that_was_never_mailed_says_so_on_every_operation() -> None:
    async def story() -> None:
        async with town() as place, over_http(place) as client:
            path = base("no-such-secret-0000000000000000")
            for method, rest, body in (
                ("GET", "", None),
                ("POST", "/terms", {"version": "2026-04"}),
                ("PUT", "/image", None),
                ("PUT", "/draft", wire()),
                ("POST", "/submission", None),
                ("POST", "/stop", None),
                ("POST", "/renewal", None),
            ):
                answer = await client.request(method, path + rest, json=body)
                refused(answer, 404, Refusal.LINK_UNKNOWN)

    run(story)


def test_an_account_has_one_call_page_and_ends_by_mail() -> None:
    async def story() -> None:
        async with town() as place, over_http(place) as client:
            _, login_id, password = await place.approved()
            keys = {"loginId": login_id, "password": password}
            wrong = {**keys, "password": "wrong", "department": "tomakomai"}
            named = refused(
                await client.post(f"{HANDSET}/sessions", json=wrong), 401, Refusal.NOT_AUTHENTICATED
            )
            assert "0000-10-0119" in named.contact_ja
            stranger = {**wrong, "department": "chitose-elsewhere"}
            unnamed = await client.post(f"{HANDSET}/sessions", json=stranger)
            assert refused(unnamed, 401, Refusal.NOT_AUTHENTICATED).contact_ja == ""
            logged_in = await client.post(f"{HANDSET}/sessions", json=keys)
            client.headers.update(bearer(logged_in.json()["token"]))
            account = (await client.get(f"{HANDSET}/account")).json()
            assert (account["mail"], account["state"]) == (ME, "approved")
            assert account["hasCallPage"] is False
            made = await client.post(f"{HANDSET}/call-page", json=DEVICE)
            assert made.status_code == 201
            secret = made.json()["secret"]
            opened = await client.post(
                f"{HANDSET}/call-page/sessions", json={"secret": secret, **DEVICE}
            )
            assert opened.json()["registrantName"] == "髙橋　𠮷子①"
            mine = await client.get(f"{HANDSET}/calls", headers=bearer(opened.json()["token"]))
            assert mine.json() == {"calls": []}
            by_url_alone = await client.get(f"{HANDSET}/calls", headers=bearer(secret))
            refused(by_url_alone, 401, Refusal.NOT_AUTHENTICATED)
            foreign = await client.post(
                f"{HANDSET}/call-page/sessions", json={"secret": secret, **OTHER}
            )
            named = refused(foreign, 403, Refusal.CALL_PAGE_OTHER_DEVICE)
            assert "0000-10-0119" in named.contact_en
            assert (await client.delete(f"{HANDSET}/call-page")).status_code == 204
            revoked = await client.post(
                f"{HANDSET}/call-page/sessions", json={"secret": secret, **DEVICE}
            )
            refused(revoked, 403, Refusal.CALL_PAGE_REVOKED)
            assert (await client.post(f"{HANDSET}/account-mail")).status_code == 204
            token = await place.token(await place.letter("登録の変更・利用の停止"))
            unchanged = await client.put(f"{base(token)}/draft", json=wire())
            assert [each["code"] for each in unchanged.json()["problems"]] == ["unchanged"]
            wrong_use = await client.post(f"{base(token)}/renewal")
            refused(wrong_use, 409, Refusal.WRONG_STATE)
            assert (await client.post(f"{base(token)}/stop")).status_code == 204
            refused(await client.get(f"{HANDSET}/account"), 401, Refusal.NOT_AUTHENTICATED)

    run(story)


def test_a_log_in_ends_when_its_owner_says_so() -> None:
    async def story() -> None:
        async with town() as place, over_http(place) as client:
            _, login_id, password = await place.approved()
            keys = {"loginId": login_id, "password": password}
            tokens = [
                (await client.post(f"{HANDSET}/sessions", json=keys)).json()["token"]
                for _ in range(2)
            ]
            ended = await client.delete(f"{HANDSET}/sessions", headers=bearer(tokens[0]))
            assert ended.status_code == 204
            statuses = [
                (await client.get(f"{HANDSET}/account", headers=bearer(each))).status_code
                for each in tokens
            ]
            assert statuses == [401, 200]

    run(story)


def test_only_an_identity_image_may_be_large(server: LiveServer) -> None:
    large = b"x" * (IMAGE_BODY_LIMIT + 1)
    with server.http() as client:
        path = base("some-secret-of-a-mailed-url")
        for wanted, body in (("/image", large), ("/draft", b"x" * (64 * 1024 + 1))):
            answer = client.put(path + wanted, content=body)
            assert refused(answer, 413, Refusal.TOO_LARGE).status == 413


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/r/AbC-secret/nowhere", "/r/***/nowhere"),
        ("/R/AbC-secret", "/R/***"),
        ("/c/short", "/c/***"),
        (
            "/api/registration/v1/0123456789abcdefghijklmnopqrstuv/nothing",
            "/api/registration/v1/***/nothing",
        ),
        ("/static/base.css", "/static/base.css"),
        ("/r/", "/r/***"),
        ("/x y/z", "/***/z"),
        ("/", "/"),
    ],
)
def test_a_path_without_a_route_is_logged_without_what_may_be_a_secret(
    path: str, logged: str
) -> None:
    assert without_secrets(path) == logged


def test_no_secret_of_a_mailed_url_gets_into_the_log(
    capsys: pytest.CaptureFixture[str], server: LiveServer
) -> None:
    configure_logs("info", operator="aoba")  # to the stream of this test
    secret = "Zm9yLXRlc3RzLW9ubHktMDAwMDAwMDAwMDAx"
    with server.http() as client:
        for path in (f"/r/{secret}x", f"/c/{secret}", f"{base(secret)}/unknown", f"/api/{secret}"):
            client.get(path)
        client.delete(base(secret))
        client.put(f"{base(secret)}/draft", content=b"no JSON")
    server.stop()
    written = capsys.readouterr().err
    paths = [line["path"] for line in map(json.loads, written.splitlines()) if "path" in line]
    assert len(paths) == 6, paths
    assert secret not in written
    assert not any(secret in text for note in server.service.notes for text in note)
