"""What every page says while the provider is stopped or busy (ASO-22, CNB-38)."""

import re

import pytest
from net119_protocol.api.admin import SetState
from net119_protocol.codes import ProviderState

from tests.reference.mobile.phones import MobilePhone
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site

OTHER_MEANS = "電話リレーサービス"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (ProviderState.MAINTENANCE, "計画した点検のため"),
        (ProviderState.STOPPING, "故障や災害などのため"),
        (ProviderState.OVERLOADED, "混み合っています"),
    ],
)
def test_a_stop_is_said_with_reason_time_and_the_other_means(
    tomakomai: Site, person: Person, state: ProviderState, why: str
) -> None:
    """ASO-22, CNB-38."""
    provider = tomakomai.town.provider
    with tomakomai.http() as client:
        phone = MobilePhone(client, "au")
        phone.log_in(person.login_id, person.password)
        try:
            tomakomai.do(lambda: provider.set_state(SetState(state=state)))
            page = phone.get(str(phone.page.response.url))
        finally:
            tomakomai.do(lambda: provider.set_state(SetState(state=ProviderState.NORMAL)))
        assert f'id="operating" data-state="{state.value}"' in page.text
        assert why in page.text
        assert re.search(
            r'<span id="since">\d{4}年\d{1,2}月\d{1,2}日 \d{1,2}時\d{2}分から</span>', page.text
        )
        assert OTHER_MEANS in page.text
