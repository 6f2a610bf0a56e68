// Parses text/event-stream (WHATWG HTML, 9.2.6) incrementally. Ignores ids and retry times. Pure.

export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

/** Longer events are dropped; tsupervisor sends none. */
const maxEventCharacters = 4 * 1024 * 1024;

export class EventStreamReader {
  readonly #decoder = new TextDecoder();
  readonly #onEvent: (event: ServerSentEvent) => void;
  #text = '';
  #type = '';
  #data: string[] = [];
  #size = 0;

  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  write(piece: Uint8Array): void {
    const lines = (this.#text + this.#decoder.decode(piece, { stream: true })).split(/\r?\n/);
    this.#text = (lines.pop() ?? '').slice(0, maxEventCharacters);
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    if (line === '') return this.#dispatch();
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    this.#size += value.length;
    if (this.#size > maxEventCharacters) this.#data = [];
    else if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
  }

  #dispatch(): void {
    if (this.#data.length > 0) this.#onEvent({ type: this.#type || 'message', data: this.#data.join('\n') });
    this.#type = '';
    this.#data = [];
    this.#size = 0;
  }
}
