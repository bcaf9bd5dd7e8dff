"""A provider's main flows with its database on PostgreSQL: stories of other tests."""

import pytest

from tests.reference.registration.test_flow import test_from_the_first_mail_to_the_first_log_in
from tests.reference.service.alarms.test_desk import (
    test_kyo_06_10_11_12_a_dispatch_with_all_that_follows,
)
from tests.reference.service.alarms.test_signals import (
    test_a_repeat_is_answered_again_and_not_done_again_also_after_a_crash,
)
from tests.reference.service.conftest import _read_polygons_once, folder
from tests.reference.service.test_callbacks import (
    test_a_closed_call_at_home_rings_again_once_its_caller_opens_the_mail,
)
from tests.reference.service.test_transfer import test_from_a_remote_owner_to_a_third_provider

pytestmark = pytest.mark.usefixtures("on_postgres")

__all__ = [
    "_read_polygons_once",
    "folder",
    "test_a_closed_call_at_home_rings_again_once_its_caller_opens_the_mail",
    "test_a_repeat_is_answered_again_and_not_done_again_also_after_a_crash",
    "test_from_a_remote_owner_to_a_third_provider",
    "test_from_the_first_mail_to_the_first_log_in",
    "test_kyo_06_10_11_12_a_dispatch_with_all_that_follows",
]
