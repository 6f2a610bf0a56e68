// Splits a stream into lines, and parses JSON lines. Pure.

/** Calls `take` for every line; the last one need not be terminated. Rejects if the stream breaks. */
export async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let begun = '';
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const lines = (begun + decoder.decode(next.value, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) take(line);
  }
  if (begun !== '') take(begun);
}
