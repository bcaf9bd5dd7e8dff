"""The dispatcher's console in the browser, at ``/console``.

The page is a client of the documented console API and its feed, and of nothing else: what it can
do a program can do, too.  Here are its log-in, the token it gets for its API calls, and the words.
"""

from fastapi import APIRouter

from net119_reference.web.pages.console import alarm_reports, desk, log_in
from net119_reference.web.pages.console.door import Door
from net119_reference.web.pages.routing import PageContext


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the console's pages."""
    door = Door(context)
    log_in.add_routes(routes, door)
    desk.add_routes(routes, door)
    alarm_reports.add_routes(routes, door)
