import { expect, test } from "vitest";
import { NOTHING, partsOf, resumed, withEntries, type ChatEntry, type Outgoing } from "./conversation";

const entry = (sequence: number, more: Partial<ChatEntry> = {}) =>
  ({ sequence, message_id: `m${sequence}`, direction: "out", kind: "reply", text: `línea ${sequence}`, files: [], time: "2026-03-03T14:00:00Z", ...more }) as ChatEntry;
const outgoing = (id: string, state: Outgoing["state"] = "taken"): Outgoing => ({ id, text: "hola", time: "2026-03-03T14:00:00Z", state });

test("what is heard twice, by socket and by asking, is shown once", () => {
  const first = withEntries(NOTHING, [entry(1), entry(2)]);
  const again = withEntries(first, [entry(2), entry(3)]);
  expect(again.entries.map((one) => one.sequence)).toEqual([1, 2, 3]);
  expect(again.cursor).toBe(3);
  expect(withEntries(again, [entry(1), entry(3)])).toBe(again);
});

test("a message stops to be outgoing when the chat shows it, and not before", () => {
  const said = { ...NOTHING, outgoing: [outgoing("c-1"), outgoing("c-2", "waiting")] };
  expect(withEntries(said, [entry(1, { direction: "out", message_id: "c-1" })]).outgoing).toHaveLength(2);
  expect(withEntries(said, [entry(1, { direction: "in", message_id: "c-1" })]).outgoing.map((one) => one.id)).toEqual(["c-2"]);
});

test("what was being sent when the page closed is sent again", () => {
  expect(resumed([outgoing("a", "sending"), outgoing("b", "refused"), outgoing("c")]).map((one) => one.state)).toEqual(["waiting", "refused", "taken"]);
});

test.each([
  ["Vea https://sanaurelio.gov.example/tramites.", ["https://sanaurelio.gov.example/tramites"]],
  ["(http://a.example/x) y https://b.example", ["http://a.example/x", "https://b.example"]],
  ["javascript:alert(1) data:text/html,x //c.example", []],
  ['<a href="https://d.example">ver</a>', ["https://d.example"]],
])("only http(s) addresses of %s are links", (text, links) => {
  expect(partsOf(text).filter((part) => part.isLink).map((part) => part.text)).toEqual(links);
  expect(partsOf(text).map((part) => part.text).join("")).toBe(text);
});
