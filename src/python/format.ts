// Python's `%` operator with a mapping on its right: replaces `%(name)s` in values.
import { pythonRepr } from './repr.ts';

export type NameValue = string | number;

/** The names for a template; `entries` in the order in which the whole mapping is shown. */
export interface Names {
  get(name: string): NameValue | undefined;
  entries(): Iterable<readonly [string, NameValue]>;
}

/** A name that is not in the mapping. */
export class UnknownName extends Error {
  override readonly name = 'UnknownName';
  constructor(readonly unknown: string) {
    super(unknown);
  }
}

/** A template that Python rejects; the message is Python's. */
class BadFormat extends Error {
  override readonly name = 'BadFormat';
}

/** `template % names`. Inserted text is not expanded again. Throws UnknownName or BadFormat. */
export function formatWithNames(template: string, names: Names): string {
  let result = '';
  let index = 0;
  let isFirst = true;
  for (let percent = template.indexOf('%'); percent >= 0; percent = template.indexOf('%', index)) {
    result += template.slice(index, percent);
    if (template[percent + 1] === '%') {
      result += '%';
      index = percent + 2;
    } else {
      const directive = readDirective(template, percent + 1, names, isFirst);
      result += directive.text;
      index = directive.end;
      isFirst = false;
    }
  }
  return result + template.slice(index);
}

interface Layout {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
}

const options = /([-+ #0]*)(\*|\d*)(?:(\.)(\*|\d*))?[hlL]?/y;

function readDirective(
  template: string,
  start: number,
  names: Names,
  isFirst: boolean,
): { text: string; end: number } {
  // A directive without a name formats the mapping itself; only the first one may.
  let value: NameValue | Names | null = isFirst ? names : null;
  options.lastIndex = start;
  if (template[start] === '(') {
    const end = endOfKey(template, start);
    const name = template.slice(start + 1, end);
    const found = names.get(name);
    if (found === undefined) throw new UnknownName(name);
    value = found;
    options.lastIndex = end + 1;
  }
  const [, flags = '', width = '', dot, precision = ''] = options.exec(template) ?? [];
  const index = options.lastIndex;
  const code = template.codePointAt(index);
  const isTaken = width === '*' || precision === '*';
  if (isTaken && typeof value !== 'number' && value !== null) throw new BadFormat('* wants int');
  if (code === undefined) throw new BadFormat('incomplete format');
  if (isTaken || value === null) throw new BadFormat('not enough arguments for format string');
  const layout = {
    flags,
    width: Number(width),
    precision: dot === undefined ? null : Number(precision),
  };
  if (layout.width > maxFieldLength) throw new BadFormat('width too big');
  if ((layout.precision ?? 0) > maxFieldLength) throw new BadFormat('precision too big');
  const conversion = String.fromCodePoint(code);
  const text = convert(conversion, value, layout, () => [...template.slice(0, index)].length);
  return { text, end: index + conversion.length };
}

/** Bound on field widths, so that a template cannot fill the daemon's memory with blanks. */
const maxFieldLength = 1_000_000;

/** The position of the `)` that closes the name; names may contain pairs of parentheses. */
function endOfKey(template: string, open: number): number {
  let depth = 0;
  for (let index = open; index < template.length; index += 1) {
    const character = template[index];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return index;
  }
  throw new BadFormat('incomplete format key');
}

function convert(
  conversion: string,
  value: NameValue | Names,
  layout: Layout,
  position: () => number,
): string {
  switch (conversion) {
    case 's':
      return padText(typeof value === 'object' ? showMapping(value) : String(value), layout);
    case 'r':
      return padText(showValue(value), layout);
    case 'a':
      return padText(asciiOnly(showValue(value)), layout);
    case 'c':
      return padText(oneCharacter(value), { ...layout, precision: null });
    case 'd':
    case 'i':
    case 'u':
      return padNumber(numberOr(value, `%${conversion} format: a real number is required`), 10, '', layout);
    case 'o':
    case 'x':
    case 'X':
      return inOtherBase(
        conversion,
        numberOr(value, `%${conversion} format: an integer is required`),
        layout,
      );
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return asFloat(conversion, numberOr(value, 'must be real number'), layout);
    default:
      throw new BadFormat(unsupported(conversion, position()));
  }
}

/** `index` counts characters, not UTF-16 units. */
function unsupported(conversion: string, index: number): string {
  const code = conversion.codePointAt(0) ?? 0;
  const shown = code > 31 && code < 127 ? conversion : '?';
  return `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${index}`;
}

function numberOr(value: NameValue | Names, complaint: string): number {
  if (typeof value === 'number') return value;
  throw new BadFormat(`${complaint}, not ${typeof value === 'string' ? 'str' : 'dict'}`);
}

function oneCharacter(value: NameValue | Names): string {
  if (typeof value === 'string' && [...value].length === 1) return value;
  if (typeof value !== 'number') throw new BadFormat('%c requires int or char');
  if (value < 0 || value > 0x10ffff) throw new BadFormat('%c arg not in range(0x110000)');
  return String.fromCodePoint(value);
}

function showMapping(names: Names): string {
  const pairs = [...names.entries()].map(([name, value]) => `${pythonRepr(name)}: ${showValue(value)}`);
  return `{${pairs.join(', ')}}`;
}

function showValue(value: NameValue | Names): string {
  if (typeof value === 'object') return showMapping(value);
  return typeof value === 'number' ? String(value) : pythonRepr(value);
}

function asciiOnly(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const [prefix, width] = code < 0x100 ? ['\\x', 2] : code < 0x10000 ? ['\\u', 4] : ['\\U', 8];
    return prefix + code.toString(16).padStart(Number(width), '0');
  });
}

function padText(text: string, layout: Layout): string {
  const shown = layout.precision === null ? [...text] : [...text].slice(0, layout.precision);
  const padding = ' '.repeat(Math.max(0, layout.width - shown.length));
  return layout.flags.includes('-') ? shown.join('') + padding : padding + shown.join('');
}

function inOtherBase(conversion: 'o' | 'x' | 'X', value: number, layout: Layout): string {
  const prefix = layout.flags.includes('#') ? `0${conversion}` : '';
  const text = padNumber(value, conversion === 'o' ? 8 : 16, prefix.toLowerCase(), layout);
  return conversion === 'X' ? text.toUpperCase() : text;
}

function padNumber(value: number, base: number, prefix: string, layout: Layout): string {
  const digits = Math.abs(value)
    .toString(base)
    .padStart(layout.precision ?? 1, '0');
  return padSigned(value < 0, prefix, digits, layout);
}

function asFloat(conversion: string, value: number, layout: Layout): string {
  const digits = floatDigits(conversion.toLowerCase(), Math.abs(value), layout.precision ?? 6);
  return padSigned(
    value < 0,
    '',
    conversion === conversion.toUpperCase() ? digits.toUpperCase() : digits,
    layout,
  );
}

function floatDigits(conversion: string, value: number, precision: number): string {
  if (conversion === 'f') return value.toFixed(Math.min(100, precision));
  if (conversion === 'e') return twoDigitExponent(value.toExponential(Math.min(100, precision)));
  const significant = Math.min(100, Math.max(1, precision));
  const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1]);
  if (exponent < significant) return String(Number(value.toPrecision(significant)));
  const [mantissa = '', power = ''] = value.toExponential(significant - 1).split('e');
  return twoDigitExponent(`${Number(mantissa)}e${power}`);
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function padSigned(negative: boolean, prefix: string, digits: string, layout: Layout): string {
  const { flags, width } = layout;
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const head = sign + prefix;
  if (flags.includes('-')) return (head + digits).padEnd(width);
  if (flags.includes('0')) return head + digits.padStart(width - head.length, '0');
  return (head + digits).padStart(width);
}
