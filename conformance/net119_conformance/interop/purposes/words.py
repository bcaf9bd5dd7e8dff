"""What is said in the purposes of pairs, and what a side did not do."""

from net119_conformance.catalogue import Text

FIRST, ASKED = "髙橋です。𠮷野の道の駅①にいます", "けがですか、病気ですか"
"""With characters that systems lose: 髙 and 𠮷 beside 高 and 吉, and ①."""
MORE, ADVICE = "子どもが熱で、ふるえています", "救急車が向かっています。そばにいてください"
REASON = "そちらの管内に入りました"

NOT_IN_OFFER = Text(
    en="did not put it into its call.offer as it was given",
    ja="そのとおりに call.offer に書いていません",
)
NOT_ON_WIRE = Text(
    en="did not send the lines as they were written",
    ja="書かれたとおりの文を送っていません",
)
