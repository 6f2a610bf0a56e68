// What watches a process by a timer of its own, and has a state that the snapshot of the process includes.

export interface Monitor {
  snapshot(): MonitorSnapshot;
  /** Continues from the snapshot of a monitor of this option. */
  restore(snapshot: MonitorSnapshot): void;
}

/** Serialisable. */
export interface MonitorSnapshot {
  readonly option: 'max_memory' | 'http_check' | 'ready';
  /** On the process's clock; null while no probe is scheduled. */
  readonly dueAt: number | null;
  /** Its failure is no reason for a restart. */
  readonly isEarly: boolean;
  /** The last probe since the process became RUNNING succeeded. */
  readonly isHealthy: boolean;
  /** Why the last probe since the process became RUNNING failed, in one line; empty if it did not. */
  readonly failure: string;
}
