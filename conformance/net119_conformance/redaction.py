"""Keeps tokens and passwords out of evidence and reports.

Simulators replace the secrets they know; this is the second net, under everything that is kept.
"""

import re

from net119_conformance.masking import Masker

REDACTED = "[redacted]"

# Names that carry secrets in our API, in common HTTP headers and in STOMP.
_NAME = (
    r"(?:[\w-]*(?:password|passcode|passwd|secret)|(?:[\w-]*[_-])?token|[a-z]+Token"
    r"|api[_-]?key|authorization|proxy-authorization|cookie|set-cookie)"
)
_JSON = re.compile(rf'(?i)("{_NAME}"\s*:\s*)("(?:[^"\\]|\\.)*"?|\[[^\]]*\]?)')
# JSON inside JSON (a message quoted in a log line or an error).
_JSON_ESCAPED = re.compile(rf'(?i)(\\"{_NAME}\\"\s*:\s*)\\"(?:[^"\\]|\\[^"])*\\?"?')
_HEADER = re.compile(rf"(?im)^({_NAME}[ \t]*:[ \t]*)(\S[^\r\n]*)")
_QUERY = re.compile(rf"(?i)([?&;]{_NAME}=)([^&\s\"'<>]+)")
_FORM = re.compile(rf"(?i)(^|&)({_NAME}=)([^&\s]+)")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")


class Redactor:
    """Replaces secrets by `[redacted]`: by the names of their fields, and by known values.

    With a `mask`, the data of people that the suite does not know are replaced as well.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.mask: Masker | None = None

    def hide(self, secret: str) -> None:
        """Replace `secret` wherever it shows from now on; shorter than 6 characters is ignored,
        since it would blot out innocent text."""
        if len(secret) >= 6:
            self._known.add(secret)

    def __call__(self, text: str) -> str:
        """`text` without secrets."""
        # The longest first: one secret may be the beginning of another.
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, REDACTED)
        text = _JSON.sub(rf'\1"{REDACTED}"', text)
        text = _JSON_ESCAPED.sub(rf'\1\\"{REDACTED}\\"', text)
        text = _HEADER.sub(rf"\1{REDACTED}", text)
        text = _QUERY.sub(rf"\1{REDACTED}", text)
        text = _FORM.sub(rf"\1\2{REDACTED}", text)
        text = _BEARER.sub(rf"\1 {REDACTED}", text)
        return text if self.mask is None else self.mask(text)

    def free(self, text: str) -> str:
        """What a person wrote in free words, without secrets and without data of people."""
        return self(text if self.mask is None else self.mask.free(text))
