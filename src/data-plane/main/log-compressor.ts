// Compresses backups in the background, one at a time, in the runtime's thread pool and on descriptors alone. The
// worker that rotates the log opens the files and replaces the original by the copy.
import { createReadStream, createWriteStream } from 'node:fs';
import type { Compression, Rotation } from '../../config/config.ts';
import { withTimeout } from '../../event-loop/with-timeout.ts';
import { errnoName } from '../../linux/errno.ts';
import { closeFile } from '../../linux/file.ts';
import { duplicate } from '../../linux/pipe.ts';
import type { CompressedCopy } from '../../logs/compressed-copy.ts';
import { suffixes } from '../../logs/rotation.ts';
import type { WorkerClient } from './worker-client.ts';

const pieceBytes = 256 * 1024;
/** How long a shutdown waits for a disk. */
const stopLimitMs = 1000;
/** Per log and pass, so that one log cannot delay the others without end. */
const maxFiles = 1000;

interface Job {
  /** The worker that rotates the log at `path`. */
  readonly thread: WorkerClient;
  readonly path: string;
  readonly rotation: Rotation;
  readonly writer: number | null;
}

export class LogCompressor {
  readonly #waiting = new Map<string, Job>();
  readonly #stopping = new AbortController();
  #work: Promise<void> | null = null;

  constructor(private readonly onTrouble: (message: string) => void) {}

  /** Queues the uncompressed backups of a log. Idempotent. */
  compress(job: Job): void {
    this.#waiting.set(job.path, job);
    this.#work ??= this.#compressAll().finally(() => {
      this.#work = null;
    });
  }

  /** Abandons unfinished work; the originals remain and are compressed when the log is next opened. */
  async stop(): Promise<void> {
    this.#waiting.clear();
    this.#stopping.abort();
    if (this.#work) await withTimeout(this.#work, stopLimitMs);
  }

  async #compressAll(): Promise<void> {
    for (const [path, job] of this.#waiting) {
      this.#waiting.delete(path);
      const { compression, backups } = job.rotation;
      const maxCount = Math.min(backups, maxFiles);
      for (let count = 0; compression !== null && count < maxCount; count += 1) {
        if (!(await this.#compressOldest(job, compression))) break;
      }
    }
  }

  /** True on success. Looks up the oldest backup each time, because the log may rotate meanwhile. */
  async #compressOldest(job: Job, compression: Compression): Promise<boolean> {
    const { thread, path, rotation, writer } = job;
    const copy = await thread.beginCopy(path, rotation.backups, writer);
    if (copy === null) return false;
    if (typeof copy === 'number') {
      this.onTrouble(`cannot compress the old files of ${path}: ${errnoName(copy)}`);
      return false;
    }
    try {
      await this.#copyCompressed(copy, compression);
      const suffix = suffixes[compression];
      const { backups } = rotation;
      return (await thread.ask({ do: 'finishCopy', path, backups, copy, suffix })) === 0;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.onTrouble(`cannot compress ${copy.path}: ${reasonOf(error)}`);
      await thread.ask({ do: 'abandonCopy', path });
      return false;
    } finally {
      closeFile(copy.original);
      closeFile(copy.copy);
    }
  }

  /** On duplicates: the streams close them once their asynchronous operations have ended, also after an abort. */
  async #copyCompressed({ original, bytes, copy }: CompressedCopy, compression: Compression): Promise<void> {
    // Loaded here, because most daemons do not compress and both take 1.4 MB of memory.
    const { createGzip, createZstdCompress } = await import('node:zlib');
    const { pipeline } = await import('node:stream/promises');
    await pipeline(
      createReadStream('', { fd: duplicate(original), start: 0, end: bytes - 1, highWaterMark: pieceBytes }),
      compression === 'gzip' ? createGzip() : createZstdCompress(),
      createWriteStream('', { fd: duplicate(copy) }),
      { signal: this.#stopping.signal },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
