"""Known-bad peers and their runs, in words."""

from collections.abc import Iterable

from net119_simulators.peer.bad import BadPeer, BadResult, PeerRole, Step, StepKind, Words
from rich.cells import cell_len

from net119_cli.language import text


def said(words: Words) -> str:
    """The words in the language in use."""
    return text(ja=words.ja, en=words.en)


def role_said(role: PeerRole) -> str:
    """A role in words."""
    if role is PeerRole.ORIGINATES:
        return text(ja="申し出る側", en="offers calls")
    return text(ja="受ける側", en="is offered calls")


def listed(peers: Iterable[BadPeer]) -> list[str]:
    """One line a peer: name, roles (O offers, R receives), title."""
    head = text(ja="O: 通報を申し出る側、R: 受ける側", en="O: offers calls, R: is offered calls")
    lines = [head, ""]
    for peer in peers:
        roles = "".join(
            mark if role in peer.roles else "-"
            for mark, role in (("O", PeerRole.ORIGINATES), ("R", PeerRole.RECEIVES))
        )
        lines.append(f"{peer.name:<32} {roles}  {said(peer.title)}")
    return lines


def shown(peer: BadPeer) -> list[str]:
    """Everything about one peer."""
    rows = (
        (text(ja="名前", en="name"), peer.name),
        (text(ja="題", en="title"), said(peer.title)),
        (text(ja="役", en="roles"), ", ".join(role_said(role) for role in peer.roles)),
        (text(ja="よくない点", en="what it does"), said(peer.wrong)),
        (text(ja="出典", en="source"), peer.source),
        (text(ja="あるべき応対", en="a sound system"), said(peer.sound)),
        (text(ja="断り方", en="refusal"), peer.refusal or text(ja="なし", en="none")),
        (text(ja="調べる不変条件", en="invariants"), ", ".join(peer.invariants)),
    )
    width = max(cell_len(label) for label, _ in rows)
    return [f"{label}{' ' * (width - cell_len(label))}  {value}" for label, value in rows]


def heading(peer: BadPeer, role: PeerRole) -> str:
    """Above the steps of a run."""
    return f"\n== {peer.name}: {said(peer.title)} ({role_said(role)})"


def not_played(lacking: Words) -> str:
    """Why a peer is left out."""
    return text(ja=f"行いません: {lacking.ja}", en=f"not played: {lacking.en}")


def step_said(step: Step) -> str:
    """One step of a run."""
    if step.kind is StepKind.DID:
        return f"  {text(ja='相手', en='peer')}    {said(step.text)}"
    if step.kind is StepKind.TOOK:
        return f"  {text(ja='システム', en='system')}  {said(step.text)}"
    mark = text(ja="○", en="ok") if step.held else text(ja="×", en="NO")
    line = f"    {mark} [{step.rule}] {said(step.text)}"
    if step.held:
        return line
    return line + text(
        ja=f"\n       あるべき: {step.expected}\n       実際: {step.seen}",
        en=f"\n       expected: {step.expected}\n       seen: {step.seen}",
    )


def verdict(peer: BadPeer, result: BadResult) -> list[str]:
    """Below the steps of a run: what was expected, and whether it was so."""
    lines = [text(ja=f"  あるべき応対: {peer.sound.ja}", en=f"  expected: {peer.sound.en}")]
    if result.broken_off is not None:
        what = result.broken_off
        lines.append(text(ja=f"  途中で終わりました: {what}", en=f"  broken off: {what}"))
    if result.missing:
        rules = ", ".join(result.missing)
        lines.append(text(ja=f"  調べられなかった: {rules}", en=f"  never checked: {rules}"))
    held = sum(step.held for step in result.checks)
    of = f"{held}/{len(result.checks)}"
    lines.append(
        text(ja=f"判定: 耐えた（{of}）", en=f"verdict: survived ({of} checks held)")
        if result.survived
        else text(ja=f"判定: 耐えなかった（{of}）", en=f"verdict: did NOT survive ({of} held)")
    )
    return lines


def table(results: Iterable[BadResult]) -> list[str]:
    """One line a run."""
    found = list(results)
    lines = [
        f"{text(ja='○', en='ok') if each.survived else text(ja='×', en='NO'):<3}"
        f"{each.name:<26} {role_said(each.role)}"
        for each in found
    ]
    survived = sum(each.survived for each in found)
    total = len(found)
    lines += [
        "",
        text(
            ja=f"{total} 回のうち {survived} 回、システムは耐えた",
            en=f"the system survived {survived} of {total} runs",
        ),
    ]
    return lines
