/** Server-sent events out of the body of a reply: EventSource can't send a question by POST. */

/** @typedef {{name: string, data: string}} ServerEvent */

/**
 * The events of a stream, as the HTML standard reads them; one that breaks off in the middle is left out.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<ServerEvent>}
 */
export async function* eventsOf(body) {
  let name = "";
  /** @type {string[]} */
  let data = [];
  for await (const line of linesOf(body)) {
    if (line === "") {
      if (data.length) yield { name: name || "message", data: data.join("\n") };
      name = "";
      data = [];
    }
    const [, field, value] = line.match(/^([^:]*)(?:: ?(.*))?$/s) ?? [];
    if (field === "event") name = value ?? "";
    if (field === "data") data.push(value ?? "");
  }
}

/** @param {ReadableStream<Uint8Array>} body */
async function* linesOf(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      // A \r at the end may be the first half of \r\n.
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    reader.cancel().catch(() => {}); // it may have broken off by itself
  }
}
