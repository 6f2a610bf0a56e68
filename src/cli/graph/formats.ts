// The formats of `tsupervisor graph`, for its help and for completion.
export const graphFormats = ['text', 'dot', 'mermaid', 'json'] as const;

export type GraphFormat = (typeof graphFormats)[number];
