"""Names of an application's items, for whoever reads it or is told what is wrong with it."""

from collections.abc import Mapping

from net119_protocol.labels import Label, Language
from net119_protocol.profile.form_fields import FIELDS

ADDRESS = Label("住所", "Address")
HEADS: Mapping[str, Label] = {
    "": Label("申請の全体", "The application as a whole"),
    "basis": Label("地域との関わり", "Tie to the area"),
    "certificate": Label("身体障害者手帳", "Disability certificate"),
    "data.device": Label("端末の種類", "Handset"),
    "text_capable": Label("文字でのやりとり", "Communicates in writing"),
    "image": Label("本人確認書類の画像", "Image that proves identity"),
    "data.address": ADDRESS,
    "data.address.street": ADDRESS,
    "data.optional": Label("くわしい情報", "Further data"),
    "data.optional.contacts": Label("緊急連絡先", "Emergency contacts"),
    "data.optional.contacts.*": Label("緊急連絡先", "Emergency contact"),
    "data.optional.frequent_places": Label("よく行く場所", "Frequent places"),
    "data.optional.frequent_places.*": Label("よく行く場所", "Frequent place"),
    "data.optional.medical": Label("医療情報", "Medical data"),
    "guardian": Label("保護者", "Guardian"),
}
"""Names of what is more than one field, or goes by another name where it is read."""


def label_of_path(path: str, lang: Language) -> str:
    """The name of a field; the path itself where no field has it."""
    general = ".".join("*" if part.isdigit() else part for part in path.split("."))
    numbers = [int(part) + 1 for part in path.split(".") if part.isdigit()]
    found = HEADS.get(general) or (FIELDS[general].label if general in FIELDS else None)
    if found is None:
        return path
    number = f" {numbers[0]}" if numbers else ""
    return f"{capital(found.ja if lang == 'ja' else found.en)}{number}"


def capital(text: str) -> str:
    """A name as it stands before its text: a capital letter, no article."""
    plain = text.removeprefix("the ")
    return plain[:1].upper() + plain[1:]
