// The output streams of children on this thread, on real pipes and logs: they are read when the test says so.
import { closeSync, writeSync } from 'node:fs';
import type { StreamSettings, WorkerEvent } from '../../../../src/data-plane/protocol/messages.ts';
import { SharedIoState } from '../../../../src/data-plane/protocol/shared-io-state.ts';
import { AdaptivePoller } from '../../../../src/data-plane/worker/adaptive-poller.ts';
import { BlockedLogs } from '../../../../src/data-plane/worker/blocked-logs.ts';
import { ChildStreams } from '../../../../src/data-plane/worker/child-streams.ts';
import { DescriptorWatches } from '../../../../src/data-plane/worker/descriptor-watches.ts';
import { ListenerPools } from '../../../../src/data-plane/worker/listener-pools.ts';
import { LogTable } from '../../../../src/data-plane/worker/log-table.ts';
import { createPipe } from '../../../../src/linux/pipe.ts';
import { bySize } from '../../../../src/logs/rotation.ts';
import { Syslog } from '../../../../src/logs/syslog.ts';

export interface Program {
  readonly number: number;
  readonly readFd: number;
  /** -1 when it was closed. */
  writeFd: number;
}

export class StreamsStage {
  readonly reports: WorkerEvent[] = [];
  readonly #bytes = new Map<number, number>();
  readonly #watches: DescriptorWatches;
  readonly #tell = (report: WorkerEvent) => {
    this.reports.push(report);
    if (report.is !== 'data') return;
    this.#bytes.set(report.stream, (this.#bytes.get(report.stream) ?? 0) + report.bytes.length);
  };
  readonly #poller = new AdaptivePoller();
  readonly #blocked = new BlockedLogs(
    (fd) => this.#poller.watchWritableOnce(fd),
    () => this.streams.unpark(),
  );
  readonly #syslog = new Syslog(() => {}, '/nonexistent');
  readonly logs = new LogTable(this.#syslog, this.#tell, this.#blocked, new SharedIoState());
  readonly pools: ListenerPools;
  readonly streams: ChildStreams;
  #numbers = 0;

  constructor() {
    this.#watches = new DescriptorWatches(this.#poller, 'writable');
    this.pools = new ListenerPools(
      this.#watches.asWritableWatch(),
      this.#tell,
      () => {},
      (log, memory) => this.logs.get(log)?.write(memory, 0, memory.bytes.length),
    );
    this.streams = new ChildStreams(this.#poller, this.logs, this.#syslog, this.pools, this.#tell);
  }

  /** Another stage that continues from the snapshots of this one, which went through JSON; it has the reports of both. */
  continued(): StreamsStage {
    const next = new StreamsStage();
    next.logs.restore(throughJson(this.logs.snapshot()));
    next.pools.restore(throughJson(this.pools.snapshot()));
    next.streams.restore(throughJson(this.streams.snapshot()));
    this.#poller.close();
    next.reports.unshift(...this.reports);
    next.#numbers = this.#numbers;
    for (const [stream, bytes] of this.#bytes) next.#bytes.set(stream, bytes);
    return next;
  }

  openLog(path: string, rotation = bySize(0, 0)): number {
    this.#numbers += 1;
    const opening = { path, mode: 0o644, writer: null, rotation };
    this.logs.open({ do: 'openLog', log: this.#numbers, fd: null, ...opening });
    return this.#numbers;
  }

  /** `forward`: the control plane gets the bytes. */
  attach(log: number | null, forward = false, wanted: Partial<StreamSettings> = {}): Program {
    this.#numbers += 1;
    const { readFd, writeFd } = createPipe('read');
    const settings = {
      ...{ fd: readFd, syslogName: null, stripAnsi: false, captureMaxBytes: 0, prompt: true },
      ...{ lines: null, listener: null, awaits: null, ...wanted },
    };
    this.streams.attach({ do: 'attach', stream: this.#numbers, log, forward, settings });
    return { number: this.#numbers, readFd, writeFd };
  }

  /** Looks once at all that can be read and written now. */
  turn(): void {
    for (const fd of this.#poller.wait(0)) {
      if (!this.streams.readable(fd) && !this.#watches.ready(fd)) this.#blocked.writable(fd);
    }
  }

  /** Writes this much in pieces that fit into a pipe, and handles readiness after each. */
  flood(program: Program, bytes: number): void {
    for (let left = bytes; left > 0; left -= pieceBytes) {
      writeSync(program.writeFd, Buffer.alloc(Math.min(left, pieceBytes), 'x'));
      this.turn();
    }
  }

  close(program: Program): void {
    if (program.writeFd >= 0) closeSync(program.writeFd);
    program.writeFd = -1;
  }

  /** The bytes of a stream that the control plane has got. */
  forwarded({ number }: Program): string {
    const pieces = this.reports.flatMap((report) =>
      report.is === 'data' && report.stream === number ? [report.bytes] : [],
    );
    return Buffer.concat(pieces).toString();
  }

  forwardedBytes({ number }: Program): number {
    return this.#bytes.get(number) ?? 0;
  }

  get ended(): readonly number[] {
    return this.reports.flatMap((report) => (report.is === 'ended' ? [report.stream] : []));
  }
}

const pieceBytes = 32 * 1024;

function throughJson<T>(snapshot: T): T {
  return JSON.parse(JSON.stringify(snapshot));
}
