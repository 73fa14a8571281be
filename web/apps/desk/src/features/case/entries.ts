import { dayOf } from "../../format/time";
import type { Entry } from "../../data/types";

/** One thing on the screen of a timeline. */
export type Line = { kind: "day"; day: string; time: string } | { kind: "new" } | { kind: "entry"; entry: Entry };

/** Puts days between the entries, and one mark before what the citizen wrote since this person last looked. */
export function linesOf(entries: readonly Entry[], timeZone: string, readUntil: number | undefined): Line[] {
  const lines: Line[] = [];
  let day = "";
  let marked = readUntil === undefined;
  for (const entry of entries) {
    const today = dayOf(entry.time, timeZone);
    if (today !== day) lines.push({ kind: "day", day: today, time: entry.time });
    day = today;
    if (!marked && entry.direction === "inbound" && Date.parse(entry.time) > (readUntil ?? 0)) {
      lines.push({ kind: "new" });
      marked = true;
    }
    lines.push({ kind: "entry", entry });
  }
  return lines;
}

export interface Piece {
  text: string;
  href?: string;
}

/** Finds web addresses in a stranger's text; what is shown is where it goes, nothing else becomes a link. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/g)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push(URL.canParse(match[0]) ? { text: match[0], href: match[0] } : { text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
