"""Looking for what must not come, for as long as this system takes for what must."""

from net119_simulators.lookout import Lookout, long_enough

from net119_conformance.world.world import World


def looking(w: World) -> Lookout:
    """To be made where that begins of which something forbidden might come.

    It is long enough for this system if the purpose observes, before the last look, something that
    the system does later in the same place.
    """
    return Lookout(lambda: long_enough(w.trial.slowest_s, w.patience))
