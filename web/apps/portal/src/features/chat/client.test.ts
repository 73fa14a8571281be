import { Problem } from "@atiende/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChatClient } from "./client";
import { FakeCity } from "./fakeCity";
import { POLL_MS } from "./line";
import { memoryStore, type ChatStore } from "./store";

let city: FakeCity;
let store: ChatStore;
let chat: ChatClient;

beforeEach(() => {
  vi.useFakeTimers();
  city = new FakeCity();
  store = memoryStore();
  chat = new ChatClient(city, store);
});

afterEach(() => {
  chat.stop();
  vi.useRealTimers();
});

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const texts = () => chat.snapshot().entries.map((one) => one.text);

/** The same device after a reload. */
async function reload(): Promise<void> {
  chat.stop();
  chat = new ChatClient(city, store);
  await chat.start();
  await settle();
}

test("no session is opened before somebody writes", async () => {
  await chat.start();
  await settle(60_000);
  expect([city.opened, city.dialled, chat.snapshot().connection]).toEqual([0, 0, "idle"]);
});

test("a message is taken, shown, and answered over the socket, which is acknowledged", async () => {
  await chat.start();
  await chat.send("Hay un hueco");
  await settle();
  expect(texts()).toEqual(["Hay un hueco"]);
  expect(chat.snapshot().outgoing).toEqual([]);
  city.append({ text: "¿En qué calle?" });
  expect(texts()).toEqual(["Hay un hueco", "¿En qué calle?"]);
  expect(city.acknowledged).toBe(2);
});

test("a reload keeps session, draft and what was not sent; it is sent once", async () => {
  await chat.start();
  await chat.send("uno");
  await settle();
  city.losesAnswers = true;
  await chat.send("dos");
  chat.keepDraft("tres sin env");
  await settle();
  city.losesAnswers = false;
  await reload();
  await settle(60_000);
  expect(city.opened).toBe(1);
  expect(city.taken).toHaveLength(2);
  expect(texts()).toEqual(["uno", "dos"]);
  expect(chat.snapshot().outgoing).toEqual([]);
  expect(chat.snapshot().draft).toBe("tres sin env");
});

test("without network messages wait, in order, and leave when it is back", async () => {
  await chat.start();
  city.refusal = new Problem(0, { reason: "OFFLINE" });
  await chat.send("uno");
  await chat.send("dos");
  await settle(10_000);
  expect(chat.snapshot().outgoing.map((one) => one.state)).toEqual(["waiting", "waiting"]);
  city.refusal = undefined;
  dispatchEvent(new Event("online"));
  await settle();
  expect(texts()).toEqual(["uno", "dos"]);
});

test("what the city refuses for good stays, with its words, and may be taken away", async () => {
  await chat.start();
  city.refusal = new Problem(422, { detail: "El texto no es válido." });
  await chat.send("x");
  await settle(120_000);
  const [refused] = chat.snapshot().outgoing;
  expect([refused?.state, refused?.reason]).toEqual(["refused", "El texto no es válido."]);
  await chat.discard(refused?.id ?? "");
  expect(await store.read("outgoing")).toEqual([]);
});

test("a city that asks for patience is given it", async () => {
  await chat.start();
  city.refusal = new Problem(429, {}, 40);
  await chat.send("x");
  await settle();
  city.refusal = undefined;
  await settle(39_000);
  expect(city.taken).toEqual([]);
  await settle(2_000);
  expect(city.taken).toHaveLength(1);
});

test("a session that is over begins anew with what was not sent", async () => {
  await chat.start();
  await chat.send("uno");
  await settle();
  city.sockets[0]?.problem("CHAT_SESSION_OVER");
  await settle();
  expect([chat.snapshot().isRenewed, chat.snapshot().token]).toEqual([true, undefined]);
  await chat.send("dos");
  await settle();
  expect([city.opened, city.taken.length]).toEqual([2, 2]);
});

test("without sockets the page asks, and goes back to the socket when one comes up", async () => {
  city.hasSockets = false;
  await chat.start();
  await chat.send("uno");
  await settle();
  expect(chat.snapshot().connection).toBe("polling");
  city.append({ text: "respuesta" });
  await settle(POLL_MS);
  expect(texts()).toEqual(["uno", "respuesta"]);
  city.hasSockets = true;
  await settle(30_000);
  expect(chat.snapshot().connection).toBe("live");
  const asked = city.asked;
  await settle(60_000);
  expect(city.asked).toBe(asked);
});

test("pauses between two dials grow up to half a minute", async () => {
  city.hasSockets = false;
  await chat.start();
  await chat.send("uno");
  await settle(60_000);
  const inFirstMinute = city.dialled;
  await settle(300_000);
  expect(inFirstMinute).toBeLessThanOrEqual(10);
  expect(city.dialled - inFirstMinute).toBeLessThanOrEqual(20);
  expect(city.dialled - inFirstMinute).toBeGreaterThanOrEqual(9);
});

test("two tabs that write first share one session", async () => {
  const other = new ChatClient(city, store);
  await Promise.all([chat.start(), other.start()]);
  await Promise.all([chat.send("uno"), other.send("dos")]);
  await settle();
  expect(chat.snapshot().token).toBe(other.snapshot().token);
  other.stop();
});

test("a file goes as a message of its own, and one that is refused is no message", async () => {
  await chat.start();
  await chat.sendFile(new File(["x"], "hueco.png"));
  await settle();
  expect(chat.snapshot().entries[0]?.files[0]?.attachment_id).toBe("u-hueco.png");
  city.refusal = new Problem(422, { detail: "Ese tipo de archivo no se acepta." });
  await expect(chat.sendFile(new File(["MZ"], "virus.exe"))).rejects.toThrow("Ese tipo de archivo no se acepta.");
  expect(chat.snapshot().outgoing).toEqual([]);
});

test("forgetting leaves nothing on the device", async () => {
  await chat.start();
  await chat.send("uno");
  chat.keepDraft("dos");
  await settle();
  await chat.forget();
  expect([await store.read("session"), await store.read("outgoing"), await store.read("draft")]).toEqual([undefined, undefined, undefined]);
  expect([chat.snapshot().entries.length, chat.snapshot().draft, city.sockets.length]).toEqual([0, "", 0]);
});
