"""A tester who reads the page over HTTP, as a browser shows it, and operates the minimal provider.

What the tester does at the system goes through the provider's hook, which stands for its handsets
and consoles; the suite under test never talks to it.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from bs4 import BeautifulSoup, Tag
from net119_conformance.drivers.manual_calls import KINDS

Answers = dict[str, str]
Otherwise = Callable[["Person", str], Answers | None]
"""What a tester answers to a step with this title instead of doing it; None does it, and nothing
at all leaves it open."""


class Person:
    """``hook``: URL of the provider's hook; ``otherwise`` is asked first at each step."""

    def __init__(self, page: str, hook: str, otherwise: Otherwise) -> None:
        self._page = httpx.Client(timeout=10.0)
        self._url = page
        self._hook = httpx.Client(base_url=hook, timeout=10.0)
        self._otherwise = otherwise
        self._log_ins: dict[str, str] = {}
        self._calls: dict[str, str] = {}
        self.center = ""
        self._shown = ""
        self.titles: list[tuple[str, str]] = []
        """Purpose and title of each step that was answered, in order."""
        self.picture: bytes | None = None
        self.problem: BaseException | None = None

    # --- the system -----------------------------------------------------------------------------

    def ask(self, name: str, **body: Any) -> Any:
        """A request to the hook."""
        answer = self._hook.post(f"/{name}", json=body)
        assert answer.status_code == 200, f"{name}: {answer.status_code} {answer.text}"
        return answer.json()

    def knows(self, login: str, department: str, person: Any) -> None:
        """Register somebody at the system, as the vendor does beforehand."""
        made = self.ask("register", department=department, person=person)
        self._log_ins[login] = made["registrant"]

    def _recognised(self, facts: Answers) -> dict[str, Any]:
        """The newest call of the desk from the caller whom the step names, if there is one."""
        calls = self.ask("desk", center=self.center)["calls"]
        who = facts["通報者"]
        return next((each for each in calls if each["registrant"]["name"] == who), {})

    # --- the page -------------------------------------------------------------------------------

    def answers_until(self, over: threading.Event) -> None:
        """Do what the page asks for until the run is over."""
        version = ""
        try:
            while not over.is_set():
                shown = BeautifulSoup(self._page.get(self._url).text, "html.parser")
                step = shown.find("h1", id="step")
                if isinstance(step, Tag):
                    self._do(shown, step.get_text())
                body = shown.find("body")
                assert isinstance(body, Tag)
                version = str(body["data-version"])
                self._page.get(f"{self._url}changes", params={"after": version}, timeout=25.0)
        except httpx.TransportError:
            return  # the desk has gone with its run
        except BaseException as problem:  # told to the test, whose thread this is not
            self.problem = problem

    def _do(self, shown: BeautifulSoup, title: str) -> None:
        self._shown = shown.get_text()
        # One of several consoles may be meant.
        meant = re.search(r"（([a-z0-9-]+)）の指令台", title + self._shown)
        if meant is not None:
            self.center = meant[1]
        purpose = shown.select_one(".purpose h2 code")
        assert purpose is not None
        facts = {
            row.dt.get_text(): row.dd.get_text()
            for row in shown.select(".facts div")
            if row.dt and row.dd
        }
        questions = [label.get_text() for label in shown.select("legend, .typed label")]
        self.titles.append((purpose.get_text(), title))
        values = self._otherwise(self, title)
        if values == {}:
            return
        if values is None:
            done = ACTS[title](self, facts, [each for each in questions if each.startswith("「")])
            if done is None:
                return  # the wire is to end this step
            values = {"outcome": "done", **done}
        form = shown.select_one("form[enctype]")
        assert form is not None
        files = {"picture": ("画面.png", self.picture, "image/png")} if self.picture else None
        sent = self._page.post(
            httpx.URL(self._url).join(str(form["action"])),
            data=values,
            files=files or {"picture": ("", b"")},
        )
        assert sent.status_code == 303, f"{title}: {sent.status_code} {sent.text}"

    # --- acts -----------------------------------------------------------------------------------

    def _open(self, facts: Answers, _: list[str]) -> Answers:
        self.center = facts["指令センターのコード"]
        self.ask("console", center=self.center, dispatcher="指令員①", open=True)
        return {}

    def _call(self, facts: Answers, _: list[str]) -> Answers | None:
        asked: dict[str, Any] = {
            "registrant": self._log_ins[facts["ログインの ID"]],
            "clientCallId": f"by-hand-{len(self.titles)}",
            "kind": self._kind(),
            "place": "current",
            "mode": "test",
            "positioning": "on",
        }
        if "緯度、経度（度）" in facts:
            lat, lon = map(float, facts["緯度、経度（度）"].split(", "))
            accuracy = float(facts["測位の精度（m）"])
            asked["fix"] = {"lat": lat, "lon": lon, "accuracyM": accuracy}
        else:
            asked["positioning"] = "off" if "測位）を切って" in self._shown else "denied"
        made = self._hook.post("/call", json=asked)
        if made.status_code == 409:
            said = made.json()
            shown = f"{said.get('messageJa', '')} {said.get('otherMeansJa', '')}"
            means = "yes" if said.get("otherMeansJa") else "no"
            values = {"q-reason": said["refused"], "q-shown": shown, "q-means": means}
            return {"q-result": "refused", **values}
        self._calls[facts["通報者"]] = made.json()["callId"]
        if self._watched:
            return None
        return {"q-result": "taken", "q-receiver": self._receiver(facts)}

    def _kind(self) -> str:
        said = [each.value for each, text in KINDS.items() if f"種類「{text.ja}」" in self._shown]
        return said[0]

    @property
    def _watched(self) -> bool:
        """Whether the wire ends the step that is shown."""
        return "電文で確認できたときは" in self._shown

    def _log_in(self, facts: Answers, _: list[str]) -> Answers:
        # The hook checks no password: the one that was prepared is good.
        return {"q-result": "done" if facts["ログインの ID"] in self._log_ins else "invalid"}

    def _suspend(self, facts: Answers, _: list[str]) -> Answers:
        who = self._log_ins[facts["ログインの ID"]]
        self.ask("suspend", registrant=who, reason=facts["書く理由"])
        return {}

    def _receiver(self, facts: Answers) -> str:
        screen = self.ask("caller", callId=self._calls[facts["通報者"]])
        return str((screen.get("receiver") or {"code": "none"})["code"])

    def _look(self, facts: Answers, _: list[str]) -> Answers:
        call = self._recognised(facts)
        if not call:
            return {"q-shown": "no"}
        fix = call["place"].get("fix")
        return {
            "q-shown": "yes",
            "q-position": "none" if fix is None else "as-set",
            "q-mine": "yes" if call["mine"] else "no",
            "q-state": call["state"],
            "q-name": call["registrant"]["name"],
            "q-kind": call["kind"],
            "q-mode": call["mode"],
        }

    def _answer(self, facts: Answers, _: list[str]) -> Answers | None:
        call = self._recognised(facts)["callId"]
        self.ask("answer", callId=call, center=self.center, dispatcher="指令員①")
        return None if self._watched else {}

    def _view(self, facts: Answers, _: list[str]) -> Answers:
        screen = self.ask("caller", callId=self._calls[facts["通報者"]])
        return {"q-state": screen["state"], "q-receiver": self._receiver(facts)}

    def _say(self, facts: Answers, _: list[str]) -> Answers:
        call = self._calls[facts["通報者"]]
        self.ask("say", callId=call, clientId="by-caller", text=facts["書く文"])
        return {}

    def _count(self, facts: Answers, _: list[str]) -> Answers:
        calls = self.ask("desk", center=self.center)["calls"]
        return {"q-calls": {0: "none", 1: "these"}.get(len(calls), "more")}

    def _write(self, facts: Answers, _: list[str]) -> Answers:
        call = self._recognised(facts)["callId"]
        who = {"center": self.center, "dispatcher": "指令員①"}
        self.ask("say", callId=call, clientId="by-hand", text=facts["書く文"], **who)
        return {}

    def _read(self, lines: list[str], labels: list[str]) -> Answers:
        return {
            f"q-line{n}": "yes" if any(f"「{line}」" in label for line in lines) else "no"
            for n, label in enumerate(labels)
        }

    def _read_at_console(self, facts: Answers, labels: list[str]) -> Answers:
        return self._read([each["text"] for each in self._recognised(facts)["lines"]], labels)

    def _read_at_handset(self, facts: Answers, labels: list[str]) -> Answers:
        screen = self.ask("caller", callId=self._calls[facts["通報者"]])
        return self._read([each["text"] for each in screen["lines"]], labels)

    def _close(self, facts: Answers, _: list[str]) -> Answers:
        call = self._recognised(facts)["callId"]
        who = {"center": self.center, "dispatcher": "指令員①"}
        self.ask("close", callId=call, outcome="practice-done", **who)
        # As the page asks: until the display has settled.
        deadline = time.monotonic() + 5.0
        shown = self._recognised(facts)
        while shown["state"] != "closed" and time.monotonic() < deadline:
            shown = self._recognised(facts)
        return {"q-state": shown["state"], "q-outcome": shown.get("outcome") or "none"}


class _Acts(dict[str, Any]):
    def __missing__(self, title: str) -> Any:
        found = [act for end, act in _BY_END.items() if title.endswith(end)]
        assert found, f"the tester does not know how to: {title}"
        return found[0]


ACTS = _Acts(
    {
        "指令台を開く": Person._open,
        "通報する": Person._call,
        "通報者の端末でログインする": Person._log_in,
        "登録者の通報を止める": Person._suspend,
        "指令台の表示を見る": Person._look,
        "通報に応答する": Person._answer,
        "通報者の端末の表示を見る": Person._view,
        "通報を終える": Person._close,
        "指令台の通報を数える": Person._count,
        "通報者の端末で一言書く": Person._say,
        "通報者の端末で文字のやりとりを見る": Person._read_at_handset,
    }
)
_BY_END = {"で一言書く": Person._write, "で文字のやりとりを見る": Person._read_at_console}


@contextmanager
def at_work(person: Person) -> Iterator[None]:
    """The tester, answering in a thread; what broke is raised at the end."""
    over = threading.Event()
    thread = threading.Thread(target=person.answers_until, args=(over,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
    if person.problem is not None:
        raise person.problem
