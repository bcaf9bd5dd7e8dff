"""The contract in machine-readable form and for people, generated from the models.

``python -m net119_protocol.spec`` writes it to ``docs/reference``; ``--check`` says what drifted.
"""

from net119_protocol.spec.asyncapi import asyncapi
from net119_protocol.spec.compare import compare_openapi
from net119_protocol.spec.generate import build, drift, write
from net119_protocol.spec.interconnect import interconnect_page, interconnect_schema
from net119_protocol.spec.openapi import openapi

__all__ = [
    "asyncapi",
    "build",
    "compare_openapi",
    "drift",
    "interconnect_page",
    "interconnect_schema",
    "openapi",
    "write",
]
