// The unit file in /etc: its location, and its atomic replacement.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../linux/system-error.ts';
import type { Scope } from '../../systemd/manager.ts';

/** systemd.unit(5): takes precedence over units of packages. */
export function unitFilePath(scope: Scope, name: string): string {
  const configHome = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const directory = scope === 'system' ? '/etc/systemd/system' : join(configHome, 'systemd/user');
  return join(directory, `${name}.service`);
}

/** Null if there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A null `text` removes the file. Atomic: a reader never sees a partial file. */
export function replaceFile(path: string, text: string | null): void {
  if (text === null) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: 0o644 });
  renameSync(temporary, path);
}
