import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchIdle } from "./idle";

let lefts: (number | null)[];
let overs: number;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  lefts = [];
  overs = 0;
  stop = watchIdle({ left: (seconds) => lefts.push(seconds), over: () => overs++ });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("counts down the last 15 of 60 seconds and ends once", () => {
  vi.advanceTimersByTime(44_900);
  expect(lefts).toEqual([]);
  vi.advanceTimersByTime(14_900);
  expect(lefts).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(overs).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(overs).toBe(1);
});

test.each(["pointerdown", "keydown", "wheel", "touchstart"])("%s stops the countdown and gives a whole minute again", (sign) => {
  vi.advanceTimersByTime(50_000);
  dispatchEvent(new Event(sign));
  expect(lefts.at(-1)).toBeNull();
  vi.advanceTimersByTime(44_000);
  expect(lefts.at(-1)).toBeNull();
  vi.advanceTimersByTime(16_500);
  expect(overs).toBe(1);
});

test("a screen that slept through the minute is over before the next person's touch counts", () => {
  vi.setSystemTime(Date.now() + 3_600_000);
  dispatchEvent(new Event("pointerdown"));
  expect(overs).toBe(1);
  expect(lefts).toEqual([]);
});

test("a watch that was ended ends nothing", () => {
  stop();
  vi.advanceTimersByTime(300_000);
  expect(overs).toBe(0);
});
