import type { TFunction } from "i18next";
import { expect, it } from "vitest";
import type { Suggestion } from "../../../data/types";
import { matching, topicsOf } from "./answers";

const one = (key: string, more: Partial<Suggestion>): Suggestion => ({
  key, kind: "answer", topic: "Plazos", title: key, text: "", reason: "general", procedure: "", ...more,
});
const all = [
  one("a", { title: "Falta la dirección", topic: "Pedir datos" }),
  one("b", { text: "Hasta cuándo tenemos" }),
  one("c", { kind: "faq", topic: "" }),
  one("d", { topic: "Pedir datos" }),
];
const t = ((key: string) => key) as unknown as TFunction;

it("finds without accents, every word anywhere", () => {
  expect(matching(all, "direccion datos").map(({ key }) => key)).toEqual(["a"]);
  expect(matching(all, "CUANDO").map(({ key }) => key)).toEqual(["b"]);
  expect(matching(all, "  ")).toHaveLength(4);
});

it("groups by topic and keeps the order of the ranks", () => {
  const topics = topicsOf(all, t).map(({ topic, items }) => [topic, items.map(({ key }) => key)]);
  expect(topics).toEqual([["Pedir datos", ["a", "d"]], ["Plazos", ["b"]], ["case.answers.faq", ["c"]]]);
});
