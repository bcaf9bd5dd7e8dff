"""The page that a caller shows to a hearing person, who reads it aloud on the phone."""

from net119_simulators.pages.chat import ChatAtPages
from net119_simulators.pages.registrant import RegistrantAtPages
from net119_simulators.pages.window import new_browser
from net119_simulators.registration import MailedKeys

from net119_scenarios.acted.feature_phone import FeaturePhone, PageCall
from net119_scenarios.acted.troupe import Person, Placed, Troupe


async def show_card(troupe: Troupe, person: Person, placed: Placed) -> tuple[str, ...]:
    """What the page says, sentence by sentence, on the phone that the person calls with.

    Raises:
        SimulatorError: the pages do not lead there.
    """
    if isinstance(placed.phone, PageCall):
        return await placed.phone.show_card()
    if isinstance(person.phone, FeaturePhone):
        raise LookupError(f"{placed.caller} has not called with this phone")
    base = person.phone.base_url
    keys = MailedKeys(f"{base}/my", person.credentials.login_id, person.credentials.password)
    async with new_browser(troupe.venue.network.tls, name=placed.caller) as browser:
        registrant = RegistrantAtPages(browser, base)
        await registrant.log_in(keys)
        url = await registrant.new_call_page()
        await registrant.open_call_page(url)
        chat = ChatAtPages(browser)
        await chat.open(f"{url}/calls/{placed.id}")
        return await chat.card()
