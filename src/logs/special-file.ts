// A log target that is no regular file: a FIFO, a terminal, a device, the daemon's stdout or stderr.
// It is never removed or rotated.
import { fstatSync } from 'node:fs';
import { closeFile, type Memory, openAppend, sendFrom, writeFrom } from '../linux/file.ts';
import { BufferedLog } from './buffered-log.ts';
import { errnoOf } from './log-target.ts';

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
