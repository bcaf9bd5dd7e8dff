"""The empty mail and its answer: what is answered, what never is, and to which addresses."""

import asyncio
from collections.abc import Sequence
from typing import Any

from net119_protocol.api.registration import LinkPurpose
from net119_simulators.applications import Applying

from net119_conformance.catalogue import Role
from net119_conformance.looking import quiet_s
from net119_conformance.newcomer import Newcomer, applying, changed, is_link
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

MOST_ANSWERS = 10
"""Of a flood from one address; a person who lost a mail asks again a few times."""
FLOOD = 16


def _at(w: World, name: str, local: str) -> Newcomer:
    """A person with this local part of the mail address."""
    told = applying(w, name)
    mail = f"{local}@{w.home.department}.phone.example"
    return Newcomer(w, name, told=type(told)(changed(told.application, mail=mail), told.image))


TOLD_S = 8.0
"""For a mail that need not come, however patient a profile is: the purpose has to end."""


@purpose(
    id="MAIL-EMPTY-ANSWERED",
    requirements=("TOM-08", "CTS-15"),
    interfaces="MA",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="空メールに、申請のURLを書いたメールが返る",
    title_en="An empty mail is answered with the URL of the application",
    stimulus_ja="申請用アドレスへ空メールを送り、返ってきたメールのURLを開く。",
    stimulus_en="An empty mail goes to the application address; the URL of the answer is opened.",
    expected_ja="送ったアドレスにURLが一つ書かれたメールが返り、そのURLで新しい申請が始まる。",
    expected_en="The sender's address gets a mail with one URL, at which a new application begins.",
    why_ja="申請の入口はこのメールだけである。",
    why_en="This mail is the only way into the application.",
)
async def empty_mail(t: Trial, w: World) -> None:
    person = Newcomer(w)
    await person.write()
    letter = await t.observe(
        "the empty mail is answered with a URL",
        person.next_letter(is_link),
        w.patience + 1,
        expected=f"a mail with one URL to {person.mail}",
        ja="空メールにURLのメールが返る",
    )
    if letter is None:
        return
    shown = await person.open(_url(letter.urls))
    t.check(
        "the URL opens a new application",
        shown.purpose is LinkPurpose.APPLY and shown.application is None,
        expected="an application, nothing entered",
        seen=f"{shown.purpose.value}, {'something' if shown.application else 'nothing'} entered",
        ja="URLで新しい申請が始まる",
    )
    if not shown.mail:
        # Pages show it beside the form, which comes after the terms.
        await (await person.hand()).accept_terms()
        shown = await person.open(_url(letter.urls))
    t.check(
        "the application is for the address that wrote",
        shown.mail == person.mail,
        expected=person.mail,
        seen=shown.mail,
        ja="空メールを送ったアドレスの申請である",
    )


def _url(urls: tuple[str, ...]) -> str:
    return next(url for url in urls if "/r/" in url)


@purpose(
    id="MAIL-ANY-CONTENT-ANSWERED",
    requirements=("TOM-08", "CTS-15"),
    interfaces="M",
    role=Role.REGISTRATION,
    needs=Needs(profile="chitose"),
    title_ja="署名や画像の付いたメール、HTMLや古い文字コードのメールにも返事をする",
    title_en="Mail with a signature, a picture, HTML or an old charset is answered all the same",
    stimulus_ja="署名の入ったメール、画像の付いたメール、HTMLメール、Shift_JISとISO-2022-JPのメールを、"
    "それぞれ別のアドレスから申請用アドレスへ送る。",
    stimulus_en="From an address each, mails go to the application address: with a signature, with "
    "a picture, in HTML, in Shift_JIS and in ISO-2022-JP.",
    expected_ja="どのアドレスにも、申請のURLを書いたメールが返る。",
    expected_en="Every address gets a mail with the URL of the application.",
    why_ja="端末は、空のつもりのメールに署名や広告を自動で付ける。",
    why_en="Handsets add signatures and adverts by themselves to mail that is meant to be empty.",
)
async def any_content(t: Trial, w: World) -> None:
    signature = "--\n髙橋花子\nスマートフォンから送信"
    drafts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("a signature", "署名", {"text": signature}),
        ("a picture", "画像", {"text": "", "attachment": b"\xff\xd8\xff\xe0" + bytes(400)}),
        ("HTML", "HTML", {"text": "空", "html": "<html><body><p>&nbsp;</p></body></html>"}),
        ("Shift_JIS", "Shift_JIS", {"text": "登録したいです", "charset": "shift_jis"}),
        (
            "ISO-2022-JP",
            "ISO-2022-JP",
            {"subject": "登録", "text": "登録したいです", "charset": "iso-2022-jp"},
        ),
    )
    people = []
    for number, (what, ja, draft) in enumerate(drafts):
        person = Newcomer(w, f"c{number}")
        await person.write(**draft)
        people.append((what, ja, person))
    for what, ja, person in people:
        await t.observe(
            f"a mail with {what} is answered with a URL",
            person.next_letter(is_link),
            w.patience + 1,
            expected="a mail with one URL",
            ja=f"{ja}のメールにURLのメールが返る",
        )


@purpose(
    id="MAIL-MACHINES-UNANSWERED",
    requirements=(),
    interfaces="CM",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai", once=True),
    timeout_s=60.0,
    title_ja="自動返信、配信不能の通知、メーリングリストには返事をせず、送りすぎにも返し続けない",
    title_en="Auto-replies, bounces and lists are never answered, and a flood not without end",
    stimulus_ja=f"自動返信、差出人のない配信不能の通知、メーリングリストのメールと、新しいアドレス、登録されている"
    f"アドレス、使えないアドレスのそれぞれからの{FLOOD}通の空メールを申請用アドレスへ送る。"
    "最後に、別の人が空メールを送る。",
    stimulus_en="An auto-reply, a bounce with an empty sender, a list's mail, and "
    f"{FLOOD} empty mails each of a new address, of a registered one and of one that may not "
    "apply go to the application address; at last another person's empty mail.",
    expected_ja=f"機械からのメールには何も返らず、{FLOOD}通に返るのはそれぞれ{MOST_ANSWERS}通までで、"
    "最後の人には返事が届く。",
    expected_en=f"Nothing goes back to machines, at most {MOST_ANSWERS} answers to {FLOOD} mails "
    "of one address, and the last person is answered.",
    why_ja="機械どうしが返事を続けると、本物の申請が埋もれる。差出人を偽ったメールへの返事は、他人に押し寄せる。",
    why_en="Two machines that answer each other bury real applications; and where the sender is "
    "forged, the answers flood somebody else.",
)
async def machines(t: Trial, w: World) -> None:
    sorts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("auto-reply", "自動返信", {"headers": {"Auto-Submitted": "auto-replied"}}),
        ("bounce", "配信不能の通知", {"envelope_from": "", "subject": "Undeliverable"}),
        (
            "list",
            "メーリングリスト",
            {"headers": {"List-Id": "<all.list.example>", "Precedence": "bulk"}},
        ),
    )
    silent = []
    for what, ja, draft in sorts:
        machine = Newcomer(w, f"m-{what}")
        await machine.write(**draft)
        silent.append((what, ja, machine))
    registered = (await w.register()).person.mail
    known = Newcomer(w, "known")
    known.told = Applying(changed(known.application, mail=registered), known.told.image)
    floods = (
        ("one address", "一つのアドレス", Newcomer(w, "flooder")),
        ("a registered address", "登録されているアドレス", known),
        ("an address that may not apply", "使えないアドレス", _at(w, "odd", "odd--one")),
    )
    with t.waiting("the mail about the registration"):
        await w.letter(registered)
    before = {person.mail: len(await person.letters()) for _, _, person in floods}
    for _, _, person in floods:
        for _ in range(FLOOD):
            await person.write()
    last = Newcomer(w, "last")
    await last.write()
    answered = await t.observe(
        "a person is answered after all that",
        last.next_letter(is_link),
        w.patience + 1,
        expected="a mail with one URL",
        ja="そのあとの人には返事が届く",
    )
    t.require("a person's mail is answered, so that silence says something", answered)
    await _until_quiet(w, [machine for _, _, machine in silent])
    await _until_quiet(w, [person for _, _, person in floods])
    for what, ja, machine in silent:
        got = await machine.letters()
        t.check(
            f"a mail of the sort {what} is not answered",
            not got,
            expected="no mail",
            seen=[letter.subject for letter in got],
            ja=f"{ja}に返事をしない",
        )
    for what, ja, person in floods:
        answers = len(await person.letters()) - before[person.mail]
        t.check(
            f"a flood of {what} is answered a bounded number of times",
            answers <= MOST_ANSWERS,
            expected=f"{MOST_ANSWERS} at most",
            seen=answers,
            ja=f"{ja}からの送りすぎには、限られた数だけ返事をする",
        )


async def _until_quiet(w: World, people: Sequence[Newcomer]) -> None:
    """Give mail that is under way the time to come: nobody's mail waits for another's."""

    async def quiet(person: Newcomer) -> None:
        seen = -1
        while (there := len(await person.letters())) != seen:
            seen = there
            await w.letters(person.mail, quiet_s(w), after=seen)

    await asyncio.gather(*(quiet(person) for person in people))


@purpose(
    id="MAIL-ADDRESS-RULE",
    requirements=("TOM-06", "CTS-14"),
    interfaces="MA",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="先頭や@の直前に記号があるアドレスと、記号が続くアドレスでは申請できない",
    title_en="No application from an address with a symbol at its edge or two in a row",
    stimulus_ja="先頭、@の直前、または続けて記号のあるアドレスと、使えるアドレスから、"
    "それぞれ空メールを送る。",
    stimulus_en="Empty mails come from addresses with a symbol at the start, before the @ or "
    "doubled, and from allowed ones.",
    expected_ja="使えるアドレスにだけ申請のURLが届く。",
    expected_en="Only the allowed addresses get the URL of an application.",
    why_ja="このようなアドレスには、通報のときの呼び返しメールが届かないおそれがある。",
    why_en="To such an address a callback mail may never get.",
)
async def address_rule(t: Trial, w: World) -> None:
    refused = ("a--b", ".a", "a.", "-a", "a-", "_a", "a..b", "a._b")
    allowed = ("a-b", "a.b.c", "a_b-c.9")
    people = {local: _at(w, f"r{n}", local) for n, local in enumerate((*refused, *allowed))}
    for local in (*refused, *allowed):
        await people[local].write()
    for local in allowed:
        await t.observe(
            f"the address {local}@ gets the URL",
            people[local].next_letter(is_link),
            w.patience + 1,
            expected="a mail with one URL",
            ja=f"アドレス {local}@ にURLが届く",
        )
    # Derived, and after the others': no answer need be as fast as that with the URL.
    await t.observe(
        "a refused address is told so",
        people["a--b"].next_letter(),
        min(w.patience, TOLD_S) + 1,
        expected="a mail that says why",
        level="derived",
        ja="使えないアドレスには、そのことを知らせる",
    )
    await _until_quiet(w, [people[local] for local in refused])
    for local in refused:
        got = await people[local].letters()
        t.check(
            f"the address {local}@ gets no URL",
            not any(is_link(letter) for letter in got),
            expected="no URL",
            seen=[letter.subject for letter in got],
            ja=f"アドレス {local}@ にURLは届かない",
        )
