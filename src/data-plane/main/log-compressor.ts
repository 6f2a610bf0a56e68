// Compresses old log files in the background, one after the other: the work is done by the runtime's thread pool,
// and the worker, which alone renames log files, puts the copy in its place.
import { createReadStream, createWriteStream } from 'node:fs';
import { chown, open, rm, utimes } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import type { Compression, Rotation } from '../../config/config.ts';
import { plainBackups, suffixes, unfinishedCopy } from '../../logs/rotation.ts';
import type { WorkerClient } from './worker-client.ts';

const pieceBytes = 256 * 1024;
const compressors = { gzip: () => createGzip(), zstd: () => createZstdCompress() };

interface Job {
  readonly thread: WorkerClient;
  readonly path: string;
  readonly rotation: Rotation;
}

export class LogCompressor {
  readonly #waiting = new Map<string, Job>();
  readonly #stopping = new AbortController();
  #work: Promise<void> | null = null;

  constructor(private readonly onTrouble: (message: string) => void) {}

  /** Compresses the old files of the log at `path` that are not compressed yet. `thread` is the one that rotates it. */
  compress(thread: WorkerClient, path: string, rotation: Rotation): void {
    this.#waiting.set(path, { thread, path, rotation });
    this.#work ??= this.#compressAll().finally(() => {
      this.#work = null;
    });
  }

  /** Gives up what is not finished; its originals remain, and are compressed when the log is opened again. */
  async stop(): Promise<void> {
    this.#waiting.clear();
    this.#stopping.abort();
    await this.#work;
  }

  async #compressAll(): Promise<void> {
    for (const [path, job] of this.#waiting) {
      this.#waiting.delete(path);
      await rm(unfinishedCopy(path), { force: true });
      const files = plainBackups(path, job.rotation.backups).length;
      for (let count = 0; count < files; count += 1) if (!(await this.#compressOldest(job))) break;
    }
  }

  /** Whether that went well. Its number is looked up each time, as the log may rotate meanwhile. */
  async #compressOldest({ thread, path, rotation: { backups, compression } }: Job): Promise<boolean> {
    const [file] = plainBackups(path, backups);
    if (file === undefined || compression === null) return false;
    const copy = { path: unfinishedCopy(path), suffix: suffixes[compression] };
    try {
      const inode = await this.#copyCompressed(file, copy.path, compression);
      return (await thread.ask({ do: 'compressed', path, backups, inode, copy })) === 0;
    } catch (error) {
      await rm(copy.path, { force: true });
      if (!this.#stopping.signal.aborted) this.onTrouble(`cannot compress ${file}: ${reasonOf(error)}`);
      return false;
    }
  }

  /** With mode, owner and time of the original; the original's inode. */
  async #copyCompressed(from: string, to: string, compression: Compression): Promise<number> {
    const file = await open(from);
    try {
      const { ino, mode, uid, gid, atime, mtime } = await file.stat();
      await rm(to, { force: true });
      await pipeline(
        createReadStream(from, { fd: file.fd, autoClose: false, highWaterMark: pieceBytes }),
        compressors[compression](),
        createWriteStream(to, { flags: 'wx', mode: mode & 0o7777 }),
        { signal: this.#stopping.signal },
      );
      await chown(to, uid, gid);
      await utimes(to, atime, mtime);
      return ino;
    } finally {
      await file.close();
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
