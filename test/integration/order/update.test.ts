// Updates of programs that depend on each other.
import { describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Daemon } from '../../support/daemon.ts';
import { forget, orderOf, program, shown, trace, untilShown, withPrograms } from './traced-programs.ts';

/** Replaces the programs in the configuration file. */
function rewrite(daemon: Daemon, before: string, after: string): void {
  const text = readFileSync(daemon.configPath, 'utf8');
  writeFileSync(daemon.configPath, text.replace(before, after));
}

/** Applies what has changed as the page does. */
async function updateOnPage(daemon: Daemon): Promise<string> {
  const post = (path: string, body: unknown) =>
    fetch(`http://127.0.0.1:${daemon.port}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
  const plan = (await (await post('/ui/preview', {})).json()) as { readonly token: string };
  return (await post('/ui/update', { token: plan.token })).text();
}

// By name, each comes before the one that it depends on, or after it.
const a = (...options: string[]) => program('a-api', 'stays', 'depends_on=m-db', ...options);
const db = (...options: string[]) => program('m-db', 'stays', ...options);
const z = (...options: string[]) => program('z-web', 'stays', 'depends_on=a-api', ...options);
const other = program('other', 'stays');
const all = a() + db() + z();

const running = { 'a-api': 'RUNNING', 'm-db': 'RUNNING', 'z-web': 'RUNNING', other: 'RUNNING' };

const updates: readonly [string, (daemon: Daemon) => Promise<unknown>][] = [
  ['supervisorctl of the original', (daemon) => daemon.supervisorctl('update')],
  ['the page', updateOnPage],
];

describe.each(updates)('an update by %s', (_, update) => {
  test('starts what is added after what is added later', async () => {
    await withPrograms({ config: other }, async (daemon) => {
      await untilShown(daemon, { other: 'RUNNING' });
      forget(daemon);
      rewrite(daemon, other, all + other);
      await update(daemon);
      await untilShown(daemon, running);
      expect(trace(daemon)).toEqual(['spawned m-db', 'spawned a-api', 'spawned z-web']);
    });
  });

  test('stops what is removed after what depends on it', async () => {
    await withPrograms({ config: all + other }, async (daemon) => {
      await untilShown(daemon, running);
      forget(daemon);
      rewrite(daemon, all, '');
      await update(daemon);
      expect(await shown(daemon)).toEqual({ other: 'RUNNING' });
      const stops = ['z-web', 'a-api', 'm-db'].flatMap((name) => [`stopping ${name}`, `stopped ${name}`]);
      expect(trace(daemon)).toEqual(stops);
    });
  });

  test('starts what has changed after what it depends on, when that has changed, too', async () => {
    await withPrograms({ config: all + other }, async (daemon) => {
      await untilShown(daemon, running);
      forget(daemon);
      rewrite(daemon, all, a('priority=5') + db('priority=5') + z('priority=5'));
      await update(daemon);
      await untilShown(daemon, running);
      const spawns = ['spawned m-db', 'spawned a-api', 'spawned z-web'];
      expect(orderOf(daemon, 'stopped m-db', ...spawns)).toEqual(['stopped m-db', ...spawns]);
    });
  });
});

test('a program waits for a group that a client has removed, until it is added again', async () => {
  const config = a('autostart=false') + db('autostart=false');
  await withPrograms({ config }, async (daemon) => {
    await daemon.supervisorctl('remove', 'm-db');
    const started = await daemon.supervisorctl('start', 'a-api');
    expect(started).toMatchObject({ status: 7, stdout: 'a-api: ERROR (spawn error)\n' });
    await untilShown(daemon, { 'a-api': 'STARTING waiting for m-db (missing)' });
    await daemon.supervisorctl('add', 'm-db');
    await untilShown(daemon, { 'a-api': 'RUNNING', 'm-db': 'RUNNING' });
  });
});

describe('an update by the page', () => {
  test('stops all that has changed before it replaces the first', async () => {
    await withPrograms({ config: all + other }, async (daemon) => {
      await untilShown(daemon, running);
      forget(daemon);
      rewrite(daemon, all, a('priority=5') + db('priority=5') + z('priority=5'));
      await updateOnPage(daemon);
      await untilShown(daemon, running);
      const stops = ['z-web', 'a-api', 'm-db'].flatMap((name) => [`stopping ${name}`, `stopped ${name}`]);
      expect(trace(daemon)).toEqual([...stops, 'spawned m-db', 'spawned a-api', 'spawned z-web']);
    });
  });
});
