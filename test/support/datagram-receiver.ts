// A real AF_UNIX datagram socket for tests; Bun does not support them.
import { join } from 'node:path';

export interface Datagram {
  /** One character per byte. */
  readonly text: string;
  /** Contents of the files whose descriptors were passed. */
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

  /** Resolves when bound. `address`: a path, or `@name` in the abstract namespace. */
  static async bind(address: string): Promise<DatagramReceiver> {
    const script = join(import.meta.dir, 'datagram-receiver.py');
    const child = Bun.spawn(['/usr/bin/python3', script, address], { stdin: 'ignore', stdout: 'pipe' });
    const receiver = new DatagramReceiver(address, child);
    if ((await receiver.#lines.next()).value !== 'ready') throw new Error('the receiver did not start');
    return receiver;
  }

  /** Waits for the next datagram. */
  async next(): Promise<Datagram> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the receiver ended');
    return JSON.parse(value);
  }

  /** Stops reading until `continue`. */
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
