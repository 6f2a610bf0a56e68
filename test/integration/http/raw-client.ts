// A client that sends exactly the bytes it is told to and keeps what comes back.
import { eventually } from '../../support/eventually.ts';

export class RawClient {
  readonly #received: Uint8Array[] = [];
  #bytes = 0;
  #unsent: Uint8Array = new Uint8Array(0);
  isClosed = false;

  private constructor(private readonly socket: Bun.Socket) {}

  /** `target`: a unix path or a port of 127.0.0.1. */
  static async connect(target: string | number): Promise<RawClient> {
    let client: RawClient | null = null;
    const early: Uint8Array[] = [];
    const handlers = {
      data: (_: Bun.Socket, bytes: Uint8Array) => {
        if (client) client.#take(bytes);
        else early.push(bytes);
      },
      drain: () => client?.sendRest(),
      end: () => {
        if (client) client.isClosed = true;
      },
      close: () => {
        if (client) client.isClosed = true;
      },
    };
    const options = { allowHalfOpen: true, socket: handlers };
    const socket =
      typeof target === 'string'
        ? await Bun.connect({ ...options, unix: target })
        : await Bun.connect({ ...options, hostname: '127.0.0.1', port: target });
    client = new RawClient(socket);
    for (const bytes of early) client.#take(bytes);
    return client;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#received);
  }

  get text(): string {
    return this.bytes.toString();
  }

  get byteCount(): number {
    return this.#bytes;
  }

  send(data: string | Uint8Array): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(data)]);
    this.sendRest();
  }

  /** As much as the server takes now. */
  sendRest(): void {
    this.#unsent = this.#unsent.subarray(Math.max(0, this.socket.write(this.#unsent)));
  }

  /** Reads no more, so that the server's output backs up. */
  stopReading(): void {
    this.socket.pause();
  }

  readAgain(): void {
    this.socket.resume();
  }

  /** Ends its sending side alone. */
  shutdown(): void {
    this.socket.shutdown();
  }

  close(): void {
    this.socket.end();
  }

  /** Everything received, once it contains `text` `times` times. */
  async until(text: string, times = 1): Promise<string> {
    await eventually(() => this.text.split(text).length > times, {
      what: `${times} of ${JSON.stringify(text)}`,
    });
    return this.text;
  }

  /** Everything received, once the server has closed. */
  async untilClosed(): Promise<string> {
    await eventually(() => this.isClosed, { what: 'the server to close' });
    return this.text;
  }

  #take(bytes: Uint8Array): void {
    this.#received.push(Uint8Array.from(bytes));
    this.#bytes += bytes.length;
  }
}
