"""Drills that are over: the list, and for each what was said about it afterwards."""

import re
from datetime import UTC, datetime
from pathlib import Path

from net119_protocol.directory.model import JAPAN
from net119_protocol.labels import Label
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.record import ID, Comment
from net119_scenarios.drills.web.guard import is_own_form
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.rendering import Pages, see_other


def routes(house: House, pages: Pages) -> list[BaseRoute]:
    """The list, and each drill's page."""

    async def listed(request: Request) -> Response:
        rows, broken = [], []
        for place in folders.drills_in(house.folder):
            if place.name == house.leader.recording:
                continue  # it is not past
            try:
                rows.append((folders.read(place), len(folders.read_comments(place))))
            except BrokenRecord as wrong:
                broken.append((place.name, wrong))
        return pages.page(request, "past.html", nav="past", rows=rows, broken=broken, day=day)

    def drill_page(request: Request, told: Label | None = None, status: int = 200) -> Response:
        place = place_of(house.folder, request)
        if place is None:
            return pages.page(request, "gone.html", status=404, nav="past")
        try:
            record, comments = folders.read(place), folders.read_comments(place)
        except BrokenRecord as wrong:
            return pages.page(request, "broken.html", status=500, nav="past", wrong=wrong)
        return pages.page(
            request,
            "drill.html",
            status=status,
            nav="past",
            record=record,
            comments=comments,
            told=told,
            day=day,
            house=house,
            replays=folders.centers_with_frames(place),
        )

    async def show(request: Request) -> Response:
        return drill_page(request)

    async def comment(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        place = place_of(house.folder, request)
        if place is None:
            return drill_page(request)
        if not is_own_form(request, form.get("csrf")):
            return drill_page(request, Label("もう一度押してください。", "Press once more."), 409)
        try:
            written = Comment(
                at=datetime.now(UTC),
                by=form.get("by", "").strip(),
                text=form.get("text", "").replace("\r\n", "\n").strip(),
            )
        except ValidationError:
            return drill_page(request, _INCOMPLETE, 422)
        try:
            folders.add_comment(place, written)
        except BrokenRecord as wrong:
            return pages.page(request, "broken.html", status=500, nav="past", wrong=wrong)
        return see_other(f"/past/{place.name}#comments")

    return [
        Route("/past", listed),
        Route("/past/{id}", show),
        Route("/past/{id}", comment, methods=["POST"]),
    ]


_INCOMPLETE = Label(
    "名前（100字まで）と意見（5000字まで）の両方を書いてください。",
    "Write both a name (100 characters at most) and a comment (5,000 at most).",
)


def place_of(root: Path, request: Request) -> Path | None:
    """The folder of the drill that a page is about; None for what is no drill's name."""
    name = str(request.path_params["id"])
    # Nothing but a name of a drill is looked for on the disk.
    if not re.fullmatch(ID.removeprefix("^").removesuffix("$"), name):
        return None
    place = root / name
    return place if (place / folders.RECORD).is_file() else None


def day(moment: datetime) -> str:
    """A moment in Japan, to the minute."""
    return f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"
