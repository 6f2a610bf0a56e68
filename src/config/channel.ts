// The two output streams of a process.
export const channels = ['stdout', 'stderr'] as const;
export type Channel = (typeof channels)[number];
