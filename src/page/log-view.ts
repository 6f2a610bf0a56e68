// The visible window of a log and its movement.
import type { LogPiece } from '../http/ui/api-types.ts';
import { bytes } from './format.ts';
import { fetchPiece, findBefore, followLog, type LogName, type Position } from './log-client.ts';
import { LogLines } from './log-lines.ts';
import type { Words } from './messages.ts';
import { ScrollEnd } from './scroll-end.ts';

/** Distance from an edge that triggers loading, in pixels. */
const nearEdge = 400;

export class LogView {
  readonly #lines: LogLines;
  readonly #scrollEnd: ScrollEnd;
  /** The rendered part; null while nothing is rendered. */
  #start: Position | null = null;
  #end: Position | null = null;
  #endFollowing: (() => void) | null = null;
  #fetching = false;
  /** The rendered part starts at the beginning of the log. */
  #atBeginning = false;
  #missing = false;
  #skipped = 0;
  readonly #onScroll = () => this.#scrolled();

  constructor(
    readonly place: HTMLElement,
    private readonly name: LogName,
    private readonly words: Words,
    private readonly onChange: () => void,
  ) {
    const content = document.createElement('div');
    content.className = 'content';
    place.replaceChildren(content);
    this.#lines = new LogLines(content);
    this.#scrollEnd = new ScrollEnd(place, content, () => this.pause());
    place.addEventListener('scroll', this.#onScroll, { passive: true });
    this.follow();
  }

  get isFollowing(): boolean {
    return this.#endFollowing !== null;
  }

  get isMissing(): boolean {
    return this.#missing;
  }

  /** Notice about output dropped by the throttle; empty if there is none. */
  get skippedText(): string {
    return this.#skipped > 0 ? this.words.skipped(bytes(this.#skipped)) : '';
  }

  close(): void {
    this.#endFollowing?.();
    this.#scrollEnd.close();
    this.place.removeEventListener('scroll', this.#onScroll);
  }

  toggleFollowing(): void {
    if (this.isFollowing) this.pause();
    else this.follow();
  }

  pause(): void {
    this.#endFollowing?.();
    this.#endFollowing = null;
    this.#scrollEnd.release();
    this.onChange();
  }

  /** Continues from where it ended, if the daemon finds that close enough to the end. */
  follow(): void {
    this.#endFollowing?.();
    this.#endFollowing = followLog(this.name, this.#end, {
      onPiece: (piece) => this.#take(piece, piece.skipped),
      onFresh: (why) => {
        this.#lines.note(this.words.fresh[why]);
        this.#end = null;
      },
      onMissing: () => {
        this.#missing = true;
        this.onChange();
      },
    });
    this.#scrollEnd.keep();
    this.onChange();
  }

  /** Searches before the rendered part and shows the match. False if not found. */
  async searchBack(text: string): Promise<boolean> {
    let from = this.#start;
    while (from) {
      const result = await findBefore(this.name, from, text);
      if (!result) return false;
      if (result.found) {
        await this.#show(result.at);
        return true;
      }
      if (result.at.offset === 0) return false;
      from = result.at;
    }
    return false;
  }

  async #show({ file, offset }: Position): Promise<void> {
    this.pause();
    // After the match, so that its line is last or nearly last.
    const behind = await fetchPiece(this.name, { file, offset }, 'after');
    const piece = behind && (await fetchPiece(this.name, { file, offset: behind.end }, 'before'));
    if (piece) this.#replace(piece);
  }

  #take(piece: LogPiece, skipped: number): void {
    this.#missing = false;
    if (skipped > 0 || !this.#isContinuedBy(piece)) this.#replace(piece);
    else {
      if (this.#start === null) this.#start = { file: piece.file, offset: piece.start };
      if (this.#lines.append(piece.text)) this.#forgetStart();
      this.#end = { file: piece.file, offset: piece.end };
    }
    if (this.#skipped !== skipped) {
      this.#skipped = skipped;
      this.onChange();
    }
    this.#scrollEnd.restore();
    if (piece.text !== '') this.place.dispatchEvent(new Event('drawn'));
  }

  /** Without rendered lines any piece fits; after a rotation, only the beginning of a file. */
  #isContinuedBy({ file, start }: LogPiece): boolean {
    if (this.#end === null) return this.#start === null || start === 0;
    return this.#end.file === file && this.#end.offset === start;
  }

  /** After lines at the start were removed, the byte offset of the first one is unknown. */
  #forgetStart(): void {
    this.#start = null;
    this.#atBeginning = false;
  }

  #replace(piece: LogPiece): void {
    this.#lines.clear();
    this.#lines.append(piece.text);
    this.#start = { file: piece.file, offset: piece.start };
    this.#end = { file: piece.file, offset: piece.end };
    this.#atBeginning = false;
    this.place.scrollTop = this.place.scrollHeight;
    this.place.dispatchEvent(new Event('drawn'));
  }

  #scrolled(): void {
    if (this.place.scrollTop < nearEdge) void this.#fetchBefore();
    const below = this.place.scrollHeight - this.place.clientHeight - this.place.scrollTop;
    if (below < nearEdge && !this.isFollowing) void this.#fetchAfter();
  }

  async #fetchBefore(): Promise<void> {
    const start = this.#start;
    if (this.#fetching || this.#atBeginning || start === null) return;
    await this.#fetch(async () => {
      const piece = await fetchPiece(this.name, start, 'before');
      if (piece === null || piece.text === '') {
        this.#atBeginning = true;
        this.#lines.noteStart(this.words.beginning);
        return;
      }
      const fromBottom = this.place.scrollHeight - this.place.scrollTop;
      const lostEnd = this.#lines.prepend(piece.text);
      this.place.scrollTop = this.place.scrollHeight - fromBottom;
      this.#start = { file: piece.file, offset: piece.start };
      if (lostEnd) {
        this.#end = null;
        this.pause();
      }
      this.place.dispatchEvent(new Event('drawn'));
    });
  }

  async #fetchAfter(): Promise<void> {
    const end = this.#end;
    if (this.#fetching || end === null) return;
    await this.#fetch(async () => {
      const piece = await fetchPiece(this.name, end, 'after');
      if (piece === null || piece.text === '') return;
      if (this.#lines.append(piece.text)) this.#forgetStart();
      this.#end = { file: piece.file, offset: piece.end };
      this.place.dispatchEvent(new Event('drawn'));
    });
  }

  /** One at a time. A lost connection is reported elsewhere. */
  async #fetch(work: () => Promise<void>): Promise<void> {
    this.#fetching = true;
    try {
      await work();
    } catch {
      // The next scroll event retries.
    } finally {
      this.#fetching = false;
    }
  }
}
