import { expect, it } from "vitest";
import { bytesInWords, refusalOf } from "./files";

const limits = { max_files: 2, max_file_bytes: 1_000, max_files_bytes: 1_500 };
const file = (bytes: number) => ({ id: "u", name: "a.pdf", bytes });

it("refuses with the limit that is passed", () => {
  expect(refusalOf({ size: 0 }, [], limits)).toBe("empty");
  expect(refusalOf({ size: 1_001 }, [], limits)).toBe("tooLarge");
  expect(refusalOf({ size: 1 }, [file(1), file(1)], limits)).toBe("tooMany");
  expect(refusalOf({ size: 501 }, [file(1_000)], limits)).toBe("tooHeavy");
  expect(refusalOf({ size: 500 }, [file(1_000)], limits)).toBeUndefined();
});

it("says sizes for people", () => {
  expect(bytesInWords(10 * 2 ** 20, "es")).toBe("10 MB");
  expect(bytesInWords(12, "es")).toBe("1 kB");
});
