"""What is wrong with profile files, in Japanese and English."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from net119_protocol.labels import Label, Language


class Fault(NamedTuple):
    """One thing wrong: file, key (empty if it is the whole file), what, and what to do."""

    file: str
    key: str
    text: Label

    def line(self, language: Language) -> str:
        """The fault in one line."""
        said = self.text.ja if language == "ja" else self.text.en
        return ": ".join(part for part in (self.file, self.key, said) if part)


class BilingualError(ValueError):
    """A rule of a profile is broken; carries the text in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.label = Label(ja, en)


class BrokenRules(ValueError):
    """Several rules of a profile are broken; carries a text for each."""

    def __init__(self, labels: tuple[Label, ...]) -> None:
        super().__init__("; ".join(label.en for label in labels))
        self.labels = labels


def faults_of(wrong: ValidationError, file: str) -> tuple[Fault, ...]:
    """Every fault that the model found in the content of a file."""
    return tuple(_faults(wrong, file))


def _faults(wrong: ValidationError, file: str) -> Iterator[Fault]:
    errors = wrong.errors(include_url=False)
    for each in errors:
        loc, cause = each["loc"], each.get("ctx", {}).get("error")
        if each["type"] == "too_short" and any(
            len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in errors
        ):
            continue  # The model counts good entries only: the list is not empty, one is wrong.
        key = ".".join(map(str, loc))
        if isinstance(cause, BrokenRules):
            yield from (Fault(file, key, label) for label in cause.labels)
        else:
            yield Fault(file, key, _say(dict(each)))


_FIXED: Mapping[str, Label] = {
    "missing": Label("ありません。書き足してください", "is missing; add it"),
    "extra_forbidden": Label(
        "プロファイルにこの項目はありません。消すか、つづりを確かめてください",
        "is no key of a profile; remove it, or check its spelling",
    ),
    "too_short": Label("空です。一つ以上書いてください", "is empty; name at least one"),
}

_TYPES: Mapping[str, Label] = {
    "bool_type": Label(
        "使えません。引用符なしで true か false と書いてください",
        "cannot be used; write true or false, without quotation marks",
    ),
    "int_type": Label(
        "使えません。引用符や小数点のない数にしてください",
        "cannot be used; write a whole number, without quotation marks or a point",
    ),
}

_PATTERNS: Mapping[str, Label] = {
    "mail": Label(
        "example で終わる架空のアドレスではありません。r.machi@net119.example のように"
        "書いてください",
        "is no made-up mail address; write one that ends in .example, such as "
        "r.town@net119.example",
    ),
    "municipalities": Label(
        "JIS の市町村コードではありません。5 桁の数字で書いてください",
        "is no JIS code of a municipality; write five digits",
    ),
    "department": Label(
        "消防本部の符号に使えません。英小文字・数字・ハイフンで書いてください",
        "is no code of a department; use small letters, digits and hyphens",
    ),
}


def _say(each: Mapping[str, Any]) -> Label:
    kind, context = str(each["type"]), each.get("ctx", {})
    given = _shown(each.get("input"))
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "value_error" and isinstance(context.get("error"), BilingualError):
        label: Label = context["error"].label
        return label
    if kind in ("enum", "literal_error"):
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return Label(
            f"{given} は使えません。次から選んでください: {expected}",
            f"{given} cannot be used; choose from {expected}",
        )
    if kind == "string_pattern_mismatch" and each["loc"] and each["loc"][0] in _PATTERNS:
        said = _PATTERNS[each["loc"][0]]
        return Label(f"{given} は{said.ja}", f"{given} {said.en}")
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = context.get("ge", context.get("le"))
        ja, en = ("以上", "at least") if "ge" in context else ("以下", "at most")
        return Label(
            f"{given} は使えません。{limit} {ja}の数にしてください",
            f"{given} cannot be used; use {en} {limit}",
        )
    if kind in _TYPES:
        said = _TYPES[kind]
        return Label(f"{given} は{said.ja}", f"{given} {said.en}")
    message = str(each["msg"]).removeprefix("Value error, ")
    return Label(f"{given} は正しくありません（{message}）", f"{given} is wrong: {message}")


def _shown(given: object) -> str:
    """What the file says, cut short."""
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:59]}…"
