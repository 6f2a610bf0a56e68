// The daemon's own log: levels, line format, targets.
import { write } from 'node:fs';
import { resolve } from 'node:path';
import type { LineStyle, LogLevel, SupervisordConfig } from '../../config/config.ts';
import { closeFile, openAppend, openAppendCached, ownDescriptorOf } from '../../linux/file.ts';
import { isJournal } from '../../linux/journal-stream.ts';
import { logfmt } from '../../logs/line-formatter.ts';
import { bySize } from '../../logs/rotation.ts';
import { TimeFormat } from '../../logs/time-format.ts';
import type { DataPlane, Log } from './data-plane.ts';

interface Level {
  readonly weight: number;
  readonly label: string;
  /** Priority of syslog(3), for the journal. */
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

/** The identifier that syslog shows, too. */
const journalOrigin = { SYSLOG_IDENTIFIER: 'supervisord' };

interface Target {
  readonly log: Log;
  /** `stream`: stdout or stderr, when it is connected to the journal. */
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
   * Opens the configured log and, with `copyToStdout`, stdout as well, unless both are the journal. Throws SyscallError.
   */
  static open(config: SupervisordConfig, dataPlane: DataPlane, copyToStdout: boolean): ActivityLog {
    const { loglevel, logLines } = config;
    // Before the log is opened, to overlap with the start of the worker that opens it.
    const time = logLines.timestamp === null ? null : TimeFormat.ready(logLines.timestamp);
    const main = openMain(config, dataPlane);
    const isInJournal = main.kind === 'journal' || main.kind === 'stream';
    if (!copyToStdout || (isInJournal && isJournal(1)))
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
   * Like `critical`, but bypasses the data plane for files: for failures of the data plane itself. Resolves when the line is
   * written, or its write has failed.
   */
  async criticalDirectly(message: string): Promise<void> {
    const isDirect = ({ kind }: Target): boolean => kind === 'file' || kind === 'stream';
    this.#write('critical', message, (target) => !isDirect(target));
    const now = Date.now();
    const writes = this.targets
      .filter(isDirect)
      .map((target) => append(resolve(target.log.path), this.#linesFor(target, 'critical', message, now)));
    await Promise.allSettled(writes);
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

  /** Removes the file and creates a new one. Throws SyscallError. */
  async clear(): Promise<void> {
    await Promise.all(this.targets.map(({ log }) => log.clear()));
    // The original logs this line to every target and then removes the file, so only the other targets show it.
    for (const _ of this.targets) {
      this.#write('info', 'reopening log file', ({ kind }) => kind !== 'file');
    }
  }

  /** Resolves when all lines so far are in the file. */
  async written(): Promise<void> {
    await Promise.all(this.targets.map(({ log }) => log.written()));
  }

  /** Rotates now. Throws SyscallError. */
  async rotate(): Promise<void> {
    await Promise.all(this.targets.map(({ log }) => log.rotate()));
  }

  /** Reopens the file, for logrotate(8) and others that rename it. Throws SyscallError. */
  async reopen(): Promise<void> {
    const files = this.targets.filter(({ kind }) => kind === 'file');
    await Promise.all(files.map(({ log }) => log.reopen()));
  }

  close(): void {
    for (const { log } of this.targets) log.release();
  }

  #write(level: LogLevel, message: string, isTarget: (target: Target) => boolean = () => true): void {
    if (!this.isEnabled(level)) return;
    const now = Date.now();
    for (const target of this.targets.filter(isTarget)) {
      target.log.write(this.#linesFor(target, level, message, now));
    }
  }

  #linesFor(target: Target, level: LogLevel, message: string, now: number): string {
    const entries = entriesOf(target, message);
    return entries.map((entry) => this.#lineFor(target, level, entry, now)).join('');
  }

  /** A journal entry has its own time and priority; the level is in the text as well, because people search for it. */
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
      return {
        log: dataPlane.openLog({ path: logfile.path, rotation: logRotation }),
        kind: isJournalStream(logfile.path) ? 'stream' : 'file',
      };
  }
}

/** In syslog and the journal each line is an entry of its own. In a stream to journald a NUL ends a line, too. */
function entriesOf({ kind }: Target, message: string): readonly string[] {
  switch (kind) {
    case 'file':
    case 'copy':
      return [message];
    case 'stream':
      return message.split(/[\n\0]/);
    default:
      return message.split('\n');
  }
}

function isJournalStream(path: string): boolean {
  const fd = ownDescriptorOf(path);
  return (fd === 1 || fd === 2) && isJournal(fd);
}

/** Rejects with the error of open(2). */
async function append(path: string, line: string): Promise<void> {
  const fd = openAppendCached(path, null) ?? openAppend(path);
  const { promise, resolve: written } = Promise.withResolvers<void>();
  write(fd, line, () => written());
  await promise;
  closeFile(fd);
}
