// The files of a rotated log: BASE is the current one, BASE.1 the youngest of the old ones.
import { renameSync, unlinkSync } from 'node:fs';

/** Moves BASE to BASE.1, BASE.1 to BASE.2 and so on; what was BASE.`backups` is lost. Throws what the system says. */
export function shiftBackups(path: string, backups: number): void {
  for (let number = backups - 1; number >= 1; number -= 1) {
    renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameIfThere(path, `${path}.1`);
}

/** Missing is fine. Throws what the system says. */
export function removeIfThere(path: string): void {
  ignoringMissing(() => unlinkSync(path));
}

function renameIfThere(from: string, to: string): void {
  ignoringMissing(() => renameSync(from, to));
}

function ignoringMissing(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
