"""Steps in metres on the ground."""

from net119_protocol.directory.metric import scale_at


def moved(lat: float, lon: float, north_m: float, east_m: float) -> tuple[float, float]:
    """The point (lat, lon) some metres further north and east; meant for less than 50 km."""
    scale = scale_at(lat)
    return lat + north_m / scale.y, lon + east_m / scale.x
