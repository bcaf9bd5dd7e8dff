"""The report on paper: the HTML page as printed by a Chromium of this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from net119_simulators.errors import SimulatorError

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
"""Programs that print a page, by name, the lightest first."""
VARIABLE = "NET119_CHROMIUM"
"""Names another program in the environment."""
_WITHIN_S = 120.0
_SWITCHES = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
Which = Callable[[str], str | None]


class CannotPrint(SimulatorError):
    """There is no PDF; says why, and how to get one nevertheless."""


def browser_of(which: Which = shutil.which) -> str:
    """The program that prints.

    Raises:
        CannotPrint: there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = which(named)
        if found is None:
            raise CannotPrint("there is no such program", f"{VARIABLE}={named}", _ADVICE)
        return found
    found = next((path for name in BROWSERS if (path := which(name)) is not None), None)
    if found is None:
        raise CannotPrint("no Chromium, Chrome or Edge was found to print with", "PDF", _ADVICE)
    return found


def write_pdf(html: str, pdf: Path, *, which: Which = shutil.which) -> None:
    """Print a page into a PDF file; the file is there only if it is whole.

    Raises:
        CannotPrint: there is no browser or no Japanese font, printing failed, or the file cannot
            be written.
    """
    browser = browser_of(which)
    beside = _beside(pdf)
    _check_fonts(which)
    # Beside the file, not in /tmp: a browser from a snap sees the user's own folders alone.
    with tempfile.TemporaryDirectory(prefix="net119-print-", dir=beside) as name:
        folder = Path(name)
        page, printed = folder / "report.html", folder / "report.pdf"
        page.write_text(html, "utf-8")
        _print(browser, page, printed, folder)
        try:
            printed.replace(pdf)
        except OSError as wrong:
            raise CannotPrint(
                f"it cannot be written: {wrong.strerror}", str(pdf), "Name another file"
            ) from None


def _beside(pdf: Path) -> Path:
    folder = pdf.resolve().parent
    if not os.access(folder, os.W_OK):
        raise CannotPrint("the folder cannot be written", str(folder), "Name another file")
    return folder


def _print(browser: str, page: Path, printed: Path, folder: Path) -> None:
    # The sandbox needs another user than root; the page has no script and loads nothing.
    switches = [*_SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    asked = [
        browser,
        *switches,
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={printed}",
        page.as_uri(),
    ]
    try:
        done = subprocess.run(asked, capture_output=True, timeout=_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        raise CannotPrint(f"it did not end within {_WITHIN_S:g} s", browser, _ADVICE) from None
    except OSError as wrong:
        raise CannotPrint(f"it cannot be started: {wrong.strerror}", browser, _ADVICE) from None
    if done.returncode != 0 or not printed.is_file() or not _is_pdf(printed):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else "it said nothing"
        raise CannotPrint(f"it printed nothing (exit {done.returncode}): {why}", browser, _ADVICE)


def _is_pdf(file: Path) -> bool:
    data = file.read_bytes()
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-64:]


def _check_fonts(which: Which) -> None:
    """Without a Japanese font all that would be printed is boxes; not known without fontconfig."""
    program = which("fc-list")
    if program is None:
        return
    try:
        told = subprocess.run(
            [program, ":lang=ja", "family"], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if told.returncode == 0 and not told.stdout.strip():
        raise CannotPrint(
            "there is no Japanese font, so the PDF would show boxes",
            "PDF",
            "Install one (for example the package fonts-noto-cjk), or write the HTML and print it"
            " where there is one",
        )


_ADVICE = (
    "Install Chromium, Chrome or Edge, or name one in NET119_CHROMIUM; or write the HTML (--html),"
    " open it in a browser and print it there as PDF"
)
