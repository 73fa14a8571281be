import type { work as spanish } from "../es/work";

export const work: typeof spanish = {
  offers: "Offers of work",
  accept: "Accept",
  decline: "Decline",
  declined: "{{folio}} will be offered to somebody else.",
  left_one: "{{count}} s left",
  left_many: "{{count}} s left",
  left_other: "{{count}} s left",
  more_one: "Show {{count}} more offer",
  more_many: "Show {{count}} more offers",
  more_other: "Show {{count}} more offers",
  fewer: "Show the first only",
  kind: { case: "Case", recovery: "Case to recover", transfer: "Transfer" },
  state: { online: "Available", away: "Away", offline: "Off line", unheard: "No signal" },
  slots_one: "You can take {{count}} more case of {{capacity}}.",
  slots_many: "You can take {{count}} more cases of {{capacity}}.",
  slots_other: "You can take {{count}} more cases of {{capacity}}.",
};
