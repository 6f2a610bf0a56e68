// Interacts with a running program: its output so far, typed input, Ctrl-C.
import { readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';

export interface Ended {
  /** Null if a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With a terminal of its own, or with pipes. */
export class Conversation {
  #stdout = '';
  #stderr = '';
  readonly #subprocess: Bun.Subprocess;
  readonly #stdin: { write(text: string): unknown; end(): unknown } | null;
  readonly #reading: Promise<unknown>;

  private constructor(command: readonly string[], atTerminal: boolean) {
    const decoder = new TextDecoder();
    const env = { ...process.env, LANG: 'C.UTF-8', TZ: 'UTC', TERM: 'xterm' };
    if (atTerminal) {
      const data = (_: unknown, bytes: Uint8Array): void => {
        this.#stdout += decoder.decode(bytes, { stream: true });
      };
      this.#subprocess = Bun.spawn([...command], { cwd: '/', env, terminal: { cols: 100, rows: 30, data } });
      this.#stdin = null;
      this.#reading = Promise.resolve();
      return;
    }
    const piped = Bun.spawn([...command], { cwd: '/', env, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
    this.#subprocess = piped;
    this.#stdin = piped.stdin;
    this.#reading = Promise.all([
      gather(piped.stdout, (text) => {
        this.#stdout += text;
      }),
      gather(piped.stderr, (text) => {
        this.#stderr += text;
      }),
    ]);
  }

  static withPipes(command: readonly string[]): Conversation {
    return new Conversation(command, false);
  }

  static atTerminal(command: readonly string[]): Conversation {
    return new Conversation(command, true);
  }

  /** All output so far, byte for byte if it is UTF-8. */
  get written(): string {
    return this.#stdout;
  }

  /** All output so far; at a terminal without control sequences, bells and carriage returns. */
  get printed(): string {
    return Bun.stripANSI(this.#stdout).replace(/[\r\x07]/g, '');
  }

  /** Waits until `text` was printed `times` times. */
  async sees(text: string, times = 1): Promise<void> {
    const seen = (): boolean => this.printed.split(text).length > times;
    await eventually(seen, {
      what: `${JSON.stringify(text)} (${times} times) in ${JSON.stringify(this.printed)}`,
      giveUp: async () =>
        this.#subprocess.exitCode === null ? null : `it ended: ${JSON.stringify(this.printed)}`,
    }).catch((error: unknown) => {
      throw new Error(`${error}; printed: ${JSON.stringify(this.printed)} ${this.#stderr}`);
    });
  }

  /** Waits until `text` is the last that was printed: a prompt, before which typed control characters may be lost. */
  async endsWith(text: string): Promise<void> {
    await eventually(() => this.printed.endsWith(text), { what: `${JSON.stringify(text)} at the end` });
  }

  /**
   * Waits until it has dealt with what it has printed: Python's client prints an error if Ctrl-C comes in the middle of that.
   */
  async sleeps(): Promise<void> {
    const { pid } = this.#subprocess;
    const call = () => readFileSync(`/proc/${pid}/syscall`, 'utf8').split(' ')[0] ?? '';
    await eventually(() => waits.has(call()), { what: `${pid} to wait for input` });
  }

  /** Repeats `action` until `text` was printed, for a listener that may not be ready yet. */
  async happensUntil(text: string, action: () => Promise<unknown>): Promise<void> {
    await eventually(
      async () => {
        await action();
        return this.printed.includes(text);
      },
      { what: `${JSON.stringify(text)} in ${JSON.stringify(this.printed)}` },
    );
  }

  types(text: string): void {
    if (this.#stdin) this.#stdin.write(text);
    else this.#subprocess.terminal?.write(text);
  }

  endsInput(): void {
    this.#stdin?.end();
  }

  signal(name: 'SIGINT' | 'SIGKILL'): void {
    this.#subprocess.kill(name);
  }

  async ended(): Promise<Ended> {
    await this.#subprocess.exited;
    await this.#reading;
    return { status: this.#subprocess.exitCode, stdout: this.printed, stderr: this.#stderr };
  }
}

async function gather(stream: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const piece of stream) onText(decoder.decode(piece, { stream: true }));
}

/** The numbers of poll, select, epoll_wait and their variants: those of x86-64, then those of arm64. */
const waits: ReadonlySet<string> = new Set(
  process.arch === 'x64' ? ['7', '23', '232', '270', '271', '281', '441'] : ['22', '72', '73', '441'],
);
