type Mode = "reply" | "note";

let writer: ((mode: Mode) => void) | undefined;
let wanted: Mode | undefined;

/** Brings the keyboard to the place where a message is written, as soon as that is there. */
export function writeIn(mode: Mode): void {
  if (writer) writer(mode);
  else wanted = mode;
}

/** Registers the place; what was asked for before it was there is done now. */
export function onWrite(write: (mode: Mode) => void): () => void {
  writer = write;
  if (wanted) write(wanted);
  wanted = undefined;
  return () => {
    if (writer === write) writer = undefined;
  };
}
