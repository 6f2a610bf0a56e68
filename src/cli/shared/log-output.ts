// Where the bytes of followed logs go: standard output, as they are; at a terminal as text that it may see; several
// logs line by line, each line with the name before it.
import { write } from '../output.ts';
import { LineWriter } from './line-writer.ts';
import { prefixes } from './name-prefixes.ts';
import { isTerminal } from './style.ts';
import { TerminalText } from './terminal-text.ts';

export interface LogOutput {
  readonly write: (bytes: Uint8Array) => void;
  /** Prints what was kept back. */
  readonly end: () => void;
}

/** Makes the one for each of `names`. */
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

/** A whole line, whose colours do not reach beyond it. */
function printable(line: Uint8Array): Uint8Array {
  if (!isTerminal(1)) return line;
  const text = new TerminalText();
  return Buffer.from(text.push(line) + text.end());
}
