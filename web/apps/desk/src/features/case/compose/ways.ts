import type { ReplyOption } from "../../../data/types";

/** The way that an answer takes: the one that was chosen, or the one that the service would take. */
export function wayOf(options: readonly ReplyOption[], channel: string | null): ReplyOption | undefined {
  return options.find((one) => one.channel === channel) ?? options.find((one) => one.default) ?? options.find((one) => one.templates.length > 0);
}

/** Whether anything may go there: free text, or at least an approved template. */
export function isOpen(option: ReplyOption): boolean {
  return option.allowed || option.templates.length > 0;
}

/** Characters as the service counts them: an emoji is one. */
export function lengthOf(text: string): number {
  return [...text.trim()].length;
}

/** As how many messages a text goes. */
export function partsOf(length: number, option: Pick<ReplyOption, "part_characters"> | undefined): number {
  return option?.part_characters ? Math.max(1, Math.ceil(length / option.part_characters)) : 1;
}

/** Puts a text where the cursor is, on lines of its own, and says where the cursor stands then. */
export function insertAt(before: string, from: number, to: number, text: string): { text: string; cursor: number } {
  const head = before.slice(0, from);
  const tail = before.slice(to);
  const gap = head.trim() === "" || head.endsWith("\n") ? "" : "\n\n";
  const put = `${head}${gap}${text}`;
  return { text: `${put}${tail.trim() === "" ? "" : "\n\n"}${tail.trimStart()}`, cursor: put.length };
}
