"""What only a real browser shows: scripts, styles and service worker of a smartphone's pages."""

from net119_reference.web.pages.calling import offline

from tests.mutants.registry import Patch, mutant
from tests.mutants.rewriting import rewritten, static


@mutant(
    "chat-script-for-newer-browsers",
    kills={"CHROME-WAY": "what the dispatcher says appears in Chrome by itself"},
)
def newer_browsers(patch: Patch) -> None:
    """The script of the chat does not parse, and the page waits to be loaded again."""
    static(patch, "chat.js", '"use strict";', '"use strict"; let let = 1;')


@mutant(
    "chat-reloads-itself",
    kills={"CHROME-WAY": "no page is loaded again while somebody writes"},
)
def reloads_itself(patch: Patch) -> None:
    """The page of the chat is loaded again every eight seconds, whether it has news or not."""
    refresh = '<meta http-equiv="refresh" content="8">'
    rewritten(patch, "call-chat.html", "<head>", f"<head>{refresh}")


@mutant(
    "lines-take-the-focus",
    kills={"CHROME-WAY": "what is half written stays in its field, and can be gone on with"},
)
def take_the_focus(patch: Patch) -> None:
    """A line of the dispatcher is focused as it comes, and what is typed goes nowhere."""
    static(
        patch,
        "chat.js",
        'if (got.sender !== "caller") { shake([200, 100, 200]); }',
        'if (got.sender === "dispatcher") { made.tabIndex = -1; made.focus(); }',
    )


@mutant(
    "press-before-the-scripts-is-lost",
    kills={"CHROME-SLOW": "one tap before the scripts came makes the call"},
)
def press_is_lost(patch: Patch) -> None:
    """What is pressed before the script has come is sent without a position, and refused."""
    static(patch, "call-early.js", 'document.addEventListener("submit", submitted, true);')


@mutant(
    "early-press-forgets-the-position",
    kills={"CHROME-SLOW": "the call that was pressed early has the measured position"},
)
def forgets_the_position(patch: Patch) -> None:
    """A press that was kept is sent before the position is measured."""
    static(
        patch,
        "call.js",
        "if (early && early.take()) { pressed(); }",
        "if (early && early.take()) { send(); }",
    )


@mutant(
    "card-is-silent",
    kills={"CHROME-CARD": "the plea to phone 119 is spoken"},
)
def silent(patch: Patch) -> None:
    """The button says that it reads aloud, and no voice is asked to."""
    static(patch, "card.js", "speech.speak(said);", "said.onstart();")


@mutant(
    "card-speaks-english",
    kills={"CHROME-CARD": "it is spoken as Japanese"},
)
def speaks_english(patch: Patch) -> None:
    """The Japanese plea is read by a voice for English."""
    static(patch, "card.js", 'said.lang = "ja-JP";', 'said.lang = "en-US";')


@mutant(
    "card-speaks-by-the-first-voice",
    kills={"CHROME-CARD": "it is spoken as Japanese"},
)
def first_voice(patch: Patch) -> None:
    """The plea says that it is Japanese, and is read by the first voice of the phone, an English
    one."""
    static(
        patch, "card.js", "if (own) { said.voice = own; }", "said.voice = speech.getVoices()[0];"
    )


@mutant(
    "card-in-small-letters",
    kills={"CHROME-CARD": "the plea is shown in large letters"},
)
def small_letters(patch: Patch) -> None:
    """The card has letters as any text has."""
    static(patch, "chat.css", "font-size: clamp(1.5rem, 6vw, 3rem);", "font-size: 1rem;")


@mutant(
    "mark-forgets-the-finger",
    kills={"CHROME-MARK": "the console shows the place to which the finger moved the mark"},
)
def forgets_the_finger(patch: Patch) -> None:
    """The mark moves on the screen, and the call has the position that was measured."""
    static(patch, "call-map.js", 'mark.on("dragend", tell);')


@mutant(
    "mark-goes-astray",
    kills={"CHROME-MARK": "the console shows the place to which the finger moved the mark"},
)
def goes_astray(patch: Patch) -> None:
    """The further east the mark is moved, the further off is the place that is told."""
    static(
        patch,
        "call-map.js",
        "moved({ lat: here.lat, lon: here.lng });",
        "moved({ lat: here.lat, lon: at.lon + 3 * (here.lng - at.lon) });",
    )


@mutant(
    "map-of-half-the-scale",
    kills={"CHROME-MARK": "the place is as far from the fix as the map shows it to be"},
)
def half_the_scale(patch: Patch) -> None:
    """What the mark is moved by is taken as if the tiles had twice the pixels that they have."""
    static(
        patch,
        "call-map.js",
        "moved({ lat: here.lat, lon: here.lng });",
        "moved({ lat: (at.lat + here.lat) / 2, lon: (at.lon + here.lng) / 2 });",
    )


@mutant(
    "nothing-kept-for-no-coverage",
    kills={"CHROME-NO-COVERAGE": "tapping a kind out of coverage shows that, and the other means"},
)
def nothing_kept(patch: Patch) -> None:
    """Out of coverage there is the browser's own page, which knows no other means."""
    patch(offline, "worker_script", lambda: "/* nothing yet */")


@mutant(
    "unsent-call-looks-sent",
    kills={
        "CHROME-UNSENT": "the page says that there is no connection, and names the other means",
    },
)
def looks_sent(patch: Patch) -> None:
    """Without a connection the page only goes on trying."""
    static(patch, "call.js", 'byId("unsent").hidden = false;')


@mutant(
    "unsent-call-left-open",
    kills={"CHROME-UNSENT": "the page says that the call has not arrived"},
)
def left_open(patch: Patch) -> None:
    """That there is no connection is said, and not what that means for the call."""
    rewritten(patch, "call-map.html", "通報は、まだ消防に届いていません", "電波が弱いようです")


@mutant(
    "unsent-call-is-given-up",
    kills={"CHROME-UNSENT": "with coverage back the call arrives"},
)
def gives_up(patch: Patch) -> None:
    """What was pressed out of coverage is given up, and the button does nothing any more."""
    static(patch, "call.js", "waiting = setTimeout(", "done = true; waiting = setTimeout(")


@mutant("unsent-call-comes-twice", kills={"CHROME-UNSENT": "it is one call"})
def comes_twice(patch: Patch) -> None:
    """What was kept for the connection goes out once more, as another call, a moment later."""
    once_more = """
        var next = JSON.parse(text).location, more = new XMLHttpRequest();
        more.open("POST", form.getAttribute("action"));
        more.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
        more.setRequestHeader("Accept", "application/json");
        more.onloadend = function () { location.assign(next); };
        field("client_call_id").value += "-2";
        setTimeout(function () { more.send(encoded()); }, 700);
    """
    static(patch, "call.js", "location.assign(JSON.parse(text).location);", once_more)


@mutant(
    "unsent-call-says-so-in-english",
    kills={"CHROME-UNSENT": "what the page of the call says with its scripts is in Japanese"},
)
def says_so_in_english(patch: Patch) -> None:
    """What the script says of its trying again is not translated."""
    static(patch, "call.js", "say(said.sayAgain);", 'say("Trying again in 5 seconds");')


@mutant(
    "waiting-line-in-english",
    kills={"CHROME-CUT-OFF": "what the chat says with its scripts is in Japanese"},
)
def waiting_line_in_english(patch: Patch) -> None:
    """Below a line that has not arrived stands a remark in English."""
    static(patch, "chat.js", "words.waiting", '"Not sent"')


@mutant(
    "lost-chat-looks-connected",
    kills={"CHROME-CUT-OFF": "the chat shows at once that the connection is lost"},
)
def looks_connected(patch: Patch) -> None:
    """The chat goes on saying that it is connected."""
    static(
        patch,
        "chat.js",
        'tell("lost", away ? words.offline : words.lost);',
        'tell("connected", words.connected);',
    )


@mutant(
    "lost-chat-names-no-means",
    kills={"CHROME-CUT-OFF": "in a call out of coverage the other means are named"},
)
def names_no_means(patch: Patch) -> None:
    """It says that the connection is lost, and leaves it at that."""
    static(patch, "chat.js", "panel.hidden = false;\n        panel.scroll", "panel.scroll")


@mutant(
    "lines-missed-while-away",
    kills={"CHROME-CUT-OFF": "what the dispatcher wrote meanwhile appears when coverage is back"},
)
def missed_while_away(patch: Patch) -> None:
    """A chat that comes back goes on with what is said from then on."""
    static(
        patch,
        "chat.js",
        '{ type: "hello", after: after }',
        '{ type: "hello", after: first ? after : 99999 }',
    )


@mutant(
    "waiting-line-sent-twice",
    kills={"CHROME-CUT-OFF": "what was written out of coverage came once"},
)
def sent_twice(patch: Patch) -> None:
    """What waited for the connection goes out under another name a moment later, too."""
    static(
        patch,
        "chat.js",
        "pending.forEach(function (one) { if (!one.failed) { send(one); } });",
        "pending.forEach(function (one) { if (!one.failed) { send(one);"
        " setTimeout(function () { say(one.text, one.choice, null); }, 700); } });",
    )
