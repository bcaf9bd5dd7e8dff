"""`net119 call`: one simulated call, told step by step."""

import math
import unicodedata
from typing import Annotated

import typer
from net119_protocol.codes import Kind, Mode, PlaceChoice

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

EXERCISES = (Mode.TEST, Mode.PRACTICE, Mode.DRILL)
"""The modes of a simulated call; `live` is none."""
LARGEST_ACCURACY_M = 1_000_000.0


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(
        help=text(
            ja="模擬の登録者が地図上の一点から通報する様子を、順を追って表示します。必要な事業者を"
            "この機器の中に起動し、終わるとすべて止めます。本物の通報は行いません。\n\n"
            "例: net119 call --from 42.6341,141.6055 --home chitose"
            "（苫小牧市から、千歳市の登録者が通報）\n\n"
            "終了状態: 0 あるべきとおりに終わった（国外からの通報が正しく断られた場合も 0）、"
            "1 そうならなかった、2 指定の誤り、130 中断。",
            en="Have a simulated registrant call from a point on the map, and tell what happens "
            "step by step. The providers needed are started on this machine and stopped at the "
            "end. No real call is made.\n\n"
            "Example: net119 call --from 42.6341,141.6055 --home chitose "
            "(from Tomakomai, registered in Chitose)\n\n"
            "Exit status: 0 it ended as it must (a call from abroad that is rightly refused, too); "
            "1 it did not; 2 wrong options; 130 interrupted.",
        )
    )
    def call(
        from_: Annotated[
            str,
            typer.Option(
                "--from",
                metavar="LAT,LON",
                show_default=False,
                help=text(
                    ja="通報する場所の緯度,経度（度、世界測地系）。例: 42.6341,141.6055",
                    en="Where the caller is: latitude,longitude in degrees (WGS 84), for example "
                    "42.6341,141.6055",
                ),
            ),
        ],
        home: Annotated[
            str,
            typer.Option(
                metavar="DEPARTMENT",
                help=text(
                    ja="登録地の消防本部の符号（chitose, tomakomai, aso, chita-handa など）。",
                    en="Department of registration, by its code (chitose, tomakomai, aso, "
                    "chita-handa, ...).",
                ),
            ),
        ] = "chitose",
        kind: Annotated[
            Kind,
            typer.Option(
                help=text(
                    ja="種別: 火事、救急、その他。",
                    en="What is the matter.",
                )
            ),
        ] = Kind.FIRE,
        mode: Annotated[
            str,
            typer.Option(
                metavar="[test|practice|drill]",
                help=text(
                    ja="通報の区分: 試験、練習、訓練。本番 (live) は使えません。",
                    en="How the call is meant; never live.",
                ),
            ),
        ] = Mode.TEST.value,
        accuracy: Annotated[
            float,
            typer.Option(
                metavar="METRES",
                help=text(
                    ja="端末が示す位置の誤差（メートル）。大きいと複数の管轄にまたがります。",
                    en="Accuracy that the handset reports, metres; a large one covers several "
                    "areas.",
                ),
            ),
        ] = 12.0,
        place: Annotated[
            PlaceChoice,
            typer.Option(
                help=text(
                    ja="通報者が選ぶ場所: 自宅 (home) か現在地 (current)。",
                    en="What the caller says: at home, or at the current position.",
                )
            ),
        ] = PlaceChoice.CURRENT,
        seed: Annotated[
            int,
            typer.Option(
                help=text(
                    ja="登録者と電波の出来事を決める数。同じ数なら同じになります。",
                    en="Number that decides the person and what the radio does; the same gives the "
                    "same again.",
                )
            ),
        ] = 1,
        console: Annotated[
            bool,
            typer.Option(
                "--console/--no-console",
                help=text(
                    ja="通報地を受け持つ指令センターに人がいるか。",
                    en="Whether somebody is at the center that serves the place.",
                ),
            ),
        ] = True,
        pace: Annotated[
            float,
            typer.Option(
                metavar="SECONDS",
                min=0.0,
                max=5.0,
                help=text(
                    ja="人が次の操作をするまでの間（秒、0〜5）。0 なら待ちません。",
                    en="How long people take before they act, seconds, 0 to 5.",
                ),
            ),
        ] = 0.6,
        radio: Annotated[
            str | None,
            typer.Option(
                metavar="PROFILE",
                show_default=False,
                help=text(
                    ja="通報端末の電波: good-4g, weak-3g, tunnel, hand-over, train, mountain など。"
                    "なければ障害なし。いつ何が起きるかは --seed で決まります。",
                    en="The phone's radio: good-4g, weak-3g, tunnel, hand-over, train, mountain, "
                    "...; without it nothing is in the way. --seed decides what happens when.",
                ),
            ),
        ] = None,
        as_json: Annotated[
            bool,
            typer.Option(
                "--json",
                help=text(
                    ja="出来事を 1 行に 1 件の JSON で出力します。",
                    en="Print what happens as JSON, one object a line.",
                ),
            ),
        ] = False,
    ) -> int:
        lat, lon = parse_position(from_)
        exercise = parse_mode(mode)
        check_accuracy(accuracy)
        check_radio(radio)
        if not as_json:
            from net119_scenarios.header import header
            from net119_scenarios.layout import WIDTH

            # The rest of the program takes a while to load; nobody should wait before this.
            print(*header(exercise, current_language().value, WIDTH), sep="\n")
            print(
                text(
                    ja="\n準備しています（数秒から十数秒かかります）…",
                    en="\nGetting ready (this takes a few seconds) ...",
                ),
                flush=True,
            )

        from net119_protocol.labels import Language
        from net119_scenarios.plan import CallRequest

        from net119_cli.call_output import JsonOutput, TextOutput, check_home, perform

        check_home(home)
        request = CallRequest(
            lat=lat,
            lon=lon,
            home=home,
            kind=kind,
            mode=exercise,
            place=place,
            accuracy_m=accuracy,
            seed=seed,
            console=console,
            pace_s=pace,
            radio=radio,
        )
        language: Language = "ja" if current_language().value == "ja" else "en"
        return perform(request, JsonOutput(language) if as_json else TextOutput(language))


def parse_position(given: str) -> tuple[float, float]:
    """Latitude and longitude from `LAT,LON`; full-width digits and commas are fine.

    Raises:
        UserError: it is no pair of numbers, or no position on earth.
    """
    example = text(
        ja="緯度,経度の順に度で指定してください（例: 42.6341,141.6055）",
        en="give latitude,longitude in degrees, for example 42.6341,141.6055",
    )
    parts = unicodedata.normalize("NFKC", given).replace("、", ",").split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        raise UserError(
            text(ja=f"位置として読めません: {given!r}", en=f"not a position: {given!r}"),
            "--from",
            example,
        ) from None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        swapped = 120 <= lat <= 155 and 20 <= lon <= 46
        hint = text(ja="緯度と経度が逆のようです。", en="they seem to be swapped; ")
        raise UserError(
            text(
                ja=f"地球上の位置ではありません: 緯度 {lat:g}（-90〜90）、"
                f"経度 {lon:g}（-180〜180）",
                en=f"no position on earth: latitude {lat:g} (-90..90), longitude {lon:g} "
                "(-180..180)",
            ),
            "--from",
            (hint if swapped else "") + example,
        )
    return lat, lon


def parse_mode(given: str) -> Mode:
    """The mode of an exercise; UserError for `live` and for what is no mode."""
    for mode in EXERCISES:
        if given == mode.value:
            return mode
    choices = ", ".join(mode.value for mode in EXERCISES)
    if given == Mode.LIVE.value:
        what = text(
            ja="模擬の通報を本番 (live) にすることはできません",
            en="a simulated call is never live",
        )
    else:
        what = text(ja=f"そのような区分はありません: {given}", en=f"no such mode: {given}")
    raise UserError(
        what, "--mode", text(ja=f"次のどれかを指定してください: {choices}", en=f"use {choices}")
    )


def check_accuracy(given: float) -> None:
    """UserError unless it is a radius in metres."""
    # False for NaN, too.
    if not 0 < given <= LARGEST_ACCURACY_M:
        raise UserError(
            text(ja=f"位置の誤差として使えません: {given:g}", en=f"no accuracy: {given:g}"),
            "--accuracy",
            text(
                ja="0 より大きく 1,000,000 以下のメートルで指定してください（例: 12）",
                en="give metres, more than 0 and at most 1,000,000, for example 12",
            ),
        )


def check_radio(given: str | None) -> None:
    """UserError unless it is a named radio, or none."""
    if given is None:
        return
    from net119_simulators.radio.profiles import load_radios

    known = load_radios()
    if given in known:
        return
    listed = "\n".join(
        f"  {each.code:<12} {text(ja=each.title_ja, en=each.title_en)}" for each in known.values()
    )
    raise UserError(
        text(ja=f"そのような電波の設定はありません: {given}", en=f"no such radio: {given}"),
        "--radio",
        text(ja=f"次のどれかを指定してください:\n{listed}", en=f"use one of these:\n{listed}"),
    )
