"""What to do where a database cannot be reached, by what its client library says.

Refusals while connecting carry no code, only a text, which the server may write in Japanese.
"""

import re

_KNOWN = (
    (
        r"password authentication failed|パスワード認証に失敗|no password supplied|"
        r"パスワードが渡されませんでした",
        "Mend the user or the password in database.url; special characters in them are written "
        "as %40 (@), %3A (:) and %2F (/)",
    ),
    (
        r'database ".*" does not exist|データベース"?.*"?は存在しません',
        "Make it as the server's administrator: CREATE DATABASE name OWNER user ENCODING 'UTF8' "
        "TEMPLATE template0",
    ),
    (
        r'role ".*" does not exist|ロール"?.*"?は存在しません',
        "Make the user as the server's administrator: CREATE ROLE user LOGIN PASSWORD '...'",
    ),
    (
        r"pg_hba\.conf",
        "Allow this user, database and address in the server's pg_hba.conf, and reload it",
    ),
    (
        r"Connection refused|接続を拒否|No such file or directory|timeout expired|timed out|"
        r"No route to host|Network is unreachable",
        "See that the server runs, and that host and port in database.url are its own",
    ),
    (
        r"failed to resolve|could not translate host name|Name or service not known",
        "Mend the server's name in database.url, or write its address",
    ),
    (
        r"too many (clients|connections)|remaining connection slots|接続枠",
        "Raise max_connections of the server, or end what else is connected",
    ),
    (
        r"permission denied|に対するアクセス権限|アクセスが拒否",
        "Make the user the owner of the database: ALTER DATABASE name OWNER TO user",
    ),
)


def advice(text: str) -> str | None:
    """What whoever runs the provider can do about an error; ``None`` if it is not known."""
    for pattern, what_to_do in _KNOWN:
        if re.search(pattern, text):
            return what_to_do
    return None
