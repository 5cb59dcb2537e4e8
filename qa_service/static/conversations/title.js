/** What a conversation is called. */

/** @param {{title: string | null, first?: string, turns?: {question: string}[]}} conversation or its summary */
export function titleOf({ title, first, turns }) {
  return title ?? first ?? turns?.[0]?.question ?? "";
}
