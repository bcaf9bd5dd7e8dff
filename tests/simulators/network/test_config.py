import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_simulators.network.config import merged, toml

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = SCALARS | st.lists(SCALARS, max_size=4)
TABLES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(TEXTS, VALUES, max_size=4),
    lambda inner: st.dictionaries(
        TEXTS, VALUES | inner | st.lists(inner, min_size=1, max_size=3), max_size=4
    ),
    max_leaves=12,
)


@given(TABLES)
def test_what_is_written_is_read_back(settings: dict[str, Any]) -> None:
    assert tomllib.loads(toml(settings)) == settings


def test_a_configuration_reads_like_one() -> None:
    text = toml({"operator": "aoba", "http": {"port": 1, "cert": Path("/c")}, "peers": [{"a": 1}]})
    assert text == 'operator = "aoba"\n\n[http]\nport = 1\ncert = "/c"\n\n[[peers]]\na = 1\n'


@pytest.mark.parametrize("value", [None, object(), {"deep": {"x": b"bytes"}}])
def test_values_without_a_form_are_named(value: object) -> None:
    with pytest.raises(TypeError, match=r"^section\.key"):
        toml({"section": {"key": value}})


def test_special_floats_have_a_form() -> None:
    read = tomllib.loads(toml({"a": math.inf, "b": -math.inf}))
    assert (read["a"], read["b"]) == (math.inf, -math.inf)


def test_settings_are_laid_over_section_by_section() -> None:
    base = {"a": 1, "http": {"port": 1, "host": "x"}, "peers": [{"operator": "a"}]}
    over = {"http": {"port": 2}, "peers": [], "new": {"b": True}}
    assert merged(base, over) == {
        "a": 1,
        "http": {"port": 2, "host": "x"},
        "peers": [],
        "new": {"b": True},
    }
    assert base["http"] == {"port": 1, "host": "x"}
