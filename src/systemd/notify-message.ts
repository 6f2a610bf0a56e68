// Parses what a program sends to its notify socket: sd_notify(3). Pure; the sender is hostile until it has been checked.

/** Values that are missing or make no sense are null. Times are in milliseconds. */
export interface NotifyMessage {
  /** Of READY=1, RELOADING=1 and STOPPING=1 the last. */
  readonly phase: 'ready' | 'reloading' | 'stopping' | null;
  /** MONOTONIC_USEC: when it began to reload, on CLOCK_MONOTONIC. */
  readonly monotonicMs: number | null;
  /** One line without control characters, at most `maxStatusLength` characters; empty to clear it. */
  readonly status: string | null;
  readonly mainPid: number | null;
  readonly watchdog: 'ping' | 'trigger' | null;
  /** WATCHDOG_USEC: the new interval; 0 for none. */
  readonly watchdogMs: number | null;
  /** EXTEND_TIMEOUT_USEC: from now. */
  readonly extendMs: number | null;
  /** BARRIER=1: the sender waits until everything it has sent before is handled. */
  readonly isBarrier: boolean;
}

export const maxStatusLength = 512;

/**
 * Null when it is no list of assignments: it contains NUL. Unusable values are ignored, and so are names without a use
 * here: ERRNO, BUSERROR, EXIT_STATUS, FDSTORE and those of others.
 */
export function parseNotifyMessage(data: Uint8Array): NotifyMessage | null {
  const end = data.at(-1) === 0 ? data.length - 1 : data.length;
  const text = decoder.decode(data.subarray(0, end));
  if (text.includes('\0')) return null;
  const values = new Map<string, string>();
  let phase: NotifyMessage['phase'] = null;
  for (const line of text.split(/[\r\n]/)) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    phase = phases.get(line) ?? phase;
    values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return {
    phase,
    monotonicMs: milliseconds(values.get('MONOTONIC_USEC'), Number.MAX_SAFE_INTEGER),
    status: statusOf(values.get('STATUS')),
    mainPid: pidOf(values.get('MAINPID')),
    watchdog: watchdogOf(values.get('WATCHDOG')),
    watchdogMs: milliseconds(values.get('WATCHDOG_USEC'), maxDurationMs),
    extendMs: milliseconds(values.get('EXTEND_TIMEOUT_USEC'), maxDurationMs),
    isBarrier: values.get('BARRIER') === '1',
  };
}

const decoder = new TextDecoder();

const phases: ReadonlyMap<string, NotifyMessage['phase']> = new Map([
  ['READY=1', 'ready'],
  ['RELOADING=1', 'reloading'],
  ['STOPPING=1', 'stopping'],
]);

/** The maximum of durations in the configuration: timers and deadlines stay exact integers. */
const maxDurationMs = 366 * 86_400_000;

function statusOf(value: string | undefined): string | null {
  return value === undefined ? null : plain(value, maxStatusLength).trim();
}

/** Without what a terminal or a browser would act on: control characters, separators of lines, changes of direction. */
function plain(text: string, maxLength: number): string {
  const cleaned = text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
  return cleaned.length <= maxLength ? cleaned : [...cleaned].slice(0, maxLength).join('');
}

function watchdogOf(value: string | undefined): NotifyMessage['watchdog'] {
  if (value === '1') return 'ping';
  return value === 'trigger' ? value : null;
}

/** The kernel's limit (PID_MAX_LIMIT). */
const maxPid = 2 ** 22;

function pidOf(value: string | undefined): number | null {
  const pid = /^\d{1,7}$/.test(value ?? '') ? Number(value) : 0;
  return pid >= 1 && pid <= maxPid ? pid : null;
}

/** Of a 64-bit number of microseconds, rounded up, at most `maxMs`. */
function milliseconds(value: string | undefined, maxMs: number): number | null {
  if (value === undefined || !/^\d{1,20}$/.test(value)) return null;
  const usec = BigInt(value);
  if (usec >= 2n ** 64n) return null;
  return Math.min(Number((usec + 999n) / 1000n), maxMs);
}
