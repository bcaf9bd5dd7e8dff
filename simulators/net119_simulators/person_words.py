"""Words that simulated people are made of: names with kana, made-up streets, medical words.

Common names and their frequencies are Faker's; the names beside them carry characters that older
systems lose: those outside Shift_JIS as every carrier knew it, and one outside the BMP.
"""

from typing import Final

from faker.providers.person.ja_JP import Provider as _Names
from net119_protocol.person import Sex

NamePair = tuple[str, str, str]
"""Written form, katakana, Latin letters."""

SURNAMES: Final[dict[NamePair, float]] = dict(_Names.last_name_pairs)
FEMALE_NAMES: Final[tuple[NamePair, ...]] = tuple(_Names.first_name_female_pairs)
MALE_NAMES: Final[tuple[NamePair, ...]] = tuple(_Names.first_name_male_pairs)

WIDE_SURNAMES: Final[tuple[NamePair, ...]] = (
    ("髙橋", "タカハシ", "Takahashi"),
    ("𠮷田", "ヨシダ", "Yoshida"),
    ("山﨑", "ヤマザキ", "Yamazaki"),
    ("濵田", "ハマダ", "Hamada"),
    ("德永", "トクナガ", "Tokunaga"),
    ("渡邉", "ワタナベ", "Watanabe"),
    ("草彅", "クサナギ", "Kusanagi"),
    ("髙𣘺", "タカハシ", "Takahashi"),
)
"""Surnames with 髙, 𠮷, 﨑, 濵, 德, 彅, 𣘺: IBM extensions, JIS X 0213, and two of plane 2."""

TOWNS: Final[tuple[str, ...]] = (
    "ひばりが丘町",
    "若葉台",
    "みどり町",
    "朝日町",
    "桜木町",
    "星見町",
    "こぶし町",
    "風の丘",
    "せせらぎ町",
    "白樺台",
    "つつじが丘",
    "字見晴",
)
BUILDINGS: Final[tuple[str, ...]] = ("コーポ若葉", "ハイツこまどり", "見晴荘", "メゾン白樺", "団地")

MAIL_DOMAINS: Final[tuple[str, ...]] = (
    "docomo.example",
    "au.example",
    "softbank.example",
    "mail.example",
)
"""Named like carriers for the eye; ``.example`` never exists (RFC 2606), so no mail gets out."""

DISABILITIES: Final[tuple[str, ...]] = (
    "聴覚障害 2級",
    "聴覚障害 6級",
    "ろう",
    "難聴（補聴器使用）",
    "中途失聴",
    "音声・言語機能障害 3級",
    "音声機能喪失（喉頭摘出）",
    "吃音",
)
REASONS: Final[tuple[str, ...]] = (
    "音声による119番通報が困難なため",
    "電話での聞き取りができないため",
    "発話による説明が困難なため",
)
DEVICES: Final[tuple[str, ...]] = (
    "iPhone（iOS 17、Safari）",
    "Android 14（Chrome）",
    "Android 11（Chrome）",
    "iPad（iPadOS 17、Safari）",
)
RELATIONS: Final[tuple[tuple[str, Sex], ...]] = (
    ("母", Sex.FEMALE),
    ("父", Sex.MALE),
    ("兄", Sex.MALE),
    ("姉", Sex.FEMALE),
    ("いとこ", Sex.UNSTATED),
)
FRIENDS: Final[tuple[str, ...]] = ("隣人", "友人", "手話通訳者")
PLACE_LABELS: Final[tuple[str, ...]] = ("勤務先", "学校", "実家", "通所先", "市民会館")
REMARKS: Final[tuple[str, ...]] = (
    "",
    "",
    "筆談を希望します",
    "玄関の呼び鈴に気付きません。フラッシュライトを使用しています",
    "裏口からお入りください",
    "犬がいます",
)
BLOOD_TYPES: Final[tuple[str, ...]] = ("A", "B", "O", "AB", "A Rh-")
HISTORIES: Final[tuple[str, ...]] = (
    "高血圧",
    "狭心症",
    "気管支喘息",
    "2型糖尿病",
    "てんかん",
    "なし",
)
MEDICATIONS: Final[tuple[str, ...]] = ("降圧薬", "ニトログリセリン", "インスリン", "吸入薬", "なし")
ALLERGIES: Final[tuple[str, ...]] = ("そば", "ペニシリン系抗菌薬", "卵", "蜂毒", "なし")
HOSPITALS: Final[tuple[str, ...]] = ("みはらし内科", "せせらぎ総合病院", "こぶし耳鼻咽喉科")
