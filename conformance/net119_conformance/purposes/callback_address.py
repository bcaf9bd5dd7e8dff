"""Where a callback mail goes: to the address on record at that moment, whatever it was before."""

from dataclasses import dataclass

from net119_protocol.api.records import Decision, RegistrationRecord
from net119_protocol.codes import CloseOutcome
from net119_simulators.errors import CallRefused
from net119_simulators.lookout import Lookout
from net119_simulators.mailbox import Letter, Outcome, Rule
from net119_simulators.registration.urls import callback_url, has_callback_url

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import looking
from net119_conformance.newcomer import changed
from net119_conformance.paper_forms import address_of, registered_on_paper
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import answered, called_back
from net119_conformance.purposes.change_forms import change_form
from net119_conformance.purposes.paper import form, paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World


def _calls_back(letter: Letter) -> bool:
    return has_callback_url(letter.urls)


async def _went(t: Trial, w: World, addresses: dict[str, int], what: str, ja: str) -> None:
    """Check how many callback mails each address has got until now."""
    seen = {each: sum(map(_calls_back, await w.letters(each))) for each in addresses}
    t.check(what, seen == addresses, expected=addresses, seen=seen, ja=ja)


@dataclass(frozen=True)
class Former:
    """An address that is on record no more, with as many letters as it had got, since when."""

    address: str
    name: str
    name_ja: str
    had: int
    since: Lookout


async def _nothing_more_goes(t: Trial, w: World, former: Former) -> None:
    """A copy, or another try of the letter that was deferred, may come later than all else."""
    await t.observe_nothing(
        f"no more callback mail goes to the {former.name} address, not even later",
        w.letter(former.address, _calls_back, after=former.had),
        former.since.left(),
        expected="no callback mail",
        ja=f"{former.name_ja}のアドレスには、後になっても呼び返しメールは届かない",
    )


async def _change_to(staff: Staff, who: Registered, address: str) -> RegistrationRecord:
    """Have the registrant's change form with another mail address wait for its review."""
    record = await staff.record(who.credentials.registrant_id)
    says = change_form(record, changed(record.application, mail=address))
    return await staff.key_in_change(record.registrant_id, says)


@purpose(
    id="CALLBACK-ADDRESS",
    requirements=("CNB-32", "CNB-31"),
    derived=("CNB-32",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="呼び返しメールは、通報中や終了後に変わっても、そのとき登録されているアドレスに届く",
    title_en="A callback mail goes to the address on record then, changed during or after the call",
    stimulus_ja="通報中に、メールアドレスの変更届が出される。承認の前に指令員が呼び返す。もう一度呼び返し、"
    "メールサーバーが後で来るように言っている間に変更を承認する。終了後にまた変更を承認し、呼び返す。",
    stimulus_en="During a call a change of the mail address is filed; the dispatcher calls back "
    "before it is approved, and again: while the mail server says to come later, it is approved. "
    "After the close another change is approved, and the dispatcher calls back.",
    expected_ja="承認の前は登録済みのアドレスに届く。送る途中に承認されると、新しいアドレスに届く。終了後の"
    "変更も直ちに使われ、前のアドレスには届かない。届いたURLで通報に戻れる。",
    expected_en="Before the approval the letter goes to the address on record; approved while it "
    "is under way, to the new one. So it is after the close, and nothing goes to a former address; "
    "the URL leads back to the call.",
    why_ja="前のアドレスに送られた呼び返しは、通報者に届かず、ほかの人に読まれるおそれもある。",
    why_en="A callback to a former address does not reach the caller, and may be read by others.",
)
async def address(t: Trial, w: World) -> None:
    first, second, third = (address_of(w, name) for name in ("first", "second", "third"))
    staff = await w.staff()
    who = (await registered_on_paper(w, staff, paper(form(w, mail=first)))).registered
    console, phone, call = await answered(t, w, who)
    waiting = await _change_to(staff, who, second)
    call.drop()
    await called_back(t, w, console, call.id, "while the change waits", "変更の審査中")
    await _went(
        t,
        w,
        {first: 1, second: 0},
        "while the change waits: the letter goes to the address on record",
        "変更の審査中: 登録済みのアドレスに届く",
    )
    await w.filter_mail(first, Rule(outcome=Outcome.DEFER))
    late = await console.call_back(call.id)
    t.require("the second letter is still under way", late.state == "queued")
    await staff.decide(waiting, Decision.APPROVE)
    await t.observe(
        "approved while the letter is under way: it goes to the new address",
        w.letter(second, _calls_back),
        w.patience + 1,
        expected=f"a callback mail to {second}",
        ja="送る途中に承認: 新しいアドレスに届く",
    )
    await t.observe(
        "approved while the letter is under way: the dispatcher learns that it was sent",
        console.wait_for_callback(
            call.id, lambda each: (each.number, each.state) == (late.number, "sent"), w.patience
        ),
        w.patience + 1,
        expected="sent",
        ja="送る途中に承認: 送信済みになったことが指令員に知らされる",
    )
    former = [Former(first, "first", "一つ目", len(await w.letters(first)), looking(w))]
    await w.filter_mail(first, Rule())
    await console.close(call.id, CloseOutcome.PRACTICE_DONE)
    again = await _change_to(staff, who, third)
    await staff.decide(again, Decision.APPROVE)
    former.append(Former(second, "second", "二つ目", len(await w.letters(second)), looking(w)))
    await called_back(t, w, console, call.id, "changed after the close", "終了後の変更")
    await _went(
        t,
        w,
        {first: 1, second: 1, third: 1},
        "changed after the close: the letter goes to the new address alone",
        "終了後の変更: 新しいアドレスだけに届く",
    )
    for each in former:
        await _nothing_more_goes(t, w, each)
    urls = [each.urls for each in await w.letters(third) if _calls_back(each)]
    if not urls:
        return
    back = await t.observe(
        "the URL in the letter to the new address leads back to the call",
        phone.come_back(callback_url(urls[0])),
        w.patience,
        expected=f"call {call.id}",
        refusals=(CallRefused,),
        ja="新しいアドレスに届いたURLで通報に戻れる",
    )
    t.check(
        "it is the call that was closed",
        back is not None and back.id == call.id,
        expected=call.id,
        seen=back.id if back is not None else "nothing",
        ja="終了した通報である",
    )
