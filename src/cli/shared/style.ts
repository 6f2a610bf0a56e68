// Colours at a terminal, unless NO_COLOR is set (no-color.org).
import { isatty } from 'node:tty';

const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1 } as const;

export type Colour = keyof typeof codes;

/** Whether standard output or standard error is a terminal. (Creating process.stdout takes milliseconds.) */
export function isTerminal(fd: 1 | 2): boolean {
  return isatty(fd);
}

/** `text` in a colour, or plain if `fd` does not support it. */
export function coloured(text: string, colour: Colour, fd: 1 | 2 = 1): string {
  if (!isTerminal(fd) || process.env.NO_COLOR || process.env.TERM === 'dumb') return text;
  return `\x1b[${codes[colour]}m${text}\x1b[0m`;
}
