"""What is told of a scenario that is wrong."""

import re

import pytest
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.acted.source import ScenarioError


def found(text: str) -> ScenarioError:
    """The error of a scenario that is wrong; every one of its lines is told in both languages."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "x.yaml")
    for each in caught.value.problems:
        japanese = each.shown("ja")
        assert japanese.startswith(f"x.yaml:{each.line}:{each.column}: ")
        # Each of the two sentences; what is quoted of the file or of a program may be English.
        for said in (each.what, each.instead):
            assert re.search("[ぁ-ん]", said.ja), japanese
            own = re.sub("「.*?」|（.*?）|: .*", "", said.ja)
            assert not re.search("[a-z]+ [a-z]+ [a-z]+", own), japanese
            assert not re.search("[ぁ-んァ-ヶ一-龠]", re.sub(r"\(.*?\)|{.*}", "", said.en)), said
    return caught.value
