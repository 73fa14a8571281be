import type { ReplyOptions } from "../../data/types";
import type { PutUpFile } from "../drafts/drafts";

export type FileLimits = Pick<ReplyOptions, "max_files" | "max_file_bytes" | "max_files_bytes">;

/** What the city takes with a form; `channels` checks the same. */
export const FORM_LIMITS: FileLimits = { max_files: 5, max_file_bytes: 10 * 2 ** 20, max_files_bytes: 50 * 2 ** 20 };

/** Why a file may not be added to those that are there; nothing when it may. */
export function refusalOf(
  file: Pick<File, "size">,
  there: readonly PutUpFile[],
  limits: FileLimits,
): "empty" | "tooLarge" | "tooMany" | "tooHeavy" | undefined {
  if (file.size === 0) return "empty";
  if (file.size > limits.max_file_bytes) return "tooLarge";
  if (there.length >= limits.max_files) return "tooMany";
  const all = there.reduce((sum, one) => sum + one.bytes, file.size);
  return all > limits.max_files_bytes ? "tooHeavy" : undefined;
}

/** "350 kB", "10 MB". */
export function bytesInWords(bytes: number, language: string): string {
  const large = bytes >= 2 ** 20;
  const amount = large ? bytes / 2 ** 20 : Math.max(1, bytes / 2 ** 10);
  const unit = large ? "megabyte" : "kilobyte";
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: large ? 1 : 0 }).format(amount);
}
