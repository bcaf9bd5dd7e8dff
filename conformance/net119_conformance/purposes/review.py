"""The department's review: its result is mailed, whatever it is."""

from net119_protocol.api.records import Decision, Defect
from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Basis
from net119_simulators.lookout import Lookout

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import looking
from net119_conformance.newcomer import Newcomer, alike, changed, holds_keys, is_link, listed
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import paper as on_paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

DEFECT = "フリガナの読み方が違うようです。確かめてください。"
BY_VOICE = "電話で話すことができるとのことで、対象になりません"
"""The reason of a department that refuses who does not qualify. Whether somebody can call by voice
no system can tell: it shows what the person says of it to the department, which decides."""
SAID = "障害はありません。電話でも話せます"
"""What such a person writes where the form asks for the disability, or the reason."""


async def _approved(t: Trial, w: World, person: Newcomer, staff: Staff) -> None:
    """Approval sends the mail that completes the registration."""
    await person.decided(staff, Decision.APPROVE)
    await t.observe(
        "approval sends the mail with ID and password",
        person.next_letter(holds_keys),
        w.patience + 1,
        expected="a mail with URL, ID and password",
        ja="承認するとIDとパスワードのメールが届く",
    )


async def _told(t: Trial, w: World, person: Newcomer, name: str, text: str, ja: str) -> None:
    """The next mail that has come, or comes, holds a text of the department's."""
    await t.observe(
        name,
        person.next_letter(lambda letter: text in letter.text),
        w.patience + 1,
        expected=f"a mail with: {text}",
        ja=ja,
    )


async def _refused(t: Trial, w: World, person: Newcomer, staff: Staff) -> None:
    """Who does not qualify is refused: is told the reason, and gets no ID and password."""
    since = looking(w)
    record = await person.decided(staff, Decision.REFUSE, BY_VOICE)
    t.check(
        "who does not qualify can be refused",
        record.state is RegistrationState.REFUSED,
        expected=RegistrationState.REFUSED.value,
        seen=record.state.value,
        ja="対象でない人の申請を断ることができる",
    )
    name = "who does not qualify is told the reason by mail"
    await _told(t, w, person, name, BY_VOICE, "対象でない人に、断った理由がメールで届く")
    await t.observe_nothing(
        "who does not qualify is mailed no ID and password",
        w.letter(person.mail, holds_keys),
        since.left(),
        expected="none",
        ja="対象でない人に、IDとパスワードは届かない",
    )


async def _no_keys_yet(
    t: Trial, w: World, person: Newcomer, since: Lookout, name: str, ja: str
) -> None:
    """Whom nobody has approved gets no ID and password, nor a while later.

    The next applicant has been told of the refusal meanwhile: this long mail takes here.
    """
    await t.observe_nothing(
        name, w.letter(person.mail, holds_keys), since.left(), expected="none", ja=ja
    )


def _shown(t: Trial, seen: object, wanted: object) -> None:
    t.check(
        "the review shows what the person says of the disability",
        seen == wanted,
        expected=wanted,
        seen=seen,
        ja="障害について本人が書いたことが、審査に示される",
    )


@purpose(
    id="REVIEW-EACH-WAY",
    requirements=("TOM-02", "TOM-17"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="承認、差戻し、却下のどれも、メールで申請者に知らされる",
    title_en="Approval, return and refusal each reach the applicant by mail",
    stimulus_ja="一人の申請を、直すところを書いて差し戻す。届いたURLから直して出し直し、承認する。"
    "申請の理由に、電話で話せると書いた別の人の申請を、理由を付けて却下する。",
    stimulus_en="One application is returned with what is wrong, corrected at the mailed URL, "
    "handed in again and approved; that of a person who writes that they can phone is refused "
    "with a reason.",
    expected_ja="差戻しのメールに直すところとURLがあり、前に入力した内容から直せる。承認すると登録完了メールが、"
    "却下すると理由のメールが届く。",
    expected_en="The returned one gets a mail with the defect and a URL, where what was entered is "
    "still there; approval sends the completion mail, refusal a mail with the reason.",
    why_ja="結果が届かなければ、申請した人は通報できるつもりのままでいる。",
    why_en="Whoever hears nothing goes on believing that they can call.",
)
async def each_way(t: Trial, w: World) -> None:
    staff = await w.staff()
    person, other = Newcomer(w, "1"), Newcomer(w, "2")
    await person.apply()
    defect = Defect(path="data.kana", ja=DEFECT, en="The kana look wrong.")
    record = await person.decided(staff, Decision.RETURN, defects=(defect,))
    t.check(
        "the record shows the return",
        record.state is RegistrationState.RETURNED,
        expected="returned",
        seen=record.state.value,
        ja="記録に差戻しがある",
    )
    letter = await t.observe(
        "the return sends a mail with the defect and a URL",
        person.next_letter(lambda each: is_link(each) and DEFECT in each.text),
        w.patience + 1,
        expected=f"a mail with one URL and: {DEFECT}",
        ja="差し戻すと、直すところとURLのメールが届く",
    )
    if letter is not None:
        shown = await person.open(next(url for url in letter.urls if "/r/" in url))
        t.check(
            "the URL shows the defect, and what was entered",
            shown.purpose is LinkPurpose.CORRECT
            and [each.path for each in shown.defects] == ["data.kana"]
            and alike(shown.application, person.application),
            expected="a correction: data.kana, with the application as handed in",
            seen=f"{shown.purpose.value}: {listed(shown.defects)}, "
            f"the same application: {alike(shown.application, person.application)}",
            ja="URLで、直すところと前の内容が見える",
        )
        hand = await person.hand()
        wrong = (
            *await hand.fill(changed(person.application, kana="ナカムラ　キョウコ")),
            *await hand.submit(),
        )
        t.check(
            "the corrected application is taken",
            not wrong,
            expected="no problem",
            seen=listed(wrong),
            ja="直した申請が受け付けられる",
        )
        await _approved(t, w, person, staff)
    await other.begin()
    wrong = await other.enter(changed(other.application, reason=SAID))
    wrong = (*wrong, *await (await other.hand()).submit())
    t.require(f"the other application is taken {listed(wrong)}", not wrong)
    _shown(t, (await other.record(staff)).application.data.reason, SAID)
    await _refused(t, w, other, staff)


@purpose(
    id="REVIEW-COMPLETION-CHITOSE",
    requirements=("CTS-05", "CTS-16"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="chitose"),
    title_ja="消防署が認めるまで登録は完了せず、完了のメールにIDとパスワードがある",
    title_en="Only the station's approval completes a registration, by a mail with ID and password",
    stimulus_ja="申請する。手帳がなく、電話で話せると書いた別の人の申請を、理由を付けて断る。その後に、初めの人の"
    "申請を承認し、承認の前と後に届いたメールを見る。",
    stimulus_en="Somebody applies. Another one, who has no certificate and says that they can "
    "phone, is refused with a reason. Then the first one is approved; the mail before and after "
    "the approval is looked at.",
    expected_ja="承認の前に届いたメールにIDとパスワードはなく、承認の後に届く。断られた人には理由が届き、IDと"
    "パスワードは届かない。",
    expected_en="ID and password come after the approval and not before. Who is refused gets the "
    "reason, and never ID and password.",
    why_ja="確認されていない人が通報できると、出動先の情報があてにならない。",
    why_en="Data that nobody checked send crews to the wrong place.",
)
async def completion(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    await person.apply()
    since = looking(w)
    other = Newcomer(w, "2")
    await other.begin()
    told = changed(other.application, disability=SAID).model_copy(update={"certificate": False})
    wrong = (*await other.enter(told), *await (await other.hand()).submit())
    t.require(f"the other application is taken {listed(wrong)}", not wrong)
    kept = (await other.record(staff)).application
    _shown(t, (kept.certificate, kept.data.disability), (False, SAID))
    await _refused(t, w, other, staff)
    name, ja = "no ID and password before the approval", "承認の前にはIDとパスワードが届かない"
    await _no_keys_yet(t, w, person, since, name, ja)
    await _approved(t, w, person, staff)


@purpose(
    id="REVIEW-TOLD-CHITA-NANBU",
    requirements=("CNB-02", "CNB-04"),
    interfaces="MC",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    title_ja="紙の申請も審査され、登録したことがメールで知らされる",
    title_en="A paper form is reviewed too, and the registration told by mail",
    stimulus_ja="職員が申請書を入力する。特別の必要により申請し、電話で話せると書いた別の人の申請書を入力し、理由を"
    "付けて断る。その後に、初めの申請書を承認し、審査の前後に届いたメールを見る。",
    stimulus_en="Staff key in a form. The form of another one, who asks for special need and "
    "writes that they can phone, is keyed in and refused with a reason. Then the first one is "
    "approved; the mail before and after the review is looked at.",
    expected_ja="入力しただけでは審査待ちであり、承認するとIDとパスワードのメールが届く。断られた人には理由が届き、"
    "IDとパスワードは届かない。",
    expected_en="Keyed in, it waits for review; approval sends the mail with ID and password. Who "
    "is refused gets the reason, and never ID and password.",
    why_ja="窓口で紙を出した人も、いつから通報できるのかを知る必要がある。",
    why_en="Whoever handed in paper needs to know from when on they can call.",
)
async def told_on_paper(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    await staff.key_in(on_paper(person.application))
    since = looking(w)
    other = Newcomer(w, "2")
    told = changed(other.application, disability=SAID).model_copy(
        update={"basis": Basis.ACCEPTED, "certificate": None}
    )
    await staff.key_in(on_paper(told))
    _shown(t, (await other.record(staff)).application.data.disability, SAID)
    await _refused(t, w, other, staff)
    name = "keyed in, it brings no ID and password"
    await _no_keys_yet(t, w, person, since, name, "入力しただけではIDとパスワードは届かない")
    state = (await person.record(staff)).state
    t.check(
        "keyed in, it waits for review",
        state is RegistrationState.APPLIED,
        expected=RegistrationState.APPLIED.value,
        seen=state.value,
        ja="入力しただけでは審査待ちである",
    )
    await _approved(t, w, person, staff)


@purpose(
    id="REVIEW-TOLD-ASO",
    requirements=("ASO-01", "ASO-02", "ASO-03"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="認めたことも認めなかったことも、取り消したことも、メールで知らされる",
    title_en="Yes, no and a later cancellation are each told by mail",
    stimulus_ja="一人の申請を承認し、あとで理由を付けて取り消す。別の人の申請を理由を付けて却下する。",
    stimulus_en="One application is approved and later cancelled with a reason; another is refused "
    "with a reason.",
    expected_ja="三つのことが、それぞれ本人のアドレスにメールで届く。",
    expected_en="Each of the three reaches the person's address by mail.",
    why_ja="取消しを知らない人は、通報できないことを通報のときに知る。",
    why_en="Whoever is not told of the cancellation learns of it in the emergency.",
)
async def told_in_aso(t: Trial, w: World) -> None:
    staff = await w.staff()
    person, other = Newcomer(w, "1"), Newcomer(w, "2")
    await person.apply()
    await _approved(t, w, person, staff)
    moved = "管外へ転居されたため"
    await person.decided(staff, Decision.CANCEL, moved)
    name, ja = "the cancellation is mailed with its reason", "取消しが理由とともにメールで届く"
    await _told(t, w, person, name, moved, ja)
    await other.apply()
    await _refused(t, w, other, staff)
