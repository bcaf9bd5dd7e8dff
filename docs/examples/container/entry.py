"""What a container does under the contract of docs/containers.md, here for the reference.

It refuses every task but ``serve``, turns what the suite mounted into the settings of its own
program, and becomes that program.
"""

import json
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

UNSUPPORTED = 127


def settings(profile: dict[str, Any], world: Path, data: Path) -> dict[str, Any]:
    """The provider's settings for a profile and the world that was mounted."""
    addresses = profile["addresses"]
    http, stomp = urlsplit(addresses["base_url"]), urlsplit(f"//{addresses['stomp']}")
    files = {"cert": str(world / "ca/sut.pem"), "key": str(world / "ca/sut.key")}
    timers = {key: value for key, value in profile["timers"].items() if key != "patience_s"}
    mail_in, mail_out = (
        urlsplit(f"//{addresses['mail_in']}"),
        urlsplit(f"//{addresses['mail_out']}"),
    )
    return {
        "operator": os.environ["SUT_OPERATOR"],
        "data_dir": str(data),
        "http": {"host": http.hostname, "port": http.port, **files},
        "stomp": {
            "host": stomp.hostname,
            "port": stomp.port,
            "ca": str(world / "ca/ca.pem"),
            "client_certificates": True,
            **files,
        },
        "timers": {**timers, "reconnect_s": 0.1},
        "admin": {"enabled": True, "token": os.environ["SUT_ADMIN_TOKEN"]},
        "directory": {"file": str(world / "directory.json")},
        "profiles": {"folder": str(world / "profiles")},
        "mail": {
            "enabled": True,
            "host": mail_in.hostname,
            "port": mail_in.port,
            "relay_host": mail_out.hostname,
            "relay_port": mail_out.port,
            "retry_s": 0.5,
            "retry_max_s": 1.0,
            "give_up_s": 20.0,
        },
        "homes": json.loads((world / "departments.json").read_text("utf-8")),
        "peers": json.loads((world / "operators.json").read_text("utf-8")),
    }


def inline(value: object) -> str:
    """A value as TOML on one line: a JSON string is a TOML string, a table has ``=``."""
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {inline(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Serve if that is the task; else say that it is not supported."""
    task = os.environ.get("SUT_TASK", "")
    if task != "serve":
        sys.stderr.write(f"unsupported task {task!r}\n")
        return UNSUPPORTED
    world = Path(os.environ["SUT_WORLD"])
    profile = tomllib.loads((world / "sut.toml").read_text("utf-8"))
    # The same after a kill and a start of the container: what was acknowledged is still there.
    folder = Path(tempfile.gettempdir()) / "net119"
    folder.mkdir(exist_ok=True)
    config = folder / "config.toml"
    lines = [f"{k} = {inline(v)}" for k, v in settings(profile, world, folder / "data").items()]
    config.write_text("\n".join(lines) + "\n", "utf-8")
    command = [sys.executable, "-m", "net119_reference", "--config", str(config)]
    # In the place of this process, so that SIGTERM reaches the provider.
    os.execv(sys.executable, command)  # noqa: S606  # the program's own


if __name__ == "__main__":
    sys.exit(main())
