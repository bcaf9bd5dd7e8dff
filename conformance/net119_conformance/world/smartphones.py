"""Smartphones of the world: Chrome on Android, as a real browser engine with touch."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from net119_protocol.places import Fix

from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import TrialEnded
from net119_conformance.left_out import NO_BROWSER
from net119_conformance.verdict import Verdict
from net119_conformance.world.administration import Administration

if TYPE_CHECKING:
    from playwright.async_api import Page

_AGENT = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{version}.0.0.0 Mobile Safari/537.36"
)
"""How Chrome on Android names itself since version 110, whatever the phone."""
_WIDTH, _HEIGHT = 390, 844
_SECRET = re.compile(r"/(?:c|r)/([A-Za-z0-9_-]{16,})")

SPEECH = """
(function () {
  window.net119Spoken = [];
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) {
      super();
      Object.assign(this, { text: text === undefined ? "" : text, lang: "", voice: null });
    }
  };
  function tell(one, name) {
    var event = new Event(name);
    if (typeof one["on" + name] === "function") { one["on" + name](event); }
    one.dispatchEvent(event);
  }
  var asked = false;
  var speech = Object.assign(new EventTarget(), {
    speaking: false, pending: false, paused: false,
    getVoices: function () {
      if (!asked) { setTimeout(tell, 0, speech, "voiceschanged"); }
      asked = true;
      return [{ lang: "en-US", name: "a" }, { lang: "ja-JP", name: "b", default: true }];
    },
    speak: function (one) {
      var told = [one.lang, one.voice && one.voice.lang].filter(Boolean);
      var langs = told.length ? told : [document.documentElement.lang];
      window.net119Spoken.push({ text: String(one.text), langs: langs.map(String) });
      setTimeout(function () { tell(one, "start"); setTimeout(tell, 0, one, "end"); }, 0);
    },
    cancel: function () {}, pause: function () {}, resume: function () {}
  });
  Object.defineProperty(window, "speechSynthesis", { configurable: true, value: speech });
}());
"""
"""In the place of the phone's voices: what is spoken is written down, and nothing is heard.

Its languages are what it says of itself and that of its voice, else the page's (Web Speech API)."""


class Smartphones(Administration):
    """Real browsers; part of `World`."""

    patience: float
    _stack: AsyncExitStack
    _chromium: str = ""
    """By which URL the run's Chromium is driven; empty where there is none."""
    _browser_lacks: Text | None = None
    """Why there is none although there had to be one: nothing is left out for that."""

    def in_browser(self) -> None:
        """End the purpose where the run has no browser.

        As NOT_APPLICABLE where the machine has none and nobody demanded one, else as INCONCLUSIVE.
        """
        lacks = self._browser_lacks
        if not self._chromium and lacks is None:
            self.trial.not_applicable(NO_BROWSER.en, ja=NO_BROWSER.ja)
        if lacks is not None:
            self.trial.conclude(Verdict.INCONCLUSIVE, en=lacks.en, ja=lacks.ja)
            raise TrialEnded(lacks.en)

    async def smartphone(self, fix: Fix) -> "Page":
        """An open tab on a smartphone of its own, which measures this position.

        Ends the purpose as `in_browser` does.
        """
        self.claimed(Verb.PAGES)
        self.in_browser()
        with self.trial.waiting("the real browser"):
            return await self._stack.enter_async_context(self._tab(fix))

    @asynccontextmanager
    async def _tab(self, fix: Fix) -> "AsyncIterator[Page]":
        from playwright.async_api import Geolocation, ViewportSize, async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(self._chromium)
            context = await browser.new_context(
                user_agent=_AGENT.format(version=browser.version.split(".")[0]),
                viewport=ViewportSize(width=_WIDTH, height=_HEIGHT),
                has_touch=True,
                is_mobile=True,
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
                permissions=["geolocation"],
                geolocation=Geolocation(
                    latitude=fix.lat, longitude=fix.lon, accuracy=fix.accuracy_m or 0.0
                ),
            )
            try:
                # A browser draws what it got, and shares the machine with whatever is judged.
                context.set_default_timeout(self.patience * 2500)
                await context.add_init_script(SPEECH)
                page = await context.new_page()
                page.on("framenavigated", lambda frame: self._opened(frame.url))
                yield page
            finally:
                await context.close()
                await browser.close()

    def _opened(self, url: str) -> None:
        """Keep in the evidence where the browser is, without the secret of a call page."""
        for secret in _SECRET.findall(url):
            self.trial.evidence.redact.hide(secret)
        self.trial.evidence.note(f"Chromium shows {url}")
