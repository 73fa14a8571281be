import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";
import type { CaseView } from "../../data/types";
import { rowsOf } from "./compare";

const words = ((key: string) => key) as unknown as TFunction;
const row = (more: Partial<CaseView>) =>
  ({ citizen_name: "Rosa", subject: "", description: "Poste", place: null, channel: "email", opened_channel: "whatsapp", procedure_name: "Alumbrado",
     unit_name: "Alumbrado", state_name: "Nuevo", assignee_name: "", open_time: "2026-01-01", due_time: "2026-01-09", merged: 0, ...more }) as CaseView;

describe("rowsOf", () => {
  it("leaves out what neither says and marks what one does not say", () => {
    const rows = rowsOf(row({}), row({ place: { address: "", latitude: 4.5, longitude: -74 } }), words, (time) => time);
    const named = Object.fromEntries(rows.map((one) => [one.name, [one.one, one.other]]));
    expect(named["merge.row.assignee"]).toBeUndefined();
    expect(named["merge.row.place"]).toEqual(["–", "4.50000, -74.00000"]);
    expect(named["merge.row.channel"]).toEqual(["channel.whatsapp", "channel.whatsapp"]);
  });
});
