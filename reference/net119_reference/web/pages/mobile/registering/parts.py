"""The application form in short pages.

What is asked, what is required and which choices there are, :class:`ApplicationView` says, as for
every other page that shows the form; here is only what stands on which page.
"""

from collections.abc import Iterable, Iterator, Mapping

from net119_protocol.labels import Label
from net119_protocol.profile.form_fields import FIELDS, FieldKind, FormField

from net119_reference.registration.item_names import capital
from net119_reference.web.pages.application_view import LISTS, ApplicationView
from net119_reference.web.pages.mobile.registering.controls import (
    Choices,
    Control,
    Keys,
    Look,
    Part,
)
from net119_reference.web.pages.rendering import pick

ADDRESS = "data.address"
POSITION = f"{ADDRESS}.position_confirmed"
_PREFECTURE, _CODE = f"{ADDRESS}.prefecture", f"{ADDRESS}.municipality_code"
_OPTIONAL = "data.optional"
ENTRIES: Mapping[str, str] = {"contacts": LISTS["contact"], "places": LISTS["place"]}
"""The lists by the word that their pages' URLs use."""

_LABELS: Mapping[str, Label] = {
    f"{ADDRESS}.street": Label("町名・番地・建物", "Town, house number, building"),
    "certificate": Label("身体障害者手帳", "Disability certificate"),
    "text_capable": Label("文字でのやりとりができますか", "Can you communicate in writing?"),
    f"{_OPTIONAL}.hearing_person_at_home": Label(
        "耳の聞こえる同居の方がいますか", "Does a hearing person live with you?"
    ),
    f"{_OPTIONAL}.sign_language": Label("手話を使いますか", "Do you use sign language?"),
    f"{_OPTIONAL}.writing": Label("筆談をしますか", "Do you communicate by writing?"),
}
"""Where a control is named in another way than the item in a list."""
_HINTS: Mapping[str, Label] = {
    "data.birth_date": Label(
        "例 1980-02-29 か 昭和55年2月29日", "E.g. 1980-02-29 or 昭和55年2月29日"
    ),
    f"{ADDRESS}.street": Label("例 旭町4丁目5番6号", "E.g. 旭町4丁目5番6号"),
    f"{ADDRESS}.auto_lock": Label("あるときは入り方も", "If there is one, how to get in"),
    "data.disability": Label("例 聴覚障害2級", "E.g. 聴覚障害2級 (deaf, grade 2)"),
    "data.reason": Label("例 聞こえないので電話で通報できない", "E.g. I am deaf and cannot phone"),
    "data.device": Label("例 フィーチャーフォン（機種）", "E.g. feature phone (model)"),
}
_KEYS: Mapping[str, Keys] = {
    "birth_date": Keys.DIGITS,
    "phone": Keys.DIGITS,
    "fax": Keys.DIGITS,
    "mail": Keys.LETTERS,
}
_KANA = Keys.KANA


def parts(view: ApplicationView) -> tuple[Part, ...]:
    """The pages that a department asks for, in order."""
    return tuple(
        each for each in _all(view) if each.controls or each.key in _WITHOUT_CONTROLS or each.paths
    )


_WITHOUT_CONTROLS = frozenset({"position"})


def _all(view: ApplicationView) -> Iterator[Part]:
    lang = view.lang
    mail = () if view.fixed_mail is not None else (_line(view, "data.mail", True),)
    yield _part(
        pick(lang, "本人", "You"),
        "person",
        (
            _line(view, "data.name", True),
            *_asked(view, ("kana", "data.kana")),
            _line(view, "data.birth_date", True),
            _choose(view, "data.sex", view.sexes, True),
            *mail,
        ),
        paths=("data.mail",),
    )
    yield _part(
        pick(lang, "住所1 都道府県", "Address 1: prefecture"),
        "prefecture",
        (_unfold(view, _PREFECTURE, view.prefectures, True, view.prefecture),),
        filled=bool(view.value(_PREFECTURE) or view.value(_CODE)),
    )
    none = ("", pick(lang, "（選ぶ）", "(choose)"))
    yield _part(
        pick(lang, "住所2 市町村・番地", "Address 2: town and number"),
        "address",
        (
            _unfold(view, _CODE, (none, *view.municipalities), True),
            _line(view, f"{ADDRESS}.street", view.needs("address")),
            *_asked(view, ("flat", f"{ADDRESS}.flat"), ("auto-lock", f"{ADDRESS}.auto_lock")),
        ),
        paths=(f"{ADDRESS}.municipality",),
    )
    yield _part(
        pick(lang, "住所3 位置", "Address 3: position"),
        "position",
        (),
        paths=(f"{ADDRESS}.lat", f"{ADDRESS}.lon", POSITION),
        filled=view.value(POSITION) == "no" or bool(view.value(f"{ADDRESS}.lat")),
    )
    yield _part(pick(lang, "登録の理由", "Why you register"), "reasons", _reasons(view))
    device = (
        (_choose(view, "data.device_kind", view.device_kinds, view.needs("device-kind")),)
        if view.shows("device-kind")
        else ()
    )
    yield _part(
        pick(lang, "通報に使う電話", "The phone you will use"),
        "device",
        (*device, *_asked(view, ("device", "data.device"))),
    )
    if view.asks_guardian:
        age = view.profile.eligibility.guardian_below_age
        names = tuple(f"guardian.{each}" for each in ("name", "kana", "relation", "phone"))
        yield _part(
            pick(lang, f"保護者（{age}歳未満の方）", f"Guardian (if you are under {age})"),
            "guardian",
            tuple(_line(view, name, False) for name in names),
            paths=("guardian",),
        )
    yield _part(
        pick(lang, "電話・FAX", "Telephone, fax"),
        "phone",
        _asked(view, ("phone", f"{_OPTIONAL}.phone"), ("fax", f"{_OPTIONAL}.fax")),
    )
    for key, item, ja, en in (
        ("contacts", "contacts", "緊急連絡先", "Emergency contacts"),
        ("places", "frequent-places", "よく行く場所", "Places you often go to"),
    ):
        if view.shows(item):
            where = ENTRIES[key]
            title, filled = pick(lang, ja, en), view.count(where) > 0
            yield Part(key, title, (), (where,), filled, view.needs(item))
    if view.shows("medical"):
        yield _part(
            pick(lang, "医療情報", "Medical data"),
            "medical",
            _medical(view),
            paths=(f"{_OPTIONAL}.medical",),
            required=view.needs("medical"),
        )
    yield _part(pick(lang, "そのほか", "Further data"), "more", _more(view))
    if view.asks_image:
        filled = view.image is not None or view.has_earlier_image
        title = pick(lang, "本人確認の写真", "Proof of identity")
        yield Part("image", title, (), ("image",), filled, view.needs("identity-image"))


def entry(view: ApplicationView, key: str, number: int) -> Part:
    """The page of one contact or place."""
    at, lang = f"{ENTRIES[key]}.{number}", view.lang
    if key == "contacts":
        title = pick(lang, f"緊急連絡先 {number + 1}", f"Emergency contact {number + 1}")
        controls = [
            _line(view, f"{at}.name", True),
            *(_line(view, f"{at}.{each}", False) for each in ("kana", "relation")),
            *(_line(view, f"{at}.{each}", False) for each in ("phone", "fax", "mail")),
        ]
        more: Choices = (("contact-address", "address"), ("contact-remarks", "remarks"))
    else:
        title = pick(lang, f"よく行く場所 {number + 1}", f"Place {number + 1}")
        controls = [
            _line(view, f"{at}.{each}", each != "note") for each in ("label", "address", "note")
        ]
        more = ()
    for item, name in more:
        if view.shows_part(item, f"{at}.{name}"):
            controls.append(_line(view, f"{at}.{name}", view.needs(item)))
    return _part(title, f"{key}.{number}", tuple(controls), paths=(at,))


def entry_names(view: ApplicationView, key: str) -> tuple[str, ...]:
    """What the entries of a list are called, in order; none where ``key`` is no list."""
    where = ENTRIES.get(key)
    if where is None:
        return ()
    name = "name" if key == "contacts" else "label"
    return tuple(view.value(f"{where}.{number}.{name}") for number in range(view.count(where)))


def _reasons(view: ApplicationView) -> tuple[Control, ...]:
    lang = view.lang
    found = [_choose(view, "basis", view.bases, True)]
    if {"works", "studies"} & {code for code, _ in view.bases} or view.value("basis_municipality"):
        none = ("", pick(lang, "（働く方・通う方だけ）", "(if it applies)"))
        found.append(_unfold(view, "basis_municipality", (none, *view.area), False))
    found += _asked(view, ("disability", "data.disability"))
    if view.asks_certificate:
        has = (
            ("yes", pick(lang, "持っている", "I have one")),
            ("no", pick(lang, "持っていない", "I have none")),
        )
        found.append(_choose(view, "certificate", has, True))
    found += _asked(view, ("reason", "data.reason"))
    if view.profile.eligibility.text_capable or view.value("text_capable"):
        required = view.profile.eligibility.text_capable
        found.append(_choose(view, "text_capable", _yes_no(view), required))
    return tuple(found)


def _medical(view: ApplicationView) -> tuple[Control, ...]:
    base = f"{_OPTIONAL}.medical"
    found = [_line(view, f"{base}.blood_type", False)]
    if view.shows_part("rh", f"{base}.rh"):
        found.append(_unfold(view, f"{base}.rh", view.rh_types, view.needs("rh")))
    for name in ("history", "medication", "allergy", "hospital", "doctor"):
        found.append(_line(view, f"{base}.{name}", False))
    return tuple(found)


def _more(view: ApplicationView) -> tuple[Control, ...]:
    found = [
        _choose(view, f"{_OPTIONAL}.{item.replace('-', '_')}", _yes_no(view), view.needs(item))
        for item in ("hearing-person-at-home", "sign-language", "writing")
        if view.shows(item)
    ]
    return (*found, *_asked(view, ("remarks", f"{_OPTIONAL}.remarks")))


# --- controls ---------------------------------------------------------------------------------


def _yes_no(view: ApplicationView) -> Choices:
    return (("yes", pick(view.lang, "はい", "Yes")), ("no", pick(view.lang, "いいえ", "No")))


def _asked(view: ApplicationView, *items: tuple[str, str]) -> tuple[Control, ...]:
    """The controls of those items that are shown."""
    return tuple(_line(view, path, view.needs(item)) for item, path in items if view.shows(item))


def _field(path: str) -> FormField:
    return FIELDS[".".join("*" if part.isdigit() else part for part in path.split("."))]


def _label(view: ApplicationView, path: str) -> str:
    return capital(pick(view.lang, *(_LABELS.get(path) or _field(path).label)))


def _line(view: ApplicationView, path: str, required: bool) -> Control:
    many = _field(path).kind is FieldKind.LINES
    last = path.rpartition(".")[2]
    hint = _HINTS.get(path)
    return Control(
        path,
        _label(view, path),
        view.value(path),
        required,
        Look.LINES if many else Look.LINE,
        _KEYS.get(last, _KANA),
        hint=pick(view.lang, *hint) if hint else "",
    )


def _choose(view: ApplicationView, path: str, options: Choices, required: bool) -> Control:
    label = _label(view, path)
    return Control(path, label, view.value(path), required, Look.RADIO, options=options)


def _unfold(
    view: ApplicationView, path: str, options: Choices, required: bool, value: str | None = None
) -> Control:
    chosen = view.value(path) if value is None else value
    return Control(path, _label(view, path), chosen, required, Look.LIST, options=options)


def _part(
    title: str,
    key: str,
    controls: tuple[Control, ...],
    *,
    paths: tuple[str, ...] = (),
    filled: bool | None = None,
    required: bool | None = None,
) -> Part:
    entered = any(each.value.strip() for each in controls) if filled is None else filled
    needed = any(each.required for each in controls) if required is None else required
    return Part(key, title, controls, paths, entered, needed or key == "position")


def part_of(found: Iterable[Part], path: str) -> Part | None:
    """The page that shows a problem; ``None`` if it is about the form as a whole."""
    return next((each for each in found if each.shows(path)), None)


__all__ = ["ADDRESS", "ENTRIES", "POSITION", "entry", "entry_names", "part_of", "parts"]
