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

/** The files of a log with their identities, the current one first. Compressed ones are no text and left out. */
export async function logFiles({ path, backups }: LogPlace, filesAt: FilesAt): Promise<IdentifiedFile[]> {
  const numbers = Array.from({ length: Math.min(backups, MAX_BACKUPS) }, (_, index) => index + 1);
  const paths = [path, ...numbers.map((number) => `${path}.${number}`)];
  const found = await filesAt(paths);
  return paths.flatMap((file, index) => {
    const facts = found[index];
    return facts ? [{ path: file, identity: fileIdentity({ dev: facts.device, ino: facts.inode }) }] : [];
  });
}

const MAX_BACKUPS = 1000;
