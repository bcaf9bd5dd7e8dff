"""What came in: its text in every form that handsets write, and who must never be answered."""

import base64
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.mail.body import Attached
from net119_reference.mail.incoming import Incoming, IncomingKind, read_mail
from net119_reference.mail.letter import new_message_id

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
TO = "apply@net119.example"
OWN = (TO, "register@net119.example")
OURS = new_message_id("register@net119.example")
HEAD = (
    b"From: hanako@mobile.example\r\nTo: apply@net119.example\r\nMessage-ID: <1@mobile.example>\r\n"
)


def read(raw: bytes, sender: str = "hanako@mobile.example") -> Incoming:
    return read_mail(raw, sender, [TO], NOW, own=OWN)


def typed(kind: str, body: bytes, *, encoding: str = "7bit", subject: bytes = b"") -> bytes:
    return (
        HEAD
        + b"Subject: "
        + subject
        + f"\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n".encode()
        + f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        + body
    )


def test_an_empty_mail() -> None:
    found = read(HEAD + b"\r\n")
    assert found.kind is IncomingKind.PERSON
    assert (found.sender, found.recipient) == ("hanako@mobile.example", TO)
    assert (found.subject, found.text, found.defects) == ("", "", ())
    assert found.message_id == "<1@mobile.example>"
    assert found.received_at == NOW


def test_nothing_at_all_is_an_empty_mail_too() -> None:
    assert read(b"").kind is IncomingKind.PERSON


CASES = {
    "signature": (typed("text/plain", b"\r\n-- \r\nHanako\r\n"), "--\nHanako".replace("--", "-- ")),
    "shift_jis": (
        typed("text/plain; charset=Shift_JIS", "髙橋①㈱".encode("cp932"), encoding="8bit"),
        "髙橋①㈱",
    ),
    "iso-2022-jp with row 13": (
        typed("text/plain; charset=ISO-2022-JP", b"\x1b$BEPO?-!-j\x1b(B"),
        "登録①㈱",
    ),
    "half-width kana": (
        typed("text/plain; charset=ISO-2022-JP", b"\x1b(I6@E\x1b(B"),
        "\uff76\uff80\uff85",
    ),
    "base64 utf-8": (
        typed("text/plain; charset=utf-8", base64.b64encode("𠮷野家".encode()), encoding="base64"),
        "𠮷野家",
    ),
    "html": (
        typed(
            "text/html; charset=utf-8",
            "<html><head><title>x</title><style>p{}</style></head><body><p>申し込みます。<br>"
            "<script>alert(1)</script>&lt;花子&gt;</p></body></html>".encode(),
            encoding="8bit",
        ),
        "申し込みます。\n<花子>",
    ),
    "nothing declared": (HEAD + b"\r\n" + "登録したい".encode("cp932"), "登録したい"),
    "control characters": (typed("text/plain", b"a\x00b\x07"), "a�b�"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_text_is_what_the_person_wrote(name: str) -> None:
    raw, text = CASES[name]
    found = read(raw)
    assert (found.kind, found.text) == (IncomingKind.PERSON, text)


def test_plain_text_is_preferred_and_attachments_are_only_named() -> None:
    message = EmailMessage()
    message["From"] = "hanako@mobile.example"
    message["Subject"] = "登録"
    message.set_content("本文")
    message.add_alternative("<p>別の本文</p>", subtype="html")
    message.add_attachment(b"\xff\xd8" * 50, maintype="image", subtype="jpeg", filename="写真.jpg")
    found = read(message.as_bytes())
    assert found.text == "本文"
    assert found.subject == "登録"
    assert found.attachments == (Attached("写真.jpg", "image/jpeg", 100),)


@pytest.mark.parametrize(
    "subject",
    [
        b"=?ISO-2022-JP?B?" + base64.b64encode(b"\x1b$BEPO?-!\x1b(B") + b"?=",
        b"=?Shift_JIS?B?" + base64.b64encode("登録①".encode("cp932")) + b"?=",
        b"=?UTF-8?B?"
        + base64.b64encode("登".encode())
        + b"?=\r\n =?UTF-8?B?"
        + base64.b64encode("録①".encode())
        + b"?=",
        "登録①".encode("cp932"),
        b"\x1b$BEPO?-!\x1b(B",
    ],
)
def test_subjects_in_every_form(subject: bytes) -> None:
    assert read(typed("text/plain", b"", subject=subject)).subject == "登録①"


@pytest.mark.parametrize("sender", ["a..b.@mobile.example", '"a..b."@mobile.example'])
def test_senders_that_break_the_standard_are_one_person(sender: str) -> None:
    found = read(HEAD.replace(b"hanako@mobile.example", sender.encode()) + b"\r\n", sender)
    assert (found.kind, found.sender) == (IncomingKind.PERSON, "a..b.@mobile.example")
    assert found.defects == ()


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk"]
    + ["Precedence: list", "Precedence: junk", "X-Autoreply: yes", "X-Autorespond: out"]
    + ["List-Id: <news.example>", "List-Unsubscribe: <mailto:a@b.example>"]
    + ["X-Auto-Response-Suppress: All", "Content-Type: multipart/report; boundary=x"],
)
def test_machines_are_never_answered(header: str) -> None:
    found = read(HEAD + header.encode() + b"\r\n\r\nI am away")
    assert found.kind is IncomingKind.AUTO_REPLY
    assert found.reason


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: normal", "X-Autoreply: no"])
def test_persons_are(header: str) -> None:
    assert read(HEAD + header.encode() + b"\r\n\r\n").kind is IncomingKind.PERSON


def report(action: str, original: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mobile.example\r\nTo: register@net119.example\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nnot delivered\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.mobile.example\r\n\r\n"
        f"Final-Recipient: rfc822; <a..b.@mobile.example>\r\nAction: {action}\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n"
        f"--b\r\n{original}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    "original",
    [
        f"Content-Type: message/rfc822\r\n\r\nMessage-ID: {OURS}\r\nSubject: x\r\n\r\ntext",
        f"Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: {OURS}\r\n",
    ],
)
@pytest.mark.parametrize("sender", ["", "<>", "MAILER-DAEMON@mobile.example"])
def test_a_delivery_report_names_the_letter_and_its_recipient(original: str, sender: str) -> None:
    found = read(report("failed", original), sender)
    assert found.kind is IncomingKind.BOUNCE
    (bounce,) = found.bounced
    assert bounce.recipient == "a..b.@mobile.example"
    assert (bounce.status, bounce.message_id) == ("5.1.1", OURS)
    assert bounce.diagnostic == "550 5.1.1 unknown"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_delay_is_no_failure(action: str) -> None:
    found = read(report(action, "Content-Type: text/plain\r\n\r\n"), "<>")
    assert (found.kind, found.bounced) == (IncomingKind.AUTO_REPLY, ())


def test_a_bounce_that_follows_no_standard() -> None:
    raw = (
        b"From: postmaster@mobile.example\r\nX-Failed-Recipients: taro@mobile.example\r\n\r\n"
        b"User unknown (5.1.1)\r\n> Message-ID: " + OURS.encode()
    )
    found = read(raw, "<>")
    assert found.kind is IncomingKind.BOUNCE
    assert [(b.recipient, b.status, b.message_id) for b in found.bounced] == [
        ("taro@mobile.example", "5.1.1", OURS)
    ]


def test_a_reply_by_a_machine_with_the_null_sender_is_no_bounce() -> None:
    raw = HEAD + f"Auto-Submitted: auto-replied\r\nIn-Reply-To: {OURS}\r\n\r\naway".encode()
    found = read(raw, "<>")
    assert (found.kind, found.sender) == (IncomingKind.AUTO_REPLY, "")


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        (b"Received: by a\r\n" * 26, "hanako@mobile.example"),
        (b"Message-ID: " + OURS.encode() + b"\r\n", "hanako@mobile.example"),
        (b"", "Register@NET119.example"),
        (b"From: register@net119.example\r\n", "hanako@mobile.example"),
    ],
    # The Message-ID is another in every worker, so it cannot be part of a test's name.
    ids=["hops", "our Message-ID", "our envelope sender", "our From"],
)
def test_loops_are_known(head: bytes, sender: str) -> None:
    assert read(head + b"\r\n", sender).kind is IncomingKind.LOOP


@pytest.mark.parametrize(
    "sender", ['"a;b"@m.example', '"a b"@m.example', "nonsense", "日本@m.example"]
)
def test_senders_that_cannot_be_answered(sender: str) -> None:
    found = read(b"\r\n", sender)
    assert found.kind is IncomingKind.UNREADABLE
    assert found.reason


def test_an_answer_names_our_letters() -> None:
    other = new_message_id("register@net119.example")
    raw = HEAD + f"References: {OURS} <x@y.example>\r\nIn-Reply-To: {other}\r\n\r\n".encode()
    assert read(raw).answers == (other, OURS)


def test_a_forged_from_is_noted() -> None:
    assert read(HEAD + b"\r\n", "taro@mobile.example").defects == ("from-differs",)


def test_a_mail_of_a_thousand_boxes_does_not_stop_us() -> None:
    deep = b"".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n'.encode()
        for n in range(3000)
    )
    found = read(HEAD + deep)
    assert found.kind is IncomingKind.UNREADABLE
    assert found.defects == ("malformed",)


def test_too_much_text_is_cut_and_said_so() -> None:
    found = read(typed("text/plain", b"x" * 400_000))
    assert len(found.text) == 50_000
    assert found.defects == ("text-cut",)


PIECES = st.sampled_from(
    [b"\r\n", b"\r\n\r\n", b"From: ", b"Subject: =?utf-8?B?", b"?=", b"=?iso-2022-jp?q?\x1b$B"]
    + [b"Content-Type: multipart/report; boundary=b", b"--b", b"--b--", b"Content-Type: text/html"]
    + [b"Content-Type: message/delivery-status", b"Content-Type: message/rfc822", b"Action: failed"]
    + [b"Content-Transfer-Encoding: base64", b"; charset*0*=x'y'%ff", b"; filename*=utf-8''%e3%81"]
    + [b"Final-Recipient: ;", b"Status: ", b"\xff\xfe", b"<", b'"', b"\x00", b": ", b"Received: x"]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=25), st.text(max_size=12))
def test_no_mail_stops_the_reader(pieces: list[bytes], sender: str) -> None:
    found = read_mail(b"".join(pieces), sender, [TO], NOW, own=OWN)
    found.text.encode()
    found.subject.encode()
    assert found.kind is IncomingKind.PERSON or found.reason
