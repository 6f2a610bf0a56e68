// Keeps the end of a scrolling place in sight while that grows, and while what is in it is laid out anew: wrapping, fonts,
// a window of another size, parts that are laid out only when they come near.

/** How far from its end the place may be and still count as there, in pixels: rounding, no more. */
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

  /** Goes to the end, and stays there. */
  keep(): void {
    this.#isKept = true;
    this.restore();
  }

  /** Leaves the place where it is. */
  release(): void {
    this.#isKept = false;
  }

  /** The content has changed: goes to its end if that is where the place was. */
  restore(): void {
    if (!this.#isKept) return;
    this.place.scrollTop = this.place.scrollHeight;
    this.#lastTop = this.place.scrollTop;
  }

  /** Layout never moves the place up and away from the end; users do. */
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
