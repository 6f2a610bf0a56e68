// Compresses old log files in the background, one after the other: the work is done by the runtime's thread pool, on
// descriptors alone. The worker, which rotates the log, opens the files and puts the copy in its place.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import type { Compression, Rotation } from '../../config/config.ts';
import { withTimeout } from '../../event-loop/with-timeout.ts';
import { errnoName } from '../../linux/errno.ts';
import { closeFile } from '../../linux/file.ts';
import { duplicate } from '../../linux/pipe.ts';
import type { CompressedCopy } from '../../logs/compressed-copy.ts';
import { suffixes } from '../../logs/rotation.ts';
import type { WorkerClient } from './worker-client.ts';

const pieceBytes = 256 * 1024;
const compressors = { gzip: () => createGzip(), zstd: () => createZstdCompress() };
/** For how long the end of the daemon waits for a disk. */
const stopLimitMs = 1000;
/** Of one log in a row, so that others have their turn. */
const maxFiles = 1000;

interface Job {
  /** The one that rotates the log at `path`. */
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

  /** Compresses the old files of a log that are not compressed yet. */
  compress(job: Job): void {
    this.#waiting.set(job.path, job);
    this.#work ??= this.#compressAll().finally(() => {
      this.#work = null;
    });
  }

  /** Gives up what is not finished; its originals remain, and are compressed when the log is opened again. */
  async stop(): Promise<void> {
    this.#waiting.clear();
    this.#stopping.abort();
    if (this.#work) await withTimeout(this.#work, stopLimitMs);
  }

  async #compressAll(): Promise<void> {
    for (const [path, job] of this.#waiting) {
      this.#waiting.delete(path);
      const { compression, backups } = job.rotation;
      const most = Math.min(backups, maxFiles);
      for (let count = 0; compression !== null && count < most; count += 1) {
        if (!(await this.#compressOldest(job, compression))) break;
      }
    }
  }

  /** Whether that went well. It is looked up each time, as the log may rotate meanwhile. */
  async #compressOldest(job: Job, compression: Compression): Promise<boolean> {
    const { thread, path, rotation, writer } = job;
    const begun = await thread.beginCopy(path, rotation.backups, writer);
    if (begun === null) return false;
    if (typeof begun === 'number') {
      this.onTrouble(`cannot compress the old files of ${path}: ${errnoName(begun)}`);
      return false;
    }
    try {
      await this.#copyCompressed(begun, compression);
      const suffix = suffixes[compression];
      const { backups } = rotation;
      return (await thread.ask({ do: 'finishCopy', path, backups, copy: begun, suffix })) === 0;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.onTrouble(`cannot compress ${begun.path}: ${reasonOf(error)}`);
      await thread.ask({ do: 'abandonCopy', path });
      return false;
    } finally {
      closeFile(begun.original);
      closeFile(begun.copy);
    }
  }

  /** By descriptors of their own, which are closed when nothing that was begun with them is under way any more. */
  async #copyCompressed({ original, bytes, copy }: CompressedCopy, compression: Compression): Promise<void> {
    await pipeline(
      createReadStream('', { fd: duplicate(original), start: 0, end: bytes - 1, highWaterMark: pieceBytes }),
      compressors[compression](),
      createWriteStream('', { fd: duplicate(copy) }),
      { signal: this.#stopping.signal },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
