"""What callers do, at their phones."""

from net119_protocol.api.common import CallView
from net119_protocol.api.handset import FrequentChoice, NewLocation
from net119_protocol.chat import ChatLine
from net119_protocol.codes import PlaceChoice, Positioning, PositionProblem
from net119_protocol.places import Fix, Point
from net119_protocol.unreachable_texts import UNREACHABLE
from net119_simulators.errors import Waited
from net119_simulators.mailbox import Letter
from net119_simulators.own_notice import OwnNotice
from net119_simulators.phone_call import PhoneCall
from net119_simulators.registration.urls import callback_url, has_callback_url

from net119_scenarios.acted import deeds
from net119_scenarios.acted.answering import AnsweringCaller, Misread
from net119_scenarios.acted.base import Spot
from net119_scenarios.acted.cards import show_card
from net119_scenarios.acted.feature_phone import FeaturePhone, PageCall
from net119_scenarios.acted.shown import shown
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Person, Placed, Troupe
from net119_scenarios.acted.understanding import NotUnderstood
from net119_scenarios.caller import RuleBasedCaller


async def act(troupe: Troupe, step: deeds.Step) -> None:
    """Do a caller's step; raises what the simulators raise."""
    person = troupe.people[step.actor or ""]
    if isinstance(step, deeds.Call):
        await _call(troupe, person, step)
        return
    placed = troupe.call(step.call)
    if isinstance(step, deeds.OpenCallback):
        await _open_callback(troupe, person, placed, step)
        return
    if isinstance(step, deeds.ShowCard):
        person.card = await show_card(troupe, person, placed)
        for said in person.card:
            troupe.timeline.add(
                step.actor or "", Sort.SEEN, f"カード: {said}", f"card: {said}", placed.name
            )
        return
    if isinstance(placed.phone, PageCall):
        await _at_pages(placed.phone, step)
        return
    if isinstance(step, deeds.Converse) and person.actor.answers:
        await _converse(troupe, person, placed, step)
        return
    await _at_smartphone(person, placed.phone, step)


async def _converse(troupe: Troupe, person: Person, placed: Placed, step: deeds.Converse) -> None:
    def misread(line: ChatLine, made: NotUnderstood) -> None:
        why = made.why.words
        troupe.misread(Misread(placed.name, line.seq, line.text, made.why))
        ja = f"発言{line.seq}を理解できない（{why.ja}）"
        en = f"does not understand line {line.seq}: {why.en}"
        troupe.timeline.add(step.actor or "", Sort.SEEN, ja, en, placed.name)

    caller = AnsweringCaller(
        lambda: placed.smartphone, person.actor, takes=troupe.takes, misread=misread
    )
    await caller.converse(float("inf") if troupe.patient else step.within)


async def _at_pages(call: PageCall, step: deeds.Step) -> None:
    match step:
        case deeds.Say():
            await call.say(step.text, within=step.within)
        case deeds.Hear():
            await call.wait_for_line(lambda line: step.text in line.text, step.within)
        case deeds.Wait():
            await call.wait_for_view(lambda view: _shows(view, step), step.within)
        case _:
            raise TypeError(f"nobody can {step} at the plain pages")


async def _at_smartphone(person: Person, call: PhoneCall, step: deeds.Step) -> None:
    match step:
        case deeds.Say():
            await call.say(step.text, within=step.within)
        case deeds.Choose():
            asked = await call.wait_for_line(lambda line: _offers(line, step.option), step.within)
            newest = [line for line in call.lines if _offers(line, step.option)]
            await call.choose((newest or [asked])[-1].seq, step.option, within=step.within)
        case deeds.Hear():
            await call.wait_for_line(lambda line: step.text in shown(line, call.lines), step.within)
        case deeds.Wait(notice=notice) if notice == UNREACHABLE:
            await call.wait_for_own_notice(notice, step.within)
            await call.wait_for_view(
                lambda view: _shows(view, step.model_copy(update={"notice": None})), step.within
            )
        case deeds.Wait():
            await call.wait_for_view(lambda view: _shows(view, step), step.within)
        case deeds.Lose():
            if step.how == "hand-over" and person.radio is not None:
                person.radio.hand_over()
            else:
                call.drop()
            await call.wait_for_drop(step.within)
        case deeds.Return():
            await call.resume(within=step.within)
            await answer_requests(person, call)
        case deeds.Move():
            person.position = step.to
            await _tell(person, call, NewLocation(fix=_fix(step.to)))
        case deeds.Correct():
            pin = Point(lat=step.to.lat, lon=step.to.lon)
            await _tell(person, call, NewLocation(corrected_pin=pin))
        case deeds.Converse():
            caller = RuleBasedCaller(call)
            while await caller.answer_next(step.within):
                pass
        case _:
            raise TypeError(f"a caller cannot {step}")


async def answer_requests(person: Person, call: PhoneCall) -> None:
    """Answer what the phone was asked for meanwhile: phones do that by themselves."""
    while len(call.location_requests) > person.asked:
        person.asked = len(call.location_requests)
        if person.actor.positioning is Positioning.ON:
            where = NewLocation(fix=_fix(person.position))
        else:
            where = NewLocation(problem=PositionProblem(person.actor.positioning.value))
        await _tell(person, call, where)


async def _call(troupe: Troupe, person: Person, step: deeds.Call) -> None:
    phone, mode = person.phone, step.mode or troupe.scenario.exercise
    if not person.logged_in:
        await troupe.enter(phone)
        person.logged_in = True
    if isinstance(phone, FeaturePhone):
        seen = await phone.call(step.kind)
        name = step.named or step.actor or ""
        troupe.placed(name, step.actor or "", seen.id, mode).phones.append(seen)
        seen.begin(name)
        return
    if person.radio is not None:
        person.radio.begin()
    fix = _fix(person.position)
    lost = step.no_fix or person.actor.positioning is not Positioning.ON
    frequent = None
    if step.frequent is not None:
        known = person.data.optional.frequent_places if person.data.optional else ()
        frequent = FrequentChoice(number=step.frequent, label=known[step.frequent].label)
    pin = Point(lat=step.pin.lat, lon=step.pin.lon) if step.pin else None
    call = await phone.call(
        step.kind,
        PlaceChoice.CURRENT if frequent else step.place,
        mode=mode,
        positioning=person.actor.positioning,
        fix=None if lost else fix,
        corrected_pin=pin,
        frequent_place=frequent,
        connect=False,
    )
    name = step.named or step.actor or ""
    placed = troupe.placed(name, step.actor or "", call.id, mode)
    _keep(troupe, placed, call)
    await call.connect()


def _keep(troupe: Troupe, placed: Placed, call: PhoneCall) -> None:
    """The caller has the call at this phone from now on; what it shows by itself is told."""

    def told(notice: OwnNotice) -> None:
        ja, en = f"通報端末の表示: {notice.text_ja}", f"shown by the handset: {notice.text_en}"
        troupe.timeline.add(placed.caller, Sort.NOTICE, ja, en, placed.name)

    call.told = told
    placed.phones.append(call)


async def _tell(person: Person, call: PhoneCall, where: NewLocation) -> None:
    await call.tell_location_over_http(where)


async def _open_callback(
    troupe: Troupe, person: Person, placed: Placed, step: deeds.OpenCallback
) -> None:
    boxes, mail = troupe.venue.boxes, person.data.mail

    def fresh(letter: Letter) -> bool:
        return has_callback_url(letter.urls) and callback_url(letter.urls) not in person.used

    if not step.reachable:
        if any(fresh(each) for each in boxes.letters(mail)):
            raise Waited(f"no callback mail at {mail}", 0, "there is one")
        return
    letter = await boxes.wait_for_letter(mail, fresh, within=step.within, what="a callback mail")
    url = callback_url(letter.urls)
    person.used.add(url)
    await placed.smartphone.disconnect()
    phone = person.phone
    if isinstance(phone, FeaturePhone):
        raise LookupError(f"{step.actor} has a feature phone, whose callback pages are not played")
    _keep(troupe, placed, await phone.come_back(url))
    person.asked = 0


def _fix(spot: Spot) -> Fix:
    return Fix(lat=spot.lat, lon=spot.lon, accuracy_m=spot.accuracy_m)


def _offers(line: ChatLine, option: str) -> bool:
    return any(each.id == option for each in line.options)


def _shows(view: CallView, step: deeds.Wait) -> bool:
    receiver = view.receiver.code if view.receiver else None
    codes = {str(each.code.value) for each in view.notices}
    return (
        (step.state is None or view.state is step.state)
        and (step.owner is None or receiver == step.owner)
        and (step.notice is None or step.notice in codes)
    )
