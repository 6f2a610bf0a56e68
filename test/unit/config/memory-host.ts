// A machine that exists in memory alone: the configuration's core is handed all it knows of the world.
import type { ConfigHost } from '../../../src/config/host.ts';

/** `files` by absolute path; the directories are those that hold them. */
export function memoryHost(
  files: Readonly<Record<string, string | Uint8Array>>,
  more: Partial<ConfigHost> = {},
): ConfigHost {
  const contents = new Map(Object.entries(files));
  const directories = new Set(['/', '/tmp', '/root']);
  for (const path of contents.keys())
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      directories.add(path.slice(0, end));
  const isPresent = (path: string): boolean =>
    contents.has(path) || directories.has(path.replace(/(.)\/$/, '$1'));
  const root = { uid: 0, gid: 0, groups: [0], name: 'root', home: '/root' };
  const nobody = { uid: 65534, gid: 65534, groups: [65534], name: 'nobody', home: '/' };
  const web = { uid: 33, gid: 33, groups: [33, 4], name: 'web', home: '/srv' };
  return {
    uid: 0,
    cwd: '/work',
    hostname: 'host',
    tempdir: '/tmp',
    env: { HOME: '/root' },
    readFile(path) {
      const content = contents.get(path);
      if (content === undefined) throw new Error(`no file ${path}`);
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
    readStart: (path, bytes) => {
      const content = contents.get(path);
      return content === undefined ? null : Buffer.from(content).subarray(0, bytes);
    },
    listDirectory(path) {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      return [...contents.keys(), ...directories]
        .filter((entry) => entry.startsWith(prefix) && entry !== prefix)
        .map((entry) => entry.slice(prefix.length))
        .filter((entry) => !entry.includes('/'));
    },
    isFile: (path) => contents.has(path),
    isDirectory: (path) => directories.has(path),
    exists: isPresent,
    isPresent,
    factsOf: (path) =>
      isPresent(path)
        ? { kind: directories.has(path) ? 'directory' : 'file', mode: 0o755, uid: 0, identity: path }
        : 'unknown',
    untrustedDirectory: () => null,
    userByName: (name) => [root, web, nobody].find((user) => user.name === name) ?? null,
    userById: (uid) => [root, web, nobody].find((user) => user.uid === uid) ?? null,
    groupByName: (name) => (name === 'adm' || name === 'root' ? { name, gid: name === 'adm' ? 4 : 0 } : null),
    groupById: (gid) => (gid === 4 ? { name: 'adm', gid } : null),
    ...more,
  };
}
