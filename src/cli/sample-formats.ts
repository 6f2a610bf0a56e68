// The formats of `tsupervisor echo-conf`, for its help and for completion.
export const sampleFormats = ['ini', 'markdown'] as const;
