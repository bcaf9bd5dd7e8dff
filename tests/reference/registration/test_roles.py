"""Which staff may do what (docs/configuration.md), and what the others are told."""

from itertools import chain, combinations

import pytest
from net119_protocol.api.admin import StaffRole
from net119_protocol.codes import Refusal
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.roles import Right, may, require

RIGHTS = {
    StaffRole.REVIEWER: {Right.READ, Right.SEE_IMAGES, Right.REVIEW, Right.KEY_IN},
    StaffRole.CLERK: {Right.READ, Right.KEY_IN, Right.ANNOUNCE},
    StaffRole.AUDITOR: {Right.AUDIT},
    StaffRole.ADMIN: {Right.AUDIT, Right.ANNOUNCE},
}
COMBINED = [*chain.from_iterable(combinations(StaffRole, number) for number in range(5))]


@pytest.mark.parametrize("roles", COMBINED)
def test_each_role_has_its_rights_and_several_roles_have_all_of_theirs(
    roles: tuple[StaffRole, ...],
) -> None:
    """CNB-40: who audits reads no personal data; who reads them does not audit."""
    who = StaffIdentity("aso", "山田", frozenset(roles))
    held = set[Right]().union(*(RIGHTS[role] for role in roles))
    for right in Right:
        assert may(who, right) is (right in held)
        if right in held:
            require(who, right)
            continue
        with pytest.raises(Refused) as refused:
            require(who, right)
        assert refused.value.code is Refusal.FORBIDDEN
        assert right.value in refused.value.detail
        for role in StaffRole:
            named = role.value in refused.value.detail.partition("the role ")[2]
            assert named is (right in RIGHTS[role])
