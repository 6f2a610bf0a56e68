// Fifty programs that write all they can while their logs rotate, are moved and deleted, and their disk is full; some
// are killed. At the end every byte is in a file, or in the count of what the full disk refused.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { checkRuns, hostileContent, missingBytes, politeContent } from './accounting.ts';

const contentBytes = 400_000;
/** Where the writers on the small disk wait: the disk is full by then. */
const pauseAt = 300_000;
/** Where the writers wait whose logs will be moved or deleted. */
const replacedAt = 100_000;
const counts = { plain: 24, shared: 10, moved: 6, deleted: 5, full: 5 } as const;
type Kind = keyof typeof counts;

let directory: string;
let daemon: Daemon;
const contents = new Map<string, Buffer>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-integrity-'));
  mkdirSync(path('disk'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1700k', 'none', path('disk')]);
  writeFileSync(path('disk/ballast'), Buffer.alloc(1_200_000));
  for (const name of allNames()) {
    const [kind = '', number = ''] = name.split('-');
    const content = (kind === 'shared' ? politeContent : hostileContent)(contentBytes, Number(number));
    contents.set(name, content);
    writeFileSync(path(`${name}.content`), content);
  }
  daemon = await Daemon.start({
    config: [
      program('plain', `${directory}/plain-%(process_num)d.log`, '50KB', 0),
      program('shared', `${directory}/shared.log`, '100KB', -1),
      program('moved', `${directory}/moved-%(process_num)d.log`, '0', replacedAt),
      program('deleted', `${directory}/deleted-%(process_num)d.log`, '0', replacedAt),
      program('full', `${directory}/disk/full-%(process_num)d.log`, '0', pauseAt),
    ].join('\n'),
  });
});
afterAll(async () => {
  await daemon?.stop();
  execFileSync('umount', [path('disk')]);
  rmSync(directory, { recursive: true });
});

function program(kind: Kind, log: string, maxBytes: string, pause: number): string {
  const name = `${kind}-%(process_num)d`;
  return `[program:${kind}]
command=/usr/bin/python3 ${import.meta.dir}/writer.py ${directory}/${name}.content ${directory}/${name}.state ${pause}
process_name=${name}
numprocs=${counts[kind]}
startsecs=0
autorestart=true
stdout_logfile=${log}
stdout_logfile_maxbytes=${maxBytes}
stdout_logfile_backups=400`;
}

function path(name: string): string {
  return join(directory, name);
}

function names(kind: Kind): string[] {
  return Array.from({ length: counts[kind] }, (_, number) => `${kind}-${number}`);
}

function allNames(): string[] {
  return (['plain', 'shared', 'moved', 'deleted', 'full'] as const).flatMap(names);
}

/** What the pipe took in each run of a writer. */
function taken(name: string): number[] {
  const runs: number[] = [];
  while (existsSync(path(`${name}.state.${runs.length}`))) {
    runs.push(Number(readFileSync(path(`${name}.state.${runs.length}`), 'utf8')));
  }
  return runs;
}

function content(name: string): Buffer {
  return contents.get(name) ?? Buffer.alloc(0);
}

/** A log with its old files, the oldest first. */
function wholeLog(log: string): Buffer {
  const files = [path(log)];
  for (let number = 1; existsSync(path(`${log}.${number}`)); number += 1) {
    files.unshift(path(`${log}.${number}`));
  }
  return Buffer.concat(files.map((file) => readFileSync(file)));
}

async function bytesTaken(writers: readonly string[], bytes: number, run = 0): Promise<void> {
  const done = (name: string): boolean => (taken(name)[run] ?? 0) >= bytes;
  await eventually(() => writers.every(done), { what: `${bytes} bytes of ${writers}`, timeoutMs: 60_000 });
}

/** Every writer is through, and what it wrote is in its log. */
async function allDone(writers: readonly string[]): Promise<void> {
  const done = (name: string): boolean => taken(name).at(-1) === content(name).length;
  await eventually(() => writers.every(done), { what: `the end of ${writers}`, timeoutMs: 60_000 });
}

describe('every byte', () => {
  test('of programs that are killed and started again is in their rotated logs, in order', async () => {
    const killed = names('plain').slice(0, 12);
    for (const [index, name] of killed.entries()) {
      await bytesTaken([name], 10_000 * index);
      const { stdout } = await daemon.supervisorctl('pid', `plain:${name}`);
      process.kill(Number(stdout), 'SIGKILL');
    }
    await bytesTaken(killed, 1, 1);
    await allDone(names('plain'));
    await daemon.supervisorctl('stop', 'plain:*');
    for (const name of names('plain')) {
      expect(taken(name)).toHaveLength(killed.includes(name) ? 2 : 1);
      checkRuns(wholeLog(`${name}.log`), content(name), taken(name));
    }
    expect(existsSync(path('plain-0.log.5'))).toBe(true);
  });

  test('of programs that share a file is in it, and no line is torn', async () => {
    await allDone(names('shared'));
    await daemon.supervisorctl('stop', 'shared:*');
    const lines = wholeLog('shared.log').toString('latin1').split('\n');
    const expected = names('shared').flatMap((name) =>
      content(name).toString('latin1').split('\n').slice(0, -1),
    );
    expect(lines.pop()).toBe('');
    expect(lines.length).toBe(expected.length);
    expect(lines.sort()).toEqual(expected.sort());
  });

  test('of programs whose log is moved away or deleted is in the old file or the new one', async () => {
    const all = [...names('moved'), ...names('deleted')];
    await bytesTaken(all, replacedAt);
    for (const name of all) writeFileSync(path(`${name}.state.go`), '');
    for (const name of names('moved')) renameSync(path(`${name}.log`), path(`${name}.old`));
    for (const name of names('deleted')) {
      linkSync(path(`${name}.log`), path(`${name}.old`));
      unlinkSync(path(`${name}.log`));
    }
    await allDone(all);
    await daemon.supervisorctl('stop', 'moved:*', 'deleted:*');
    for (const name of all) {
      const files = [path(`${name}.old`), path(`${name}.log`)].filter((file) => existsSync(file));
      checkRuns(Buffer.concat(files.map((file) => readFileSync(file))), content(name), taken(name));
    }
  });

  test('of programs on a full disk is written or counted, and writing resumes when there is room', async () => {
    await bytesTaken(names('full'), pauseAt);
    const tellings = (text: string): string[] =>
      daemon
        .log()
        .split('\n')
        .filter((line) => line.includes(text));
    expect(tellings('ENOSPC').length).toBeGreaterThan(0);
    unlinkSync(path('disk/ballast'));
    for (const name of names('full')) writeFileSync(path(`${name}.state.go`), '');
    await allDone(names('full'));
    const { stdout } = await daemon.supervisorctl('status', 'full:*');
    expect(stdout.match(/RUNNING/g)).toHaveLength(counts.full);
    await daemon.supervisorctl('stop', 'full:*');
    for (const name of names('full')) {
      const log = path(`disk/${name}.log`);
      const counted = tellings(`writing to ${log} again; `).map((line) =>
        Number(/(\d+) bytes/.exec(line)?.[1]),
      );
      const total = counted.reduce((sum, bytes) => sum + bytes, 0);
      expect(missingBytes(readFileSync(log), content(name))).toBe(total);
    }
    expect(tellings('cannot write to ').length).toBe(tellings(' bytes were dropped').length);
  });
});
