// How the name of one process is written: `group:name`, or `name` for the process of that name in a group of that name.

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** Splits at the first colon. Behind it nothing, or `*`, may stand for a whole group: that is for the caller to say. */
export function parseProcessName(text: string): ProcessName {
  const colon = text.indexOf(':');
  if (colon < 0) return { group: text, name: text };
  return { group: text.slice(0, colon), name: text.slice(colon + 1) };
}
