// A log target that is no regular file: a FIFO, a terminal, a device, the daemon's stdout or stderr.
// It is never removed or rotated.
import { fstatSync } from 'node:fs';
import { closeFile, type Memory, openAppend, sendFrom, writeFrom } from '../linux/file.ts';
import { BufferedLog, type BufferSnapshot } from './buffered-log.ts';
import { errnoOf } from './log-target.ts';

/** Serialisable. */
export interface SpecialFileSnapshot {
  readonly kind: 'special';
  readonly path: string;
  readonly writer: number | null;
  readonly fd: number;
  readonly buffer: BufferSnapshot;
}

export class SpecialFile extends BufferedLog {
  readonly lineWaitMs = 0;
  #put: typeof writeFrom = writeFrom;

  /** Owns `fd` from then on. */
  constructor(
    readonly path: string,
    private readonly writer: number | null,
    private fd: number,
    onTrouble: (message: string) => void,
  ) {
    super(path, onTrouble);
    this.#choosePut();
  }

  /** Owns the descriptor of the snapshot from then on. */
  static restore(snapshot: SpecialFileSnapshot, onTrouble: (message: string) => void): SpecialFile {
    const { path, writer, fd, buffer } = snapshot;
    const file = new SpecialFile(path, writer, fd, onTrouble);
    file.restoreBuffer(buffer);
    return file;
  }

  snapshot(): SpecialFileSnapshot {
    const { path, writer, fd } = this;
    return { kind: 'special', path, writer, fd, buffer: this.snapshotBuffer() };
  }

  reopen(): number {
    return errnoOf(() => {
      const fd = openAppend(this.path, 0o666, this.writer);
      closeFile(this.fd);
      this.fd = fd;
      this.#choosePut();
    });
  }

  override close(): void {
    super.close();
    closeFile(this.fd);
  }

  protected get descriptor(): number {
    return this.fd;
  }

  protected put(memory: Memory, start: number, end: number): number {
    return this.#put(this.fd, memory, start, end);
  }

  #choosePut(): void {
    this.#put = fstatSync(this.fd).isSocket() ? sendFrom : writeFrom;
  }
}
