// Keeps an element scrolled to its end while its content grows or is laid out again: wrapping, fonts, window size,
// lazily rendered parts.

/** Tolerated distance from the end in pixels, for rounding only. */
const tolerancePx = 4;

export class ScrollEnd {
  #isKept = true;
  #lastTop = 0;
  readonly #resizes = new ResizeObserver(() => this.restore());
  readonly #onScroll = () => this.#scrolled();

  /** `onLeave`: called when the user scrolls away from the end. */
  constructor(
    private readonly place: HTMLElement,
    content: Element,
    private readonly onLeave: () => void,
  ) {
    place.addEventListener('scroll', this.#onScroll, { passive: true });
    this.#resizes.observe(place);
    this.#resizes.observe(content);
  }

  close(): void {
    this.#resizes.disconnect();
    this.place.removeEventListener('scroll', this.#onScroll);
  }

  /** Scrolls to the end and stays there. */
  keep(): void {
    this.#isKept = true;
    this.restore();
  }

  /** Stops following the end. */
  release(): void {
    this.#isKept = false;
  }

  /** After a content change: scrolls to the end if it was there before. */
  restore(): void {
    if (!this.#isKept) return;
    this.place.scrollTop = this.place.scrollHeight;
    this.#lastTop = this.place.scrollTop;
  }

  /** Layout never moves the scroll position up and away from the end; users do. */
  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.place;
    const isAway = scrollHeight - scrollTop - clientHeight > tolerancePx;
    if (this.#isKept && isAway && scrollTop < this.#lastTop) {
      this.#isKept = false;
      this.onLeave();
    }
    this.#lastTop = scrollTop;
  }
}
