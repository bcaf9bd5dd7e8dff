"""Where a call of our registrants goes, row by row of docs/architecture.md."""

from tests.minimal_provider.calls import Call, Thread
from tests.minimal_provider.contract import Json
from tests.minimal_provider.parts import Parts, Refusal
from tests.minimal_provider.places import AT_LAND_M, AT_SEA_M, LEAST_SHARE, radius_of, reference


class Routes:
    """Decides by point, accuracy, directory and the state of peers."""

    def __init__(self, parts: Parts) -> None:
        self._p = parts

    def place(self, person: Json, asked: Json) -> Json:
        """Everything known of where a call comes from; a Refusal where it may not be taken."""
        fix, pin = asked.get("fix"), asked.get("correctedPin")
        if asked.get("positioning", "on") != "on":
            raise Refusal("positioning-off")
        address = person["address"]
        registered = {"lat": address["lat"], "lon": address["lon"]}
        place: Json = {"choice": asked["place"]}
        if pin is not None:
            place |= {"point": pin, "radiusM": 0.0}
        elif asked["place"] == "home":
            place["point"] = registered
            if address.get("positionConfirmed") is not False:
                place["radiusM"] = 0.0
        elif fix is not None:
            place |= {"point": {"lat": fix["lat"], "lon": fix["lon"]}, "radiusM": radius_of(fix)}
        if fix is not None:
            place["fix"] = fix
        if pin is not None:
            place["correctedPin"] = pin
        if asked["place"] == "home":
            place["registered"] = _registered(address)
        return place

    def decide(self, call: Call, center: Json) -> None:
        """Decide where a call goes; ``center`` is the home center. The state says whether it is
        offered to another provider, or rings at one of our centers.

        Raises:
            Refusal: it goes nowhere.
        """
        p = self._p
        rule = "no-position"
        there: Json | None = None
        others: list[Json] = []
        if (point := call.place.get("point")) is None:
            call.notices.append(("home-no-position", []))
        else:
            rule, there, others = self._responsible(point, call.place.get("radiusM") or 0.0)
            if rule == "outside-japan":
                raise Refusal("outside-japan")
        if rule == "far-at-sea":
            call.notices.append(("home-at-sea", [reference(there)] if there else []))
            there = None
        if there is not None:
            rule = self._choose(call, there, center)
        if others:
            call.notices.append(("ambiguous", others))
        call.routing = {
            "rule": rule,
            "directoryVersion": p.directory.version,
            "ambiguous": bool(others),
            "alternatives": others + self._elsewhere(call),
        }
        call.happened("routed", rule)

    def _responsible(self, point: Json, radius_m: float) -> tuple[str, Json | None, list[Json]]:
        """What the point says: a rule that ends it or "", the department, and others it may be."""
        p = self._p
        code, away = p.map.nearest(point["lat"], point["lon"])
        if code is None or away > AT_SEA_M:
            return "outside-japan", None, []
        if away > AT_LAND_M:
            return "far-at-sea", p.directory.of_municipality(code), []
        there = p.directory.of_municipality(code)
        if radius_m <= 0:
            return "not-adopted", there, []
        shares: dict[str, int] = {}
        for each, weight in p.map.shares(point["lat"], point["lon"], radius_m).items():
            department = p.directory.of_municipality(each)
            name = department["code"] if department else ""
            shares[name] = shares.get(name, 0) + weight
        total = sum(shares.values())
        named = [
            name
            for name, weight in sorted(shares.items(), key=lambda each: -each[1])
            if name and weight > LEAST_SHARE * total
        ]
        if not named:
            return "not-adopted", there, []
        departments = [p.directory.department(name) for name in named]
        found = [each for each in departments if each is not None]
        return "not-adopted", found[0], [reference(each) for each in found[1:]]

    def _choose(self, call: Call, there: Json, home_center: Json) -> str:
        """Where a call for a department goes; the rule."""
        p = self._p
        center = p.directory.center(there)
        call.wanted = reference(there)
        if center is None:
            call.notices.append(("home-not-adopted", [reference(there)]))
            return "not-adopted"
        if center["code"] == home_center["code"]:
            call.owner = reference(there)
            return "home-center"
        why = self._not_running(center)
        if why:
            call.notices.append((why, [reference(there)]))
            return "other-not-running"
        if center["provider"] == p.me:
            call.owner, call.center = reference(there), center["code"]
        else:
            call.state = "offering"
            call.thread = Thread(center["provider"], anchor=True)
        return "other-running"

    def _not_running(self, center: Json) -> str:
        """The notice's code if a center cannot be offered a call; else empty."""
        p = self._p
        if p.directory.stopped_until(center) is not None:
            return "home-planned-stop"
        if center["provider"] == p.me:
            return "" if p.consoles.get(center["code"]) else "home-peer-no-console"
        state = p.exchange.peer_states.get(center["provider"], "normal")
        if state in ("maintenance", "overloaded"):
            return f"home-peer-{state}"
        return "" if p.running(center["provider"]) else "home-peer-down"

    def _elsewhere(self, call: Call) -> list[Json]:
        """The other department, where home was chosen and the fix lies somewhere else."""
        fix = call.place.get("fix")
        if call.place["choice"] != "home" or fix is None or "correctedPin" in call.place:
            return []
        _, there, _ = self._responsible(fix, radius_of(fix))
        if there is None or there["code"] == call.owner["code"]:
            return []
        call.notices.append(("home-differs", [reference(there)]))
        return [reference(there)]


def _registered(address: Json) -> Json:
    parts = (address["prefecture"], address["municipality"], address["street"])
    flat = f" {address['flat']}" if address.get("flat") else ""
    place: Json = {
        "lat": address["lat"],
        "lon": address["lon"],
        "address": f"{''.join(parts)}{flat}"[:200],
    }
    if address.get("positionConfirmed") is False:
        place["confirmed"] = False
    return place
