"""Pages as people use them: a small browser without JavaScript, and the people in front of it."""

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.controls import Upload
from net119_simulators.pages.errors import BlockedByBrowser, NotOnPage, PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page, Problem
from net119_simulators.pages.traits import Traits

__all__ = [
    "BlockedByBrowser",
    "Browser",
    "Form",
    "NotOnPage",
    "Page",
    "PageNotShown",
    "Problem",
    "Traits",
    "Upload",
]
