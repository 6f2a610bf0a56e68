// The loop of a worker, run on this thread: commands, what arrives in pipes and their ends, in every order.
import { afterAll, expect, test } from 'bun:test';
import { closeSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Command, WorkerEvent } from '../../../../src/data-plane/protocol/messages.ts';
import { SharedIoState } from '../../../../src/data-plane/protocol/shared-io-state.ts';
import type { WorkerSnapshot } from '../../../../src/data-plane/protocol/snapshots.ts';
import { WorkerLoop } from '../../../../src/data-plane/worker/worker-loop.ts';
import { checked } from '../../../../src/linux/errno.ts';
import { libc } from '../../../../src/linux/libc.ts';
import { createPipe } from '../../../../src/linux/pipe.ts';
import { bySize } from '../../../../src/logs/rotation.ts';

const EFD_CLOEXEC = 0o2000000;
const directory = mkdtempSync(join(tmpdir(), 'tsv-loop-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Step =
  | { readonly do: 'open log' | 'release log'; readonly log: 0 | 1 }
  | { readonly do: 'attach'; readonly stream: 0 | 1; readonly log: 0 | 1 }
  | { readonly do: 'write' | 'close' | 'drain'; readonly stream: 0 | 1 }
  | { readonly do: 'reopen' | 'write to log'; readonly log: 0 | 1 }
  /** Ends the loop as it is; another one continues. */
  | { readonly do: 'freeze' };

const either = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom<'open log' | 'release log'>('open log', 'release log'), log: either }),
  fc.record({ do: fc.constant('attach' as const), stream: either, log: either }),
  fc.record({
    do: fc.constantFrom<'write' | 'close' | 'drain'>('write', 'write', 'close', 'drain'),
    stream: either,
  }),
  fc.record({ do: fc.constantFrom<'reopen' | 'write to log'>('reopen', 'write to log'), log: either }),
  fc.constant({ do: 'freeze' } as const),
);

interface OpenLog {
  readonly number: number;
  readonly path: string;
}

interface OpenStream {
  readonly number: number;
  readonly writeFd: number;
  /** Null: its bytes go nowhere. */
  readonly path: string | null;
}

/** Gives the loop one step after the other, and keeps what must come of them. */
class Script {
  readonly expected = new Map<string, string[]>();
  readonly reports: WorkerEvent[] = [];
  readonly requests: number[] = [];
  readonly attached: number[] = [];
  readonly #bell = checked(libc.eventfd(0, EFD_CLOEXEC), 'eventfd');
  readonly #logs: (OpenLog | null)[] = [null, null];
  readonly #streams: (OpenStream | null)[] = [null, null];
  #numbers = 0;
  #lines = 0;
  #asked = false;
  #ending = false;

  constructor(
    private readonly name: string,
    private readonly steps: readonly Step[],
  ) {}

  run(): void {
    const remaining = [...this.steps];
    const next = (): readonly Command[] | undefined => {
      this.#asked = !this.#asked;
      // Every second time there is nothing more, so that the loop looks at the pipes.
      if (!this.#asked) return undefined;
      const wanted = remaining.shift();
      const commands = wanted ? this.#commandsOf(wanted) : this.#commandsAtTheEnd();
      if (!this.#ending) this.#ring();
      return commands;
    };
    this.#ring();
    for (let frozen = this.#runLoop(next); frozen !== null; ) {
      const snapshot: WorkerSnapshot = JSON.parse(JSON.stringify(frozen));
      let commands: readonly Command[] | undefined = [{ do: 'restore', snapshot, request: this.#request() }];
      frozen = this.#runLoop(() => {
        const first = commands;
        commands = undefined;
        return first ?? next();
      });
    }
    closeSync(this.#bell);
  }

  /** Runs a loop to its end; null when it was stopped. */
  #runLoop(next: () => readonly Command[] | undefined): WorkerSnapshot | null {
    const loop = new WorkerLoop(
      this.#bell,
      new SharedIoState(),
      next,
      (reports) => void this.reports.push(...reports),
    );
    loop.run();
    const last = this.reports.at(-1);
    return last?.is === 'frozen' ? last.snapshot : null;
  }

  #ring(): void {
    writeSync(this.#bell, new Uint8Array(new BigUint64Array([1n]).buffer));
  }

  /** Closes what is open, and stops once every stream has reported its end. */
  #commandsAtTheEnd(): readonly Command[] {
    for (const number of [0, 1] as const) this.#close(number);
    const ended = this.reports.filter(({ is }) => is === 'ended').length;
    if (ended < this.attached.length) return [];
    this.#ending = true;
    return [{ do: 'stop', request: this.#request() }];
  }

  #commandsOf(wanted: Step): readonly Command[] {
    switch (wanted.do) {
      case 'open log':
        return this.#openLog(wanted.log);
      case 'release log': {
        const log = this.#logs[wanted.log];
        this.#logs[wanted.log] = null;
        return log ? [{ do: 'releaseLog', log: log.number }] : [];
      }
      case 'attach':
        return this.#attach(wanted.stream, this.#logs[wanted.log] ?? null);
      case 'write': {
        const stream = this.#streams[wanted.stream];
        if (stream) writeSync(stream.writeFd, this.#line(stream.path));
        return [];
      }
      case 'close':
        this.#close(wanted.stream);
        return [];
      case 'drain': {
        const stream = this.#streams[wanted.stream];
        return stream ? [{ do: 'drain', stream: stream.number, request: this.#request() }] : [];
      }
      case 'reopen': {
        const log = this.#logs[wanted.log];
        return log ? [{ do: 'reopenLog', log: log.number, request: this.#request() }] : [];
      }
      case 'freeze':
        return [{ do: 'freeze' }];
      case 'write to log': {
        const log = this.#logs[wanted.log];
        return log ? [{ do: 'write', log: log.number, data: this.#line(log.path) }] : [];
      }
    }
  }

  #openLog(index: 0 | 1): readonly Command[] {
    if (this.#logs[index]) return [];
    const log = { number: this.#number(), path: join(directory, `${this.name}-${index}.log`) };
    this.#logs[index] = log;
    return [
      {
        do: 'openLog',
        log: log.number,
        fd: null,
        path: log.path,
        mode: 0o644,
        writer: null,
        rotation: bySize(0, 0),
      },
    ];
  }

  #attach(index: 0 | 1, log: OpenLog | null): readonly Command[] {
    if (this.#streams[index]) return [];
    const { readFd, writeFd } = createPipe('read');
    const stream = { number: this.#number(), writeFd, path: log?.path ?? null };
    this.#streams[index] = stream;
    this.attached.push(stream.number);
    const settings = {
      ...{ fd: readFd, syslogName: null, stripAnsi: false, captureMaxBytes: 0, prompt: true },
      ...{ lines: null, listener: null, awaits: null },
    };
    return [{ do: 'attach', stream: stream.number, log: log?.number ?? null, forward: false, settings }];
  }

  #close(index: 0 | 1): void {
    const stream = this.#streams[index];
    this.#streams[index] = null;
    if (stream) closeSync(stream.writeFd);
  }

  #line(path: string | null): string {
    this.#lines += 1;
    const line = `line ${this.#lines}\n`;
    if (path !== null) this.expected.set(path, [...(this.expected.get(path) ?? []), line]);
    return line;
  }

  #number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  #request(): number {
    const request = this.#number();
    this.requests.push(request);
    return request;
  }
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8').match(/.*\n/g) ?? [];
}

test('every line is logged once, every request gets a reply, every EOF an event, and no descriptor is left open', () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      run += 1;
      const script = new Script(`run${run}`, steps);
      const before = openDescriptors();
      script.run();
      for (const [path, lines] of script.expected) expect(linesOf(path).toSorted()).toEqual(lines.toSorted());
      const done = script.reports.flatMap((report) => (report.is === 'done' ? [report] : []));
      expect(done.map(({ request }) => request).toSorted()).toEqual(script.requests.toSorted());
      expect(done.filter(({ errno }) => errno !== 0)).toEqual([]);
      const ended = script.reports.flatMap((report) => (report.is === 'ended' ? [report.stream] : []));
      expect(ended.toSorted()).toEqual(script.attached.toSorted());
      expect(script.reports.filter(({ is }) => is === 'trouble')).toEqual([]);
      // Logs that were never released are the loop's until its thread ends, and so is its epoll.
      expect(openDescriptors() - before).toBeLessThanOrEqual(1 + 2);
    }),
    { numRuns: 150 },
  );
});

test('lines of one stream keep their order in the log', () => {
  const writes = Array.from({ length: 50 }, (): Step => ({ do: 'write', stream: 0 }));
  const script = new Script('ordered', [
    { do: 'open log', log: 0 },
    { do: 'attach', stream: 0, log: 0 },
    ...writes,
  ]);
  script.run();
  const [[path, lines] = ['', []]] = script.expected;
  expect(linesOf(path)).toEqual(lines);
});

test('two logs of one path are one file, which stays open until both are released', () => {
  const script = new Script('shared', [
    { do: 'open log', log: 0 },
    { do: 'attach', stream: 0, log: 0 },
    { do: 'release log', log: 0 },
    { do: 'open log', log: 0 },
    { do: 'write to log', log: 0 },
    { do: 'write', stream: 0 },
    { do: 'release log', log: 0 },
    { do: 'write', stream: 0 },
  ]);
  script.run();
  const [[path, lines] = ['', []]] = script.expected;
  expect(lines.length).toBe(3);
  expect(linesOf(path).toSorted()).toEqual(lines.toSorted());
});
