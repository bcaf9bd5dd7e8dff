"""Whether a page's scripts run in a browser: by what they use."""

import pytest
from net119_simulators.handsets.model import Engine, Script
from net119_simulators.handsets.scripts import (
    FEATURES,
    SERVICE_WORKER,
    Source,
    lacking,
    script_urls,
    wants_service_worker,
)
from net119_simulators.pages.page import Page

CHROME_37 = Script(engine=Engine.CHROME, version=37)
SAFARI_9 = Script(engine=Engine.SAFARI, version=9)
CHROME_142 = Script(engine=Engine.CHROME, version=142)
NOTHING = Script(engine=Engine.NONE)


def source(text: str, is_module: bool = False) -> Source:
    return Source("https://127.0.0.1/static/call.js?v=1", text, is_module)


@pytest.mark.parametrize(
    ("text", "stops_chrome_37", "stops_safari_9"),
    [
        ("var a = function () { return 1; };", False, False),
        ("const a = 1;", True, True),
        ("let {a} = b;", True, True),
        ("go(() => 1)", True, True),
        ("var a = `x`;", True, False),
        ("a?.b", True, True),
        ("async function a() {}", True, True),
        ("fetch('/x')", True, True),
        ("if (window.fetch) { fetch('/x'); }", False, False),
        ("request.fetch('/x')", False, False),
        ("el.closest('form')", True, False),
        ("new Promise(go)", False, False),
        # In words, comments and quotations nothing stops a script.
        ("// const a = () => 1\nvar a;", False, False),
        ("/* let a */ var s = \"const x => y\", t = 'let z `';", False, False),
        ("var constant = letter;", False, False),
    ],
)
def test_what_stops_a_script(text: str, stops_chrome_37: bool, stops_safari_9: bool) -> None:
    assert bool(lacking([source(text)], CHROME_37)) is stops_chrome_37
    assert bool(lacking([source(text)], SAFARI_9)) is stops_safari_9
    assert not lacking([source(text)], CHROME_142)
    assert lacking([source(text)], NOTHING) == ("JavaScript",)


def test_what_is_missing_is_named_with_its_script() -> None:
    assert lacking([source("const a = 1;")], CHROME_37) == ("const (call.js?v=1)",)


def test_modules_need_a_newer_browser() -> None:
    assert lacking([source("var a;", is_module=True)], SAFARI_9)
    assert not lacking([source("var a;", is_module=True)], CHROME_142)


def test_newer_browsers_know_no_less() -> None:
    for feature in (*FEATURES, SERVICE_WORKER):
        for engine in (Engine.CHROME, Engine.SAFARI):
            known = [feature.known_to(Script(engine=engine, version=v)) for v in range(1, 150)]
            assert known == sorted(known)
            assert known[-1]


def test_service_workers() -> None:
    assert wants_service_worker([source("navigator.serviceWorker.register('/sw.js');")])
    assert not wants_service_worker([source("// navigator.serviceWorker.register('/sw.js');")])
    assert not SERVICE_WORKER.known_to(SAFARI_9)
    assert SERVICE_WORKER.known_to(CHROME_142)


def test_the_scripts_of_a_page() -> None:
    page = Page(
        "https://127.0.0.1/c",
        b"<script src=/a.js></script><script type=module src=/b.js></script>"
        b"<script type=application/json src=/c.json></script><script>inline</script>",
    )
    assert script_urls(page) == (("/a.js", False), ("/b.js", True))
