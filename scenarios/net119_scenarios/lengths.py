"""How a length of time is written wherever a drill tells one: page, terminal, briefing, report."""

from net119_protocol.labels import Language


def long(seconds: float, language: Language) -> str:
    """A length of time: ``8.2秒``, ``1分12秒``, ``1 min 12 s``.

    Rounded, never cut off: to tenths below ten seconds, else to whole seconds.
    """
    ja = language == "ja"
    tenths = round(seconds, 1)
    if tenths < 60:
        number = f"{tenths:g}" if tenths < 10 else f"{tenths:.0f}"
        if number != "60":
            return f"{number}秒" if ja else f"{number} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "時間", "h"), (minutes, "分", "min"), (rest, "秒", "s")]
    shown = [(n, j, e) for n, j, e in parts if n]
    if ja:
        return "".join(f"{n}{j}" for n, j, _ in shown)
    return " ".join(f"{n} {e}" for n, _, e in shown)


def moment(seconds: float) -> str:
    """A moment as ``m:ss``, rounded as `long` is, so that it equals the time until then."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


__all__ = ["long", "moment"]
