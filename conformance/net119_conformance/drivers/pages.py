"""The driver for a system with pages: what people do at pages is done there, by hand.

Applicants, registrants and staff use the pages that `docs/page-driver.md` describes; handsets in
a call, consoles and administration are reached through the API.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex

from net119_simulators.pages.acts import PageAccount, PageApplicant
from net119_simulators.pages.window import new_browser
from net119_simulators.registration import Account, Applicant, MailedKeys
from net119_simulators.staff_office import StaffOffice
from net119_simulators.wiretap import Interface, Wiretap

from net119_conformance.drivers.api import ApiDriver
from net119_conformance.drivers.names import DriverName
from net119_conformance.drivers.staff import Staff
from net119_conformance.drivers.staff_at_pages import PageStaff


class PageDriver(ApiDriver):
    """Operates a SUT through its pages wherever it has some, else as `ApiDriver` does."""

    kind = DriverName.PAGES

    @asynccontextmanager
    async def applicant(self, *, name: str, wiretap: Wiretap) -> AsyncIterator[Applicant]:
        """Somebody with a browser."""
        async with PageApplicant(
            self._tls, name=name, provider=self.operator, wiretap=wiretap
        ) as person:
            yield person

    @asynccontextmanager
    async def account(
        self, keys: MailedKeys, *, name: str, wiretap: Wiretap
    ) -> AsyncIterator[Account]:
        """A registrant at the menu."""
        async with PageAccount(
            self._tls, keys, name=name, provider=self.operator, wiretap=wiretap
        ) as account:
            yield account

    @asynccontextmanager
    async def staff(self, department: str, *, name: str, wiretap: Wiretap) -> AsyncIterator[Staff]:
        """A staff member with a new account, logged in at the staff pages."""
        password = f"{token_hex(8)}-Aa1"
        account = await self._reached(self._operation.add_staff, department, name, password)
        browser = new_browser(
            self._tls, name=name, provider=self.operator, interface=Interface.C, wiretap=wiretap
        )
        browser.keep_secret(password)
        office = StaffOffice(
            self._base_url,
            self._tls,
            account.token,
            name=f"{name} (values)",
            provider=self.operator,
            wiretap=wiretap,
        )
        async with browser, office:
            person = PageStaff(browser, self._base_url, office)
            await self._reached(person.log_in, department, name, password)
            yield person

    audit_log = staff
