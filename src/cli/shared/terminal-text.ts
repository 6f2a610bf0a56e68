// Bytes of a log as a terminal may see them: text and its colours (ECMA-48 SGR) pass, everything else that a terminal
// would obey is shown instead. A log is written by programs that may mean harm. Pure.

/** SGR, and line ends, stay; other control characters, of 7 and of 8 bits, but the tabulator and the line feed. */
const controls = /\x1b\[[\d;:]{0,64}m|\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** What may become one of those that stay. */
const unfinished = /(?:\x1b(?:\[[\d;:]{0,64})?|\r)$/;
const resetColours = '\x1b[0m';

/** One log, in pieces of any length. */
export class TerminalText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #kept = '';
  #isStyled = false;

  /** What can be shown now. */
  push(bytes: Uint8Array): string {
    const text = this.#kept + this.#decoder.decode(bytes, { stream: true });
    this.#kept = unfinished.exec(text)?.[0] ?? '';
    return this.#shown(text.slice(0, text.length - this.#kept.length));
  }

  /** What was kept back, and the end of the colours. */
  end(): string {
    const rest = this.#shown(this.#kept + this.#decoder.decode());
    const reset = this.#isStyled ? resetColours : '';
    this.#kept = '';
    this.#isStyled = false;
    return rest + reset;
  }

  #shown(text: string): string {
    return text.replace(controls, (control) => {
      if (control === '\r\n') return control;
      if (!control.endsWith('m') || control.length === 1) return visible(control);
      this.#isStyled = true;
      return control;
    });
  }
}

/** `^[` for ESC, `\x9b` for what has eight bits. */
function visible(control: string): string {
  const code = control.charCodeAt(0);
  if (code >= 0x80) return `\\x${code.toString(16)}`;
  return `^${String.fromCharCode(code ^ 0x40)}`;
}
