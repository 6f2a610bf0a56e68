// Terminal colours (ECMA-48 SGR) in program output as class names; all other control sequences are dropped. The
// result is plain text. Pure.

export interface Span {
  readonly text: string;
  /** Separated by blanks; empty for plain text. */
  readonly classes: string;
}

/** The current attributes; colours are 0 to 15, as numbered by terminals. */
export interface Style {
  readonly foreground: number | null;
  readonly background: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

export const plain: Style = {
  foreground: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
};

/** One line. `before`: attributes at the end of the previous line. */
export function coloured(
  line: string,
  before: Style,
): { readonly spans: readonly Span[]; readonly style: Style } {
  const spans: Span[] = [];
  let style = before;
  let from = 0;
  for (const match of line.matchAll(controls)) {
    push(spans, line.slice(from, match.index), style);
    from = match.index + match[0].length;
    if (match[1] !== undefined) style = styled(style, match[1]);
  }
  push(spans, line.slice(from), style);
  return { spans, style };
}

/** SGR with its parameters; other sequences (CSI, OSC, two-character); control characters except tab. */
const controls =
  /\x1b\[([\d;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -~]?|[\x00-\x08\x0a-\x1f\x7f]/g;

function push(spans: Span[], text: string, style: Style): void {
  if (text !== '') spans.push({ text, classes: classesOf(style) });
}

function classesOf({ foreground, background, bold, dim, italic, underline }: Style): string {
  const classes: string[] = [];
  if (foreground !== null) classes.push(`fg${foreground}`);
  if (background !== null) classes.push(`bg${background}`);
  if (bold) classes.push('bold');
  if (dim) classes.push('dim');
  if (italic) classes.push('italic');
  if (underline) classes.push('underline');
  return classes.join(' ');
}

function styled(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(/[;:]/).map(Number);
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extended(codes.slice(index + 1));
      style = code === 38 ? { ...style, foreground: colour } : { ...style, background: colour };
      index += used;
    } else style = applied(style, code);
  }
  return style;
}

function applied(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return { ...style, ...simple[code] };
}

const simple: Readonly<Record<number, Partial<Style>>> = {
  0: plain,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  39: { foreground: null },
  49: { background: null },
};

/** `5;N` of 256 colours, `2;R;G;B`: the closest of the sixteen colours, which are readable in both themes. */
function extended(codes: readonly number[]): { readonly colour: number | null; readonly used: number } {
  const [mode, a = 0, b = 0, c = 0] = codes;
  if (mode === 5) return { colour: ofPalette(a), used: 2 };
  if (mode === 2) return { colour: nearest(a, b, c), used: 4 };
  return { colour: null, used: codes.length };
}

function ofPalette(index: number): number {
  if (index < 16) return index;
  if (index >= 232) return nearest(...grey((index - 232) * 10 + 8));
  const cube = index - 16;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function grey(value: number): [number, number, number] {
  return [value, value, value];
}

function level(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}

/** One bit per channel, bright if any channel is; grey if the channels are similar. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 40) return most < 64 ? 0 : most < 144 ? 8 : most < 224 ? 7 : 15;
  const isOn = (part: number) => part > (most + least) / 2;
  const bits = (isOn(red) ? 1 : 0) + (isOn(green) ? 2 : 0) + (isOn(blue) ? 4 : 0);
  return most > 180 ? bits + 8 : bits;
}
