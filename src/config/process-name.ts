// Process names: `group:name`, or just `name` if group and process have the same name.

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** Splits at the first colon. An empty name or `*` may stand for the whole group; the caller decides. */
export function parseProcessName(text: string): ProcessName {
  const colon = text.indexOf(':');
  if (colon < 0) return { group: text, name: text };
  return { group: text.slice(0, colon), name: text.slice(colon + 1) };
}

/** As supervisorctl shows it. */
export function qualifiedName(process: {
  readonly group: string;
  readonly config: { readonly name: string };
}): string {
  const { group, config } = process;
  return group === config.name ? group : `${group}:${config.name}`;
}
