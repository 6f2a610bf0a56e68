// Processes that wait for their dependencies: what the doctor says of those for which they wait.
import { describe, expect, test } from 'bun:test';
import type { ProcessInfo, WaitingNeed } from '../../../src/client/process-info.ts';
import { checkWaiting } from '../../../src/doctor/checks/waiting.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import type { ProgramView, View } from '../../../src/doctor/machine-facts.ts';
import { processInfo } from '../client/process-info.ts';

function program(name: string, info: Partial<ProcessInfo>, waitedSeconds: number | null = null): ProgramView {
  return {
    info: processInfo({ name, group: name, ...info }),
    ...{ command: 'x', foreground: null, user: null, directory: null, startsecs: 1 },
    ...{
      ready: null,
      isLate: false,
      waitedSeconds,
      lastOutput: [],
      lastExit: null,
      recentEnds: 0,
      survivors: [],
    },
  };
}

function waiting(name: string, seconds: number | null, ...needs: readonly WaitingNeed[]): ProgramView {
  return program(name, { statename: 'STARTING', waiting: needs }, seconds);
}

function need(
  name: string,
  stuck: string | null = null,
  condition = 'ready',
  failure: string | null = null,
): WaitingNeed {
  return { name, condition, stuck, failure };
}

function findings(...programs: readonly ProgramView[]): readonly Finding[] {
  const view: Pick<View, 'configuration'> = { configuration: { kind: 'none', reason: '' } };
  const limits = { descriptors: 1, processes: 1 };
  return checkWaiting({
    ...{ ...view, programs, daemons: [], pidfilePid: null, unixServers: [], inetServers: [], orphans: [] },
    ...{ answer: { kind: 'answered', pid: 1, url: 'unix:///s' }, places: [], units: null },
    limits: { ...{ pid: 1, openDescriptors: 1, mayRaise: false }, soft: limits, hard: limits },
  });
}

const english = (all: readonly Finding[]) => all.map(({ what, why, remedy }) => [what.en, why.en, remedy.en]);
const chinese = (all: readonly Finding[]) => all.map(({ what, why, remedy }) => [what.zh, why.zh, remedy.zh]);

describe('a process that waits', () => {
  test('for one that is FATAL is told why that is', () => {
    const db = program('db', { statename: 'FATAL', spawnerr: "can't find command 'db'" });
    const found = findings(db, waiting('web', 180, need('db', 'FATAL')));
    expect(english(found)).toEqual([
      [
        'web has waited 3 minutes for db (ready), which is FATAL',
        "db: can't find command 'db'",
        'tsupervisor start db   # when its own problem is solved; then web starts by itself',
      ],
    ]);
    expect(chinese(found)).toEqual([
      [
        'web 3 分钟以来一直在等待 db（ready），而它处于 FATAL 状态',
        "db：can't find command 'db'",
        'tsupervisor start db   # 先解决它自身的问题；之后 web 会自动启动',
      ],
    ]);
  });

  test('for one that is STOPPED is told to start it', () => {
    const db = program('db', { statename: 'STOPPED' });
    expect(english(findings(db, waiting('web', null, need('db', 'STOPPED'))))).toEqual([
      [
        'web waits for db (ready), which is STOPPED',
        'it starts only when it is asked to',
        'tsupervisor start db   # then web starts by itself',
      ],
    ]);
  });

  test('for one that does not exist is told so', () => {
    const [found] = findings(waiting('web', 1, need('gone', 'missing')));
    expect(found?.what.en).toBe('web has waited 1 seconds for gone (ready), which does not exist');
    expect(found?.remedy.en).toStartWith('tsupervisor update   #');
  });

  test('for one that is still starting is told of only after a while, with what that one lacks', () => {
    const db = program('db', { statename: 'STARTING', pid: 7, description: 'not ready: connection refused' });
    expect(findings(db, waiting('web', 5, need('db')))).toEqual([]);
    expect(english(findings(db, waiting('web', 7200, need('db'))))).toEqual([
      [
        'web has waited 2 hours for db (ready)',
        'db: not ready: connection refused',
        'tsupervisor tail db --stderr',
      ],
    ]);
  });

  test('for one to be healthy whose check fails is told why', () => {
    const api = program('api', { statename: 'RUNNING', pid: 7, description: 'pid 7, uptime 0:01:33' });
    const failing = need('api', null, 'healthy', 'answered with status 404 instead of 200');
    const found = findings(api, waiting('worker', 93, failing));
    expect(english(found)).toEqual([
      [
        'worker has waited 93 seconds for api (healthy)',
        'api is not healthy: answered with status 404 instead of 200',
        'tsupervisor tail api --stderr\n# or correct http_check, http_check_status or http_check_text of api',
      ],
    ]);
    expect(chinese(found)[0]?.[1]).toBe('api 不健康：answered with status 404 instead of 200');
  });

  test('through others is told of with them, at the one that keeps them all', () => {
    const db = program('db', { statename: 'FATAL', spawnerr: 'no disk' });
    const workers = ['w1', 'w2', 'w3'].map((name) => waiting(name, 50, need('api')));
    const all = findings(
      db,
      ...workers,
      waiting('api', 60, need('db', 'FATAL')),
      waiting('web', 1, need('w1')),
    );
    expect(all.map(({ what }) => what.en)).toEqual([
      'w1, w2, w3 and 2 more have waited 60 seconds for db (ready), which is FATAL',
    ]);
  });

  test('for one of several processes is told which one, also by the name of a group', () => {
    const members = ['RUNNING', 'FATAL', 'STARTING'].map((statename, index) =>
      program(`c${index}`, { group: 'cache', statename, spawnerr: statename === 'FATAL' ? 'no memory' : '' }),
    );
    const found = findings(
      ...members,
      waiting('web', 60, need('cache:*', 'FATAL')),
      waiting('api', 60, need('cache')),
    );
    expect(english(found)).toEqual([
      [
        'web has waited 60 seconds for cache:* (ready), which is FATAL',
        'cache:c1: no memory',
        'tsupervisor start cache:c1   # when its own problem is solved; then web starts by itself',
      ],
      [
        'api has waited 60 seconds for cache (ready)',
        'cache:c1: no memory',
        'tsupervisor tail cache:c1 --stderr',
      ],
    ]);
  });

  test('in a circle, as no daemon answers, ends the search', () => {
    expect(findings(waiting('a', 99, need('b')), waiting('b', 99, need('a')))).toEqual([]);
  });

  test('gives no command that a hostile name could use', () => {
    const [found] = findings(waiting('web', 1, need('x; reboot', 'STOPPED')));
    expect(found?.remedy.en).toStartWith("tsupervisor start 'x; reboot'   #");
  });
});
