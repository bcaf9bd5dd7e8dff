"""The read-aloud card: what it asks bystanders for, of a call and before there is one."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_protocol.places import Fix
from net119_reference.config.model import Modes

from tests.reference.pages.calling import NAME, Caller, caller
from tests.reference.pages.person import page_of
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

HOME = "北海道苫小牧市秘密町1丁目2番3号"


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    modes = Modes(accepted=frozenset(Mode))
    with site("tomakomai", page_certificates, modes=modes) as running:
        core = running.town.provider.core
        core.config = core.config.model_copy(update={"modes": modes})
        yield running


@pytest.fixture(scope="module")
def who(town: Site) -> Caller:
    return caller(town)


def card(client: httpx.Client, path: str) -> tuple[list[str], list[str]]:
    """The sentences as they are shown, and as they are spoken."""
    answer = client.get(path)
    assert (answer.status_code, page_of(answer)) == (200, "call-card")
    found = re.findall(r'<p[^>]* data-say="([^"]*)">(.*?)</p>', answer.text)
    return [unescape(text) for _, text in found], [unescape(said) for said, _ in found]


def test_the_card_of_a_call_says_what_is_wrong_where_and_who_calls(who: Caller) -> None:
    """CTS-08: all that the center asks first."""
    call = who.call(kind=Kind.FIRE, mode=Mode.LIVE)
    with who.http() as client:
        shown, spoken = card(client, f"{call.path}/card")
        assert shown[0] == "119番に電話してください"
        assert "火事です。消防車をお願いします。" in shown
        assert "北海道苫小牧市の中です。" in shown
        assert f"名前は、{NAME}です。" in shown
        assert "名前は、タカハシ　ヨシコです。" in spoken, "voices do not know 𠮷 and ①"
        assert HOME not in "".join(shown), "the home is nobody's business elsewhere"
        assert f'href="{call.path}"' in client.get(f"{call.path}/card").text
        english = client.get(f"{call.path}/card?lang=en").text
        assert "119番に電話してください" in english, "bystanders read Japanese"
        assert "An ambulance is needed" not in english
        assert "There is a fire" in english


@pytest.mark.parametrize(
    ("place", "fix", "said"),
    [
        (PlaceChoice.HOME, None, f"場所は、わたしの家です。{HOME}"),
        (PlaceChoice.CURRENT, None, "場所は、ここです。住所や目印を、見て伝えてください。"),
        # At sea off Tomakomai no municipality is told.
        (
            PlaceChoice.CURRENT,
            Fix(lat=42.55, lon=141.62, accuracy_m=20.0),
            "場所は、ここです。住所や目印を、見て伝えてください。",
        ),
    ],
)
def test_the_place_is_what_is_known_of_it(
    who: Caller, place: PlaceChoice, fix: Fix | None, said: str
) -> None:
    call = who.call(place=place, fix=fix, mode=Mode.LIVE)
    with who.http() as client:
        shown, _ = card(client, f"{call.path}/card")
    assert said in shown
    assert not [each for each in shown if each.endswith("の中です。")]


def test_the_card_before_a_call(who: Caller) -> None:
    """CNB-38, ASO-29: where no call can be made."""
    with who.http() as client:
        shown, _ = card(client, f"{who.path}/card")
        assert "助けが必要です。" in shown
        assert not [each for each in shown if "NET119のチャット" in each], "nobody was called"
        shown, _ = card(client, f"{who.path}/card?kind=ambulance&place=home")
        assert "救急です。救急車をお願いします。" in shown
        assert f"場所は、わたしの家です。{HOME}" in shown
        shown, _ = card(client, f"{who.path}/card?kind=nonsense&place=x")
        assert "助けが必要です。" in shown


def test_the_card_of_practice_asks_nobody_to_call(who: Caller) -> None:
    """CTS-11, I5: neither to the eye nor to the ear."""
    cards = [
        (f"{who.call(mode=Mode.PRACTICE).path}/card", "練習"),
        (f"{who.call(mode=Mode.DRILL).path}/card", "訓練"),
        (f"{who.path}/card?practice=1&kind=fire", "練習"),
    ]
    with who.http() as client:
        for path, what in cards:
            shown, spoken = card(client, path)
            assert shown[0] == f"【{what}】119番に電話しないでください。"
            assert "".join(spoken) == f"これは{what}です。電話は、しないでください。"
            assert not [each for each in shown if "火事です" in each or NAME in each]


def test_the_card_of_a_test_shows_what_it_would_ask_and_asks_nobody(who: Caller) -> None:
    """I5: what would be said stands below the words that nobody is to phone, and is not spoken."""
    path = f"{who.call(kind=Kind.FIRE, mode=Mode.TEST).path}/card"
    with who.http() as client:
        shown, spoken = card(client, path)
        text = client.get(path).text
    assert shown[0] == "【試験】119番に電話しないでください。"
    assert "".join(spoken) == "これは試験です。電話は、しないでください。"
    sample = text.partition('<div class="sample">')[2].partition("</div>")[0]
    for words in ("119番に電話してください</p>", "火事です。", f"名前は、{NAME}です。"):
        assert words in sample
    assert "電話してください" not in "".join(shown[:1])
