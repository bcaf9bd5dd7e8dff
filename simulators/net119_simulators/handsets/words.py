"""Steps, outcomes and reasons in words, for people."""

from collections.abc import Mapping

from net119_protocol.labels import Label

from net119_simulators.handsets.model import Dialect, Engine, Family, Peculiarity, Version
from net119_simulators.handsets.steps import Outcome, Policy, Reason, Step

STEPS: Mapping[Step, Label] = {
    Step.CONNECT: Label("接続", "connect"),
    Step.CHECK: Label("端末の確認", "check"),
    Step.REGISTER: Label("登録", "register"),
    Step.LOG_IN: Label("ログイン", "log in"),
    Step.CALL: Label("通報", "call"),
    Step.CHAT: Label("チャット", "chat"),
}

OUTCOMES: Mapping[Outcome, Label] = {
    Outcome.WORKS: Label("できる", "works"),
    Outcome.PLAINTEXT: Label("平文", "plain"),
    Outcome.LIMITED: Label("制限", "limited"),
    Outcome.STUCK: Label("止まる", "STUCK"),
    Outcome.NOT_OFFERED: Label("対象外", "n/a"),
    Outcome.UNREACHED: Label("－", "-"),
    Outcome.NOT_TRIED: Label("未実施", "not tried"),
}
"""Short, for tables; all characters of the Japanese ones are wide in every terminal."""

REASONS: Mapping[Reason, Label] = {
    Reason.NONE: Label("", ""),
    Reason.TLS_VERSION: Label(
        "端末とサーバーに、共通するTLSの版がありません",
        "phone and server have no version of TLS in common",
    ),
    Reason.SHA2_CERTIFICATE: Label(
        "端末がSHA-2のサーバー証明書を確かめられません",
        "the phone cannot check a SHA-2 certificate",
    ),
    Reason.SIGNATURE_ALGORITHM: Label(
        "端末が使える署名方式（SHA-1）を、サーバーが受け付けません",
        "the server takes none of the phone's signature algorithms (SHA-1)",
    ),
    Reason.CERTIFICATE: Label(
        "端末がサーバー証明書を信頼しません", "the phone does not trust the certificate"
    ),
    Reason.NO_COMMON_CIPHER: Label(
        "端末とサーバーに、共通する暗号方式がありません",
        "phone and server have no cipher in common",
    ),
    Reason.UNREACHABLE: Label("サーバーから応答がありません", "the server does not answer"),
    Reason.NOT_ENCRYPTED: Label(
        "通信が暗号化されません（他人に見られるおそれがあり、登録地の消防本部につながります）",
        "the link is not encrypted (others may read it; the call goes to the home department)",
    ),
    Reason.MAILED_URL: Label(
        "メールで届いたURL（https）が開けず、入れる所もありません",
        "the mailed URL (https) does not open, and there is nowhere to enter it",
    ),
    Reason.PLAINTEXT_REFUSED: Label(
        "消防本部が、暗号化できない端末からの通報を受けません",
        "the department takes no calls from phones that cannot encrypt",
    ),
    Reason.NO_COOKIES: Label(
        "httpsのページでクッキーを使えません", "it keeps no cookies over https"
    ),
    Reason.NO_POSITION: Label("端末の位置が届きません", "the phone's position does not arrive"),
    Reason.WRONG_POSITION: Label(
        "届いた位置が、端末のいる所と違います", "the position that arrived is not the phone's"
    ),
    Reason.GARBLED: Label("文字が化けます", "characters are garbled"),
    Reason.NO_SCRIPT: Label(
        "ページのスクリプトが、このブラウザーでは動きません",
        "the page's script does not run in this browser",
    ),
    Reason.NO_OFFLINE_PAGE: Label(
        "圏外のときに、ページがそれを知らせられません（Service Workerがありません）",
        "out of coverage the page cannot say so (no service worker)",
    ),
    Reason.NO_UPLOAD: Label("画像を送れません", "it cannot send a picture"),
    Reason.REFUSED: Label("サービスが断りました", "the provider refused it"),
    Reason.NO_LOGIN_ID: Label(
        "--login-id がないので、ログインを試せません",
        "a log-in cannot be tried without --login-id",
    ),
    Reason.NO_CONSOLE: Label(
        "--dispatcher-token がないので、通報が届いたことを確かめられません",
        "a call cannot be confirmed without --dispatcher-token",
    ),
    Reason.UNEXPECTED: Label(
        "予定と違うページが出ました", "the page is not the one that must come"
    ),
}

POLICIES: Mapping[Policy, Label] = {
    Policy.CLOSED: Label("暗号化しない入口がない", "has no way in without encryption"),
    Policy.REFUSED: Label("暗号化できない端末は断る", "refuses phones that cannot encrypt"),
    Policy.PLAINTEXT: Label("暗号化できない端末も受ける", "takes phones that cannot encrypt"),
}

FAMILIES: Mapping[Family, Label] = {
    Family.SMARTPHONE: Label("スマートフォン", "smartphone"),
    Family.TABLET: Label("タブレット", "tablet"),
    Family.DOCOMO: Label("ドコモのフィーチャーフォン", "docomo feature phone"),
    Family.AU: Label("auのフィーチャーフォン", "au feature phone"),
    Family.SOFTBANK: Label("ソフトバンクのフィーチャーフォン", "SoftBank feature phone"),
    Family.WILLCOM: Label("ウィルコムのPHS", "Willcom PHS"),
    Family.FEATURE_4G: Label("4Gケータイ", "4G feature phone"),
}

PECULIARITIES: Mapping[Peculiarity, Label] = {
    Peculiarity.TLS: Label("TLSの版", "TLS versions"),
    Peculiarity.SHA2: Label("SHA-2", "SHA-2"),
    Peculiarity.COOKIES: Label("クッキー", "cookies"),
    Peculiarity.CHARSET: Label("文字コード", "charset"),
    Peculiarity.SCRIPT: Label("JavaScript", "JavaScript"),
    Peculiarity.POSITION: Label("位置の送り方", "position"),
    Peculiarity.MAIL: Label("メール", "mail"),
    Peculiarity.USER_AGENT: Label("User-Agent", "User-Agent"),
    Peculiarity.UPLOAD: Label("画像の送信", "upload"),
}

DIALECTS: Mapping[Dialect, Label] = {
    Dialect.NONE: Label("送れない", "none"),
    Dialect.DOCOMO_GPS: Label("iモードGPS（lcs）", "i-mode GPS (lcs)"),
    Dialect.DOCOMO_GPS_UPPER: Label(
        "iモードGPS（WGS84が大文字、高度付き）", "i-mode GPS (WGS84 in capitals, altitude)"
    ),
    Dialect.DOCOMO_AREA: Label("オープンiエリア（基地局）", "open i-area (base station)"),
    Dialect.AU_GPS: Label("gpsOne", "gpsOne"),
    Dialect.AU_SIMPLE: Label("簡易位置情報（基地局）", "simple position (base station)"),
    Dialect.SOFTBANK: Label("location:auto", "location:auto"),
    Dialect.WILLCOM: Label("location.request（基地局）", "location.request (base station)"),
    Dialect.BROWSER: Label("ブラウザーの位置情報", "the browser's Geolocation"),
}

ENGINES: Mapping[Engine, str] = {
    Engine.NONE: "",
    Engine.CHROME: "Chrome",
    Engine.SAFARI: "Safari",
}

VERSIONS: Mapping[Version, str] = {
    Version.SSL3: "SSL 3.0",
    Version.TLS10: "TLS 1.0",
    Version.TLS11: "TLS 1.1",
    Version.TLS12: "TLS 1.2",
    Version.TLS13: "TLS 1.3",
}
"""As shown; the same in both languages."""

__all__ = [
    "DIALECTS",
    "ENGINES",
    "FAMILIES",
    "OUTCOMES",
    "PECULIARITIES",
    "POLICIES",
    "REASONS",
    "STEPS",
    "VERSIONS",
]
