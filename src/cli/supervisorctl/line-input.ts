// Lines of standard input: edited with history and completion at a terminal, read as they are otherwise.
// Knows nothing of their meaning.
import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import { write } from '../output.ts';
import type { Questions } from './session.ts';

/** Candidates for the end of `line`, and the part of it that they replace. */
export type Completer = (line: string) => Promise<[string[], string]>;

const historyLines = 1000;

export class LineInput implements Questions {
  /** isatty instead of process.stdin, whose creation takes longer than a whole command. */
  readonly #terminal = isatty(0) && isatty(1);
  /** Newest first. */
  #history: string[] = [];
  /** Further lines that arrived at once, for example pasted at a terminal. */
  readonly #waiting: string[] = [];
  /** Text typed after the last line. */
  #unfinished = '';
  #plain: PlainLines | null = null;
  completer: Completer | null = null;

  /** Oldest first, as in history files. */
  get history(): readonly string[] {
    return this.#history.toReversed();
  }

  set history(lines: readonly string[]) {
    this.#history = lines.slice(-historyLines).toReversed();
  }

  async ask(prompt: string, signal?: AbortSignal): Promise<string | null> {
    if (signal?.aborted) return null;
    if (!this.#terminal) return this.#askPlain(1, prompt, signal);
    const line = await this.#edit(prompt, true, signal);
    if (line !== null && line.trim() !== '' && line !== this.#history[0]) this.#history.unshift(line);
    return line;
  }

  async askSecret(prompt: string): Promise<string | null> {
    if (!this.#terminal) return this.#askPlain(2, prompt);
    write(1, prompt);
    const secret = await this.#edit('', false);
    write(1, '\n');
    return secret;
  }

  close(): void {
    this.#plain?.close();
  }

  #askPlain(fd: 1 | 2, prompt: string, signal?: AbortSignal): Promise<string | null> {
    write(fd, prompt);
    this.#plain ??= new PlainLines();
    return this.#plain.next(signal);
  }

  /** A line editor for a single line, so that the terminal is in its normal mode while a command runs. */
  #edit(prompt: string, echo: boolean, signal?: AbortSignal): Promise<string | null> {
    const pasted = this.#waiting.shift();
    if (pasted !== undefined) {
      write(1, `${prompt}${echo ? pasted : ''}\n`);
      return Promise.resolve(pasted);
    }
    const answered = Promise.withResolvers<string | null>();
    let finished = false;
    const editor = createInterface({
      input: process.stdin,
      ...(echo ? { output: process.stdout, history: [...this.#history], historySize: historyLines } : {}),
      terminal: true,
      prompt,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        this.#complete(line).then((result) => {
          // Tab and Enter may arrive together: completing in a closed editor would throw.
          if (!finished) done(null, result);
        });
      },
    });
    const finish = (line: string | null): void => {
      if (finished) {
        if (line !== null) this.#waiting.push(line);
        return;
      }
      finished = true;
      // The rest of a paste arrives before the next turn of the event loop.
      setImmediate(() => {
        this.#unfinished = editor.line;
        editor.close();
        answered.resolve(line);
      });
    };
    const abandon = (): void => finish(null);
    editor.on('line', finish).on('SIGINT', abandon).on('close', abandon);
    signal?.addEventListener('abort', abandon);
    editor.prompt();
    if (this.#unfinished !== '') editor.write(this.#unfinished);
    return answered.promise.finally(() => signal?.removeEventListener('abort', abandon));
  }

  async #complete(line: string): Promise<[string[], string]> {
    return (await this.completer?.(line)) ?? [[], line];
  }
}

/** Longer lines are split; no valid command is that long. */
const maxLineCharacters = 1024 * 1024;

/** Standard input that is not a terminal: complete lines on request. */
class PlainLines {
  readonly #decoder = new TextDecoder();
  #text = '';
  #ended = false;
  #wake: (() => void) | null = null;

  constructor() {
    process.stdin.on('data', (piece: Uint8Array) => this.#add(this.#decoder.decode(piece, { stream: true })));
    process.stdin.on('end', () => this.#end());
    process.stdin.on('error', () => this.#end());
    process.stdin.pause();
  }

  /** Null at the end of input, on Ctrl-C and if `signal` is aborted. */
  async next(signal?: AbortSignal): Promise<string | null> {
    let abandoned = false;
    const abandon = (): void => {
      abandoned = true;
      this.#wake?.();
    };
    process.on('SIGINT', abandon);
    signal?.addEventListener('abort', abandon);
    try {
      for (;;) {
        const line = this.#takeLine();
        if (line !== null || this.#ended || abandoned) return line;
        await this.#more();
      }
    } finally {
      process.off('SIGINT', abandon);
      signal?.removeEventListener('abort', abandon);
    }
  }

  close(): void {
    process.stdin.pause();
  }

  #takeLine(): string | null {
    const end = this.#text.indexOf('\n');
    const length = end >= 0 ? end : this.#text.length;
    if (end < 0 && length < maxLineCharacters && !(this.#ended && length > 0)) return null;
    const line = this.#text.slice(0, length);
    this.#text = this.#text.slice(length + 1);
    return line;
  }

  #more(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    process.stdin.resume();
    return promise;
  }

  #add(text: string): void {
    this.#text += text;
    process.stdin.pause();
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}
