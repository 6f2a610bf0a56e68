// A real AF_UNIX datagram socket that tests look into; Bun has none of its own.
import { join } from 'node:path';

export interface Datagram {
  /** Every byte as one character. */
  readonly text: string;
  /** What was in the files whose descriptors came along. */
  readonly descriptors: readonly string[];
}

export class DatagramReceiver {
  readonly #lines: AsyncIterator<string>;

  private constructor(
    readonly address: string,
    private readonly child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>,
  ) {
    this.#lines = linesOf(child.stdout);
  }

  /** Bound when this resolves. `address`: a path, or `@name`. */
  static async bind(address: string): Promise<DatagramReceiver> {
    const script = join(import.meta.dir, 'datagram-receiver.py');
    const child = Bun.spawn(['/usr/bin/python3', script, address], { stdin: 'ignore', stdout: 'pipe' });
    const receiver = new DatagramReceiver(address, child);
    if ((await receiver.#lines.next()).value !== 'ready') throw new Error('the receiver did not start');
    return receiver;
  }

  /** The next datagram, waited for. */
  async next(): Promise<Datagram> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the receiver ended');
    return JSON.parse(value);
  }

  /** From now on it reads nothing, until `continue`. */
  stop(): void {
    this.child.kill('SIGSTOP');
  }

  continue(): void {
    this.child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.child.kill();
    await this.child.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
