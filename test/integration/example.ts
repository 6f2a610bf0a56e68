// An example of docs/examples under our executable: a copy of its folder, on a network of its own.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

export const examplesFolder = join(import.meta.dir, '../../docs/examples');

export interface ExampleOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Files that are in the folder beforehand, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** A PID namespace of its own, in which the daemon is process 1. */
  readonly ownPids?: boolean;
}

export class Example {
  #output = '';

  private constructor(
    readonly folder: string,
    readonly unshare: Bun.Subprocess<'ignore', 'pipe', 'pipe'>,
    readonly ownPids: boolean,
  ) {
    void this.#collect(unshare.stdout);
    void this.#collect(unshare.stderr);
  }

  /** Starts the daemon, and waits until it is up or has ended. */
  static async start(name: string, options: ExampleOptions = {}): Promise<Example> {
    const folder = mkdtempSync(join(tmpdir(), `tsv-${name}-`));
    cpSync(join(examplesFolder, name), folder, { recursive: true });
    for (const [file, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, file), text);
    const ownPids = options.ownPids ?? false;
    const namespaces = ownPids ? ['--pid', '--fork', '--mount-proc', '--kill-child'] : [];
    const entrypoint = [ours[0], 'run', '-c', join(folder, 'supervisord.conf')];
    const unshare = Bun.spawn(
      ['unshare', '--net', ...namespaces, 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...entrypoint],
      {
        cwd: '/',
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
        env: { ...process.env, LANG: 'C.UTF-8', TZ: 'UTC', ...options.environment },
      },
    );
    const example = new Example(folder, unshare, ownPids);
    await example.says('supervisord started with pid');
    return example;
  }

  /** What the daemon has written to its stdout and stderr: its log. */
  log(): string {
    return this.#output;
  }

  /** Waits until the log has this text, from this character on. */
  says(text: string, from = 0): Promise<void> {
    return eventually(() => this.#output.includes(text, from), {
      what: `${text}\nin ${this.#output}`,
      timeoutMs: 30_000,
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  edit(before: string, after: string): void {
    const path = this.path('supervisord.conf');
    const text = readFileSync(path, 'utf8');
    if (!text.includes(before)) throw new Error(`no ${before} in ${path}`);
    writeFileSync(path, text.replace(before, after));
  }

  /** The unmodified Python supervisorctl. */
  supervisorctl(...args: string[]): Promise<Outcome> {
    return run(['/usr/bin/supervisorctl', '-c', this.path('supervisord.conf'), ...args]);
  }

  async pid(name: string): Promise<number> {
    return Number((await this.supervisorctl('pid', name)).stdout);
  }

  pids(...names: string[]): Promise<number[]> {
    return Promise.all(names.map((name) => this.pid(name)));
  }

  /** Waits until all are RUNNING. */
  async runs(...names: string[]): Promise<void> {
    let status = '';
    await eventually(
      async () => {
        status = (await this.supervisorctl('status', ...names)).stdout;
        return (status.match(/ RUNNING /g) ?? []).length === names.length;
      },
      {
        what: `${names} to be RUNNING`,
        timeoutMs: 60_000,
        giveUp: async () => (/ FATAL /.test(status) ? status : null),
      },
    );
  }

  /** Runs a command on its network. */
  inside(...command: string[]): Promise<Outcome> {
    return run(['nsenter', '--net', '--target', String(this.#daemonPid()), ...command]);
  }

  /** Waits until the daemon ends by itself; returns its exit status. */
  async ended(): Promise<number> {
    const status = await this.unshare.exited;
    rmSync(this.folder, { recursive: true, force: true });
    return status;
  }

  /** Stops it with SIGTERM; returns its exit status. */
  stop(): Promise<number> {
    process.kill(this.#daemonPid(), 'SIGTERM');
    return this.ended();
  }

  #daemonPid(): number {
    const { pid } = this.unshare;
    return this.ownPids ? Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) : pid;
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#output += decoder.decode(chunk, { stream: true });
  }
}
