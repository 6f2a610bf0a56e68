// The daemon's own log: levels, the line format, its targets.
import { write } from 'node:fs';
import { resolve } from 'node:path';
import type { LineStyle, LogLevel, SupervisordConfig } from '../../config/config.ts';
import { closeFile, openAppend, openAppendCached } from '../../linux/file.ts';
import { isJournal } from '../../linux/journal-stream.ts';
import { logfmt } from '../../logs/line-formatter.ts';
import { bySize } from '../../logs/rotation.ts';
import { TimeFormat } from '../../logs/time-format.ts';
import type { DataPlane, Log } from './data-plane.ts';

interface Level {
  readonly weight: number;
  readonly label: string;
  /** Of syslog(3), for the journal. */
  readonly priority: number;
}

const levels: Readonly<Record<LogLevel, Level>> = {
  critical: { weight: 50, label: 'CRIT', priority: 2 },
  error: { weight: 40, label: 'ERRO', priority: 3 },
  warn: { weight: 30, label: 'WARN', priority: 4 },
  info: { weight: 20, label: 'INFO', priority: 6 },
  debug: { weight: 10, label: 'DEBG', priority: 7 },
  trace: { weight: 5, label: 'TRAC', priority: 7 },
  blather: { weight: 3, label: 'BLAT', priority: 7 },
};

/** As for syslog. */
const journalOrigin = { SYSLOG_IDENTIFIER: 'supervisord' };

interface Target {
  readonly log: Log;
  /** `stream`: standard output, where that is the journal. */
  readonly kind: 'file' | 'copy' | 'stream' | 'syslog' | 'journal';
}

export class ActivityLog {
  readonly #threshold: number;

  private constructor(
    level: LogLevel,
    private readonly style: LineStyle,
    private readonly time: TimeFormat | null,
    private readonly targets: readonly Target[],
  ) {
    this.#threshold = levels[level].weight;
  }

  /**
   * Opens the configured log, and stdout as a second one when wanted, unless both are the journal. Throws SyscallError.
   */
  static open(config: SupervisordConfig, dataPlane: DataPlane, copyToStdout: boolean): ActivityLog {
    const { loglevel, logLines } = config;
    // Before the log is open, as the worker that opens it is only just starting.
    const time = logLines.timestamp === null ? null : TimeFormat.ready(logLines.timestamp);
    const main = openMain(config, dataPlane);
    if (!copyToStdout || (main.kind === 'journal' && isJournal(1)))
      return new ActivityLog(loglevel, logLines, time, [main]);
    const copy = dataPlane.openLog({ path: '/dev/stdout', rotation: bySize(0, 0) });
    return new ActivityLog(loglevel, logLines, time, [
      { log: copy, kind: isJournal(1) ? 'stream' : 'copy' },
      main,
    ]);
  }

  /** Whether lines of this level are written. */
  isEnabled(level: LogLevel): boolean {
    return levels[level].weight >= this.#threshold;
  }

  critical(message: string): void {
    this.#write('critical', message);
  }

  /**
   * As critical, but past the data plane where it is a file: for when that is what is broken. Resolves when it was
   * written, or cannot be.
   */
  async criticalDirectly(message: string): Promise<void> {
    this.#write('critical', message, ({ kind }) => kind !== 'file');
    const line = this.#line('critical', message, Date.now());
    const files = this.targets.filter(({ kind }) => kind === 'file');
    await Promise.allSettled(files.map(({ log }) => append(resolve(log.path), line)));
  }

  error(message: string): void {
    this.#write('error', message);
  }

  warn(message: string): void {
    this.#write('warn', message);
  }

  info(message: string): void {
    this.#write('info', message);
  }

  debug(message: string): void {
    this.#write('debug', message);
  }

  trace(message: string): void {
    this.#write('trace', message);
  }

  blather(message: string): void {
    this.#write('blather', message);
  }

  /** Removes the file and begins a new one. Throws SyscallError. */
  async clear(): Promise<void> {
    await Promise.all(this.targets.map(({ log }) => log.clear()));
    // The original tells each of its targets, of which the file is removed already: only the others show it.
    for (const _ of this.targets) {
      this.#write('info', 'reopening log file', ({ kind }) => kind !== 'file');
    }
  }

  /** Resolves when the lines so far are in the file. */
  async written(): Promise<void> {
    await Promise.all(this.targets.map(({ log }) => log.written()));
  }

  /** Begins a new file now. Throws SyscallError. */
  async rotate(): Promise<void> {
    await Promise.all(this.targets.map(({ log }) => log.rotate()));
  }

  /** Opens the file anew, after somebody renamed it. Throws SyscallError. */
  async reopen(): Promise<void> {
    const files = this.targets.filter(({ kind }) => kind === 'file');
    await Promise.all(files.map(({ log }) => log.reopen()));
  }

  close(): void {
    for (const { log } of this.targets) log.release();
  }

  #write(level: LogLevel, message: string, concerns: (target: Target) => boolean = () => true): void {
    if (!this.isEnabled(level)) return;
    const now = Date.now();
    for (const target of this.targets.filter(concerns)) {
      // Each line of syslog and of the journal stands for itself.
      const isFile = target.kind === 'file' || target.kind === 'copy';
      const messages = isFile ? [message] : message.split('\n');
      const line = (text: string): string => this.#lineFor(target, level, text, now);
      target.log.write(messages.map(line).join(''));
    }
  }

  /** The time of an entry of the journal is its own, and so is its level, which people look for in the text as well. */
  #lineFor({ kind }: Target, level: LogLevel, message: string, now: number): string {
    if (kind !== 'journal' && kind !== 'stream') return this.#line(level, message, now);
    const { label, priority } = levels[level];
    if (this.style.format !== 'raw') return `<${priority}>${this.#line(level, message, now)}`;
    return `<${priority}>${kind === 'stream' ? `${label} ` : ''}${message}\n`;
  }

  #line(level: LogLevel, message: string, now: number): string {
    const time = this.time?.at(now);
    if (this.style.format === 'raw') {
      return `${time === undefined ? '' : `${time} `}${levels[level].label} ${message}\n`;
    }
    const fields = { time: time ?? new Date(now).toISOString(), level, message };
    return `${this.style.format === 'json' ? JSON.stringify(fields) : logfmt(fields)}\n`;
  }
}

function openMain({ logfile, logRotation }: SupervisordConfig, dataPlane: DataPlane): Target {
  switch (logfile.kind) {
    case 'syslog':
      return { log: dataPlane.openSink({ kind: 'syslog' }), kind: 'syslog' };
    case 'journal':
      return { log: dataPlane.openSink({ kind: 'journal', origin: journalOrigin }), kind: 'journal' };
    case 'file':
      return { log: dataPlane.openLog({ path: logfile.path, rotation: logRotation }), kind: 'file' };
  }
}

/** Rejects with the error of open(2). */
async function append(path: string, line: string): Promise<void> {
  const fd = openAppendCached(path, null) ?? openAppend(path);
  const { promise, resolve: written } = Promise.withResolvers<void>();
  write(fd, line, () => written());
  await promise;
  closeFile(fd);
}
