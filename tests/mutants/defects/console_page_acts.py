"""A console's page whose buttons do something else than they say, or tell it wrongly."""

from tests.mutants.defects.console_page import page
from tests.mutants.registry import Patch, mutant


@mutant(
    "failed-callbacks-untold",
    kills={"CONSOLE-CALLBACK": "the page says that the refused mail did not arrive"},
)
def failed_callbacks(patch: Patch) -> None:
    """The dialog closes as if the mail had gone out."""
    page(patch, "acts.js", ('if (told.state === "failed") {', "if (false) {"))


@mutant(
    "callbacks-called-sent-whatever-came",
    kills={"CONSOLE-CALLBACK": "it is not called sent afterwards either"},
)
def called_sent(patch: Patch) -> None:
    """Below the buttons stands that the mail was sent once it was asked for."""
    page(
        patch,
        "acts.js",
        (
            '"bad" : "" }, C.t("callback-" + one.state));',
            '"bad" : "" }, C.t("callback-sent"));',
        ),
    )


@mutant(
    "contacts-from-the-last",
    kills={"CONSOLE-CALLBACK": "the failure names the emergency contacts, in their order"},
)
def contacts_from_the_last(patch: Patch) -> None:
    """The page lists the contacts the other way round."""
    page(patch, "person.js", ("...list.map((one)", "...[...list].reverse().map((one)"))


@mutant(
    "failed-transfers-untold",
    kills={
        "CONSOLE-TRANSFER": "a transfer that fails is told, with the department and its telephone"
    },
)
def failed_transfers(patch: Patch) -> None:
    """The dialog closes as if the other department had the call."""
    page(patch, "acts.js", ("if (done.failure) {", "if (false) {"))


@mutant(
    "field-stays-after-a-transfer",
    kills={"CONSOLE-TRANSFER": "the former desk cannot write to the caller"},
)
def field_stays(patch: Patch) -> None:
    """Who gave a call away still has the field for writing in it."""
    page(
        patch,
        "composer.js",
        (
            "const mine = C.store.talking(of) && of.call.answeredBy === C.data.dispatcher;",
            "const mine = C.store.talking(of) || !of.call.mine;",
        ),
    )


@mutant(
    "always-the-first-outcome",
    kills={"CONSOLE-CLOSE": "the page says how the call ended"},
)
def first_outcome(patch: Patch) -> None:
    """Whatever is chosen, the call is closed with the first outcome of the list."""
    page(
        patch,
        "acts.js",
        (
            'C.api.ask("POST", path("close"), values)',
            'C.api.ask("POST", path("close"), Object.assign(values, { outcome: outcomes[0] }))',
        ),
    )


@mutant(
    "tests-may-end-with-a-dispatch",
    kills={"CONSOLE-CLOSE": "a test call offers its outcomes, a dispatch not among them"},
)
def end_with_a_dispatch(patch: Patch) -> None:
    """The list of outcomes is that of live calls for all of them."""
    page(patch, "acts.js", ("const outcomes = order[mode] ||", "const outcomes = order.live ||"))


@mutant(
    "refusal-for-show",
    kills={"CONSOLE-CLOSE": "the next call of the one refused is refused, with the reason"},
)
def refusal_for_show(patch: Patch) -> None:
    """The page says that further calls are refused, and asks nobody to refuse them."""
    page(patch, "acts.js", ('await post("block", values);', ""))
