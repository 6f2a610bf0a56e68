// Processes that wait for their dependencies: what the doctor says of those for which they wait.
import { describe, expect, test } from 'bun:test';
import type { ProcessInfo, WaitingNeed } from '../../../src/client/process-info.ts';
import { checkPrograms } from '../../../src/doctor/checks/programs.ts';
import { checkWaiting } from '../../../src/doctor/checks/waiting.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import type { ProgramView, View } from '../../../src/doctor/machine-facts.ts';
import { examine } from '../../../src/doctor/run-checks.ts';
import { processInfo } from '../client/process-info.ts';

function program(name: string, info: Partial<ProcessInfo>, waitedSeconds: number | null = null): ProgramView {
  return {
    info: processInfo({ name, group: name, ...info }),
    ...{ command: 'x', foreground: null, user: null, directory: null, startsecs: 1 },
    ...{
      ready: null,
      oneshot: false,
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
  return checkWaiting(viewOf(programs));
}

function viewOf(programs: readonly ProgramView[]): View {
  const view: Pick<View, 'configuration'> = { configuration: { kind: 'none', reason: '' } };
  const limits = { descriptors: 1, processes: 1 };
  return {
    ...{ ...view, programs, daemons: [], pidfilePid: null, unixServers: [], inetServers: [], orphans: [] },
    ...{ answer: { kind: 'answered', pid: 1, url: 'unix:///s' }, places: [], units: null },
    limits: { ...{ pid: 1, openDescriptors: 1, mayRaise: false }, soft: limits, hard: limits },
  };
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

  test('for a one-shot that is over to be ready is told of the condition that it can meet', () => {
    const migrate = { ...program('migrate', { statename: 'EXITED' }), oneshot: true };
    const found = findings(migrate, waiting('web', 60, need('migrate', 'EXITED')));
    expect(english(found)).toEqual([
      [
        'web has waited 60 seconds for migrate (ready), which is EXITED',
        'migrate is a one-shot: when it has completed, it is not ready',
        '# in depends_on of web: migrate=completed instead of migrate=ready',
      ],
    ]);
    const failed = { ...program('migrate', { statename: 'FATAL', spawnerr: 'no' }), oneshot: true };
    const [start] = findings(failed, waiting('web', 60, need('migrate', 'FATAL', 'completed')));
    expect(start?.remedy.en).toStartWith('tsupervisor start migrate   #');
  });

  test('for one of several processes is told which one, also by the name of a group', () => {
    const members = ['RUNNING', 'FATAL', 'STARTING'].map((statename, index) =>
      program(`c${index}`, { group: 'cache', statename, spawnerr: statename === 'FATAL' ? 'no memory' : '' }),
    );
    const found = findings(
      ...members,
      waiting('web', 60, need('cache:*', 'FATAL')),
      waiting('api', 60, need('cache', 'FATAL')),
    );
    expect(english(found)).toEqual([
      [
        'web has waited 60 seconds for cache:* (ready), which is FATAL',
        'cache:c1: no memory',
        'tsupervisor start cache:c1   # when its own problem is solved; then web starts by itself',
      ],
      [
        'api has waited 60 seconds for cache (ready), which is FATAL',
        'cache:c1: no memory',
        'tsupervisor start cache:c1   # when its own problem is solved; then api starts by itself',
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

describe('a program with a finding of its own', () => {
  const late = {
    ...program('db', { statename: 'STARTING', pid: 7, start: 1, now: 46 }),
    ...{ ready: 'log:up', isLate: true },
  };
  late.info = { ...late.info, description: 'not ready: log:up: no line has matched yet' };

  test('that is not ready names those that wait for it, which have none', () => {
    const view = viewOf([
      late,
      waiting('api', 90, need('db')),
      waiting('web', 90, need('db', null, 'started')),
    ]);
    expect(examine(view).filter(({ id }) => id.startsWith('program-'))).toMatchObject([
      {
        id: 'program-not-ready',
        what: { en: 'db is STARTING; api, web wait for it', zh: 'db 处于 STARTING 状态；api、web 在等待它' },
        why: { en: 'for 45 seconds it has not become ready (ready=log:up): no line has matched yet' },
      },
    ]);
  });

  test('that keeps restarting names those that wait for it', () => {
    const looping = { ...program('db', { statename: 'RUNNING', pid: 7 }), recentEnds: 4 };
    const [found, ...more] = checkPrograms(viewOf([looping, waiting('web', 1, need('db', null, 'healthy'))]));
    expect(found?.what.en).toBe('db keeps restarting: it exited 4 times within a minute; web waits for it');
    expect(more).toEqual([]);
  });

  test('that was stopped because it was not ready does not pass for one that daemonises itself', () => {
    const failed = {
      ...program('db', { statename: 'FATAL', spawnerr: 'closed descriptor 3 without a newline' }),
      ...{ ready: 'fd:3', lastExit: 'exit status 0', survivors: [{ pid: 9, commandLine: 'sleep 9' }] },
    };
    const [found] = checkPrograms(viewOf([failed]));
    expect(found?.id).toBe('program-not-ready');
    expect(found?.why.en).toContain('closed descriptor 3 without a newline');
  });

  test('gets lines that can be pasted into its section', () => {
    const gaveUp = program('web', {
      statename: 'FATAL',
      spawnerr: 'waiting for db (ready) for more than 30 seconds',
    });
    const lines = checkPrograms(viewOf([late, gaveUp])).flatMap(({ remedy }) =>
      [remedy.en, remedy.zh].flatMap((text) => text.split('\n')),
    );
    const options = lines.filter((line) => /^\w+ =/.test(line));
    expect(options).toHaveLength(4);
    for (const option of options) expect(option).toMatch(/^\w+ = \w+ +; /);
  });
});
