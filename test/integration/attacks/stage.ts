// A machine with a program's user who attacks: a directory of his own for the logs, and one of root's that is not his
// business.
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const nobody = 65534;
/** A file above this is none that the daemon has written. */
const maxBytes = 64 * 1024 * 1024;
export const secret = 'only root may know this';

export class Stage {
  readonly root = mkdtempSync(join(tmpdir(), 'tsv-attack-'));
  /** The user's own. */
  readonly home = join(this.root, 'home');
  readonly logs = join(this.home, 'logs');
  /** Root's, closed to everyone else. */
  readonly vault = join(this.root, 'vault');

  constructor() {
    chmodSync(this.root, 0o755);
    for (const directory of [this.home, this.logs, join(this.home, 'spare')]) {
      mkdirSync(directory);
      chownSync(directory, nobody, nobody);
    }
    mkdirSync(this.vault, { mode: 0o700 });
    for (const name of ['shadow', 'app.log', 'app.log.1', 'app.log.2']) {
      writeFileSync(join(this.vault, name), `${secret}\n`, { mode: 0o600 });
    }
    // One that all may read, if they could get at it.
    writeFileSync(join(this.vault, 'notes'), `${secret}\n`, { mode: 0o644 });
  }

  log(name = 'app.log'): string {
    return join(this.logs, name);
  }

  /** Every file of root's with all that could be changed about it. */
  vaultState(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(this.vault)
        .sort()
        .map((name) => {
          const { uid, gid, mode, ino, mtimeMs } = lstatSync(join(this.vault, name));
          return [
            name,
            `${uid}:${gid} ${mode.toString(8)} ${ino} ${mtimeMs} ${readFileSync(join(this.vault, name))}`,
          ];
        }),
    );
  }

  /** The files of the user's log directory in which the secret stands. */
  leaks(): string[] {
    return readdirSync(this.logs).filter((name) => {
      const path = join(this.logs, name);
      const status = lstatSync(path);
      if (!status.isFile() || status.nlink > 1 || status.size > maxBytes) return false;
      return textOf(path).includes(secret);
    });
  }

  /** Bytes in the regular files of the user's log directory. */
  bytes(): number {
    return readdirSync(this.logs).reduce((sum, name) => sum + lstatSync(join(this.logs, name)).size, 0);
  }

  /** The user attacks; resolves when he has given up. */
  async attack(
    kind: 'link' | 'fifo' | 'hard' | 'swap' | 'copy',
    target: string,
    rounds: number,
  ): Promise<void> {
    const intruder = join(import.meta.dir, 'intruder.py');
    const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    const script = readFileSync(intruder, 'utf8');
    const child = Bun.spawn(
      [...asNobody, '/usr/bin/python3', '-I', '-c', script, kind, this.log(), target, String(rounds)],
      { cwd: '/', stdin: 'ignore', stdout: 'ignore', stderr: 'pipe', timeout: 60_000 },
    );
    if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  try {
    return path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  } catch {
    return bytes.toString();
  }
}
