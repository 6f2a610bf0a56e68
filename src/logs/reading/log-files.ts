// The files of one log: the current one and those it was rotated to, told apart by what they are, not by their names,
// which change with every rotation.

/** Where the files of a log are. */
export interface LogPlace {
  readonly path: string;
  readonly backups: number;
}

/** How clients name a file of a log to us. */
export function fileIdentity({
  dev,
  ino,
}: {
  readonly dev: number | bigint;
  readonly ino: number | bigint;
}): string {
  return `${Number(dev).toString(36)}.${Number(ino).toString(36)}`;
}

export interface IdentifiedFile {
  readonly path: string;
  readonly identity: string;
}

/** Which files are at some paths, in that order; null where there is none. */
export type FilesAt = (
  paths: readonly string[],
) => Promise<readonly ({ readonly device: number; readonly inode: number } | null)[]>;

/** A file of a log is not at its path any more: the log was rotated since its files were looked for. */
export class LogRotated extends Error {
  override readonly name = 'LogRotated';
}

/** What `use` makes of the files of a log, the current one first; again when it rejects with LogRotated. */
export async function withLogFiles<T>(
  place: LogPlace,
  filesAt: FilesAt,
  use: (files: readonly IdentifiedFile[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await use(await logFiles(place, filesAt));
    } catch (error) {
      if (!(error instanceof LogRotated) || attempt === maxAttempts) throw error;
    }
  }
}

const maxAttempts = 5;

/** Each file with its identity. Compressed ones are no text and left out. */
async function logFiles({ path, backups }: LogPlace, filesAt: FilesAt): Promise<IdentifiedFile[]> {
  const numbers = Array.from({ length: Math.min(backups, maxBackups) }, (_, index) => index + 1);
  const paths = [path, ...numbers.map((number) => `${path}.${number}`)];
  const found = await filesAt(paths);
  return paths.flatMap((file, index) => {
    const facts = found[index];
    return facts ? [{ path: file, identity: fileIdentity({ dev: facts.device, ino: facts.inode }) }] : [];
  });
}

const maxBackups = 1000;
