"""A console's page that lies: the API behind it is right, what the dispatcher sees is not."""

import json
from typing import Any

from net119_reference.service import views
from net119_reference.web import encoding
from net119_reference.web.pages import application
from net119_reference.web.pages.console import ready_texts
from net119_reference.web.pages.rendering import STATIC
from starlette.responses import Response

from tests.mutants.registry import Patch, mutant


def page(patch: Patch, file: str, *changes: tuple[str, str]) -> None:
    """A file of the console reads otherwise in some places, each of which must be there."""
    path = f"console/{file}"
    text = (STATIC / path).read_text("utf-8")
    for was, becomes in changes:
        assert was in text, f"{file} has nothing like {was!r}"
        text = text.replace(was, becomes)
    kind = "text/css" if file.endswith(".css") else "text/javascript"

    async def served(original: Any, own: Any, asked: str, scope: Any) -> Response:
        if asked == path:
            return Response(text, media_type=kind)
        made: Response = await original(own, asked, scope)
        return made

    patch.around(application._Assets, "get_response", served)


@mutant(
    "practice-in-the-colours-of-live",
    kills={"CONSOLE-MODES": "in the list no two modes have the same colour of the frame"},
)
def colours_of_live(patch: Patch) -> None:
    """The page draws practice in the red of live calls."""
    page(patch, "console.css", ("--practice: #6b21a8;", "--practice: #b00020;"))


@mutant(
    "practice-in-the-shapes-of-live",
    kills={"CONSOLE-MODES": "in the list no two modes have the same shape of the mark"},
)
def shapes_of_live(patch: Patch) -> None:
    """Only the colour tells practice from live: both have a disc."""
    page(
        patch,
        "console.css",
        ("clip-path: polygon(50% 0, 100% 100%, 0 100%);", "border-radius: 50%;"),
    )


@mutant(
    "every-banner-says-live",
    kills={"CONSOLE-MODES": "above the open call each call says its own mode and no other"},
)
def banner_says_live(patch: Patch) -> None:
    """Above the open call stands that it is a live one, whichever it is."""
    page(patch, "call.js", ('C.t("mode-" + call.mode)', 'C.t("mode-live")'))


@mutant(
    "names-read-as-html",
    kills={"CONSOLE-HOSTILE-TEXT": "no element and no script comes of it"},
)
def names_as_html(patch: Patch) -> None:
    """The list writes names into the page as HTML."""
    page(
        patch,
        "queue.js",
        (
            "C.tell(parts.name, call.registrant.name);",
            "parts.name.innerHTML = call.registrant.name;",
        ),
    )


@mutant(
    "lines-read-as-html",
    kills={"CONSOLE-HOSTILE-TEXT": "what the caller wrote is read as written"},
)
def lines_as_html(patch: Patch) -> None:
    """The chat shows what a caller writes as HTML."""
    page(
        patch,
        "chat.js",
        ('lang: "ja" }, said));', 'lang: "ja" })); made.querySelector(".text").innerHTML = said;'),
    )


@mutant(
    "remarks-dropped",
    kills={"CONSOLE-HOSTILE-TEXT": "name and data are read as registered in #person"},
)
def remarks_dropped(patch: Patch) -> None:
    """What looks like HTML in the optional data is cut out, and with it all that was remarked."""
    page(
        patch,
        "person.js",
        ('fact("remarks", of.remarks)', 'fact("remarks", of.remarks.replace(/<[^>]*>/g, ""))'),
    )


@mutant(
    "ready-text-lost",
    kills={
        "CONSOLE-READY-TEXTS": "for each kind there is a ready text for everything that has to be "
        "asked",
    },
)
def ready_text_lost(patch: Patch) -> None:
    """The question for the breathing is gone."""
    left = tuple(each for each in ready_texts.texts() if each.id != "breathing")
    patch(ready_texts, "texts", lambda: left)


@mutant(
    "key-of-the-neighbour",
    kills={
        "CONSOLE-READY-TEXTS": "each ready text arrives as it reads, with its answers, in order",
    },
)
def key_of_the_neighbour(patch: Patch) -> None:
    """A digit sends the text beside its own."""
    page(patch, "keyboard.js", ("Number(digit[1]) - 1", "Number(digit[1]) % 9"))


@mutant(
    "ready-texts-without-answers",
    kills={
        "CONSOLE-READY-TEXTS": "each ready text arrives as it reads, with its answers, in order",
    },
)
def without_answers(patch: Patch) -> None:
    """The answers are shown on the button, and the question is sent without them."""
    page(patch, "composer.js", ("say(one.text, one.options);", "say(one.text, []);"))


@mutant(
    "optional-data-wait-in-the-page",
    kills={"CONSOLE-OWNER": "before the answer the page has no optional data, shown or not"},
)
def wait_in_the_page(patch: Patch) -> None:
    """The page is given the optional data with the alarm, and hides them until the answer."""
    patch(views, "before_answer", lambda data: data)


@mutant(
    "optional-data-wait-in-escapes",
    kills={"CONSOLE-OWNER": "before the answer the page has no optional data, shown or not"},
)
def wait_in_escapes(patch: Patch) -> None:
    """The optional data wait in the page, and no letter of the feed is written as itself."""
    patch(views, "before_answer", lambda data: data)
    patch.around(
        encoding,
        "text_frame",
        lambda original, payload: original(json.dumps(json.loads(payload)).encode()),
    )


@mutant(
    "optional-data-wait-in-events",
    kills={"CONSOLE-OWNER": "before the answer the page has no optional data, shown or not"},
)
def wait_in_events(patch: Patch) -> None:
    """The page takes every call's optional data out of a stream of events of its own."""
    served: list[Any] = []

    def known(original: Any, data: Any) -> Any:
        served.append(data.model_dump_json(by_alias=True, exclude_none=True))
        return original(data)

    async def events(original: Any, own: Any, asked: str, scope: Any) -> Response:
        if asked == "console/events.css":
            text = "".join(f"data: {each}\n\n" for each in served)
            return Response(f"retry: 200\n{text}", media_type="text/event-stream")
        made: Response = await original(own, asked, scope)
        return made

    patch.around(views, "before_answer", known)
    page(
        patch,
        "feed.js",
        (
            "let socket = null, open",
            "new EventSource(document.currentScript.src.replace('feed.js', 'events.css'));"
            "\n  let socket = null, open",
        ),
    )
    patch.around(application._Assets, "get_response", events)


@mutant(
    "page-never-shows-optional-data",
    kills={"CONSOLE-OWNER": "who answered sees the optional data"},
)
def never_shows(patch: Patch) -> None:
    """Who answered still reads that the optional data come with the answer."""
    page(
        patch,
        "person.js",
        ("const answered = Boolean(call.answeredAt);", "const answered = false;"),
    )


@mutant(
    "owner-not-named",
    kills={"CONSOLE-OWNER": "the colleague sees who has the call"},
)
def owner_not_named(patch: Patch) -> None:
    """That a colleague has the call is said, and not who."""
    page(
        patch,
        "call.js",
        (
            'C.t("other-has-it", { name: call.answeredBy || "" })',
            'C.t("other-has-it", { name: "" })',
        ),
        ('C.data.dispatcher ? C.t("me") : call.answeredBy', 'C.data.dispatcher ? C.t("me") : ""'),
    )


@mutant(
    "colleagues-may-write",
    kills={"CONSOLE-OWNER": "the colleague cannot write to the caller"},
)
def colleagues_write(patch: Patch) -> None:
    """Everybody at the center has the field for writing to every caller."""
    page(
        patch,
        "composer.js",
        (
            "const mine = C.store.talking(of) && of.call.answeredBy === C.data.dispatcher;",
            "const mine = C.store.talking(of);",
        ),
    )


@mutant(
    "page-keeps-a-call-taken-over",
    kills={"CONSOLE-OWNER": "the former owner sees who has the call"},
)
def keeps_a_call(patch: Patch) -> None:
    """Whose call was taken over still sees it as their own."""
    page(
        patch,
        "store.js",
        (
            "entry.call = call;",
            "entry.call = before && before.answeredBy === C.data.dispatcher && call.answeredBy"
            " ? Object.assign({}, call, { answeredBy: before.answeredBy }) : call;",
        ),
    )


@mutant(
    "unsent-lines-called-sent",
    kills={"CONSOLE-OWNER": "a line that is not sent is not called sent"},
)
def called_sent(patch: Patch) -> None:
    """A line counts as sent once it is written."""
    page(
        patch,
        "chat.js",
        ('one.sent ? C.t("fate-sending") : C.t("fate-waiting")', 'C.t("fate-stored")'),
    )


@mutant(
    "unsent-lines-called-sent-late",
    kills={
        "CONSOLE-OWNER": "it is not called sent later either while there is no connection",
    },
)
def called_sent_late(patch: Patch) -> None:
    """A line that waits counts as sent a second after it was written."""
    page(
        patch,
        "chat.js",
        (
            "    if (one.failed) {",
            "    one.seen = one.seen || Date.now();\n"
            "    setTimeout(() => { made.querySelector('.fate').textContent ="
            " C.t('fate-stored'); }, one.seen + 1000 - Date.now());\n    if (one.failed) {",
        ),
    )


@mutant(
    "lines-of-a-cut-sent-twice",
    kills={"CONSOLE-OWNER": "it stands there once, and came once"},
)
def sent_twice(patch: Patch) -> None:
    """What was written without a connection goes out again under another name when it is back."""
    page(
        patch,
        "lines.js",
        (
            "!one.failed).forEach((one) => this.send(one)); }",
            "!one.failed).forEach((one) => { this.send(one);"
            " this.send(Object.assign({}, one, { clientId: C.newId() })); }); }",
        ),
    )


@mutant(
    "lines-of-a-cut-sent-twice-late",
    kills={"CONSOLE-OWNER": "it stands there once, and came once"},
)
def sent_twice_late(patch: Patch) -> None:
    """What was written without a connection goes out under another name a second later, too."""
    page(
        patch,
        "lines.js",
        (
            "!one.failed).forEach((one) => this.send(one)); }",
            "!one.failed).forEach((one) => { this.send(one); setTimeout(() =>"
            " this.send(Object.assign({}, one, { clientId: C.newId() })), 1000); }); }",
        ),
    )
