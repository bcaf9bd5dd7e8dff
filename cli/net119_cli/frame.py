"""What Typer itself says (headings, `--help`, usage errors), in the language in use."""

from collections.abc import Iterator

import typer
from rich.text import Text
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from net119_cli.language import text


class _FoldingHighlighter(rich_utils.OptionHighlighter):
    """Marks help texts to be folded where they do not fit.

    Rich wraps at spaces and cuts off the rest of a longer word; a Japanese sentence is one word.
    """

    def __call__(self, text: str | Text) -> Text:
        highlighted = super().__call__(text)
        highlighted.overflow = "fold"
        return highlighted


def translate_frame(command: TyperGroup) -> None:
    """Translate headings and the `--help` option of `command` and of all commands below it."""
    rich_utils.ARGUMENTS_PANEL_TITLE = text(ja="引数", en="Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = text(ja="オプション", en="Options")
    rich_utils.COMMANDS_PANEL_TITLE = text(ja="コマンド", en="Commands")
    rich_utils.DEFAULT_STRING = text(ja="[既定: {}]", en="[default: {}]")
    rich_utils.ENVVAR_STRING = text(ja="[環境変数: {}]", en="[env var: {}]")
    rich_utils.REQUIRED_LONG_STRING = text(ja="[必須]", en="[required]")
    rich_utils.highlighter = _FoldingHighlighter()
    for each in _with_descendants(command):
        # The option object is made once and kept by the command, so this change lasts.
        option = each.get_help_option(typer.Context(each))
        if option is not None:
            option.help = text(ja="この説明を表示して終わります。", en="Show this help and exit.")


def usage_error_message(error: typer.TyperException) -> str:
    """The message for a command line that does not parse, with the way to its help.

    Empty where Typer has already shown the help because there were no arguments.
    """
    # Typer keeps the classes of usage errors private; their names and attributes are click's.
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "net119"
    return text(
        ja=f"誤り: {_japanese_reason(error)}\n対処: {path} --help で使い方を確かめてください",
        en=f"error: {error.format_message()}\nto do: see {path} --help",
    )


def _japanese_reason(error: typer.TyperException) -> str:
    """The reason in Japanese for the common mistakes, else in Typer's words."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint() if parameter is not None else ""
    if kind == "NoSuchOption":
        return f"そのようなオプションはありません: {getattr(error, 'option_name', '')}"
    if kind == "MissingParameter":
        return f"{name} を指定してください"
    if kind == "BadParameter":
        return f"{name} の値が正しくありません ({error.message})"
    if error.message.startswith("No such command"):
        return error.message.replace("No such command", "そのようなコマンドはありません:").replace(
            "Did you mean", "もしかして:"
        )
    return error.format_message()


def _with_descendants(command: TyperGroup | TyperCommand) -> Iterator[TyperGroup | TyperCommand]:
    yield command
    for child in command.commands.values() if isinstance(command, TyperGroup) else ():
        if isinstance(child, TyperGroup | TyperCommand):
            yield from _with_descendants(child)
