// Finds what a stream awaits in its bytes.
import { LineMatcher, type LineMatcherSnapshot } from '../../regex/line-matcher.ts';
import type { Awaited } from '../protocol/messages.ts';

export interface AwaitedMatcher {
  /** True when the chunk brings what is awaited; it is not called again then. */
  feed(chunk: Uint8Array): boolean;
  /** Instructions executed so far for an expression. */
  readonly cost: number;
  readonly maxCostPerByte: number;
  /** Null when there is no state between chunks. */
  snapshot(): LineMatcherSnapshot | null;
  restore(snapshot: LineMatcherSnapshot): void;
}

export function matcherOf(awaited: Awaited): AwaitedMatcher {
  return awaited.kind === 'line' ? new LineMatcher(awaited.expression) : newlineMatcher;
}

const newline = 0x0a;
const newlineMatcher: AwaitedMatcher = {
  feed: (chunk) => chunk.includes(newline),
  cost: 0,
  maxCostPerByte: 1,
  snapshot: () => null,
  restore: () => {},
};
