"""Change forms on paper: who they are from, what they change, and the number they are found by."""

from datetime import timedelta
from typing import Any

import pytest
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.directory import japan_date
from net119_reference.registration.ports import ChangeForm, NotAccepted, RegistrantRecord

from tests.reference.registration.support import Town, run, town


def form_of(here: Town, record: RegistrantRecord, **changes: Any) -> ChangeForm:
    """The form of the person on record, as it came in today."""
    data = record.application.data
    told: dict[str, Any] = {
        "name": data.name,
        "birth_date": data.birth_date,
        "mail": data.mail,
        "received_on": japan_date(here.clock.now()),
    }
    return ChangeForm(**{**told, **changes})


async def _read(here: Town, registrant_id: Any) -> RegistrantRecord:
    found: RegistrantRecord = await here.desk.application(here.clerk, registrant_id, "change")
    return found


def test_a_form_of_somebody_else_or_of_tomorrow_is_refused() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            record = await _read(here, row.registrant_id)
            data = record.application.data
            tomorrow = japan_date(here.clock.now()) + timedelta(days=1)
            wrong: tuple[tuple[dict[str, Any], str], ...] = (
                ({"name": "別　人"}, "form.last_filed"),
                ({"birth_date": data.birth_date + timedelta(days=1)}, "form.last_filed"),
                ({"mail": f"x{data.mail}"}, "form.last_filed"),
                ({"received_on": tomorrow}, "paper.received_on"),
            )
            moved = data.model_copy(update={"name": "髙橋　良子"})
            application = record.application.model_copy(update={"data": moved})
            for changes, path in wrong:
                with pytest.raises(NotAccepted) as found:
                    await here.desk.key_in_change(
                        here.clerk,
                        row.registrant_id,
                        record.version,
                        application,
                        form_of(here, record, **changes),
                    )
                assert [each.path for each in found.value.problems] == [path]
            assert (await _read(here, row.registrant_id)).state is State.APPROVED

    run(story)


def test_a_new_carrier_alone_is_a_change_of_device() -> None:
    """CNB-50; in Aso the old device no longer works from then on (ASO-12)."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            record = await _read(here, row.registrant_id)
            same = (here.clerk, row.registrant_id, record.version, record.application)
            with pytest.raises(NotAccepted):
                await here.desk.key_in_change(*same, form_of(here, record))
            form = form_of(here, record, device_changed=True, number="変第3号")
            await here.desk.key_in_change(*same, form)
            stored = here.desk.office.registry.registrant(row.registrant_id)
            assert stored.state is State.CHANGE_PENDING
            assert stored.device_blocked
            last = (await _read(here, row.registrant_id)).history[-1]
            assert "変第3号" in last.detail
            assert "device changed" in last.detail

    run(story)
