"""The application behind a mailed URL."""

from dataclasses import replace
from typing import Any

from net119_protocol.application import Application
from net119_protocol.person import Sex
from net119_protocol.profile import check
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item
from net119_reference.images.identity import CleanImage
from net119_reference.service.registration import images
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registry import Registry

from tests.mutants.registry import Patch, mutant


@mutant(
    "terms-not-needed", kills={"APPLY-TERMS-FIRST": "without consent the application is refused"}
)
def terms_not_needed(patch: Patch) -> None:
    """An application is taken whether its terms were accepted or not."""

    def submit(original: Any, desk: Applicants, tx: Any, token: str) -> None:
        link = desk._office.link(token, tx.now)
        version = desk._office.profile(link.department).terms.version
        desk._office.change_link(tx, link, terms_version=version, terms_at=tx.now)
        original(desk, tx, token)

    patch.around(Applicants, "_submit", submit)


@mutant(
    "any-version-accepted", kills={"APPLY-TERMS-FIRST": "consent to another version is refused"}
)
def any_version_accepted(patch: Patch) -> None:
    """Consent to terms that were never shown counts."""

    async def accept(original: Any, desk: Applicants, token: str, _version: str) -> None:
        link = desk._office.link(token, desk._office.clock.now())
        await original(desk, token, desk._office.profile(link.department).terms.version)

    patch.around(Applicants, "accept_terms", accept)


@mutant(
    "accepted-version-forgotten",
    kills={"APPLY-TERMS-FIRST": "the record holds the version that was shown"},
)
def accepted_version_forgotten(patch: Patch) -> None:
    """The record does not say which terms were accepted."""

    def add(original: Any, registry: Registry, tx: Any, found: Any) -> Any:
        return original(registry, tx, replace(found, terms_version=""))

    patch.around(Registry, "add", add)


def _not_missed(patch: Patch, *items: Item) -> None:
    """That these items are missing is not noticed."""
    paths = {check.path_of(item) for item in items}

    def missing(original: Any, *arguments: Any) -> Any:
        return (each for each in original(*arguments) if each.path not in paths)

    patch.around(check, "_missing", missing)


@mutant(
    "reason-not-required",
    kills={"APPLY-REQUIRED-ITEMS": "an application without the reason is refused, naming the item"},
)
def reason_not_required(patch: Patch) -> None:
    """An application without a reason is taken."""
    _not_missed(patch, Item.REASON)


@mutant(
    "image-not-required",
    kills={"APPLY-REQUIRED-ITEMS": "an application without the image is refused, naming the item"},
)
def image_not_required(patch: Patch) -> None:
    """Nobody has to prove who they are."""
    _not_missed(patch, Item.IDENTITY_IMAGE)


@mutant(
    "any-file-an-image",
    kills={"APPLY-REQUIRED-ITEMS": "a text named as a picture is refused as an image"},
)
def any_file_an_image(patch: Patch) -> None:
    """A file is kept without being looked at."""
    patch(images, "clean_image", lambda content: CleanImage(content, 1, 1))


@mutant(
    "sex-not-kept",
    kills={
        "APPLY-REQUIRED-ITEMS": "the record holds the required items as they were given",
        "APPLY-ASO-ITEMS": "the record holds the required items as they were given",
    },
)
def sex_not_kept(patch: Patch) -> None:
    """The form asks for the sex, and nothing comes of it."""

    def add(original: Any, registry: Registry, tx: Any, found: Any) -> Any:
        data = found.data.model_copy(update={"sex": Sex.UNSTATED})
        return original(registry, tx, replace(found, data=data))

    patch.around(Registry, "add", add)


@mutant("image-lost-at-submission", kills={"APPLY-REQUIRED-ITEMS": "the department has the image"})
def image_lost(patch: Patch) -> None:
    """The image stays behind with the used URL."""
    patch(ImageStore, "claim", lambda *_: None)


@mutant(
    "everything-required-in-aso", kills={"APPLY-ASO-ITEMS": "the complete application is taken"}
)
def everything_required(patch: Patch) -> None:
    """What another department asks for is asked for here."""

    def missing(original: Any, profile: Any, application: Application, has_image: bool) -> Any:
        yield from original(profile, application, has_image)
        if not application.data.kana:
            yield FieldProblem("data.kana", "missing", "フリガナを入れてください。", "Give it.")

    patch.around(check, "_missing", missing)


@mutant(
    "address-not-required-in-aso",
    kills={"APPLY-ASO-ITEMS": "an application without the address is refused, naming the item"},
)
def address_not_required(patch: Patch) -> None:
    """An application without an address is taken."""
    _not_missed(patch, Item.ADDRESS)


def _kept_otherwise(patch: Patch, change: Any) -> None:
    """The optional data of a draft are changed before they are kept."""

    async def keep(original: Any, desk: Applicants, token: str, draft: Application) -> Any:
        optional = draft.data.optional
        if optional is not None:
            data = draft.data.model_copy(update={"optional": change(optional)})
            draft = draft.model_copy(update={"data": data})
        return await original(desk, token, draft)

    patch.around(Applicants, "keep_draft", keep)


@mutant(
    "one-contact-kept",
    kills={"APPLY-OPTIONAL-ITEMS": "staff see every optional item as it was given"},
)
def one_contact_kept(patch: Patch) -> None:
    """Of several emergency contacts only the first is kept."""
    _kept_otherwise(patch, lambda it: it.model_copy(update={"contacts": it.contacts[:1]}))


@mutant(
    "places-need-nothing",
    kills={
        "APPLY-OPTIONAL-ITEMS": "an application with a place without a label is refused, "
        "naming the item"
    },
)
def places_need_nothing(patch: Patch) -> None:
    """A frequent place needs neither label nor address."""

    def details(original: Any, *arguments: Any) -> Any:
        return (each for each in original(*arguments) if "frequent_places" not in each.path)

    patch.around(check, "_details", details)


@mutant(
    "optional-items-required",
    kills={"APPLY-OPTIONAL-ITEMS": "an application without optional items is taken"},
)
def optional_items_required(patch: Patch) -> None:
    """Somebody has to be named as emergency contact."""

    def missing(original: Any, profile: Any, application: Application, has_image: bool) -> Any:
        yield from original(profile, application, has_image)
        if application.data.optional is None:
            yield FieldProblem("data.optional.contacts", "missing", "連絡先が必要です。", "Needed.")

    patch.around(check, "_missing", missing)
