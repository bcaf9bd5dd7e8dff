"""The page that says to use https: bare HTML, for a browser of any age.

In Shift_JIS, which phones of 2005 read and browsers of today still do.
"""

from collections.abc import Mapping
from html import escape

from net119_reference.web.pages.rendering import HEADERS as PAGE_HEADERS

HEADERS: Mapping[str, str] = {
    **PAGE_HEADERS,
    "Content-Type": "text/html; charset=Shift_JIS",
    "Content-Language": "ja, en",
}


def needs_https(https_url: str, mobile_path: str | None = None) -> bytes:
    """The page's body.

    Args:
        https_url: where the pages are served encrypted.
        mobile_path: pages of feature phones on this same listener, if it serves them.
    """
    url = escape(https_url, quote=True)
    mobile = ""
    if mobile_path is not None:
        path = escape(mobile_path, quote=True)
        mobile = f"""<h2>https のページを開けない携帯電話</h2>
<p>暗号化されない通信になります。内容を他人に見られるおそれがあります。
<a href="{path}" accesskey="1">携帯電話用のページ</a></p>
<p lang="en">If your phone cannot open https pages: <a href="{path}">pages for mobile phones</a>.
The connection is not encrypted; others may be able to read it.</p>
"""
    return f"""<!DOCTYPE html>
<html lang="ja">
<head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>https が必要です - NET119</title></head>
<body data-page="needs-https">
<h1>https で始まるアドレスを開いてください</h1>
<p>NET119のページは、暗号化された通信で使います。<a href="{url}">{url}</a></p>
<p lang="en">NET119 pages are used over an encrypted connection. Open the address that begins with
https: <a href="{url}">{url}</a></p>
{mobile}</body>
</html>
""".encode("cp932", "xmlcharrefreplace")


def whole_response(https_url: str) -> bytes:
    """The page as an HTTP response, for who speaks plain HTTP to the port of HTTPS."""
    body = needs_https(https_url)
    lines = [
        "HTTP/1.1 400 Bad Request",
        *(f"{name}: {value}" for name, value in HEADERS.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
