"""The identity image as an attachment: for phones that cannot upload a file (TOM-10, CTS-02)."""

import base64
import io
from uuid import UUID, uuid4

import pytest
from net119_protocol.api.staff import RegistrationState
from net119_reference.registration.links import PER_WINDOW, WINDOW
from net119_simulators.mailbox import Draft, Letter
from PIL import Image

from tests.reference.mail.support import say
from tests.reference.registration.support import ME, Town, application, photo, run, town
from tests.reference.registration.test_mailed_urls import account_token, returned_token

OTHER = "somebody.else@phone.example"
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64
ARRIVED, REFUSED = "画像を受け取りました", "画像を受け取れませんでした"
NOT_TAKEN = "添付の画像は、受け取っていません"


def picture(colour: str, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, kind, **options)
    return out.getvalue()


def part(content: bytes, kind: str = "image/jpeg", *headers: str) -> bytes:
    """One part of a mail, as a phone writes it."""
    head = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *headers]
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def mail(
    *parts: bytes, sender: str = ME, kind: str = "multipart/mixed", headers: tuple[str, ...] = ()
) -> bytes:
    """A phone's mail of these parts, its own lines and boundary."""
    head = [
        f"From: {sender}",
        f"Message-ID: <{uuid4()}@phone.example>",
        *headers,
        "MIME-Version: 1.0",
        f'Content-Type: {kind}; boundary="----=_phone"',
    ]
    inner = b"".join(b"------=_phone\r\n" + each + b"\r\n" for each in parts)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + inner + b"------=_phone--\r\n"


async def send(here: Town, content: bytes, *, sender: str = ME, to: str | None = None) -> None:
    to = to or here.desk.profile(here.department).mail.application
    assert await say(here.inbound.port, sender, [to], content) == (250, "2.0.0 OK")


async def answers(here: Town, address: str = ME) -> list[Letter]:
    """All letters, once none is under way."""
    await here.settled()
    return list(here.boxes.letters(address))


async def colour(here: Town, token: str) -> tuple[int, int, int]:
    """What the draft's image shows."""
    content = await here.desk.own_image(token)
    found = Image.open(io.BytesIO(content)).convert("RGB").getpixel((30, 20))
    assert isinstance(found, tuple)
    return (found[0], found[1], found[2])


def test_an_attached_photo_is_the_image_of_the_draft() -> None:
    """It is kept clean and sealed, its arrival is told, and it goes to the department."""

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            exif = Image.Exif()
            exif[0x010E] = "at home"
            sent = picture("red", exif=exif)
            assert b"at home" in sent
            await send(here, mail(part(sent), headers=("Subject: ",)))
            letter = await here.letter(ARRIVED)
            assert b"Auto-Submitted: auto-generated" in letter.raw
            view = await here.desk.open_link(token)
            assert view.has_own_image
            kept = await here.desk.own_image(token)
            assert kept.startswith(b"\xff\xd8\xff")
            assert b"at home" not in kept
            assert not Image.open(io.BytesIO(kept)).getexif()
            database = (here.folder / "net119.db").read_bytes()
            assert kept[:64] not in database
            assert sent[-64:] not in database
            assert await here.desk.keep_draft(token, application("tomakomai")) == ()
            await here.desk.submit(token)
            (row,) = await here.rows(RegistrationState.APPLIED)
            shown = await here.desk.identity_image(here.clerk, row.registrant_id, "審査")
            assert shown == kept

    run(story)


def test_what_phones_send_photos_as() -> None:
    """No text, a photo as the whole mail, as octets without a type, beside what is no photo."""

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            whole = (
                f"From: {ME}\r\nMessage-ID: <{uuid4()}@phone.example>\r\nMIME-Version: 1.0\r\n"
            ).encode() + part(picture("red"))
            octets = part(
                picture("blue", "PNG"),
                'application/octet-stream; name="=?ISO-2022-JP?B?GyRCPExAPxsoQi5qcGc=?="',
                "Content-Disposition: inline",
            )
            text = b"Content-Type: text/plain; charset=Shift_JIS\r\n\r\n" + "写真です①".encode(
                "cp932"
            )
            card = part(b"BEGIN:VCARD", "text/x-vcard; name=me.vcf")
            layout = part(b"<smil/>", "application/smil; name=a.smil")
            for content, wanted in (
                (whole, (254, 0, 0)),
                (mail(text, octets, card), (0, 0, 254)),
                (mail(layout, part(picture("lime")), card), (0, 255, 1)),
            ):
                before = len(here.boxes.letters(ME))
                await send(here, content)
                await here.letter(ARRIVED, after=before)
                assert await colour(here, token) == wanted

    run(story)


def test_of_several_images_the_last_one_is_used_and_that_is_told() -> None:
    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            gif = part(picture("white", "GIF"), "image/gif; name=mark.gif")
            await send(here, mail(part(picture("red")), part(picture("blue")), gif))
            letter = await here.letter(ARRIVED)
            assert "画像が2枚ありました。最後の1枚だけを使います。" in letter.text
            assert await colour(here, token) == (0, 0, 254)
            before = len(here.boxes.letters(ME))
            await send(here, mail(part(picture("red"))))
            letter = await here.letter(ARRIVED, after=before)
            assert "枚ありました" not in letter.text
            assert await colour(here, token) == (254, 0, 0)

    run(story)


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (HEIC, "image/heic", "HEIC形式の画像は使えません。iPhoneでは"),
        (b"%PDF-1.7 x", "application/pdf", "PDF形式のファイルは使えません。"),
        (picture("red", "GIF"), "image/gif", "GIF形式のファイルは使えません。"),
        (picture("red")[:400], "image/jpeg", "画像が壊れていて開けません。"),
        (b"\xff\xd8\xff" + b"\x00" * 10 * 1024 * 1024, "image/jpeg", "画像が大きすぎます。"),
    ],
    ids=["heic", "pdf", "gif", "damaged", "too-large"],
)
def test_what_cannot_be_taken_is_answered_with_why(content: bytes, kind: str, why: str) -> None:
    """The image that arrived before stays."""

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            await send(here, mail(part(picture("red"))))
            await here.letter(ARRIVED)
            await send(here, mail(part(content, kind)))
            letter = await here.letter(REFUSED)
            assert f"理由: {why}" in letter.text
            assert here.desk.profile("tomakomai").mail.application in letter.text
            assert not [each for each in letter.urls if "/r/" in each]
            assert await colour(here, token) == (254, 0, 0)
            assert (await here.desk.open_link(token)).has_own_image

    run(story)


def test_without_an_application_under_way_the_answer_is_the_url_and_says_so() -> None:
    """Before the first mail, and before the terms are accepted (TOM-09)."""

    async def story() -> None:
        async with town() as here:
            await send(here, mail(part(photo())))
            first = await here.letter("登録のご案内")
            assert NOT_TAKEN in first.text
            await send(here, mail(part(photo())))
            second = await here.letter("登録のご案内", after=1)
            assert NOT_TAKEN in second.text
            token = await here.token(second)
            assert not (await here.desk.open_link(token)).has_image
            await here.desk.accept_terms(token, here.desk.profile("tomakomai").terms.version)
            # What is no photo is the empty mail of somebody who has lost the URL.
            card = part(b"BEGIN:VCARD", "text/x-vcard; name=me.vcf")
            await send(here, mail(card))
            assert NOT_TAKEN not in (await here.letter("登録のご案内", after=2)).text

    run(story)


def test_a_picture_within_the_text_is_no_identity_image() -> None:
    """The emoji of a decorated mail, the logo of a signature."""

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            html = b'Content-Type: text/html\r\n\r\n<body>:-)<img src="cid:logo@x"></body>'
            logo = part(picture("red", "PNG"), "image/png", "Content-ID: <logo@x>")
            await send(here, mail(html, logo, kind="multipart/related"))
            letter = await here.letter("登録のご案内", after=1)
            assert "本文の中の画像は、受け取っていません。" in letter.text
            assert not (await here.desk.open_link(await here.token(letter))).has_image
            with pytest.raises(Exception, match="revoked"):
                await here.desk.open_link(token)

    run(story)


def test_an_image_answers_the_mail_that_asked_for_it() -> None:
    """Who answers a mail of ours writes to its sender, not to the application address."""

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            sender = here.desk.profile("tomakomai").mail.registration_sender
            await send(here, mail(part(picture("blue"))), to=sender)
            await here.letter(ARRIVED)
            assert await colour(here, token) == (0, 0, 254)

    run(story)


def test_corrections_and_changes_take_an_image_too() -> None:
    async def story() -> None:
        async with town() as here:
            row = await here.apply()
            before = await stored(here, row.registrant_id)
            token = await returned_token(here, row)
            await send(here, mail(part(picture("lime"))))
            await here.letter(ARRIVED)
            # Nothing changes at the department before the correction is handed in.
            assert await stored(here, row.registrant_id) == before
            await here.desk.submit(token)
            assert await stored(here, row.registrant_id) != before
            await here.desk.approve(
                here.clerk, row.registrant_id, await here.version(row.registrant_id)
            )
            letter = await here.letter("登録が完了")
            words = dict(line.split(": ", 1) for line in letter.text.splitlines() if ": " in line)
            change = await account_token(here, words["ID"], words["パスワード"])
            count = len(here.boxes.letters(ME))
            await send(here, mail(part(picture("red"))))
            await here.letter(ARRIVED, after=count)
            assert await colour(here, change) == (254, 0, 0)

    run(story)


@pytest.mark.parametrize("approved", [False, True])
def test_a_forged_sender_changes_no_image_of_a_submitted_application(approved: bool) -> None:
    async def story() -> None:
        async with town() as here:
            row = await here.apply()
            if approved:
                await here.desk.approve(here.clerk, row.registrant_id, row.version)
            before = await stored(here, row.registrant_id)
            await send(here, mail(part(picture("red")), sender="forged@evil.example"))
            letter = await here.letter("登録済みのメールアドレスです")
            assert NOT_TAKEN in letter.text
            assert not [each for each in letter.urls if "/r/" in each]
            assert await stored(here, row.registrant_id) == before

    run(story)


async def stored(here: Town, registrant_id: UUID) -> bytes:
    found: bytes = await here.desk.images.read(registrant_id)
    assert found
    return found


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        (("Auto-Submitted: auto-replied",), ME),
        (("Precedence: list",), ME),
        (("List-Id: <x.example>",), ME),
        (("Message-ID: <net119.0123456789abcdef0123456789abcdef@net119-aoba.example>",), ME),
        ((), ""),
        ((), "MAILER-DAEMON@phone.example"),
    ],
    ids=["auto-reply", "bulk", "list", "own", "null-sender", "daemon"],
)
def test_machines_bring_no_image_and_get_no_answer(headers: tuple[str, ...], sender: str) -> None:
    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            before = await answers(here)
            content = mail(part(photo()), sender=sender or ME)
            if any(each.startswith("Message-ID") for each in headers):
                content = content.replace(b"Message-ID: ", b"X-Former-ID: ", 1)
            await send(
                here, b"".join(f"{each}\r\n".encode() for each in headers) + content, sender=sender
            )
            assert await answers(here) == before
            assert not (await here.desk.open_link(token)).has_image

    run(story)


def test_images_by_mail_are_bounded_and_none_is_taken_unsaid() -> None:
    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            before = len(await answers(here))
            for _ in range(PER_WINDOW):
                await send(here, mail(part(picture("blue"))))
            await send(here, mail(part(picture("red"))))
            assert len(await answers(here)) - before == PER_WINDOW
            assert await colour(here, token) == (0, 0, 254)
            here.clock.advance(WINDOW.total_seconds())
            await send(here, mail(part(picture("red"))))
            assert len(await answers(here)) - before == PER_WINDOW + 1
            assert await colour(here, token) == (254, 0, 0)

    run(story)


def test_somebody_else_has_a_draft_of_their_own() -> None:
    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            await here.write(
                Draft(sender=OTHER, to=here.desk.profile("tomakomai").mail.application)
            )
            other = await here.token(await here.letter("登録のご案内", OTHER))
            await here.desk.accept_terms(other, here.desk.profile("tomakomai").terms.version)
            await send(here, mail(part(picture("red")), sender=OTHER), sender=OTHER)
            await here.letter(ARRIVED, OTHER)
            assert await colour(here, other) == (254, 0, 0)
            assert not (await here.desk.open_link(token)).has_image
            assert len(await answers(here)) == 1

    run(story)


def test_an_image_goes_with_its_draft_to_a_newer_url() -> None:
    async def story() -> None:
        async with town() as here:
            await here.start_application()
            await send(here, mail(part(picture("red"))))
            await here.letter(ARRIVED)
            before = len(here.boxes.letters(ME))
            await here.write()
            newer = await here.token(await here.letter("登録のご案内", after=before))
            assert await colour(here, newer) == (254, 0, 0)

    run(story)


def test_a_department_that_asks_for_no_image_says_so() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await here.start_application()
            await send(here, mail(part(photo())))
            letter = await here.letter(REFUSED)
            assert "この消防本部の申請に、画像は要りません。" in letter.text
            assert not [each for each in letter.urls if "/r/" in each]

    run(story)


def test_a_feature_phone_is_answered_in_its_charset() -> None:
    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            phone = application("tomakomai", device="フィーチャーフォン（N904i）")
            await here.desk.keep_draft(token, phone)
            await send(here, mail(part(photo())))
            letter = await here.letter(ARRIVED)
            assert b"charset=iso-2022-jp" in letter.raw

    run(story)
