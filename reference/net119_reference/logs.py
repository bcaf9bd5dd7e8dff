"""Structured logs: one JSON object a line on standard error, without personal data.

Everything goes the same way, the HTTP server's own messages included.  Names, postal addresses,
mail addresses, positions, chat texts, passwords and tokens never reach a log: known keys are
hidden, wire models are reduced to their names, and of exceptions only the type and the places in
the code are written, since messages of libraries quote the values that they failed on.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from types import TracebackType
from typing import Any

import structlog
from pydantic import BaseModel

HIDDEN = "[hidden]"
TEXT_LIMIT = 500
"""Longest text of one value in a log, in characters."""

_PRIVATE_KEYS = frozenset(
    {
        "accesstoken",
        "address",
        "allergy",
        "authorization",
        "birthdate",
        "blood",
        "bloodtype",
        "body",
        "contact",
        "contacts",
        "content",
        "correctedpin",
        "disability",
        "doctor",
        "email",
        "fax",
        "fix",
        "frequentplaces",
        "history",
        "hospital",
        "kana",
        "lat",
        "label",
        "line",
        "lines",
        "lon",
        "mail",
        "medical",
        "medication",
        "municipality",
        "name",
        "note",
        "password",
        "payload",
        "person",
        "phone",
        "place",
        "pin",
        "point",
        "position",
        "reason_text",
        "registered",
        "registrant",
        "registrantname",
        "remarks",
        "secret",
        "sender_name",
        "sendername",
        "street",
        "text",
        "token",
        "transcript",
    }
)

Event = MutableMapping[str, Any]


def get_log(part: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of a part of the provider: ``log.info("ready", https=...)``.

    The first argument is the event's name; everything variable goes into keywords.
    """
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=part)
    return logger


def configure_logs(
    level: str = "info", *, operator: str | None = None, process: str | None = None
) -> None:
    """Send all logs of this process to standard error as JSON lines.

    May be called again, in a forked process for instance.

    Args:
        level: least severity that is written: debug, info, warning or error.
        operator: code of this provider, added to every line.
        process: name of this process, added likewise where a provider has several.
    """

    def add_operator(_logger: object, _method: str, event: Event) -> Event:
        if operator is not None:
            event.setdefault("operator", operator)
        if process is not None:
            event.setdefault("process", process)
        return event

    common: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        add_operator,
        describe_exception,
        hide_personal_data,
    ]
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # A cached logger would keep the processors of before a fork or of another test.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            pass_foreign_args=True,
            foreign_pre_chain=[_of_stdlib, structlog.stdlib.ExtraAdder(), *common],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=_describe),
            ],
        )
    )
    # A closed standard error must not turn every log line into a traceback.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
        # Its "info" repeats what our own events say.
        server.setLevel(logging.WARNING)
    for name in ("asyncio", "sqlalchemy", "alembic", "websockets", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_personal_data(_logger: object, _method: str, event: Event) -> Event:
    """Processor: replace values of known keys, at any depth, and whole wire models."""
    for key in list(event):
        # "_record" and the like belong to structlog itself.
        if key not in {"event", "level", "at", "operator"} and not key.startswith("_"):
            event[key] = HIDDEN if _is_private(key) else _cleaned(event[key])
    event["event"] = _shortened(str(event.get("event", "")))
    return event


def describe_exception(_logger: object, _method: str, event: Event) -> Event:
    """Processor: ``exc_info`` becomes the exception's type and where it was raised."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error: BaseException | None = None
    if isinstance(given, BaseException):
        error = given
    elif isinstance(given, tuple) and len(given) == 3:
        error = given[1]
    elif given:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = " <- ".join(_types(error))
        event["trace"] = _places(error.__traceback__)
        if isinstance(error, OSError) and error.strerror:
            event["reason"] = error.strerror
    return event


def _of_stdlib(_logger: object, _method: str, event: Event) -> Event:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["part"] = record.name
        event["event"] = _message(record.msg, event.pop("positional_args", None))
        if record.exc_info and "exc_info" not in event:
            event["exc_info"] = record.exc_info
    return event


def _message(template: object, given: object) -> str:
    """The message with its arguments cleaned: an exception's own text may quote anything."""
    if not isinstance(template, str):
        return str(_cleaned(template))
    if not given:
        return template
    arguments = _cleaned(given)
    try:
        return str(template % (tuple(arguments) if isinstance(arguments, list) else arguments))
    except (TypeError, ValueError, KeyError):
        return template


def _types(error: BaseException) -> Iterator[str]:
    """Names of the exception and of those that it came from, at most five."""
    current: BaseException | None = error
    for _ in range(5):
        if current is None:
            return
        yield type(current).__name__
        current = current.__cause__ or current.__context__


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


def _is_private(key: str) -> bool:
    plain = key.lower().replace("_", "").replace("-", "")
    return plain in _PRIVATE_KEYS or plain.endswith(("token", "password", "secret"))


def _cleaned(value: object) -> object:
    if isinstance(value, BaseModel):
        return f"<{type(value).__name__}>"
    if isinstance(value, BaseException):
        return " <- ".join(_types(value))
    if isinstance(value, Mapping):
        return {
            str(key): HIDDEN if _is_private(str(key)) else _cleaned(inner)
            for key, inner in value.items()
        }
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    if isinstance(value, str):
        return _shortened(value)
    if isinstance(value, Sequence | set | frozenset):
        return [_cleaned(inner) for inner in value]
    return value


def _shortened(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}... ({len(text)} characters)"


def _describe(value: object) -> str:
    return f"<{type(value).__name__}>" if isinstance(value, BaseModel) else str(value)
