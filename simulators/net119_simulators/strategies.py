"""Hypothesis strategies for people; the same source as `make_person`.

For tests only: hypothesis belongs to the ``dev`` extra, so nothing else imports this module.
"""

from collections.abc import Sequence

from hypothesis import strategies as st
from net119_protocol.person import RegistrantData

from net119_simulators.person import draw_person, jurisdictions


def municipality_codes() -> st.SearchStrategy[str]:
    """Codes of municipalities that have a polygon."""
    return st.deferred(lambda: st.sampled_from(jurisdictions().municipalities.codes))


def persons(codes: Sequence[str] | None = None) -> st.SearchStrategy[RegistrantData]:
    """People living in one of these municipalities, by default anywhere in Japan."""
    where = st.sampled_from(codes) if codes is not None else municipality_codes()
    return st.builds(draw_person, st.randoms(use_true_random=False), where)
