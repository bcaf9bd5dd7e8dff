"""Secrets that a profile names without holding them: profiles are kept with a vendor's code."""

import os
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr


def _known(name: str) -> str:
    if not os.environ.get(name):
        raise ValueError(f"the environment has no variable {name}, or it is empty")
    return name


Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), AfterValidator(_known)]
"""Name of an environment variable that holds a secret; wrong where it is not set."""


def secret_of(plain: SecretStr | None, variable: str | None) -> str:
    """A secret as the profile gives it, itself or by a variable's name; empty if neither."""
    if plain is not None:
        return plain.get_secret_value()
    return os.environ.get(variable, "") if variable else ""
