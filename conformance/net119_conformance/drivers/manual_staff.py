"""A department's staff, whose pages a person operates: what is read, cancelled and on record."""

from collections.abc import Mapping
from uuid import UUID

from net119_protocol.api.problems import Problem
from net119_protocol.api.records import (
    Access,
    AnnouncementView,
    Decision,
    Defect,
    Deletion,
    FailedMail,
    NewAnnouncement,
    PaperApplication,
    PaperChange,
    RegistrationRecord,
    RegistrationRow,
    Withdraw,
)
from net119_protocol.api.staff import Credentials, RegistrationState
from net119_protocol.codes import Refusal
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Text
from net119_conformance.drivers import manual_staff_words as words
from net119_conformance.drivers.manual_asking import Asking, in_words
from net119_conformance.drivers.manual_seen import (
    SeenAccess,
    SeenRegistration,
    SeenRow,
    not_asked,
    seen,
)
from net119_conformance.manual.steps import Fact

WHERE = "the staff pages in a person's hands"


class Registrant:
    """A registrant as staff find them: by name and log-in ID."""

    def __init__(self, name: str, credentials: Credentials) -> None:
        self.name = name
        self.credentials = credentials

    def facts(self) -> list[Fact]:
        """By what a person recognises the registration."""
        return [
            Fact(label=Text(ja="登録者", en="Registrant"), value=self.name),
            Fact(label=Text(ja="ログインの ID", en="Log-in ID"), value=self.credentials.login_id),
        ]


async def suspend(asking: Asking, department: str, who: Registrant, reason: str) -> None:
    """Have no more calls of a registrant taken."""
    where = words.at_staff(department)
    await asking.ask(
        words.SUSPEND,
        [
            Text(
                ja=f"{where.ja}で、下の登録者の通報を、下の理由で止めてください（一時停止）。",
                en=f"At {where.en}, suspend the registrant below for the reason below.",
            ),
            Text(
                ja="止まったことが画面で分かったら「できた」を押してください。",
                en="Choose Done once the screen shows that it is suspended.",
            ),
        ],
        words.SUSPEND_WHY,
        facts=[*who.facts(), words.reason_fact(reason)],
    )
    asking.review(
        Text(
            ja="登録者の通報を止めたことは、試験者だけが見ました",
            en="only the tester saw that the registrant was suspended",
        ),
        who.name,
    )


class ManualStaff:
    """One staff member of ``department``; ``people``: those registered, by their identifiers."""

    def __init__(self, asking: Asking, department: str, people: Mapping[UUID, Registrant]) -> None:
        self._asking = asking
        self._department = department
        self._where = words.at_staff(department)
        self._people = people
        self._read_for: dict[UUID, str] = {}
        self._cancelled: dict[UUID, RegistrationRecord] = {}

    async def rows(
        self, state: RegistrationState | None = None, query: str = ""
    ) -> tuple[RegistrationRow, ...]:
        """The one registration with a log-in ID, in the state that the person sees."""
        found = [each for each in self._people.values() if each.credentials.login_id == query]
        if state is not None or not found:
            raise not_asked("rows other than by a log-in ID")
        question = words.state_question(Text(ja="登録の状態", en="State"))
        values, _ = await self._asking.ask(
            words.FIND,
            [
                Text(
                    ja=f"{self._where.ja}で、下の登録者を探し、登録の状態を答えてください。",
                    en=f"At {self._where.en}, find the registrant below, and say in which state "
                    "the registration is.",
                )
            ],
            words.FIND_WHY,
            facts=found[0].facts(),
            questions=[question],
        )
        self._asking.review(
            Text(
                ja="登録の状態は、試験者だけが見ました",
                en="only the tester saw the state of the registration",
            ),
            in_words([question], values, about=found[0].name),
        )
        if values["state"] == words.NONE:
            return ()
        return (
            seen(
                SeenRow,
                registrant_id=found[0].credentials.registrant_id,
                login_id=query,
                state=RegistrationState(values["state"]),
            ),
        )

    async def record(self, registrant_id: UUID, purpose: str = "review") -> RegistrationRecord:
        """Have one registration read for a purpose; one that was cancelled, as it was seen then."""
        who = self._who(registrant_id)
        if registrant_id in self._cancelled:
            return self._cancelled[registrant_id]
        await self._asking.ask(
            words.READ,
            [
                Text(
                    ja=f"{self._where.ja}で、下の登録者の登録情報を、下の目的で見てください。"
                    "ほかの人の登録情報は開かないでください。",
                    en=f"At {self._where.en}, read the registration below for the purpose below. "
                    "Open nobody else's.",
                )
            ],
            words.READ_WHY,
            facts=[
                *who.facts(),
                Fact(label=Text(ja="見る目的", en="Purpose"), value=purpose),
            ],
        )
        self._read_for[registrant_id] = purpose
        self._asking.review(
            Text(
                ja="登録情報を見たことは、試験者だけが知っています",
                en="only the tester knows that the registration was read",
            ),
            f"{who.name}: {purpose}",
        )
        return seen(SeenRegistration, registrant_id=registrant_id)

    async def decide(
        self,
        record: RegistrationRecord | RegistrationRow,
        decision: Decision,
        reason: str = "",
        defects: tuple[Defect, ...] = (),
    ) -> RegistrationRecord:
        """Have a registration cancelled; a refusal is raised as ``CallRefused``."""
        if decision is not Decision.CANCEL or defects:
            raise not_asked(f"decide ({decision.value})")
        who = self._who(record.registrant_id)
        without = Text(
            ja="理由は何も書かずに試してください。取り消してよいかを尋ねられたら、進んでください。",
            en="Try it without any reason. If asked whether you are sure, go on.",
        )
        with_it = Text(ja="理由には下の文を書いてください。", en="Give the reason below.")
        values, _ = await self._asking.ask(
            words.CANCEL,
            [
                Text(
                    ja=f"{self._where.ja}で、下の登録者の登録を取り消してください。",
                    en=f"At {self._where.en}, cancel the registration below.",
                ),
                with_it if reason else without,
                Text(
                    ja="取り消されたら、登録情報を開き直して、残っているとおりに答えてください。",
                    en="Once it is cancelled, open the registration again, and answer by that.",
                ),
            ],
            words.CANCEL_WHY,
            facts=[*who.facts(), *([words.reason_fact(reason)] if reason else [])],
            questions=words.CANCEL_QUESTIONS,
        )
        self._asking.review(
            Text(
                ja="取消しがどうなったかは、試験者だけが見ました",
                en="only the tester saw what became of the cancellation",
            ),
            in_words(words.CANCEL_QUESTIONS, values, about=who.name),
        )
        if values["result"] != words.DONE:
            raise refused(Refusal(values["result"]), WHERE)
        if values["state"] == words.NONE:
            raise not_asked("a record that is gone after its cancellation")
        # What the person read after opening it again: nobody is asked for the same twice.
        found = self._cancelled[record.registrant_id] = seen(
            SeenRegistration,
            registrant_id=record.registrant_id,
            state=RegistrationState(values["state"]),
            reason=values["reason"],
        )
        return found

    async def accesses(self, registrant_id: UUID | None = None) -> tuple[Access, ...]:
        """Entries about reading one registration, as many as the person counts."""
        if registrant_id is None:
            raise not_asked("accesses of everybody")
        who = self._who(registrant_id)
        purpose = self._read_for.get(registrant_id, "")
        questions = words.audit_questions(purpose)
        values, _ = await self._asking.ask(
            words.AUDIT,
            [
                Text(
                    ja=f"{self._where.ja}で、だれがいつ登録情報を見たかの記録を開き、"
                    "下の登録者のこの試験の間の記録を数えてください。",
                    en=f"At {self._where.en}, open the record of who read what when, and count "
                    "the entries about the registrant below that were made during this test.",
                )
            ],
            words.AUDIT_WHY,
            facts=who.facts(),
            questions=questions,
        )
        self._asking.review(
            Text(
                ja="閲覧の記録に何があるかは、試験者だけが見ました",
                en="only the tester saw what the record of readings has",
            ),
            in_words(questions, values, about=who.name),
        )
        count = {words.NONE: 0, words.ONE: 1, words.MORE: 2}[values["entries"]]
        entry = seen(
            SeenAccess,
            registrant_id=registrant_id,
            action="read",
            purpose=purpose,
            actor="as the tester saw" if values.get("reader") == "yes" else "",
        )
        return (entry,) * count

    async def key_in(self, paper: PaperApplication) -> UUID:
        """Not asked of a person."""
        raise not_asked("key_in")

    async def key_in_change(self, registrant_id: UUID, form: PaperChange) -> RegistrationRecord:
        """Not asked of a person."""
        raise not_asked("key_in_change")

    async def withdraw(self, registrant_id: UUID, form: Withdraw) -> RegistrationRecord:
        """Not asked of a person."""
        raise not_asked("withdraw")

    async def deletions(self) -> tuple[Deletion, ...]:
        """Not asked of a person."""
        raise not_asked("deletions")

    async def failed_mails(self) -> tuple[FailedMail, ...]:
        """Not asked of a person."""
        raise not_asked("failed_mails")

    async def announce(self, announcement: NewAnnouncement) -> AnnouncementView:
        """Not asked of a person."""
        raise not_asked("announce")

    async def announcements(self) -> tuple[AnnouncementView, ...]:
        """Not asked of a person."""
        raise not_asked("announcements")

    def _who(self, registrant_id: UUID) -> Registrant:
        found = self._people.get(registrant_id)
        if found is None:
            raise not_asked(f"registration {registrant_id}")
        return found


async def log_in(asking: Asking, name: str, keys: list[Fact]) -> None:
    """Have somebody log in, and go on only if that worked.

    Raises:
        CallRefused: it was refused.
    """
    values, _ = await asking.ask(
        words.LOG_IN,
        [
            Text(
                ja="下の通報者の端末で、下の ID とパスワードでログインしてください。すでに"
                "ログインしている端末なら、いちどログアウトするか、別の端末を使ってください。",
                en="Log in at the caller’s handset with the ID and password below. If it is "
                "logged in already, log out first, or use another one.",
            )
        ],
        words.LOG_IN_WHY,
        facts=[Fact(label=Text(ja="通報者", en="Caller"), value=name), *keys],
        questions=[words.LOG_IN_QUESTION],
    )
    asking.review(
        Text(
            ja="ログインがどうなったかは、試験者だけが見ました",
            en="only the tester saw what became of the log-in",
        ),
        in_words([words.LOG_IN_QUESTION], values, about=name),
    )
    if values["result"] != words.DONE:
        raise refused(Refusal(values["result"]), "the handset in a person's hand")


def refused(code: Refusal, where: str) -> CallRefused:
    """The exception for a refusal that a person saw."""
    return CallRefused(
        Problem(title="refused", status=0, code=code, detail="as a person saw it"), where
    )
