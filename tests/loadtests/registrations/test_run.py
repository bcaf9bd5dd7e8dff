"""A whole run, small: a real provider, mail and pages, the mail server dying twice; and its log."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import quote

import pytest
from net119_loadtests.registrations.result import Result
from net119_loadtests.registrations.run import Options, measured
from net119_loadtests.registrations.show import Shower
from net119_loadtests.registrations.thresholds import Thresholds
from net119_loadtests.registrations.world import people_of
from net119_protocol.application import Application
from net119_protocol.profile.load import load_profiles
from rich.console import Console

pytestmark = pytest.mark.slow
PEOPLE, SEED = 30, 119


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, str, str]:
    """A run's result, what it printed, and the provider's log at debug level."""
    out = tmp_path_factory.mktemp("registrations")
    options = Options(
        PEOPLE,
        at_once=10,
        outage_s=1.0,
        deadline_s=120,
        seed=SEED,
        out=out,
        lang="en",
        log_level="debug",
    )
    shown = StringIO()
    shower = Shower(Console(file=shown, width=200), "en")
    result = asyncio.run(measured(options, Thresholds(), shower))
    shower.result(result, result.write(out))
    return result, shown.getvalue(), (out / "provider.log").read_text("utf-8")


def test_everybody_registers_while_the_mail_server_dies_twice(
    finished: tuple[Result, str, str],
) -> None:
    result, shown, _log = finished
    assert result.failures == ()
    assert result.doubts == ()
    assert result.done == result.reviews.approved == PEOPLE
    assert result.letters.due == 3 * PEOPLE
    assert result.letters.violations == 0, result.letters.first
    assert result.locked_out == ()
    assert result.passed
    assert [outage.moment for outage in result.outages] == ["after_storing", "content"]
    assert result.letters.repeated >= 1, "the mail that was stored, but not answered for"
    assert "PASSED" in shown


def test_the_report_tells_rate_stages_cpu_and_machine(finished: tuple[Result, str, str]) -> None:
    document = json.loads(json.dumps(finished[0].to_json()))
    assert document["registered"] == PEOPLE
    assert document["ratePerSecond"] > 0
    assert set(document["stages"]) >= {"url_mail_ms", "form_ms", "review_ms", "call_page_ms"}
    assert all(each["count"] == PEOPLE for each in document["stages"].values())
    assert document["cpu"]["provider_s"] > 0
    assert document["machine"]["cpus"]
    assert len(document["outages"]) == 2
    assert sum(row["requests"] for row in document["serverTimes"].values()) > 5 * PEOPLE


def test_no_personal_datum_and_no_secret_is_in_the_log(
    finished: tuple[Result, str, str],
) -> None:
    result, _shown, log = finished
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"debug", "info"} <= {line["level"] for line in lines}
    assert len(lines) > 5 * PEOPLE, "the run is in the log"
    profiles = [load_profiles()[code] for code in ("tomakomai", "chitose")]
    people = people_of(profiles, PEOPLE, SEED)
    assert [person.mail for person in people] == [course.mail for course in result.courses]
    private = {text for person in people for text in data_of(person.application)}
    private |= {course.password for course in result.courses}
    private |= {course.login_id for course in result.courses}
    private |= {secret for course in result.courses for secret in course.secrets}
    private |= result.reviews.secrets
    assert len(private) > 10 * PEOPLE
    found = {
        text: next(line for line in log.splitlines() if form in line)
        for text in private
        for form in forms(text)
        if form in log
    }
    assert found == {}


def data_of(application: Application) -> Iterator[str]:
    """Everything of a person by which somebody could be known or reached."""
    data, guardian = application.data, application.guardian
    extra = data.optional
    yield from (data.name, data.kana, data.mail)
    yield data.mail.partition("@")[0]
    yield from (data.birth_date.isoformat(), f"{data.birth_date:%Y/%m/%d}")
    yield from (data.address.street, str(data.address.lat), str(data.address.lon))
    if guardian is not None:
        yield from (guardian.name, guardian.phone)
    if extra is not None:
        yield from (text for text in (extra.phone, extra.fax) if text)
        for contact in extra.contacts:
            texts = (contact.name, contact.phone, contact.fax, contact.mail)
            yield from (text for text in texts if text)
        yield from (place.address for place in extra.frequent_places)


def forms(text: str) -> tuple[str, ...]:
    """A text as it may stand in a log: itself, escaped as JSON, percent-encoded, as octets."""
    return tuple(
        {
            text,
            json.dumps(text)[1:-1],
            quote(text, safe=""),
            repr(text.encode())[2:-1],
        }
    )


def test_forms_find_what_is_hidden_in_an_escape() -> None:
    when = datetime(2026, 4, 1, tzinfo=UTC).isoformat()
    for log in ('{"x": "\\u9ad9\\u6a4b"}', "GET /?q=%E9%AB%99%E6%A9%8B", f"{when} 髙橋"):
        assert any(form in log for form in forms("髙橋"))
