// Values that name users and groups.
import { integerOrNull } from '../../python/integer.ts';
import { ConfigError } from '../config.ts';
import type { ConfigHost, UserEntry } from '../host.ts';
import type { ValueType } from './value-type.ts';

export const user: ValueType<UserEntry> = {
  expects: { en: 'a user of this machine, by name or number', zh: '本机用户的名称或编号' },
  parse(value, host) {
    const uid = integerOrNull(value);
    const entry = uid === null ? host.userByName(value) : host.userById(uid);
    if (entry !== null) return entry;
    throw uid === null
      ? ConfigError.absent(`Invalid user name ${value}`, { kind: 'user', name: value })
      : ConfigError.absent(`Invalid user id ${value}`, { kind: 'user-id', id: uid });
  },
  format: ({ name, uid }) => name ?? String(uid),
};

/** User ids of a comma-separated list. */
export const users: ValueType<readonly number[]> = {
  expects: { en: 'users of this machine, separated by commas', zh: '本机用户，以逗号分隔' },
  parse: (value, host) => value.split(',').map((name) => user.parse(name.trim(), host).uid),
  format: (uids) => uids.join(','),
};

/** Owner of a socket file; -1 leaves the id unchanged. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export const unchanged: Owner = { uid: -1, gid: -1 };

/** `user` or `user:group`; `option` is the name used in messages. */
export function owner(option: string): ValueType<Owner> {
  return {
    expects: { en: 'user or user:group, by name or number', zh: 'user 或 user:group，名称或编号均可' },
    parse(value, host) {
      const colon = value.indexOf(':');
      const uid = uidOf(colon < 0 ? value : value.slice(0, colon), host);
      const gid = colon < 0 ? -1 : gidOf(value.slice(colon + 1), host);
      if (uid !== null && gid !== null) return { uid, gid };
      throw new ConfigError(`Invalid ${option} value ${value}`);
    },
    format: ({ uid, gid }) => (gid < 0 ? String(uid) : `${uid}:${gid}`),
  };
}

function uidOf(value: string, host: ConfigHost): number | null {
  const uid = integerOrNull(value);
  return (uid === null ? host.userByName(value) : host.userById(uid))?.uid ?? null;
}

function gidOf(value: string, host: ConfigHost): number | null {
  const gid = integerOrNull(value);
  return (gid === null ? host.groupByName(value) : host.groupById(gid))?.gid ?? null;
}
