"""A carrier's filters decide in its order; what the sender learns is the carrier's, too."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_simulators.mailbox.carrier import (
    NOBODY,
    Carriers,
    FilterStep,
    MailCarrier,
    Refused,
    load_carriers,
)
from net119_simulators.mailbox.filters import Filters, MailFacts, judge, listed
from net119_simulators.mailbox.situations import Senders, load_situations

CARRIERS = load_carriers()
BY_CODE = {each.code: each for each in CARRIERS.all}
SENDER = "tomakomai@net119-aoba.example"

# What makes each step decide: a customer's filter, and whether the step then lets the mail pass.
TRIGGERS: dict[FilterStep, tuple[dict[str, object], bool]] = {
    FilterStep.VIRUS: ({}, False),
    FilterStep.MUST_RECEIVE: ({"must_receive": frozenset({SENDER})}, True),
    FilterStep.SPOOF: ({"spoof": True}, False),
    FilterStep.DENY: ({"deny": frozenset({SENDER})}, False),
    FilterStep.ALLOW: ({"allow": frozenset({SENDER})}, True),
    FilterStep.ADDRESS_BOOK: ({"address_book": frozenset({SENDER})}, True),
    FilterStep.HTML: ({"html": True}, False),
    FilterStep.URL: ({"urls": True}, False),
    FilterStep.NON_MOBILE: ({"non_mobile": True}, False),
    FilterStep.AUTOMATIC: ({"automatic": True}, False),
    FilterStep.NOT_LISTED: ({"only_listed": True}, False),
}
AU_ORDER = "virus must-receive spoof deny allow address-book html url non-mobile automatic"


def facts(steps: frozenset[FilterStep]) -> MailFacts:
    """A mail that each of these steps would mind, if it is switched on."""
    return MailFacts(
        sender=SENDER,
        envelope_from="x@elsewhere.example" if FilterStep.SPOOF in steps else SENDER,
        urls=("https://net119.example/r/1",),
        html=True,
        virus=FilterStep.VIRUS in steps,
        recent=10_000,
    )


def filters(steps: frozenset[FilterStep]) -> Filters:
    merged: dict[str, object] = {}
    for step in steps:
        merged |= TRIGGERS[step][0]
    return Filters(**merged)  # type: ignore[arg-type]  # the table's values fit their keys


def test_the_order_of_au_is_the_one_it_prints() -> None:
    assert " ".join(BY_CODE["au"].order) == AU_ORDER


def test_softbank_refuses_urls_before_it_looks_at_the_allowed_senders() -> None:
    both = Filters(urls=True, allow=frozenset({SENDER}))
    found = judge(BY_CODE["softbank"], CARRIERS, both, facts(frozenset()))
    assert found is not None
    assert (found.step, found.passed) == (FilterStep.URL, False)
    # At au the same settings let the mail through.
    found = judge(BY_CODE["au"], CARRIERS, both, facts(frozenset()))
    assert found is not None
    assert (found.step, found.passed) == (FilterStep.ALLOW, True)


@pytest.mark.parametrize("carrier", CARRIERS.all, ids=lambda each: each.code)
def test_of_any_two_filters_that_mind_the_earlier_one_decides(carrier: MailCarrier) -> None:
    for first, second in itertools.combinations(carrier.order, 2):
        steps = frozenset({first, second})
        found = judge(carrier, CARRIERS, filters(steps), facts(steps))
        assert found is not None
        assert (found.step, found.passed) == (first, TRIGGERS[first][1]), steps


@given(st.sampled_from(CARRIERS.all), st.frozensets(st.sampled_from(list(FilterStep))))
def test_the_first_filter_of_the_order_that_is_on_decides(
    carrier: MailCarrier, steps: frozenset[FilterStep]
) -> None:
    found = judge(carrier, CARRIERS, filters(steps), facts(steps))
    expected = next((step for step in carrier.order if step in steps), None)
    assert (found.step if found is not None else None) == expected
    assert found is None or (found.passed, bool(found.why)) == (TRIGGERS[found.step][1], True)


def test_a_filter_that_the_carrier_does_not_have_has_no_effect() -> None:
    wanted = Filters(html=True, urls=True, non_mobile=True)
    assert judge(BY_CODE["pc"], CARRIERS, wanted, facts(frozenset())) is None


def test_blocked_as_spoof_or_automatically_au_tells_nobody_and_else_it_bounces() -> None:
    au = BY_CODE["au"]
    silent = {step for step in au.order if au.told(step) is Refused.SILENT}
    assert silent == {FilterStep.VIRUS, FilterStep.SPOOF, FilterStep.AUTOMATIC}
    assert {au.told(step) for step in set(au.order) - silent} == {Refused.BOUNCE}
    assert BY_CODE["softbank"].told(FilterStep.URL) is Refused.SILENT


def test_who_claims_a_mobile_address_from_elsewhere_is_a_spoof() -> None:
    spoof = Filters(spoof=True)
    claimed = MailFacts(sender="a@au.example", envelope_from="a@au.example")
    found = judge(BY_CODE["docomo"], CARRIERS, spoof, claimed)
    assert found is not None
    assert found.step is FilterStep.SPOOF
    honest = MailFacts(sender=SENDER, envelope_from=SENDER)
    assert judge(BY_CODE["docomo"], CARRIERS, spoof, honest) is None


def test_lists_hold_addresses_and_domains_with_their_subdomains() -> None:
    assert listed("Register@NET119.example", ["register@net119.example"])
    assert listed("a@sub.net119.example", ["net119.example"])
    assert not listed("a@xnet119.example", ["net119.example"])
    assert not listed("a@net119.example", ["b@net119.example"])


@pytest.mark.parametrize("domain", ["docomo.ne.jp", "example.com", "xexample"])
def test_real_domains_are_no_carriers_here(domain: str) -> None:
    real = MailCarrier(**{**vars(NOBODY), "code": "x", "domains": (domain,)})
    with pytest.raises(ValueError, match="no test domain"):
        Carriers([real])


def test_situations_know_the_two_senders_of_a_department() -> None:
    both = load_situations(
        Senders(frozenset({"register@a.example"}), frozenset({"call@a.example"}))
    )
    assert both["one-sender-listed"].rule.filters.allow == {"register@a.example"}
    assert both["both-senders-listed"].rule.filters.allow == {
        "register@a.example",
        "call@a.example",
    }
    real = load_situations()["one-sender-listed"].rule.filters.allow
    assert "register.tomakomai@net119-aoba.example" in real
    assert "tomakomai@net119-aoba.example" not in real
