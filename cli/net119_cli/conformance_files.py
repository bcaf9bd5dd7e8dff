"""`net119 conformance baseline|export|verify|replay`: what is done with a report after the run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from net119_conformance.catalogue import Lang
    from net119_conformance.review.standing import Reviewed, Standing

_FOLDER = typer.Argument(
    metavar="DIR",
    help=text(ja="報告書のフォルダー (run の --out)。", en="Folder of the report (run's --out)."),
)


def register_files(group: typer.Typer) -> None:
    """Add the commands to the group `net119 conformance`."""
    _register_baseline(group)
    _register_export(group)
    _register_verify(group)
    _register_replay(group)


def _register_baseline(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="報告書の不適合から、既知の不適合の一覧 (run の --baseline に渡す TOML) を作ります。"
            "理由 (reason) は書き直してください。",
            en="Make a file of known failures (TOML, for run's --baseline) from a report's. Say "
            "in each reason why it is known.",
        )
    )
    def baseline(
        folder: Annotated[Path, _FOLDER] = Path("build/conformance"),
        out: Annotated[
            Path,
            typer.Option(
                metavar="FILE",
                help=text(ja="書き出すファイル。", en="File to write."),
            ),
        ] = Path("net119-known.toml"),
    ) -> None:
        from net119_conformance.baseline import EXCUSABLE, Excusable, baseline_text
        from net119_conformance.catalogue import Text
        from net119_conformance.errors import ConformanceError
        from net119_conformance.export import read_report
        from net119_conformance.review.source import folder_source

        report = read_report(folder)
        reviews = folder_source(folder).reviews()
        blocking = [one for one in report.results if one.blocking or one.known]
        doubtful = [one.id for one in blocking if one.in_doubt]
        lines = [
            Excusable(
                one.id,
                one.sut,
                one.verdict,
                [failed.check for failed in one.failed],
                one.reason,
                _reviewed_reason(reviews.about(one.id, one.sut)),
            )
            for one in blocking
            if one.verdict in EXCUSABLE and not one.in_doubt
        ]
        reason = text(ja="未記入: 既知である理由", en="to be filled in: why it is known")
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(baseline_text(lines, reason))
        except OSError as problem:
            raise ConformanceError(
                Text(
                    en=f"the file cannot be written: {problem.strerror or problem}",
                    ja=f"ファイルを書き出せません: {problem.strerror or problem}",
                ),
                f"--out {out}",
                Text(
                    en="name a file that does not exist yet",
                    ja="まだないファイルを指定してください",
                ),
            ) from problem
        typer.echo(
            text(
                ja=f"{len(lines)} 件を {out} に書き出しました。",
                en=f"{len(lines)} written to {out}.",
            )
        )
        if doubtful:
            listed = ", ".join(doubtful)
            typer.echo(
                text(
                    ja=f"試験する側の処理が遅れて判定できなかったものは除きました: {listed}",
                    en=f"Left out, as the suite itself may have been too slow to tell: {listed}",
                ),
                err=True,
            )
        left = [one.id for one in blocking if one.verdict not in EXCUSABLE]
        if left:
            listed = ", ".join(left)
            typer.echo(
                text(
                    ja=f"試験側の異常は一覧にできません: {listed}",
                    en=f"Errors of the suite itself cannot be excused: {listed}",
                ),
                err=True,
            )


def _reviewed_reason(one: "Reviewed | None") -> str:
    """Who decided what about a result that needed review; empty if nobody has."""
    if one is None or one.deciding is None:
        return ""
    from net119_conformance.report.words import REVIEW_STANDING
    from net119_conformance.review.telling import signature

    lang: Lang = current_language().value
    return f"{REVIEW_STANDING[one.standing].get(lang)}: {signature(one.deciding, lang)}"


def _register_export(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="報告書と証拠を、日付・チェックサム・署名付きの一つの ZIP ファイルにまとめます。"
            "人が付けた画像は、--pictures を付けたときだけ入ります。",
            en="Put a report and its evidence into one ZIP file, dated, with checksums, signed. "
            "Pictures that people attached are left out unless you say --pictures.",
        )
    )
    def export(
        folder: Annotated[Path, _FOLDER] = Path("build/conformance"),
        out: Annotated[
            Path,
            typer.Option(metavar="FILE", help=text(ja="書き出すファイル。", en="File to write.")),
        ] = Path("net119-conformance.zip"),
        key: Annotated[
            Path,
            typer.Option(
                metavar="FILE",
                help=text(
                    ja="署名に使う秘密鍵 (Ed25519、PEM)。なければ新しく作ります。",
                    en="Private key to sign with (Ed25519, PEM); made if it is not there.",
                ),
            ),
        ] = Path("net119-conformance.key"),
        pictures: Annotated[
            bool,
            typer.Option(
                "--pictures",
                help=text(
                    ja="人が付けた画像も入れます。画像の中は伏せられないので、実在の人の情報が"
                    "写っていないかを、先に一枚ずつ確かめてください。",
                    en="Put the pictures in that people attached. Nothing is masked in a picture: "
                    "look at each first for data of real people.",
                ),
            ),
        ] = False,
    ) -> None:
        from datetime import UTC, datetime

        from net119_conformance.export import export as write

        new = not key.exists()
        manifest, fingerprint = write(folder, out, key, datetime.now(UTC), pictures=pictures)
        typer.echo(
            text(
                ja=f"{out}: {len(manifest.files)} 個のファイル、判定 {manifest.verdict.value}",
                en=f"{out}: {len(manifest.files)} files, verdict {manifest.verdict.value}",
            )
        )
        _say_pictures(manifest.pictures, manifest.pictures_left_out)
        _say_reviews(manifest.reviews)
        _say_to_read(manifest.words, manifest.pictures)
        if new:
            typer.echo(
                text(
                    ja=f"新しい鍵を {key} に作りました。人に渡さず、次回も使ってください。",
                    en=f"A new key was made: {key}. Keep it to yourself and use it again.",
                )
            )
        typer.echo(
            text(
                ja=f"署名鍵の指紋 (受け取る人に別の手段で伝えてください): {fingerprint}",
                en=f"Fingerprint of the signing key (tell it by another way): {fingerprint}",
            )
        )


def _say_pictures(inside: int, left_out: int) -> None:
    """How many pictures of people's an archive holds, and how many it does not."""
    if inside:
        typer.echo(
            text(
                ja=f"人が付けた画像 {inside} 枚が入っています（画像の中は伏せられていません）。",
                en=f"Pictures that people attached: {inside} inside, in which nothing is masked.",
            )
        )
    if left_out:
        typer.echo(
            text(
                ja=f"人が付けた画像 {left_out} 枚は入っていません"
                "（export --pictures で入ります）。",
                en=f"Pictures that people attached: {left_out} left out (export --pictures puts "
                "them in).",
            )
        )


def _say_reviews(counts: "Mapping[Standing, int]") -> None:
    """How the results that need review stand."""
    from net119_conformance.report.words import reviewed_words

    if counts:
        told = reviewed_words(counts.items())
        typer.echo(text(ja=f"要確認: {told.ja}。", en=f"Needs review: {told.en}."))


def _say_to_read(steps: int, pictures: int) -> None:
    """That somebody has to read what people wrote before it is filed."""
    if not steps and not pictures:
        return
    look_ja = f"、画像（{pictures} 枚）を見て" if pictures else ""
    look = f" and look at the pictures ({pictures})" if pictures else ""
    typer.echo(
        text(
            ja=f"提出する前に、人が書いた言葉（{steps} か所）を読み{look_ja}、実在の人の情報が"
            "ないかを確かめてください。文の中の氏名や住所は見分けられません。"
            + ("画像の中は伏せられません。" if pictures else ""),
            en=f"Before filing it, read what people wrote ({steps} places){look} for data of real "
            "people: names and addresses in free words cannot be recognised"
            + (", and nothing is masked in a picture." if pictures else "."),
        )
    )


def _register_verify(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="export で作った ZIP ファイルがそろっていて、変更されていないかを確かめます。"
            "終了状態: 0 問題なし、1 問題あり、2 指定の誤り。",
            en="See whether a ZIP file that export made is whole and unchanged. Exit status: 0 "
            "it is; 1 it is not; 2 wrong options.",
        )
    )
    def verify(
        archive: Annotated[
            Path,
            typer.Argument(metavar="FILE", help=text(ja="ZIP ファイル。", en="The ZIP file.")),
        ],
        public_key: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="署名した人の公開鍵 (PEM)。なければ、指紋を自分で見比べてください。",
                    en="Public key of who signed (PEM); without it compare the fingerprint.",
                ),
            ),
        ] = None,
    ) -> int:
        from net119_conformance.export import verify as look

        found = look(archive, public_key)
        for problem in found.problems:
            typer.echo(f"✗ {problem.get(current_language().value)}", err=True)
        if found.manifest is not None:
            made = found.manifest
            typer.echo(
                text(
                    ja=f"試験対象 {', '.join(made.suts)}、判定 {made.verdict.value}、"
                    f"試験 {made.run_started_at:%Y-%m-%d %H:%M} UTC、"
                    f"作成 {made.created_at:%Y-%m-%d %H:%M} UTC、{made.generator}",
                    en=f"{', '.join(made.suts)}: verdict {made.verdict.value}, run "
                    f"{made.run_started_at:%Y-%m-%d %H:%M} UTC, made "
                    f"{made.created_at:%Y-%m-%d %H:%M} UTC, {made.generator}",
                )
            )
            _say_pictures(made.pictures, made.pictures_left_out)
            _say_reviews(made.reviews)
        if found.manifest is not None and found.manifest.selection:
            chosen = " ".join(found.manifest.selection)
            typer.echo(
                text(
                    ja=f"選んだ試験だけの報告書です: {chosen}",
                    en=f"It is the report of a selection: {chosen}",
                )
            )
        if found.manifest is not None and not found.manifest.complete:
            typer.echo(
                text(ja="途中までの報告書です。", en="It is the report of an incomplete run.")
            )
        if found.fingerprint:
            typer.echo(
                text(ja="署名鍵の指紋: ", en="Fingerprint of the signing key: ") + found.fingerprint
            )
        if found.problems:
            typer.echo(
                text(
                    ja="この報告書は信用できません。",
                    en="This report cannot be trusted.",
                ),
                err=True,
            )
            return 1
        typer.echo(text(ja="そろっていて、変更されていません。", en="It is whole and unchanged."))
        return 0


def _register_replay(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="保存された証拠を、試験対象なしで判定し直します。検査の結果から判定を出し直して"
            "報告書と比べ、事業者間の電文をすべて接続仕様の規則に照らします。"
            "終了状態: 0 報告書のとおり、1 食い違いや規則違反、2 指定の誤り。",
            en="Judge saved evidence again without the system: work the verdict out anew from "
            "its checks, hold it against the report, and every message between providers "
            "against the rules of the interface. Exit status: 0 the report stands; 1 it does "
            "not; 2 wrong options.",
        )
    )
    def replay(
        path: Annotated[
            Path,
            typer.Argument(
                metavar="PATH",
                help=text(
                    ja="報告書のフォルダー、証拠のファイル (.jsonl)、または export の ZIP。",
                    en="A report's folder, an evidence file (.jsonl), or export's ZIP file.",
                ),
            ),
        ] = Path("build/conformance"),
        public_key: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="ZIP に署名した人の公開鍵 (PEM)。",
                    en="Public key of who signed the ZIP file (PEM).",
                ),
            ),
        ] = None,
    ) -> int:
        from net119_conformance.catalogue import Text
        from net119_conformance.replay import replay as judge_again
        from net119_conformance.report.clean import visible

        def said(both: Text) -> str:
            return text(ja=both.ja, en=both.en)

        again = judge_again(path, public_key)
        items = again.items
        for item in items:
            told = [said(each) for each in item.disagreements]
            told += [
                f"#{breach.message} {breach.rule}: {said(breach.text)}"
                for breach in item.wire.breaches
            ]
            if item.stands and not told and len(items) > 1:
                continue
            typer.echo(f"{'✓' if item.stands else '✗'} {item.purpose}  {item.sut}  {item.verdict}")
            for line in told:
                typer.echo(f"    {visible(line)}")
        for each in again.disagreements:
            typer.echo(f"✗ {visible(said(each))}")
        if again.fingerprint:
            typer.echo(
                text(ja="署名鍵の指紋: ", en="Fingerprint of the signing key: ") + again.fingerprint
            )
        bad = sum(not item.stands for item in items)
        read = sum(item.wire.read for item in items)
        skipped = sum(item.wire.skipped for item in items)
        typer.echo(
            text(
                ja=f"{len(items)} 件を判定し直しました。報告書のとおりでないもの {bad} 件。"
                f"読んだ電文 {read} 通、読めない (切り詰め・伏せ字) 電文 {skipped} 通。",
                en=f"{len(items)} judged again, {bad} not as reported; {read} messages of "
                f"interface B read, {skipped} left out (cut or redacted).",
            )
        )
        return 0 if again.stands else 1
