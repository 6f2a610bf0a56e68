// How one child shows that it is ready, by a line of its output or by a descriptor (notification-fd of s6): what its streams
// await, and what follows when they bring it. The data plane does the waiting.
import type { Stream, StreamConsumer } from '../../data-plane/main/data-plane.ts';
import type { Awaited } from '../../data-plane/protocol/messages.ts';
import { processStat } from '../../linux/process-stat.ts';
import type { PlannedReadiness } from './child.ts';

export class ChildReadiness {
  readonly #awaiting: Stream[] = [];
  #isDecided = false;
  #isReaped = false;

  constructor(
    private readonly planned: PlannedReadiness,
    private readonly pid: number,
  ) {}

  /** What stdout and stderr await; null for nothing. */
  get awaitedOutput(): Awaited | null {
    const { by } = this.planned;
    return by.kind === 'log' ? { kind: 'line', expression: by.pattern } : null;
  }

  /** Callbacks for stdout and stderr. */
  get outputConsumer(): Pick<StreamConsumer, 'onMatch'> {
    return this.awaitedOutput === null ? {} : { onMatch: () => this.#matched() };
  }

  /** Callbacks for the descriptor. */
  get descriptorConsumer(): Pick<StreamConsumer, 'onMatch' | 'onEnd'> {
    return { onMatch: () => this.#matched(), onEnd: () => this.#descriptorClosed() };
  }

  /** It was shown, or never will be. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** The streams that await something. */
  awaiting(...streams: readonly Stream[]): void {
    this.#awaiting.push(...streams);
  }

  reaped(): void {
    this.#isReaped = true;
  }

  /** Its output has been read: what a descendant writes later does not count. */
  close(): void {
    this.#decide(() => {});
  }

  #matched(): void {
    this.#decide(() => this.planned.onReady());
  }

  /** A child that exits closes its descriptors first; its exit says more. */
  #descriptorClosed(): void {
    const { by, onNever } = this.planned;
    if (by.kind !== 'fd' || this.#isReaped || processStat(this.pid)?.isExiting) return;
    this.#decide(() => onNever(`closed descriptor ${by.fd} without a newline`));
  }

  #decide(act: () => void): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    for (const stream of this.#awaiting) stream.stopAwaiting();
    act();
  }
}
