// Values of options that only tsupervisor has: limits, checks and notifications.
import { integerOrNull } from '../../python/integer.ts';
import { pythonRepr } from '../../python/repr.ts';
import { ConfigError, type HookTarget } from '../config.ts';
import { byteSize } from './scalars.ts';
import type { ValueType } from './value-type.ts';

export const memoryLimit: ValueType<number> = {
  expects: byteSize.expects,
  parse(value, host) {
    const bytes = byteSize.parse(value, host);
    if (bytes > 0) return bytes;
    throw new ConfigError(`max_memory must be above 0: ${pythonRepr(value)}`);
  },
  format: byteSize.format,
};

/** Seconds, as milliseconds. */
export const seconds: ValueType<number> = {
  expects: { en: 'a number of seconds from 1 to 86400', zh: '1 到 86400 之间的秒数' },
  parse(value) {
    const number = integerOrNull(value);
    if (number !== null && number >= 1 && number <= 86_400) return number * 1000;
    throw new ConfigError(`not a number of seconds from 1 to 86400: ${pythonRepr(value)}`);
  },
  format: (ms) => String(ms / 1000),
};

export const httpStatus: ValueType<number> = {
  expects: { en: 'an HTTP status from 100 to 599', zh: '100 到 599 之间的 HTTP 状态码' },
  parse(value) {
    const number = integerOrNull(value);
    if (number !== null && number >= 100 && number <= 599) return number;
    throw new ConfigError(`not an HTTP status: ${pythonRepr(value)}`);
  },
  format: String,
};

export const httpUrl: ValueType<string> = {
  expects: { en: 'a URL that begins with http:// or https://', zh: '以 http:// 或 https:// 开头的 URL' },
  parse: checkedUrl,
  format: (url) => url,
};

const mailScheme = 'mailto:';

export const hookTarget: ValueType<HookTarget> = {
  expects: {
    en: 'a command, a URL that begins with http:// or https://, or mailto: and an address',
    zh: '命令、以 http:// 或 https:// 开头的 URL，或 mailto: 加邮件地址',
  },
  parse(value) {
    if (/^https?:/i.test(value)) return { kind: 'webhook', url: checkedUrl(value) };
    if (value.startsWith(mailScheme))
      return { kind: 'mail', address: mailAddress(value.slice(mailScheme.length)) };
    if (value !== '') return { kind: 'command', command: value };
    throw new ConfigError('names neither a command nor a URL');
  },
  format: formatHookTarget,
};

function formatHookTarget(target: HookTarget): string {
  switch (target.kind) {
    case 'webhook':
      return target.url;
    case 'mail':
      return `${mailScheme}${target.address}`;
    case 'command':
      return target.command;
  }
}

function checkedUrl(value: string): string {
  if (/^https?:$/.test(URL.parse(value)?.protocol ?? '')) return value;
  throw new ConfigError(`not an http:// or https:// URL: ${pythonRepr(value)}`);
}

/** Becomes a mail header, so it must be a single line. */
function mailAddress(address: string): string {
  if (/^[^\s@]+(@[^\s@]+)?$/.test(address)) return address;
  throw new ConfigError(`not a mail address: ${pythonRepr(address)}`);
}
