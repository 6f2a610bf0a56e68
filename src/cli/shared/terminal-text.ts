// Sanitises log output for a terminal: text and colours (ECMA-48 SGR) pass, other control sequences are made visible.
// Logs are untrusted: a program could inject terminal commands. Pure.

/** Matches SGR and line ends, which pass, and all other 7-bit and 8-bit control characters except tab and line feed. */
const controls = /\x1b\[[\d;:]{0,64}m|\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** A prefix of a sequence that would pass. */
const unfinished = /(?:\x1b(?:\[[\d;:]{0,64})?|\r)$/;
const resetColours = '\x1b[0m';

/** One log, in pieces of any length. */
export class TerminalText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #kept = '';
  #isStyled = false;

  /** The text that is complete so far. */
  push(bytes: Uint8Array): string {
    const text = this.#kept + this.#decoder.decode(bytes, { stream: true });
    this.#kept = unfinished.exec(text)?.[0] ?? '';
    return this.#shown(text.slice(0, text.length - this.#kept.length));
  }

  /** The buffered rest, and a colour reset. */
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

/** `^[` for ESC, `\x9b` for an 8-bit control. */
function visible(control: string): string {
  const code = control.charCodeAt(0);
  if (code >= 0x80) return `\\x${code.toString(16)}`;
  return `^${String.fromCharCode(code ^ 0x40)}`;
}
