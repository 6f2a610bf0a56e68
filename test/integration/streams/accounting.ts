// What programs wrote, compared byte by byte with what is in their log files.

/** Stands at the beginning of every content and nowhere else, so that a restart can be seen in a log. */
const firstByte = 0xff;

/** Numbered lines with checksums: short, empty, binary, larger than any buffer, and no newline at the end. */
export function hostileContent(bytes: number, seed: number): Buffer {
  const parts: Buffer[] = [Buffer.of(firstByte)];
  for (let number = 0, length = 1; length < bytes; number += 1) {
    const payload = payloadOf(number, seed);
    const line = Buffer.concat([
      Buffer.from(`${seed} ${number} ${Bun.hash.crc32(payload)} `),
      payload,
      newline,
    ]);
    parts.push(line);
    length += line.length;
  }
  return Buffer.concat([...parts, Buffer.from('the end, without newline')]);
}

/** Numbered lines of text with checksums, none longer than what a pipe takes whole. */
export function politeContent(bytes: number, seed: number): Buffer {
  const lines: string[] = [];
  for (let number = 0, length = 0; length < bytes; number += 1) {
    const payload = 'abcdefgh'.repeat((number * 7 + seed) % 400);
    const line = `${seed} ${number} ${payload} ${Bun.hash.crc32(payload)}\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join(''));
}

/**
 * Checks that `log` is what a program wrote that was started as often as `taken` has numbers: a beginning of
 * `content` each time, at least as long as the pipe has told to have taken, and not longer than it can have been.
 */
export function checkRuns(log: Buffer, content: Buffer, taken: readonly number[]): void {
  let position = 0;
  for (const [run, count] of taken.entries()) {
    const length = commonLength(log.subarray(position), content);
    const last = content.length === count || run === taken.length - 1;
    if (length < count) throw new Error(`run ${run}: ${count} bytes were written, ${length} are in the log`);
    if (length > count && last) throw new Error(`run ${run}: more in the log than was written`);
    position += length;
  }
  if (position !== log.length) throw new Error(`${log.length - position} foreign bytes at ${position}`);
}

/** How many bytes of `content` are missing in `log`, in which there is nothing else and nothing twice. */
export function missingBytes(log: Buffer, content: Buffer): number {
  let missing = 0;
  let inLog = 0;
  let inContent = 0;
  while (inLog < log.length) {
    const length = commonLength(log.subarray(inLog), content.subarray(inContent));
    inLog += length;
    inContent += length;
    if (inLog === log.length) break;
    const next = resumption(log.subarray(inLog), content, inContent);
    missing += next - inContent;
    inContent = next;
  }
  return missing + content.length - inContent;
}

const newline = Buffer.from('\n');

function payloadOf(number: number, seed: number): Buffer {
  if (number % 50 === 49) return Buffer.alloc(90_000, `huge ${seed} ${number} `);
  if (number % 7 === 6) {
    return Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 31 + number * 17 + seed) % 255));
  }
  return Buffer.alloc((number * 13) % 200, 'text ');
}

function commonLength(a: Buffer, b: Buffer): number {
  const limit = Math.min(a.length, b.length);
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (a.subarray(0, middle).equals(b.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where in `content`, after `from`, the log goes on. */
function resumption(log: Buffer, content: Buffer, from: number): number {
  const next = content.indexOf(log.subarray(0, 400), from);
  if (next < 0)
    throw new Error(`what follows byte ${from} was never written: ${log.toString('latin1', 0, 60)}`);
  return next;
}
