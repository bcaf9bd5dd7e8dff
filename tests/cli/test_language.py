"""Which language the command line talks, by argument, environment and locale."""

import pytest
from net119_cli.errors import UserError
from net119_cli.language import Language, take_language, text, use_language


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Language.EN),
        ({"LANG": "ja_JP.UTF-8"}, Language.JA),
        ({"LANG": "C.UTF-8"}, Language.EN),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, Language.JA),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, Language.JA),
        ({"LANG": "ja_JP.UTF-8", "NET119_LANG": "en"}, Language.EN),
        ({"NET119_LANG": "ja"}, Language.JA),
    ],
)
def test_environment_decides(environment: dict[str, str], expected: Language) -> None:
    assert take_language(["doctor"], environment) == (expected, ["doctor"])


@pytest.mark.parametrize(
    ("arguments", "rest"),
    [
        (["--lang", "ja", "doctor", "--json"], ["doctor", "--json"]),
        (["doctor", "--lang=ja", "--json"], ["doctor", "--json"]),
        (["doctor", "--json", "--lang", "en", "--lang", "ja"], ["doctor", "--json"]),
    ],
)
def test_argument_decides_before_or_after_the_command(
    arguments: list[str], rest: list[str]
) -> None:
    assert take_language(arguments, {"NET119_LANG": "en"}) == (Language.JA, rest)


def test_arguments_after_a_double_dash_are_left_alone() -> None:
    arguments = ["conformance", "--", "--lang", "ja"]
    assert take_language(arguments, {}) == (Language.EN, arguments)


@pytest.mark.parametrize(
    ("arguments", "environment", "where"),
    [
        (["--lang", "fr"], {}, "--lang"),
        (["--lang"], {}, "--lang"),
        (["--lang="], {}, "--lang"),
        (["doctor"], {"NET119_LANG": "JA"}, "NET119_LANG"),
    ],
)
def test_unknown_language_is_refused(
    arguments: list[str], environment: dict[str, str], where: str
) -> None:
    with pytest.raises(UserError) as refused:
        take_language(arguments, environment)
    assert refused.value.where == where
    # The reader's language is not known: the advice comes in both.
    assert "ja or en" in refused.value.what_to_do
    assert "指定してください" in refused.value.what_to_do


def test_text_follows_the_language_in_use() -> None:
    try:
        use_language(Language.JA)
        assert text(ja="通報", en="call") == "通報"
    finally:
        use_language(Language.EN)
    assert text(ja="通報", en="call") == "call"
