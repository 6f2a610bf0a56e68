// Readable messages for invalid values of `ready`, with what was probably meant.
import { type Bilingual, ConfigError } from './config.ts';
import { didYouMean, nearest } from './edit-distance.ts';
import type { PlainWords, Rewording } from './rewording.ts';
import { maxSocketPathBytes, parseReadiness } from './values/readiness.ts';

export const readinessWords: readonly Rewording[] = [
  { pattern: /^not a kind of readiness: /, say: (_, { text }) => aboutKind(text) },
  {
    pattern: /^not a descriptor from 3 to 1023: /,
    say: (_, { text }) => {
      const [, number] = split(text);
      if (number === '') return { message: { en: 'the descriptor is missing', zh: '缺少描述符编号' } };
      return {
        message: {
          en: `${number} is not a descriptor from 3 to 1023`,
          zh: `${number} 不是 3 到 1023 之间的描述符编号`,
        },
      };
    },
  },
  {
    pattern: /^path of a socket is longer than /,
    say: () => ({
      message: {
        en: `the path of the socket is longer than ${maxSocketPathBytes} bytes`,
        zh: `套接字路径超过 ${maxSocketPathBytes} 字节`,
      },
    }),
  },
  {
    pattern: /^can't parse command .*: (No .*)$/s,
    say: ([, problem = ''], { key }) =>
      key !== 'ready'
        ? null
        : {
            message: problem.startsWith('No closing')
              ? { en: 'a quote is not closed', zh: '引号没有成对' }
              : { en: 'nothing follows the last backslash', zh: '最后的反斜杠之后没有字符' },
          },
  },
  {
    pattern: /^command names no program: /,
    say: (_, { key }) =>
      key === 'ready' ? { message: { en: 'the command names no program', zh: '命令中没有程序' } } : null,
  },
];

/** How each kind is written, by the word before its colon. */
const forms: Readonly<Record<string, string>> = {
  ...{ notify: 'notify', fd: 'fd:3', tcp: 'tcp://HOST:PORT', unix: 'unix:///PATH', http: 'http://HOST/PATH' },
  ...{ https: 'https://HOST/PATH', exec: 'exec:COMMAND', log: 'log:EXPRESSION' },
};

function aboutKind(text: string): PlainWords {
  if (text === '') return { message: { en: 'ready has no value', zh: 'ready 没有值' } };
  const [kind, rest] = split(text);
  const meant = meantBy(kind, rest);
  if (meant !== null) return { message: unknownKind(text), remedy: didYouMean(meant) };
  const form = forms[kind.toLowerCase()];
  if (form === undefined) return { message: unknownKind(text) };
  return {
    message: whatIsWrong(kind.toLowerCase(), rest) ?? unknownKind(text),
    remedy: { en: form, zh: form },
  };
}

function unknownKind(text: string): Bilingual {
  return { en: `${text} does not say how the program is ready`, zh: `${text} 不是确认就绪的方式` };
}

/** What is similar and valid; of a kind alone, how it is written. Null if there is nothing. */
function meantBy(kind: string, rest: string): string | null {
  const near = nearest(kind, Object.keys(forms));
  if (near !== null && rest === '') return near === kind.toLowerCase() ? null : (forms[near] ?? null);
  const address = `tcp://${kind}:${rest}`;
  const body = rest.replace(/^\/*/, '');
  const similar = near === null ? [] : [`${near}:${rest}`, `${near}://${body}`, `${near}:///${body}`];
  return [address, ...similar].find(isValid) ?? null;
}

function isValid(value: string): boolean {
  try {
    parseReadiness(value);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** The word before the first colon, and what follows it. */
function split(text: string): [string, string] {
  const [, kind = '', rest = ''] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  return [kind, rest];
}

function whatIsWrong(kind: string, rest: string): Bilingual | null {
  const body = rest.replace(/^\/*/, '');
  switch (kind) {
    case 'tcp':
      return whatIsWrongWithAddress(body);
    case 'unix':
      return { en: 'the path of the socket is missing', zh: '缺少套接字路径' };
    case 'exec':
      return { en: 'the command is missing', zh: '缺少命令' };
    case 'log':
      return { en: 'the regular expression is missing', zh: '缺少正则表达式' };
    default:
      return null;
  }
}

function whatIsWrongWithAddress(body: string): Bilingual {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(body) ?? [];
  if (host === '') return { en: 'the host is missing', zh: '缺少主机' };
  if (port === undefined || port === '') return { en: 'the port is missing', zh: '缺少端口' };
  const isPort = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  if (!isPort)
    return { en: `${port} is not a port from 1 to 65535`, zh: `${port} 不是 1 到 65535 之间的端口` };
  return { en: `${host} is not a host`, zh: `${host} 不是有效的主机` };
}
