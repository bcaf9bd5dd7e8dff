"""What changes for everybody on a day: revised terms, and the start of the service."""

import re
from datetime import time, timedelta

from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_simulators.applications import moved

from net119_conformance.catalogue import Role
from net119_conformance.newcomer import DONE, Newcomer, answer_to, listed
from net119_conformance.purpose import purpose
from net119_conformance.purposes.account import handset_of
from net119_conformance.purposes.retention import LATE, moment
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

REVISED = "2026-10"
TERMS_JA = "改めた規約です。登録した内容は、年に一度確かめます。"
TERMS_EN = "Revised terms. What is registered is checked once a year."
STARTS_IN_DAYS = 10
EARLY = time(0, 30)
OUT_OF_SERVICE = frozenset({Refusal.NOT_IN_SERVICE.value, Refusal.REGISTRANT_REFUSED.value})
"""Codes that tell a caller of a service that has not started, or has ended."""


@purpose(
    id="TERMS-REVISED",
    requirements=("CNB-43", "ASO-30"),
    derived=("CNB-43",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso", own_system=True),
    timeout_s=90.0,
    title_ja="改めた規約が示され、その時から利用条件になり、同意した版は人ごとに残る",
    title_en="Revised terms are shown and hold from then on; the version accepted is kept for each",
    stimulus_ja="一人が登録する。規約を改める。別の人が前の版に同意しようとし、新しい版に同意して申請する。"
    "前に登録した人が、同意せずに変更を申請しようとし、同意して申請する。",
    stimulus_en="One person registers; the terms are revised. Another tries to agree to the former "
    "version, then applies with the new one. The first applies for a change without agreeing anew, "
    "then agrees and applies.",
    expected_ja="どちらの人にも新しい規約が示され、前の版への同意では進めない。"
    "記録には、それぞれが同意した版があり、変更のときの同意で新しい版になる。",
    expected_en="Both are shown the new terms, consent to the former version is not enough, and "
    "each "
    "record holds the version that its person accepted, also with a change.",
    why_ja="どの条件に同意したかがわからなければ、情報を渡してよいかもわからない。",
    why_en="What somebody agreed to decides what may be done with their data.",
)
async def revised(t: Trial, w: World) -> None:
    staff = await w.staff()
    first, second = Newcomer(w, "1"), Newcomer(w, "2")
    account = await first.logged_in(staff)
    former = read_profile(w.home).terms.version
    with t.waiting("the revised terms to come into force"):
        await w.revise_terms(w.home, REVISED, TERMS_JA, TERMS_EN)
    shown = await second.begin()
    t.check(
        "an applicant is shown the revised terms",
        (shown.terms_version, shown.terms.strip()) == (REVISED, TERMS_JA),
        expected=f"{REVISED}: {TERMS_JA}",
        seen=f"{shown.terms_version}: {shown.terms}",
        ja="申請する人に、改めた規約が示される",
    )
    hand = await second.hand()
    agreed = await answer_to(hand.accept_terms(former))
    await hand.fill(second.application)
    early = await hand.submit()
    t.check(
        "consent to the former version is not enough",
        agreed != DONE and bool(early),
        expected="a refusal of both",
        seen=f"{agreed}, then {listed(early)}",
        ja="前の版への同意では申請できない",
    )
    wrong = (*await second.enter(), *await hand.submit())
    t.check(
        "consent to the revised version is",
        not wrong,
        expected="no problem",
        seen=listed(wrong),
        ja="新しい版に同意すると申請できる",
    )
    own = await first.open(await first.account_url(account))
    t.check(
        "a registrant is shown the revised terms",
        (own.terms_version, own.terms.strip()) == (REVISED, TERMS_JA),
        expected=f"{REVISED}: {TERMS_JA}",
        seen=f"{own.terms_version}: {own.terms}",
        ja="登録した人に、改めた規約が示される",
    )
    change = await first.hand()
    handed_in = (
        *await change.fill(moved(first.application, "terms")),
        *await change.submit(),
    )
    t.check(
        "a registrant's change needs consent to the revised terms",
        any(each.code == "terms" for each in handed_in),
        expected="terms",
        seen=listed(handed_in),
        ja="登録した人の変更にも、改めた規約への同意が要る",
    )
    kept = [(await each.record(staff)).terms_version for each in (first, second)]
    t.check(
        "each record holds the version that its person accepted",
        kept == [former, REVISED],
        expected=[former, REVISED],
        seen=kept,
        level="derived",
        ja="記録に、それぞれが同意した版がある",
    )
    await change.accept_terms()
    wrong = (*await change.fill(moved(first.application, "terms")), *await change.submit())
    t.check(
        "with consent to the revised terms the change is taken",
        not wrong,
        expected="no problem",
        seen=listed(wrong),
        ja="改めた規約に同意すると、変更を申請できる",
    )
    accepted = (await first.record(staff)).terms_version
    t.check(
        "the record of who agreed with a change holds the revised version",
        accepted == REVISED,
        expected=REVISED,
        seen=accepted,
        level="derived",
        ja="変更のときに同意した人の記録に、改めた版がある",
    )


@purpose(
    id="SERVICE-STARTS",
    requirements=("ASO-32",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso", own_system=True, starts_in_days=STARTS_IN_DAYS),
    timeout_s=90.0,
    title_ja="サービスの開始日より前から申請でき、通報は開始日からできる",
    title_en="Applications are taken before the service starts, calls from that day on",
    stimulus_ja=f"開始の{STARTS_IN_DAYS}日前に申請し、承認され、通報する。開始日の前日が終わる直前と、"
    "開始日になった直後に、また通報する。",
    stimulus_en=f"{STARTS_IN_DAYS} days before the start somebody applies, is approved and calls; "
    "they call again just before the day of the start begins, and just after.",
    expected_ja="申請と承認は開始の前にでき、開始の前の通報は前日の終わりまで断られ、開始日の通報は、"
    "その日になった直後から受け付けられる。",
    expected_en="Application and approval succeed before the start; calls are refused until the "
    "day before is over, and taken once the day has begun in Japan.",
    why_ja="開始の日に、登録を済ませた人がすぐに通報できるようにする。",
    why_en="On the first day those who have registered can call.",
)
async def starts(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    keys = await person.registered(staff)
    record = await person.record(staff)
    t.check(
        "application and approval succeed before the start",
        record.state is RegistrationState.APPROVED,
        expected="approved",
        seen=record.state.value,
        ja="開始の前に申請し、承認される",
    )
    phone = await handset_of(w, person, keys)
    early = await answer_to(w.call_from(phone, w.home))
    t.check(
        "a call before the start is refused",
        early in OUT_OF_SERVICE,
        expected=f"one of {', '.join(sorted(OUT_OF_SERVICE))}",
        seen=early,
        ja="開始の前の通報は断られる",
    )
    day = t.require("the department has a first day", read_profile(w.home).service_starts)
    # Near midnight in Japan, when it is the same day for who counts days in UTC.
    await w.set_clock(moment(day - timedelta(days=1), LATE))
    before = await answer_to(w.call_from(await handset_of(w, person, keys), w.home))
    t.check(
        "a call late on the day before is refused",
        before in OUT_OF_SERVICE,
        expected=f"one of {', '.join(sorted(OUT_OF_SERVICE))}",
        seen=before,
        ja="開始日の前日の夜遅くの通報は断られる",
    )
    await w.set_clock(moment(day, EARLY))
    on_the_day = await answer_to(w.call_from(await handset_of(w, person, keys), w.home))
    t.check(
        "a call on the first day is taken",
        on_the_day == DONE,
        expected=DONE,
        seen=on_the_day,
        ja="開始日の通報は受け付けられる",
    )


@purpose(
    id="TERMS-JAPANESE",
    requirements=("CNB-09",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="日本語でチャットのできる人だけが使えることが、規約に示される",
    title_en="The terms say that only people who can chat in Japanese can use the service",
    stimulus_ja="紙で登録した人がログインし、変更のURLをメールで受け取って開く。",
    stimulus_en="A person registered by paper logs in, asks for the URL for changes, and opens it.",
    expected_ja="示される規約に、日本語によるチャットができる人が使えることが書かれている。",
    expected_en="The terms shown there say that users are people who can chat in Japanese.",
    why_ja="やりとりできない人が、通報のときにそれを知るのでは遅い。",
    why_en="To learn only in an emergency that one cannot be understood is too late.",
)
async def chat_in_japanese(t: Trial, w: World) -> None:
    person = Newcomer(w)
    account = await person.logged_in(await w.staff(), on_paper=True)
    shown = await person.open(await person.account_url(account))
    said = [each for each in re.split(r"[。\n]", shown.terms) if "日本語" in each]
    t.check(
        "the terms say who can use it: people who can chat in Japanese",
        any("チャット" in each and "できる" in each for each in said),
        expected="a sentence with 日本語, チャット and できる",
        seen=said or shown.terms[:300],
        ja="日本語でチャットのできる人が使えることが規約に書かれている",
    )
