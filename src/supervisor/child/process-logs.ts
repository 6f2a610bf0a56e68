// The logs of one process: their paths, and the open logs while it runs. The output itself never passes through here.
import { exists } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Channel, channels } from '../../config/channel.ts';
import type { ProcessConfig } from '../../config/config.ts';
import type { Log, LogSpec } from '../../data-plane/main/data-plane.ts';
import type { LogSnapshot } from '../../data-plane/main/log.ts';
import type { PoolHandle } from '../../data-plane/main/pool-handle.ts';
import { removeGuarded } from '../../linux/guarded-file.ts';
import { allocateAutoLog, autoLogMode } from '../../logs/auto-log.ts';
import { errnoOf } from '../../logs/log-target.ts';
import { sinkOf } from '../../logs/sink.ts';
import type { DaemonContext } from '../daemon-context.ts';

/** Serialisable. */
export interface ProcessLogsSnapshot {
  readonly paths: Readonly<Record<Channel, string | null>>;
  /** The logs that its child has open. */
  readonly opened: Readonly<Record<Channel, LogSnapshot | null>>;
}

export class ProcessLogs {
  #paths: Readonly<Record<Channel, string | null>>;
  #opened: Record<Channel, Log | null> = { stdout: null, stderr: null };

  /** Creates AUTO logs. `pool`: the pool in which the process is a listener, if any. Throws the error of open(2). */
  constructor(
    private readonly config: ProcessConfig,
    private readonly group: string,
    private readonly pool: PoolHandle | null,
    private readonly daemon: DaemonContext,
  ) {
    this.#paths = {
      stdout: this.#path('stdout'),
      stderr: config.redirectStderr ? null : this.#path('stderr'),
    };
  }

  /** Log file of each channel, as clients see it; null when there is none. */
  get paths(): Readonly<Record<Channel, string | null>> {
    return this.#paths;
  }

  snapshot(): ProcessLogsSnapshot {
    const { stdout, stderr } = this.#opened;
    return {
      paths: this.#paths,
      opened: { stdout: stdout?.snapshot() ?? null, stderr: stderr?.snapshot() ?? null },
    };
  }

  /** Continues from a snapshot, with its AUTO logs in place of the ones just created. */
  restore({ paths, opened }: ProcessLogsSnapshot): void {
    for (const channel of channels) {
      const created = this.#paths[channel];
      // Best effort: an empty file stays.
      if (created !== null && created !== paths[channel]) errnoOf(() => removeGuarded(resolve(created)));
      const log = opened[channel];
      this.#opened[channel] = log && this.daemon.dataPlane.restoredLog(log);
    }
    this.#paths = paths;
  }

  /** Opens the logs for a child. Call `close` afterwards, even when this throws SyscallError. */
  open(): Readonly<Record<Channel, Log | null>> {
    for (const channel of channels) this.#opened[channel] = this.#open(channel);
    return this.#opened;
  }

  close(): void {
    for (const log of Object.values(this.#opened)) log?.release();
    this.#opened = { stdout: null, stderr: null };
  }

  /** Clears the open logs; none are open while the process is down. Throws SyscallError. */
  async clear(): Promise<void> {
    await Promise.all(Object.values(this.#opened).map((log) => log?.clear()));
  }

  /** Clears the logs whether or not the process runs. Throws SyscallError. */
  async clearAll(): Promise<void> {
    await Promise.all(channels.map((channel) => this.#withLog(channel, (log) => log.clear())));
  }

  async reopen(): Promise<void> {
    await Promise.all(Object.values(this.#opened).map((log) => log?.reopen()));
  }

  /** Rotates now, whether or not the process runs. Throws SyscallError. */
  async rotate(): Promise<void> {
    await Promise.all(channels.map((channel) => this.#withLog(channel, (log) => log.rotate())));
  }

  #path(channel: Channel): string | null {
    const { logfile } = this.config[channel];
    if (logfile.kind === 'file') return logfile.path;
    if (logfile.kind !== 'auto') return null;
    const { childlogdir, identifier } = this.daemon;
    return allocateAutoLog(childlogdir, this.config.name, channel, identifier);
  }

  #open(channel: Channel): Log | null {
    const { dataPlane } = this.daemon;
    const { config, group } = this;
    const pool = channel === 'stdout' ? this.pool : null;
    const source = { process: config.name, group, program: config.program, channel };
    const sink = sinkOf(config[channel].logfile, source);
    if (sink) return dataPlane.openSink(sink, pool);
    const path = this.paths[channel];
    return path === null ? null : dataPlane.openLog({ ...this.#spec(channel, path), pool });
  }

  /** Calls `action` with the log of `channel`, if it has one, and opens it for the call when needed. */
  async #withLog(channel: Channel, action: (log: Log) => Promise<void>): Promise<void> {
    const path = this.paths[channel];
    if (path === null) return;
    const opened = this.#opened[channel];
    if (opened) return action(opened);
    if (!(await exists(path))) return;
    const log = this.daemon.dataPlane.openLog(this.#spec(channel, path));
    await action(log).finally(() => log.release());
  }

  #spec(channel: Channel, path: string): LogSpec {
    const { logfile, rotation } = this.config[channel];
    const spec = { path, rotation, writer: this.config.user?.uid ?? null };
    return logfile.kind === 'auto' ? { ...spec, mode: autoLogMode } : spec;
  }
}
