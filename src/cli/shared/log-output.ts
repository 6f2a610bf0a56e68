// Output of followed logs: bytes unchanged to standard output; sanitised for a terminal; with several logs, line by
// line, prefixed with the name.
import { write } from '../output.ts';
import { LineWriter } from './line-writer.ts';
import { prefixes } from './name-prefixes.ts';
import { isTerminal } from './style.ts';
import { TerminalText } from './terminal-text.ts';

export interface LogOutput {
  readonly write: (bytes: Uint8Array) => void;
  /** Flushes the buffer. */
  readonly end: () => void;
}

/** Creates an output for each of `names`. */
export function logOutputs(names: readonly string[]): (name: string) => LogOutput {
  const prefixOf = prefixes(names);
  return (name) => {
    if (names.length === 1) return isTerminal(1) ? terminalOutput() : asItIs;
    const prefix = Buffer.from(prefixOf.get(name) ?? '');
    const lines = new LineWriter((line) => write(1, Buffer.concat([prefix, printable(line)])));
    return { write: (bytes) => lines.write(bytes), end: () => lines.end() };
  };
}

const asItIs: LogOutput = { write: (bytes) => write(1, bytes), end: () => {} };

function terminalOutput(): LogOutput {
  const text = new TerminalText();
  return { write: (bytes) => write(1, text.push(bytes)), end: () => write(1, text.end()) };
}

/** A sanitised line that resets its colours at the end. */
function printable(line: Uint8Array): Uint8Array {
  if (!isTerminal(1)) return line;
  const text = new TerminalText();
  return Buffer.from(text.push(line) + text.end());
}
