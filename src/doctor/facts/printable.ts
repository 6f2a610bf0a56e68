// What others have written, made safe to be shown on a terminal.

/** One line: control characters of a hostile program must not reach the one who looks. */
export function printable(text: string): string {
  return text.replaceAll(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '?');
}
