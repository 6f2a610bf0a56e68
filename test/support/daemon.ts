// A daemon in its own directory, ours or the original, and Python's supervisorctl to control it.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export const ours = [join(import.meta.dir, '../../dist/tsupervisor'), 'supervisord'] as const;
export const original = ['/usr/bin/supervisord'] as const;

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DaemonSetup {
  /** Sections after the standard ones; `%(here)s` is the daemon's directory. */
  readonly config: string;
  /** Additional lines for [supervisord]. */
  readonly supervisord?: string;
  /** Other files, by path relative to the directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** Which daemon; default `ours`. */
  readonly executable?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command to its exit. */
export async function run(
  command: readonly string[],
  options: { cwd?: string; stdin?: string } = {},
): Promise<Outcome> {
  const child = Bun.spawn([...command], {
    cwd: options.cwd ?? '/',
    stdin: options.stdin === undefined ? 'ignore' : new Blob([options.stdin]),
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, LANG: 'C.UTF-8', TZ: 'UTC' },
  });
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { status, stdout, stderr };
}

export class Daemon {
  private constructor(
    readonly directory: string,
    readonly subprocess: Bun.Subprocess<'ignore', 'pipe', 'pipe'>,
    readonly port: number,
  ) {}

  /** Writes the configuration, starts the daemon in the foreground, and waits until it is up. */
  static async start(setup: DaemonSetup): Promise<Daemon> {
    const directory = mkdtempSync(join(tmpdir(), 'tsv-'));
    // Programs of other users must be able to reach their files.
    chmodSync(directory, 0o755);
    const port = await freePort();
    for (const [name, text] of Object.entries(setup.files ?? {})) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    writeFileSync(join(directory, 'supervisord.conf'), configText(setup, port));
    const command = [...(setup.executable ?? ours), '-n', '-c', join(directory, 'supervisord.conf')];
    const subprocess = Bun.spawn([...command, ...(setup.args ?? [])], {
      cwd: directory,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: { ...process.env, LANG: 'C.UTF-8', TZ: 'UTC', ...setup.environment },
    });
    const daemon = new Daemon(directory, subprocess, port);
    await eventually(() => daemon.log().includes('supervisord started with pid'), {
      what: 'the daemon to be up',
      giveUp: async () =>
        subprocess.exitCode === null ? null : `it ended: ${await new Response(subprocess.stderr).text()}`,
    });
    return daemon;
  }

  get pid(): number {
    return this.subprocess.pid;
  }

  get configPath(): string {
    return join(this.directory, 'supervisord.conf');
  }

  /** The path of a file in the daemon's directory. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** The content of a file in the daemon's directory; empty if it does not exist. */
  read(name: string): string {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch {
      return '';
    }
  }

  log(): string {
    return this.read('supervisord.log');
  }

  /** The unmodified Python supervisorctl. */
  supervisorctl(...args: string[]): Promise<Outcome> {
    return run(['/usr/bin/supervisorctl', '-c', this.configPath, ...args]);
  }

  /** The output of `status` as a map from process name to state. */
  async states(): Promise<Record<string, string>> {
    const { stdout } = await this.supervisorctl('status');
    const lines = stdout.split('\n').filter((line) => line !== '');
    return Object.fromEntries(
      lines.map((line) => {
        const [name = '', state = ''] = line.split(/\s+/);
        return [name, state];
      }),
    );
  }

  /** Stops it with SIGTERM and removes its directory; returns the exit status. */
  async stop(): Promise<number> {
    this.subprocess.kill('SIGTERM');
    const status = await this.subprocess.exited;
    rmSync(this.directory, { recursive: true, force: true });
    return status;
  }
}

/** Runs `act` with a daemon that is stopped afterwards in any case. */
export async function withDaemon<T>(setup: DaemonSetup, act: (daemon: Daemon) => Promise<T>): Promise<T> {
  const daemon = await Daemon.start(setup);
  try {
    return await act(daemon);
  } finally {
    await daemon.stop();
  }
}

function configText(setup: DaemonSetup, port: number): string {
  return `[unix_http_server]
file=%(here)s/supervisor.sock
[inet_http_server]
port=127.0.0.1:${port}
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s
${setup.supervisord ?? ''}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
${setup.config}
`;
}
