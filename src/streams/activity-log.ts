// The daemon's own log: levels, the line format, its targets.
import type { LineStyle, LogLevel, SupervisordConfig } from '../config/config.ts';
import type { DataPlane, Log } from './data-plane.ts';
import { logfmt } from './line-formatter.ts';
import { bySize } from './rotation.ts';
import { TimeFormat } from './time-format.ts';

const levels: Readonly<Record<LogLevel, { readonly weight: number; readonly label: string }>> = {
  critical: { weight: 50, label: 'CRIT' },
  error: { weight: 40, label: 'ERRO' },
  warn: { weight: 30, label: 'WARN' },
  info: { weight: 20, label: 'INFO' },
  debug: { weight: 10, label: 'DEBG' },
  trace: { weight: 5, label: 'TRAC' },
  blather: { weight: 3, label: 'BLAT' },
};

interface Target {
  readonly log: Log;
  readonly kind: 'file' | 'copy' | 'syslog';
}

export class ActivityLog {
  readonly #threshold: number;
  readonly #time: TimeFormat | null;

  constructor(
    level: LogLevel,
    private readonly style: LineStyle,
    private readonly targets: readonly Target[],
  ) {
    this.#threshold = levels[level].weight;
    this.#time = style.timestamp === null ? null : new TimeFormat(style.timestamp);
  }

  /** Opens the configured log, and stdout as a second one when wanted. Throws SyscallError. */
  static open(config: SupervisordConfig, dataPlane: DataPlane, copyToStdout: boolean): ActivityLog {
    const main: Target =
      config.logfile.kind === 'syslog'
        ? { log: dataPlane.openSyslog(), kind: 'syslog' }
        : {
            log: dataPlane.openLog({ path: config.logfile.path, rotation: config.logRotation }),
            kind: 'file',
          };
    if (!copyToStdout) return new ActivityLog(config.loglevel, config.logLines, [main]);
    const copy = dataPlane.openLog({ path: '/dev/stdout', rotation: bySize(0, 0) });
    const targets: Target[] = [{ log: copy, kind: 'copy' }, main];
    return new ActivityLog(config.loglevel, config.logLines, targets);
  }

  /** Whether lines of this level are written. */
  isEnabled(level: LogLevel): boolean {
    return levels[level].weight >= this.#threshold;
  }

  critical(message: string): void {
    this.#write('critical', message);
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
      // Each line of syslog stands for itself.
      const messages = target.kind === 'syslog' ? message.split('\n') : [message];
      target.log.write(messages.map((text) => this.#line(level, text, now)).join(''));
    }
  }

  #line(level: LogLevel, message: string, now: number): string {
    const time = this.#time?.at(now);
    if (this.style.format === 'raw') {
      return `${time === undefined ? '' : `${time} `}${levels[level].label} ${message}\n`;
    }
    const fields = { time: time ?? new Date(now).toISOString(), level, message };
    return `${this.style.format === 'json' ? JSON.stringify(fields) : logfmt(fields)}\n`;
  }
}
