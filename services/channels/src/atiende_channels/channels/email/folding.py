"""Folds quoted letters and signatures away, so that staff read what the person wrote now.

Line by line and linear: no pattern here repeats over line ends. Nothing is lost: what is not kept
is returned as folded. When in doubt a line is kept, and a forwarded letter is always kept, for it
is the matter itself.
"""

from __future__ import annotations

import re

from atiende_channels.channels.email.html import QUOTE_MARK

_ATTRIBUTION = re.compile(
    r"(?ix)^[>\s*]*(?:"
    r"  el\s.{5,280}\s(?:escribi[óo]|ha\sescrito)\s?:?"
    r"| (?:on|at)\s.{5,280}(?:\swrote|\swrites|\ssaid)\s?:"
    r"| am\s.{5,280}\sschrieb\b.{0,150}:"
    r"| le\s.{5,280}\sa\s[ée]crit\s?:"
    r"| em\s.{5,280}\sescreveu\s?:"
    r"| il\s.{5,280}\sha\sscritto\s?:"
    r"| op\s.{5,280}\b(?:schreef|geschreven)\b.{0,150}:"
    r"| (?:w\sdniu|dnia)\s.{5,280}\b(?:pisze|napisa[łl]\S{0,4})\b.{0,100}:"
    r"| (?:den|på|ons|tors|fre|l[øö]r|s[øö]n|man|m[åa]n|tirs?|tis)\b.{5,280}\bskrev\b.{0,150}:"
    r"| dne\s.{5,280}\bnapsal\S{0,4}\b.{0,100}:"
    r"| .{1,200}<[^<>\s]{1,100}@[^<>\s]{1,100}>.{0,40}\b"
    r"    (?:wrote|writes|schrieb|escribi[óo]|escreveu|[ée]crit|scritto|skrev)\s?.{0,20}:"
    r"| \d{4}[-/年.].{5,200}[<(][^<>()\s]{1,100}@[^<>()\s]{1,100}[>)].{0,40}:"
    r"| .{0,200}\d{4}.{0,200}(?:写道|のメール|さんは書きました|님이\s작성).{0,20}[:：]?"
    r"| [^\s:]{2,40}(?:\s[^\s:]{1,40}){0,4}\s(?:wrote|schrieb|escribi[óo]|skrev)\s?:"
    r")\s*$"
)
_STARTS = re.compile(
    r"(?i)^[>\s*]*(?:el|on|at|am|le|em|il|op|w dniu|dnia|den|på|dne|ons|tors|fre|l[øö]r|s[øö]n|"
    r"man|m[åa]n|tirs?|tis|\d{4}[-/年.])\b|<[^<>\s]{1,100}@|\b(?:wrote|escribi[óo]|schrieb)\s?:\s*$"
    r"|(?:写道|のメール|さんは書きました)"
)
# What every attribution ends with; spares the costly pattern for ordinary lines.
_ENDS = re.compile(
    r"(?i)(?:[:：]|escribi[óo]|ha escrito|写道|のメール|さんは書きました|작성.{0,10})\s*$"
)
_SEPARATOR = re.compile(
    r"(?i)^[>\s]*[-_=*]{2,}\s*(?:original (?:message|appointment)|mensaje original|reply message|"
    r"urspr(?:ü|ue?)ngliche (?:nachricht|mail)|message d'origine|messaggio originale|"
    r"mensagem original|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|"
    r"oryginalna wiadomość|p[ůu]vodn[íi] zpr[áa]va|mensaje citado|original email)"
    r"\s*[-_=*]{2,}\s*$"
)
_FORWARD = re.compile(
    r"(?i)^[>\s]*(?:[-_=*]{2,}\s*(?:forwarded message|mensaje reenviado|mensaje enviado|"
    r"weitergeleitete nachricht|message transf[ée]r[ée]|messaggio inoltrato|"
    r"mensagem encaminhada|forwarded by .{1,100})\b.{0,60}|begin forwarded message:|"
    r"inicio del mensaje reenviado:|anfang der weitergeleiteten .{1,20}:|"
    r"début du message .{1,20}:|comienzo del mensaje reenviado:)\s*$"
)
_FROM = r"from|de|von|da|van|od|fr[åa]n|fra|expéditeur|remitente|差出人"
_OTHER = (
    r"sent|date|to|cc|subject|enviado(?: el)?|fecha|para|asunto|gesendet|datum|an|betreff|"
    r"envoyé|à|objet|inviato|data|a|oggetto|enviada(?: em)?|assunto|verzonden|aan|onderwerp|"
    r"wysłano|do|temat|skickat|till|ämne|sendt|til|emne|reply-to|responder a|送信日時|宛先|件名"
)
_FROM_LINE = re.compile(rf"(?i)^[>\s*]*(?:{_FROM})\s?:[*\s]*\S")
_OTHER_LINE = re.compile(rf"(?i)^[>\s*]*(?:{_OTHER})\s?:[*\s]*\S?")
_RULE = re.compile(r"^\s*[_\-=*]{10,}\s*$")
_QUOTED = re.compile(r"^\s{0,3}>")
_SIGNATURE = re.compile(r"^\s*(?:--|—|__)\s*$")
_DEVICE = re.compile(
    r"(?i)^\s*\(?(?:enviado (?:desde|con|a trav[ée]s)|sent (?:from|via|with)|get outlook for|"
    r"obt[ée]n(?:er|ga)? outlook|descargar outlook|von meinem .{1,40} gesendet|"
    r"gesendet (?:von|mit)|envoy[ée] (?:de|depuis) mon|inviato da|enviado do meu|"
    r"skickat fr[åa]n|sendt fra|verzonden vanaf|wys[łl]ane z)\b[^,]{0,120}$"
)
_DISCLAIMER = re.compile(
    r"(?i)^\s*\W{0,3}(?:aviso (?:legal|de confidencialidad)|cl[áa]usula de confidencialidad|"
    r"nota de confidencialidad|confidencialidad:|este (?:mensaje|correo).{0,160}confidencial|"
    r"la informaci[óo]n contenida en este (?:mensaje|correo)|disclaimer|"
    r"(?:confidentiality|legal) notice|this (?:e-?mail|message).{0,160}confidential|"
    r"antes de imprimir)"
)
_MAX_SIGNATURE_LINES = 15


def fold(text: str) -> tuple[str, str]:
    """Separates the new words from quotes and signature.

    Returns:
        (what to show, what is folded away); the first is never empty when `text` is not.
    """
    lines = text.split("\n")
    folded = [False] * len(lines)
    index = 0
    while index < len(lines):
        if _FORWARD.match(lines[index]):
            break
        end = _quote_end(lines, index)
        if end > index:
            for at in range(index, end):
                folded[at] = True
            index = end
        else:
            index += 1
    _fold_signature(lines, folded)
    kept = "\n".join(_clean(x) for x, away in zip(lines, folded, strict=True) if not away)
    rest = "\n".join(_clean(x) for x, away in zip(lines, folded, strict=True) if away)
    kept = re.sub(r"\n{3,}", "\n\n", kept).strip()
    if not kept.replace("_", "").replace("-", "").strip():
        return text.replace(QUOTE_MARK, "").strip(), ""
    return kept, rest.strip()


def _clean(line: str) -> str:
    return line.replace(QUOTE_MARK, "").rstrip()


def _quote_end(lines: list[str], start: int) -> int:
    """Where the quote that begins at `start` ends; `start` itself when none begins there."""
    if _QUOTED.match(lines[start]):
        return _block_end(lines, start)
    after = _header_end(lines, start)
    if after == start:
        return start
    # A header before `>` lines quotes just those; without them it quotes all the rest.
    probe = after
    while probe < len(lines) and (not _clean(lines[probe]).strip() or probe < after):
        probe += 1
    if probe < len(lines):
        nested = _header_end(lines, probe)
        if nested > probe and not _QUOTED.match(lines[probe]):
            return _quote_end(lines, probe)
        if _QUOTED.match(lines[probe]):
            return _block_end(lines, probe)
    return len(lines)


def _block_end(lines: list[str], start: int) -> int:
    """The end of a run of `>` lines, empty lines and wrapped tails between them included."""
    end = index = start
    while index < len(lines):
        if _QUOTED.match(lines[index]):
            index += 1
            end = index
        elif not lines[index].strip():
            index += 1
        else:
            break
    return end


def _header_end(lines: list[str], start: int) -> int:
    """The line after an attribution, separator or header block at `start`, or `start`."""
    line = lines[start]
    if line.startswith(QUOTE_MARK):
        return start + 1
    if not line.strip():
        return start
    if _SEPARATOR.match(line):
        return start + 1
    if _STARTS.search(line):
        joined = ""
        for at in range(start, min(start + 4, len(lines))):
            if not lines[at].strip():
                break
            joined = f"{joined} {lines[at].strip().lstrip('> ')}".strip()
            if len(joined) > 400:  # noqa: PLR2004 - longer than any attribution
                break
            if _ENDS.search(joined[-20:]) and _ATTRIBUTION.match(joined):
                return at + 1
    return _header_block_end(lines, start)


def _header_block_end(lines: list[str], start: int) -> int:
    """`De: … Enviado: … Para: … Asunto: …` as Outlook writes it, a rule before it or not."""
    at = start
    if _RULE.match(lines[at]):
        at += 1
        while at < len(lines) and not lines[at].strip():
            at += 1
    if at >= len(lines) or not _FROM_LINE.match(lines[at]):
        return start
    window = lines[at + 1 : at + 7]
    others = sum(bool(_OTHER_LINE.match(line)) for line in window)
    return at + 1 + min(others, len(window)) if others >= 2 else start  # noqa: PLR2004 - two of the usual four


def _fold_signature(lines: list[str], folded: list[bool]) -> None:
    """Folds signature, device line and disclaimer at the end of the person's own words."""
    own = [i for i, away in enumerate(folded) if not away]
    forward = next((n for n, i in enumerate(own) if _FORWARD.match(lines[i])), len(own))
    own = own[:forward]
    begun = False
    for number, i in enumerate(own):
        line = lines[i]
        tail = own[number:]
        short = sum(bool(lines[j].strip()) for j in tail) <= _MAX_SIGNATURE_LINES
        if (
            (begun and _SIGNATURE.match(line) and short)
            or (_DEVICE.match(line) and len([j for j in tail if lines[j].strip()]) <= 4)  # noqa: PLR2004 - a device line stands last
            or (begun and _DISCLAIMER.match(line))
        ):
            for j in tail:
                folded[j] = True
            return
        begun = begun or bool(line.strip())
