// A program's user lays things in the place of his log for the daemon of root to read out to its clients.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { chownSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { nobody, Stage, secret } from './stage.ts';

let stage: Stage;
let daemon: Daemon;
beforeEach(async () => {
  stage = new Stage();
  daemon = await Daemon.start({
    config: `[program:app]\ncommand=sleep 1000\nuser=nobody\nautostart=false\nstdout_logfile=${stage.log()}\n`,
  });
});
afterEach(async () => {
  expect(await daemon.stop()).toBe(0);
  stage.remove();
});

/** What each way to the log tells. */
async function answers(): Promise<Record<string, string>> {
  const get = async (url: string): Promise<string> => {
    const leaving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${daemon.port}${url}`, { signal: leaving.signal });
    const reader = response.body?.getReader();
    let text = '';
    // A log that is followed has no end.
    while (!text.includes(secret)) {
      const piece = await reader?.read();
      if (!piece?.value) break;
      text += Buffer.from(piece.value).toString();
    }
    leaving.abort();
    return text;
  };
  return {
    tail: (await daemon.supervisorctl('tail', 'app')).stdout,
    page: await get('/tail.html?processname=app'),
    logtail: await get('/logtail/app'),
    follow: await get('/ui/log/follow?log=app:app&channel=stdout'),
    download: await get('/ui/log/download?log=app:app&channel=stdout'),
  };
}

async function tellers(): Promise<string[]> {
  const told = await answers();
  return Object.keys(told).filter((way) => told[way]?.includes(secret));
}

describe('no client is told', () => {
  test('what a link leads to in a closed directory', async () => {
    symlinkSync(join(stage.vault, 'notes'), stage.log());
    expect(await tellers()).toEqual([]);
  });

  test('what a link leads to that its user may find but not read', async () => {
    const shadow = join(stage.root, 'shadow');
    writeFileSync(shadow, `${secret}\n`, { mode: 0o600 });
    symlinkSync(shadow, stage.log());
    expect(await tellers()).toEqual([]);
  });

  test('what a file of root’s holds, by a hard link', async () => {
    linkSync(join(stage.vault, 'shadow'), stage.log());
    expect(await tellers()).toEqual([]);
  });

  test('what is in a directory of root’s with the same names', async () => {
    renameSync(stage.logs, `${stage.logs}.aside`);
    symlinkSync(stage.vault, stage.logs);
    expect(await tellers()).toEqual([]);
    rmSync(stage.logs);
    mkdirSync(stage.logs);
  });

  test('what the owner of the directory keeps, by a link that another user laid there', async () => {
    const keys = join(stage.home, 'keys');
    writeFileSync(keys, `${secret}\n`, { mode: 0o600 });
    chownSync(keys, nobody, nobody);
    chownSync(stage.logs, 1, 1);
    symlinkSync(keys, stage.log());
    expect(await tellers()).toEqual([]);
  });

  test('what an endless device gives, and nothing waits for a FIFO', async () => {
    symlinkSync('/dev/urandom', stage.log());
    const told = await answers();
    expect(told['tail']).toContain('ERROR');
    rmSync(stage.log());
    Bun.spawnSync(['mkfifo', stage.log()]);
    expect((await daemon.supervisorctl('tail', 'app')).stdout).toContain('ERROR');
  });
});

describe('every client is told', () => {
  const all = ['tail', 'page', 'logtail', 'follow', 'download'];

  test('what is in the log', async () => {
    writeFileSync(stage.log(), `${secret}\n`);
    expect(await tellers()).toEqual(all);
  });

  test('what a link leads to that its user laid to a file of his own', async () => {
    writeFileSync(join(stage.home, 'elsewhere'), `${secret}\n`);
    chownSync(join(stage.home, 'elsewhere'), nobody, nobody);
    symlinkSync('../elsewhere', stage.log());
    expect(await tellers()).toEqual(all);
  });

  test('what a link of root’s leads to', async () => {
    rmSync(stage.logs, { recursive: true });
    const link = join(stage.root, 'link');
    symlinkSync(stage.vault, link);
    const other = await Daemon.start({
      config: `[program:app]\ncommand=sleep 1000\nautostart=false\nstdout_logfile=${link}/app.log\n`,
    });
    expect((await other.supervisorctl('tail', 'app')).stdout).toContain(secret);
    await other.stop();
  });
});
