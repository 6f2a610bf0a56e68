// Values of `ready`: how a program shows that it can do its work.
import { pythonRepr } from '../../python/repr.ts';
import { splitWords, UnclosedWord } from '../../python/shlex.ts';
import { ExpressionError } from '../../regex/expression-error.ts';
import { checkExpression } from '../../regex/line-matcher.ts';
import { ConfigError } from '../config.ts';
import type { ValueType } from './value-type.ts';

export type Readiness =
  /** READY=1 of sd_notify(3). */
  | { readonly kind: 'notify' }
  /** A newline on that descriptor, as of s6. */
  | { readonly kind: 'fd'; readonly fd: number }
  /** A connection is accepted. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  /** A GET request is answered with a status from 200 to 399. */
  | { readonly kind: 'http'; readonly url: string }
  /** The command, split like `command`, exits with status 0. */
  | { readonly kind: 'exec'; readonly command: string }
  /** The regular expression matches a line of output. */
  | { readonly kind: 'log'; readonly pattern: string };

export const readiness: ValueType<Readiness> = {
  expects: {
    en: 'notify, fd:NUMBER, tcp://HOST:PORT, unix:///PATH, http://URL, exec:COMMAND or log:EXPRESSION',
    zh: 'notify、fd:描述符编号、tcp://主机:端口、unix:///路径、http://URL、exec:命令 或 log:正则表达式',
  },
  parse: parseReadiness,
  format: formatReadiness,
};

/** Throws ConfigError. */
export function parseReadiness(value: string): Readiness {
  const parsed = forms.reduce<Readiness | null>((found, form) => found ?? form(value), null);
  if (parsed) return parsed;
  throw new ConfigError(`not a kind of readiness: ${pythonRepr(value)}`);
}

/** Whether it is tried every `ready_interval`. */
export function isRepeated({ kind }: Readiness): boolean {
  return kind === 'tcp' || kind === 'unix' || kind === 'http' || kind === 'exec';
}

function formatReadiness(readiness: Readiness): string {
  switch (readiness.kind) {
    case 'notify':
      return 'notify';
    case 'fd':
      return `fd:${readiness.fd}`;
    case 'tcp':
      return `tcp://${readiness.host.includes(':') ? `[${readiness.host}]` : readiness.host}:${readiness.port}`;
    case 'unix':
      return `unix://${readiness.path}`;
    case 'http':
      return readiness.url;
    case 'exec':
      return `exec:${readiness.command}`;
    case 'log':
      return `log:${readiness.pattern}`;
  }
}

const forms: readonly ((value: string) => Readiness | null)[] = [
  (value) => (value.toLowerCase() === 'notify' ? { kind: 'notify' } : null),
  fdForm,
  tcpForm,
  unixForm,
  // URL also takes one slash, or none.
  (value) => (/^https?:\/\//i.test(value) && URL.canParse(value) ? { kind: 'http', url: value } : null),
  (value) => textAfter('exec:', value, (command) => ({ kind: 'exec', command: checkedCommand(command) })),
  (value) => textAfter('log:', value, logForm),
];

/** 0 to 2 are the standard streams; above 1023 select(2) fails in the program. */
function fdForm(value: string): Readiness | null {
  if (!value.startsWith('fd:')) return null;
  const digits = value.slice('fd:'.length);
  const fd = /^\d{1,4}$/.test(digits) ? Number(digits) : 0;
  if (fd >= 3 && fd <= 1023) return { kind: 'fd', fd };
  throw new ConfigError(`not a descriptor from 3 to 1023: ${pythonRepr(digits)}`);
}

function tcpForm(value: string): Readiness | null {
  const [, host, digits] = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[\p{L}\p{N}._-]+):(\d{1,5})$/u.exec(value) ?? [];
  const port = Number(digits);
  // URL knows which addresses there are: neither 999.1.1.1 nor [1.2.3.4].
  if (host === undefined || port < 1 || port > 65_535 || !URL.canParse(`http://${host}`)) return null;
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port };
}

/** Longer paths do not fit into `sun_path` with its NUL: unix(7). */
export const maxSocketPathBytes = 107;

function unixForm(value: string): Readiness | null {
  if (!/^unix:\/\/\/[^/]/.test(value)) return null;
  const path = value.slice('unix://'.length);
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return { kind: 'unix', path };
  throw new ConfigError(`path of a socket is longer than ${maxSocketPathBytes} bytes: ${pythonRepr(path)}`);
}

/** Throws ConfigError unless the command names a program. */
function checkedCommand(command: string): string {
  try {
    const [program = ''] = splitWords(command);
    if (program !== '') return command;
  } catch (error) {
    if (!(error instanceof UnclosedWord)) throw error;
    throw new ConfigError(`can't parse command ${pythonRepr(command)}: ${error.message}`);
  }
  throw new ConfigError(`command names no program: ${pythonRepr(command)}`);
}

function logForm(pattern: string): Readiness {
  try {
    checkExpression(pattern);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigError(`${unusableExpression}: ${error.message}`);
  }
  return { kind: 'log', pattern };
}

/** Begins the message about an expression, which goes on as that of ExpressionError. */
export const unusableExpression = 'unusable regular expression';

function textAfter(prefix: string, value: string, form: (text: string) => Readiness): Readiness | null {
  const text = value.startsWith(prefix) ? value.slice(prefix.length).trim() : '';
  return text === '' ? null : form(text);
}
