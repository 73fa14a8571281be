const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
// As the cases service reads it: O, I and L stand for digits where digits belong, hyphens may be missing.
const SHAPE = /^([A-Z][0-9A-Z]{1,4}?)[-/. ]{0,3}([0-9OIL]{4})[-/. ]{0,3}([0-9OIL]{7,10})[-/. ]{0,3}([0-9A-Z])$/;
const DIGITS: Record<string, string> = { O: "0", I: "1", L: "1" };

export interface TypedFolio {
  /** As it is printed: SA-2026-0000123-K. */
  folio: string;
  /** False when a character is wrong or two are swapped. */
  isRight: boolean;
}

/** The folio that somebody typed or read out; undefined for what is none. */
export function readFolio(typed: string): TypedFolio | undefined {
  const found = SHAPE.exec(typed.trim().toUpperCase().replace(/[‐‑‒–—−]/g, "-"));
  if (!found) return undefined;
  const [, prefix = "", year = "", number = "", check = ""] = found;
  const payload = prefix + digits(year) + digits(number);
  return { folio: [prefix, digits(year), digits(number), check].join("-"), isRight: checkCharacter(payload) === check };
}

function digits(text: string): string {
  return text.replace(/[OIL]/g, (letter) => DIGITS[letter] ?? letter);
}

/** ISO 7064:2003, hybrid system MOD 37,36. */
export function checkCharacter(payload: string): string {
  let state = 36;
  for (const character of payload) {
    state = (state + ALPHABET.indexOf(character)) % 36 || 36;
    state = (state * 2) % 37;
  }
  return ALPHABET.charAt((37 - state) % 36);
}
