import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { memoryHost } from './memory-host.ts';

// Much work on a busy machine.
setDefaultTimeout(60_000);

const file = '/etc/s.conf';

function configuration(sections: string): string {
  return `[supervisord]\n${sections}`;
}

function program(name: string, ...options: string[]): string {
  return [`[program:${name}]`, 'command=c', ...options, ''].join('\n');
}

/** What `check` says of dependencies: `LINE KEY TEXT: MESSAGE | REMEDY`. */
function errors(sections: string, language: 'en' | 'zh' = 'en'): string[] {
  const host = memoryHost({ [file]: configuration(sections) });
  return checkConfig({ path: file, overrides: {}, host })
    .mistakes.filter(({ severity }) => severity === 'error')
    .map(
      ({ position, key, text, message, remedy }) =>
        `${position?.line} ${key} ${text}: ${message[language]} | ${remedy?.[language]}`,
    );
}

/** What supervisord says when it refuses to start. */
function refusal(sections: string): string | null {
  const host = memoryHost({ [file]: configuration(sections) });
  try {
    loadConfig({ path: file, overrides: {}, host });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const numbered = ['numprocs=2', 'process_name=%(program_name)s_%(process_num)d'];
const anyName = 'the name of a program, GROUP:PROCESS or GROUP:*';

describe('a name that no process has', () => {
  const others = `${program('db')}${program('worker', ...numbered)}${program('redis')}[group:cache]\nprograms=redis\n`;

  test.each([
    ['bd', 'there is no program bd | did you mean db?'],
    ['DB', 'there is no program DB | did you mean db?'],
    ['postgres', `there is no program postgres | ${anyName}`],
    ['cache', 'there is no program cache | cache:* for the processes of group cache'],
    ['cachee', 'there is no program cachee | did you mean cache:*?'],
    ['worker_1', 'there is no program worker_1 | did you mean worker:worker_1?'],
    ['worker:worker_7', 'there is no process worker:worker_7 | did you mean worker:worker_0?'],
    ['worker:1', 'there is no process worker:1 | worker:* for the processes of group worker'],
    ['wroker:worker_0', 'there is no process wroker:worker_0 | did you mean worker:worker_0?'],
    ['redis:*', 'there is no group redis:* | did you mean redis?'],
    ['caches:*', 'there is no group caches:* | did you mean cache:*?'],
    ['postgres:main', `there is no process postgres:main | ${anyName}`],
  ])('%s is an error', (name, expected) => {
    expect(errors(program('web', `depends_on=db, ${name}`) + others)).toEqual([
      `4 depends_on ${name}: ${expected}`,
    ]);
  });

  test('is an error in every option that has names', () => {
    const options = ['stop_with=bd', 'restart_with=db, bd', 'dependent_startup_wait_for=bd:running'];
    expect(errors(program('web', ...options) + others)).toEqual([
      '4 stop_with bd: there is no program bd | did you mean db?',
      '5 restart_with bd: there is no program bd | did you mean db?',
      '6 dependent_startup_wait_for bd: there is no program bd | did you mean db?',
    ]);
  });

  test('is told in Chinese', () => {
    expect(errors(program('web', 'depends_on=cache, bd') + others, 'zh')).toEqual([
      '4 depends_on cache: 没有程序 cache | 用 cache:* 表示组 cache 的所有进程',
      '4 depends_on bd: 没有程序 bd | 是不是想写 db？',
    ]);
  });

  test('is told once for all processes of a program', () => {
    expect(errors(program('web', ...numbered, 'depends_on=nothing') + others)).toHaveLength(1);
  });

  test('is told once if it has the number of a process', () => {
    const text = program('web', ...numbered, 'depends_on=db_%(process_num)d') + others;
    expect(errors(text)).toEqual([`6 depends_on db_%(process_num)d: there is no program db_0 | ${anyName}`]);
  });

  test('of a program without processes is told as such', () => {
    const text = program('web', 'depends_on=db, db:*, db:db') + program('db', 'numprocs=0');
    const expected = 'program db has no processes | a program with numprocs of at least 1';
    expect(errors(text)).toEqual(['db', 'db:*', 'db:db'].map((name) => `4 depends_on ${name}: ${expected}`));
    expect(errors(text, 'zh')[0]).toBe('4 depends_on db: 程序 db 没有进程 | numprocs 至少为 1 的程序');
  });
});

describe('a value that cannot be read', () => {
  const others = program('redis') + program('db');

  test.each([
    [
      'depends_on=db, redis=redy',
      '=redy: there is no condition redy | did you mean =ready?',
      '=redy: 没有条件 redy | 是不是想写 =ready？',
    ],
    [
      'depends_on=redis=up',
      '=up: there is no condition up | started, ready, healthy, completed, ended',
      '=up: 没有条件 up | started、ready、healthy、completed、ended',
    ],
    [
      'depends_on=a b',
      'a b: a b is not the name of a process | names of programs, GROUP:PROCESS or GROUP:*, separated by commas, each with =started, =ready, =healthy, =completed, =ended or nothing',
      'a b: a b 不是进程的名称 | 用逗号分隔的程序名、组名:进程名 或 组名:*，其后可写 =started、=ready、=healthy、=completed、=ended',
    ],
    [
      'dependent_startup_wait_for=db:stopped',
      'stopped: stopped cannot be waited for | running, starting, exited or exited,fatal',
      'stopped: 不能等待状态 stopped | running、starting、exited 或 exited,fatal',
    ],
  ])('%s is told in both languages', (option, en, zh) => {
    const key = option.split('=')[0];
    expect(errors(program('web', option) + others)).toEqual([`4 ${key} ${en}`]);
    expect(errors(program('web', option) + others, 'zh')).toEqual([`4 ${key} ${zh}`]);
  });
});

describe('a program', () => {
  test('may depend on event listeners and FastCGI programs, in groups or not', () => {
    const text =
      program('web', 'depends_on=listener, listener:*, php, back:php, lone:lone') +
      '[eventlistener:listener]\ncommand=c\nevents=TICK_5\n' +
      '[fcgi-program:php]\ncommand=c\nsocket=tcp://127.0.0.1:9000\n' +
      '[fcgi-program:lone]\ncommand=c\nsocket=tcp://127.0.0.1:9001\ndepends_on=listener\n' +
      '[group:back]\nprograms=php\n';
    expect(errors(text)).toEqual([]);
  });

  test('of any kind has its own errors', () => {
    const text =
      '[eventlistener:a]\ncommand=c\nevents=TICK_5\ndepends_on=x\n' +
      '[fcgi-program:b]\ncommand=c\nsocket=tcp://127.0.0.1:9000\nstop_with=y\n' +
      '[fcgi-program:c]\ncommand=c\nsocket=tcp://127.0.0.1:9001\nrestart_with=z\n' +
      '[group:g]\nprograms=c\n';
    expect(errors(text).map((line) => line.split(':')[0])).toEqual([
      '5 depends_on x',
      '9 stop_with y',
      '13 restart_with z',
    ]);
  });

  test.each([
    ['itself', program('web', 'depends_on=web'), '4 depends_on web: web depends on itself'],
    ['its group', program('web', 'depends_on=web:*'), '4 depends_on web:*: web depends on itself'],
    [
      'the other processes of its program',
      program('web', ...numbered, 'depends_on=web'),
      '6 depends_on web: web:web_0 depends on itself',
    ],
  ])('cannot depend on %s', (_, text, expected) => {
    expect(errors(text)).toEqual([expect.stringContaining(expected)]);
  });

  test('may depend on one of its processes in the others', () => {
    const options = [...numbered, 'depends_on=db:first_%(process_num)d'];
    const text =
      program('web', ...options) + program('db', numbered[0] ?? '', 'process_name=first_%(process_num)d');
    expect(errors(text)).toEqual([]);
  });

  test('may stop with the others of its group', () => {
    expect(errors(program('web', ...numbered, 'stop_with=web:*'))).toEqual([]);
  });

  test('cannot restart with itself', () => {
    expect(errors(program('web', ...numbered, 'restart_with=web:*'))).toEqual([
      '6 restart_with web:*: web:web_0 restarts with itself | names without a cycle',
    ]);
  });
});

describe('a cycle', () => {
  test('does not hide another mistake in the same name', () => {
    expect(errors(program('a', 'depends_on=b=healthy') + program('b', 'depends_on=a'))).toHaveLength(2);
  });

  const chain =
    program('api', 'depends_on=db') + program('db', 'depends_on=web') + program('web', 'depends_on=x, api');
  const expected = 'cycle of dependencies: api -> db -> web -> api';

  test('is spelled out', () => {
    expect(errors(chain + program('x'))).toEqual([
      `4 depends_on db: ${expected} | dependencies without a cycle`,
    ]);
    expect(errors(chain + program('x'), 'zh')).toEqual([
      '4 depends_on db: 循环依赖：api -> db -> web -> api | 不构成循环的依赖',
    ]);
  });

  test('is an error in what was written for the plugin', () => {
    const text =
      program('a', 'dependent_startup_wait_for=b:exited') + program('b', 'dependent_startup_wait_for=a');
    expect(errors(text)).toEqual([
      '4 dependent_startup_wait_for b: cycle of dependencies: a -> b -> a | dependencies without a cycle',
    ]);
  });

  test('of restarts is an error', () => {
    const text = program('a', 'restart_with=b') + program('b', 'restart_with=a');
    expect(errors(text)).toEqual([
      '4 restart_with b: processes that restart each other for ever: a -> b -> a | names without a cycle',
    ]);
  });

  test('of stops is none', () => {
    expect(errors(program('a', 'stop_with=b') + program('b', 'stop_with=a'))).toEqual([]);
  });

  test('of many programs is shown without its middle', () => {
    const text = Array.from({ length: 50 }, (_, index) =>
      program(`p${index + 10}`, `depends_on=p${((index + 1) % 50) + 10}`),
    ).join('');
    const path = Array.from({ length: 10 }, (_, index) => `p${index + 10}`).join(' -> ');
    expect(errors(text)).toEqual([expect.stringContaining(`: ${path} -> … -> p10 |`)]);
  });
});

describe('a condition that is never met', () => {
  test('is healthy of a program without a check', () => {
    const text = program('web', 'depends_on=db, api=healthy') + program('db') + program('api');
    expect(errors(text)).toEqual([
      '4 depends_on api=healthy: api is never healthy, as it has no http_check | http_check in [program:api], or another condition',
    ]);
    expect(errors(text, 'zh')).toEqual([
      '4 depends_on api=healthy: api 没有 http_check，永远不会满足 healthy | 在 [program:api] 中设置 http_check，或改用其他条件',
    ]);
  });

  test('is completed of a program that is always restarted', () => {
    const text = program('web', 'depends_on=db=completed') + program('db', 'autorestart=true');
    expect(errors(text)).toEqual([
      '4 depends_on db=completed: db never completes, as it has autorestart=true | oneshot=true in [program:db], or another condition',
    ]);
    expect(errors(text, 'zh')).toEqual([
      '4 depends_on db=completed: db 设置了 autorestart=true，永远不会满足 completed | 在 [program:db] 中设置 oneshot=true，或改用其他条件',
    ]);
  });

  test('is ready of a one-shot that cannot become ready before it ends', () => {
    const text =
      program('web', 'depends_on=db, migrate=ready') + program('db') + program('migrate', 'oneshot=true');
    expect(errors(text)).toEqual([
      '4 depends_on migrate=ready: migrate has oneshot=true and no ready, so it ends instead of being ready' +
        ' | =completed or =started, or ready in [program:migrate]',
    ]);
    expect(errors(text, 'zh')).toEqual([
      '4 depends_on migrate=ready: migrate 是未设置 ready 的一次性任务，运行后即结束，不会保持就绪' +
        ' | =completed 或 =started，或在 [program:migrate] 中设置 ready',
    ]);
  });

  test('is told in the words of the plugin where those are written', () => {
    const text =
      program('web', 'dependent_startup_wait_for=migrate:running') + program('migrate', 'oneshot=true');
    expect(errors(text)).toEqual([
      '4 dependent_startup_wait_for migrate:running: migrate has oneshot=true and no ready, so it ends instead' +
        ' of being ready | :exited or :starting, or ready in [program:migrate]',
    ]);
  });

  test.each([
    ['ready of a one-shot that says when it is ready', 'ready', 'oneshot=true\nready=notify'],
    ['started of a one-shot', 'started', 'oneshot=true'],
    ['healthy of a program with a check', 'healthy', 'http_check=http://127.0.0.1:1/'],
    ['completed of a one-shot', 'completed', 'oneshot=true'],
    ['completed of a one-shot that would be restarted', 'completed', 'oneshot=true\nautorestart=true'],
    ['completed of a program that is restarted after failures', 'completed', 'autorestart=unexpected'],
    ['ended of any program', 'ended', 'autorestart=true'],
  ])('is not %s', (_, condition, option) => {
    expect(errors(program('web', `depends_on=db=${condition}`) + program('db', option))).toEqual([]);
  });
});

describe('supervisord', () => {
  test('refuses such a configuration with the place of the option and what was meant', () => {
    expect(refusal(program('web', 'depends_on=bd') + program('db'))).toBe(
      "there is no program bd (did you mean db?) in section 'program:web' (file: '/etc/s.conf', line: 4)",
    );
    expect(refusal(program('web', 'depends_on=web'))).toBe(
      "web depends on itself (expected: dependencies without a cycle) in section 'program:web'" +
        " (file: '/etc/s.conf', line: 4)",
    );
  });

  test('accepts a good one', () => {
    const text = program('web', 'depends_on=db', 'stop_with=db', 'restart_with=db') + program('db');
    expect(refusal(text)).toBeNull();
  });
});

test('many unknown names take time linear in their number', () => {
  const programs = Array.from({ length: 3000 }, (_, index) => program(`p${index}`, `depends_on=q${index}`));
  expect(errors(programs.join(''))).toHaveLength(3000);
});

test.each(['dependson', 'depends', 'requires', 'after'])('%s is probably depends_on', (key) => {
  const host = memoryHost({ [file]: configuration(program('web', `${key}=db`) + program('db')) });
  const { mistakes } = checkConfig({ path: file, overrides: {}, host });
  expect(mistakes.find((mistake) => mistake.key === key)?.remedy?.en).toBe('did you mean depends_on?');
});
