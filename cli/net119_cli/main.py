"""The command `net119`: decides the language, builds the commands, and turns errors into messages.

A command is a module with `register(app)`, which defines its functions inside, so that help texts
are built in the language in use. It imports the package that does the work inside the function
body: `net119 --help` must not load a web server. A command returns its exit status, or None for 0.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from net119_protocol import __version__
from typer.main import get_group

from net119_cli import (
    call,
    conformance,
    directory,
    doctor,
    drill,
    handset,
    interop,
    load,
    peer,
    profiles,
    records,
    register,
    scenario,
    serve,
    sut,
)
from net119_cli.errors import Explained, Translated
from net119_cli.frame import translate_frame, usage_error_message
from net119_cli.language import (
    Language,
    current_language,
    take_language,
    text,
    use_language,
)

# Modules with `register(app)`, in the order of the help page. A new command is one line here.
COMMANDS = (
    conformance,
    interop,
    sut,
    serve,
    drill,
    call,
    register,
    scenario,
    handset,
    load,
    peer,
    scenario,
    profiles,
    directory,
    records,
    doctor,
)

EXIT_USER_ERROR = 2
EXIT_INTERNAL_ERROR = 70  # EX_SOFTWARE in sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE


def build_app() -> typer.Typer:
    """All commands, with their help in the language in use."""
    app = typer.Typer(
        name="net119",
        help=text(
            ja="NET119緊急通報システムの試験環境です。参照実装と模擬端末を動かし、"
            "お手元のシステムが要件に合っているかを判定します。送信はすべて訓練・試験の扱いで、"
            "既定ではこの機器の中だけで完結します。",
            en="A testbed for NET119 emergency-call systems: runs a reference network and "
            "simulated callers, and judges whether your system meets the requirements. All it "
            "sends is marked as exercise traffic and, by default, stays on this machine.",
        ),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"net119-testbed {__version__}")
            raise typer.Exit

    @app.callback()
    def options(
        # Taken out of the arguments before they are parsed; declared to be seen in the help.
        lang: Annotated[
            Language | None,
            typer.Option(
                show_default=False,
                help=text(
                    ja="表示の言語。コマンドの前後どちらにも書けます。指定がなければ環境変数 "
                    "NET119_LANG、次にロケールに従います。",
                    en="Language of messages; may stand before or after the command. Without it "
                    "NET119_LANG decides, then the locale.",
                ),
            ),
        ] = None,
        version: Annotated[
            bool,
            typer.Option(
                "--version",
                is_eager=True,
                callback=show_version,
                help=text(ja="版を表示して終わります。", en="Show the version and exit."),
            ),
        ] = False,
    ) -> None:
        pass

    for command in COMMANDS:
        command.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; no error of the user's raises.

    0 success; 1 the command's own "no" (a failed verdict, something missing); 2 bad input;
    70 an error of this program; 130 interrupted; 141 the reader of the output has gone.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Japanese shows "?" in its place, not a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        language, rest = take_language(sys.argv[1:] if arguments is None else arguments, os.environ)
        use_language(language)
        command = get_group(build_app())
        translate_frame(command)
        status = command.main(args=rest, prog_name="net119", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as wrong:
        message = usage_error_message(wrong)
        if message:
            print(message, file=sys.stderr)
        return EXIT_USER_ERROR
    except (KeyboardInterrupt, typer.Abort):
        status = EXIT_INTERRUPTED
    except (BrokenPipeError, SystemExit) as gone:
        # Typer answers a broken pipe with SystemExit(1), which would read as the command's "no".
        if isinstance(gone, SystemExit) and not isinstance(gone.__context__, BrokenPipeError):
            raise
        # The reader (`| head`) is gone. Flushing at exit must not find that out a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except Exception as problem:
        return _show_problem(problem)
    if status == EXIT_INTERRUPTED:
        print(text(ja="中断しました。", en="Interrupted."), file=sys.stderr)
    return status if isinstance(status, int) else 0


def _show_problem(problem: Exception) -> int:
    """Say what went wrong on standard error; the exit status tells whose error it is."""
    if isinstance(problem, Explained):
        said = (problem.what, problem.where, problem.what_to_do)
        if isinstance(problem, Translated) and current_language() is Language.JA:
            said = problem.in_japanese
        labels = (
            text(ja="誤り", en="error"),
            text(ja="場所", en="where"),
            text(ja="対処", en="to do"),
        )
        for label, value in zip(labels, said, strict=True):
            print(f"{label}: {value}", file=sys.stderr)
        return EXIT_USER_ERROR
    if os.environ.get("NET119_DEBUG"):
        traceback.print_exception(problem)
    print(
        text(
            ja=f"このプログラムの内部の誤りです: {type(problem).__name__}: {problem}\n"
            "対処: NET119_DEBUG=1 を付けて再度実行すると詳細が表示されます。"
            "その内容を添えて開発元に知らせてください",
            en=f"internal error of this program: {type(problem).__name__}: {problem}\n"
            "to do: run it again with NET119_DEBUG=1 for the details and report them",
        ),
        file=sys.stderr,
    )
    return EXIT_INTERNAL_ERROR
