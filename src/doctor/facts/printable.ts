// Sanitises untrusted text for a terminal.

/** One line, without control characters that a hostile program could inject. */
export function printable(text: string): string {
  return text.replaceAll(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '?');
}
