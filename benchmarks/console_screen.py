"""How soon a caller's line is on the dispatcher's screen, with 50 calls open.

    .venv/bin/python benchmarks/console_screen.py [--calls 50] [--lines 200]

A reference provider runs as a process of its own; a real Chromium has the console open, with one
call in front and the others open beside it; the caller is a simulated smartphone.  Two times are
taken for each line, by the machine's clock: *from saying* begins before the phone sends the line
and holds the store and the fan-out, too; *from arrival* begins when the browser hands the frame to
the page.  Both end at the frame after the one in which the line is in the document, when it has
been painted.  Exit status 1 if the 99th percentile from saying is above `--most`.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

# Run as a script, this file's folder is where Python looks for modules.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from playwright.async_api import Page, async_playwright

from benchmarks.relaying.machine import describe, percentile

PROVIDER, CENTER, DEPARTMENT, MUNICIPALITY = "aoba", "chitose", "chitose", "01224"
HERE = fixed(42.8209, 141.6507)
NAME, PASSWORD = "benchmark", "a long pass phrase"
_LIMITS = {"limits": {"registrant_calls": 1000, "registrant_call_burst": 1000}}
"""One registrant makes all calls."""
PAUSE_S = 0.2
"""Between two lines."""
_WATCH = """
const now = () => performance.timeOrigin + performance.now();
window.taken = {};
const Plain = WebSocket;
window.WebSocket = class extends Plain {
  set onmessage(work) {
    super.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      if (frame.type === "line") { taken[frame.line.text] = { arrived: now() }; }
      work(event);
    };
  }
};
addEventListener("DOMContentLoaded", () => new MutationObserver((all) => all.forEach((each) =>
  each.addedNodes.forEach((made) => {
    const said = made.querySelector && made.querySelector(".text");
    const one = said && taken[said.textContent];
    if (one && !one.painted) {
      requestAnimationFrame(() => requestAnimationFrame(() => { one.painted = now(); }));
    }
  }))).observe(document.getElementById("log") || document.body, { childList: true }));
"""


async def log_in(page: Page, url: str) -> None:
    """Open the console."""
    await page.goto(f"{url}/console")
    await page.select_option("#center", CENTER)
    await page.fill("#name", NAME)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("#log-in button[value=log-in]")
    await page.wait_for_selector("#connection[data-state=connected]")


async def measure(folder: Path, calls: int, lines: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each line, from saying and from arrival."""
    async with (
        LocalNetwork(
            [ProviderSpec(PROVIDER, "127.0.8.4", settings=_LIMITS)], folder, start_within_s=180.0
        ) as network,
        async_playwright() as playwright,
    ):
        await network.operation(PROVIDER).add_dispatcher(CENTER, NAME, PASSWORD)
        known = await network.register(PROVIDER, DEPARTMENT, make_person(1, MUNICIPALITY))
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = await browser.new_context(
            ignore_https_errors=True, viewport={"width": 1280, "height": 720}
        )
        page = await context.new_page()
        await page.add_init_script(_WATCH)
        await log_in(page, network.base_url(PROVIDER))
        async with network.phone(PROVIDER, known) as phone:
            call = None
            for number in range(calls):
                call = await phone.call(
                    Kind.AMBULANCE,
                    PlaceChoice.CURRENT,
                    mode=Mode.TEST,
                    fix=HERE,
                    connect=number == calls - 1,
                )
            if call is None:
                raise SystemExit("--calls must be 1 at least")
            await page.wait_for_selector(f"#queue-ringing li:nth-child({calls})")
            await page.click(f"[data-call='{call.id}']")
            await page.click("#answer")
            await page.wait_for_selector("#say:not([hidden])")
            said: dict[str, float] = {}
            for number in range(lines):
                text = f"line {number}"
                said[text] = time.time() * 1000
                await call.say(text)
                await page.wait_for_function("text => taken[text] && taken[text].painted", arg=text)
                # A provider bounds the lines of a call: this is far faster than people type.
                await asyncio.sleep(PAUSE_S)
            taken = await page.evaluate("taken")
        await browser.close()
    whole = [taken[text]["painted"] - began for text, began in said.items()]
    shown = [taken[text]["painted"] - taken[text]["arrived"] for text in said]
    return whole, shown


def main() -> int:
    """Measure and say so."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--calls", type=int, default=50)
    arguments.add_argument("--lines", type=int, default=200)
    arguments.add_argument("--most", type=float, default=100.0, help="milliseconds")
    given = arguments.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        whole, shown = asyncio.run(measure(Path(folder), given.calls, given.lines))
    for name, values in (("from saying", whole), ("from arrival", shown)):
        figures = ", ".join(
            f"p{share} {percentile(values, share / 100):.1f} ms" for share in (50, 99)
        )
        print(f"{name}, {given.calls} open calls, {len(values)} lines: {figures}")
    print(f"load average {os.getloadavg()[0]:.1f}")
    return int(percentile(whole, 0.99) > given.most)


if __name__ == "__main__":
    sys.exit(main())
