"""Every code that staff can meet has words in both languages."""

import ast
import inspect

from net119_protocol.api.admin import StaffRole
from net119_protocol.api.staff import RegistrationState
from net119_reference.mail.address import NeverSent
from net119_reference.mail.schedule import Delivery
from net119_reference.registration import mail_texts, problems
from net119_reference.registration.ports import AnnouncementKind
from net119_reference.registration.states import Act
from net119_reference.web.pages.staff import words


def kinds_of_mails() -> set[str]:
    """The stable names that the module of texts gives its mails."""
    calls = (
        node
        for node in ast.walk(ast.parse(inspect.getsource(mail_texts)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "compose"
    )
    return {str(call.args[1].value) for call in calls if isinstance(call.args[1], ast.Constant)} | {
        f"announcement-{kind}" for kind in AnnouncementKind
    }


def test_every_mail_has_words() -> None:
    assert len(kinds_of_mails()) > 20
    assert kinds_of_mails() - set(words.MAILS) == set()


def test_every_state_event_delivery_kind_and_role_has_words() -> None:
    assert set(RegistrationState) - set(words.STATES) == set()
    assert {act.value for act in Act} - set(words.EVENTS) == set()
    assert {each.value for each in Delivery} - set(words.DELIVERIES) == set()
    assert set(AnnouncementKind) - set(words.KINDS) == set()
    assert set(StaffRole) - set(words.ROLES) == set()


def test_why_a_letter_is_never_sent_has_words() -> None:
    assert set(words.NEVER_SENT) == set(NeverSent) == set(problems.NEVER_SENT)
    for never in NeverSent:
        found = words.never_sent_words(f"the mail address {never}")
        assert found == words.NEVER_SENT[never]
        own = words.never_sent_words(f"the sender address {never}")
        assert own is not None
        assert own.ja.startswith(words.NEVER_SENT[never].ja)
        assert "送信元" in own.ja
    assert words.never_sent_words("the mail address is no mail address") is not None
    assert words.never_sent_words("550 no such mailbox") is None


def test_an_unknown_code_is_shown_rather_than_nothing() -> None:
    assert words.words_of(words.EVENTS, "brand-new") == ("brand-new", "brand-new")
    assert words.purpose_words("議会の質問").ja == "議会の質問"
    assert words.purpose_words("review").en == "Review"
