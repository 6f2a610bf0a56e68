// The lines of a log in the document: a bounded window of the log, rendered as text only.
import { coloured, plain, type Style } from './ansi.ts';

/** Beyond this, lines at the far end are removed. */
const maxLines = 20_000;
/** Longer lines are split. */
const maxLineLength = 4000;
/** Lines per block; blocks off screen skip layout. */
const blockLines = 200;

export class LogLines {
  #lines = 0;
  /** The unterminated last line: its text, and its attributes at the start. */
  #unfinished: { readonly text: string; readonly style: Style; readonly element: HTMLElement | null } | null =
    null;
  #style: Style = plain;

  constructor(private readonly place: HTMLElement) {}

  get count(): number {
    return this.#lines;
  }

  clear(): void {
    this.place.replaceChildren();
    this.#lines = 0;
    this.#style = plain;
    this.#unfinished = null;
  }

  /** Appends text. Returns true if lines at the start were removed. */
  append(text: string): boolean {
    const lines = text.split('\n');
    lines[0] = (this.#unfinished?.text ?? '') + (lines[0] ?? '');
    if (this.#unfinished) {
      this.#unfinished.element?.remove();
      this.#style = this.#unfinished.style;
      this.#lines -= this.#unfinished.element ? 1 : 0;
    }
    const last = lines.pop() ?? '';
    for (const line of lines) this.#appendLine(line);
    const style = this.#style;
    const element = last === '' ? null : this.#appendLine(last);
    this.#unfinished = { text: last.slice(-maxLineLength), style, element };
    return this.#trimStart();
  }

  /** Prepends complete lines. Returns true if lines at the end were removed. */
  prepend(text: string): boolean {
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    let style = plain;
    const elements = lines.flatMap(pieces).map((line) => {
      const drawn = drawLine(line, style);
      style = drawn.style;
      return drawn.element;
    });
    const blocks: HTMLElement[] = [];
    for (let at = 0; at < elements.length; at += blockLines) {
      const block = newBlock();
      block.append(...elements.slice(at, at + blockLines));
      blocks.push(block);
    }
    this.place.prepend(...blocks);
    this.#lines += elements.length;
    return this.#trimEnd();
  }

  /** Adds a note after the last line. */
  note(text: string): void {
    this.#unfinished = null;
    this.#style = plain;
    this.place.append(newNote(text));
  }

  /** Adds a note before the first line. */
  noteStart(text: string): void {
    this.place.prepend(newNote(text));
  }

  #appendLine(line: string): HTMLElement | null {
    let element: HTMLElement | null = null;
    for (const piece of pieces(line)) {
      const drawn = drawLine(piece, this.#style);
      this.#style = drawn.style;
      element = drawn.element;
      this.#lastBlock().append(element);
      this.#lines += 1;
    }
    return element;
  }

  #lastBlock(): Element {
    const last = this.place.lastElementChild;
    if (last?.className === 'block' && last.childElementCount < blockLines) return last;
    const block = newBlock();
    this.place.append(block);
    return block;
  }

  #trimStart(): boolean {
    let trimmed = false;
    while (this.#lines > maxLines && this.place.firstElementChild) {
      this.#remove(this.place.firstElementChild);
      trimmed = true;
    }
    return trimmed;
  }

  #trimEnd(): boolean {
    let trimmed = false;
    while (this.#lines > maxLines && this.place.lastElementChild) {
      this.#remove(this.place.lastElementChild);
      this.#unfinished = null;
      trimmed = true;
    }
    return trimmed;
  }

  #remove(block: Element): void {
    this.#lines -= block.className === 'block' ? block.childElementCount : 0;
    block.remove();
  }
}

function newNote(text: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'note';
  element.textContent = text;
  return element;
}

function newBlock(): HTMLElement {
  const block = document.createElement('div');
  block.className = 'block';
  return block;
}

function pieces(line: string): string[] {
  if (line.length <= maxLineLength) return [line];
  return line.match(new RegExp(`[^]{1,${maxLineLength}}`, 'g')) ?? [];
}

function drawLine(line: string, before: Style): { readonly element: HTMLElement; readonly style: Style } {
  const element = document.createElement('div');
  const { spans, style } = coloured(line.endsWith('\r') ? line.slice(0, -1) : line, before);
  for (const { text, classes } of spans) {
    if (classes === '') element.append(text);
    else {
      const span = document.createElement('span');
      span.className = classes;
      span.textContent = text;
      element.append(span);
    }
  }
  // Gives an empty line its height.
  if (spans.length === 0) element.append('\u200b');
  return { element, style };
}
