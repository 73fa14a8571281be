import type { es } from "../es";

export const keyboard: typeof es.keyboard = {
  title: "Keyboard shortcuts",
  intro: "Shortcuts do nothing while you type.",
  off: "Single-key shortcuts are off.",
  on: "Single-key shortcuts are on.",
  turnOff: "Turn them off",
  turnOn: "Turn them on",
  then: "then",
  or: "or",
  group: { general: "General", list: "List of cases", case: "Case" },
  help: "See the shortcuts",
};
