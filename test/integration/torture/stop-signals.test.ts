// How a program and its child end for every combination of stop options, compared with the original.
import { beforeAll, describe, expect, test } from 'bun:test';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { isAlive } from './kernel-view.ts';

interface Combination {
  readonly name: string;
  readonly parentIgnores: boolean;
  readonly childIgnores: boolean;
  readonly options: string;
  readonly childSurvives: boolean;
  readonly ending: string;
}

const plain = '';
const killGroup = 'killasgroup=true';
const stopGroup = 'stopasgroup=true';
const byTerm = 'stopped: terminated by SIGTERM';
const byKill = 'killing with SIGKILL; stopped: terminated by SIGKILL';

/** `stopasgroup` implies `killasgroup`; the two apart the other way round are refused. */
const combinations: readonly Combination[] = [
  combination('obeys', false, false, plain, true, byTerm),
  combination('obeys-child-ignores', false, true, plain, true, byTerm),
  combination('ignores', true, false, plain, true, byKill),
  combination('both-ignore', true, true, plain, true, byKill),
  combination('killgroup-obeys', false, false, killGroup, true, byTerm),
  combination('killgroup-ignores', true, false, killGroup, false, byKill),
  combination('killgroup-both-ignore', true, true, killGroup, false, byKill),
  combination('stopgroup-obeys', false, false, stopGroup, false, byTerm),
  combination('stopgroup-child-ignores', false, true, stopGroup, true, byTerm),
  combination('stopgroup-parent-ignores', true, false, stopGroup, false, byKill),
  combination('stopgroup-both-ignore', true, true, stopGroup, false, byKill),
  combination('by-kill', true, true, 'stopsignal=KILL', true, 'stopped: terminated by SIGKILL'),
  combination(
    'by-kill-group',
    true,
    true,
    'stopsignal=KILL\nstopasgroup=true',
    false,
    'stopped: terminated by SIGKILL',
  ),
  combination('by-usr1', true, true, 'stopsignal=USR1', true, 'stopped: terminated by SIGUSR1'),
  combination('by-int', false, false, 'stopsignal=2', true, 'stopped: terminated by SIGINT'),
  combination('no-patience', true, true, 'stopwaitsecs=0\nkillasgroup=true', false, byKill),
];

function combination(
  name: string,
  parentIgnores: boolean,
  childIgnores: boolean,
  options: string,
  childSurvives: boolean,
  ending: string,
): Combination {
  return { name, parentIgnores, childIgnores, options, childSurvives, ending };
}

const family = `import os, signal, sys
name, parent_ignores, child_ignores = sys.argv[1:]
def obey(ignores):
    signal.signal(signal.SIGTERM, signal.SIG_IGN if ignores == "1" else signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
child = os.fork()
if child == 0:
    obey(child_ignores)
    with open(name + ".tmp", "w") as file:
        file.write(str(os.getpid()))
    os.rename(name + ".tmp", name + ".child")
    while True:
        signal.pause()
obey(parent_ignores)
while True:
    signal.pause()
`;

const bit = (value: boolean): string => (value ? '1' : '0');

const config = combinations
  .map(
    ({ name, parentIgnores, childIgnores, options, ending }) => `[program:${name}]
command=/usr/bin/python3 family.py ${name} ${bit(parentIgnores)} ${bit(childIgnores)}
directory=%(here)s
startsecs=1
${options.includes('stopwaitsecs') ? '' : `stopwaitsecs=${ending === byKill ? 1 : 30}`}
${options}`,
  )
  .join('\n');

interface Ending {
  readonly childSurvives: boolean;
  readonly ending: string;
}

async function endingsUnder(executable: readonly string[]): Promise<Record<string, Ending>> {
  const daemon = await Daemon.start({ executable, config, files: { 'family.py': family } });
  const childOf = (name: string): number => Number(daemon.read(`${name}.child`));
  const survivors: number[] = [];
  try {
    await eventually(
      async () =>
        combinations.every(({ name }) => childOf(name) > 0) &&
        Object.values(await daemon.states()).every((state) => state === 'RUNNING'),
      { what: 'all families to run', timeoutMs: 30_000 },
    );
    const stopping = await daemon.supervisorctl('stop', 'all');
    expect(stopping.stdout.trimEnd().split('\n')).toHaveLength(combinations.length);
    // Signals to a group are delivered one by one; what must die is given the time to.
    for (const { name, childSurvives } of combinations) {
      if (!childSurvives)
        await eventually(() => !isAlive(childOf(name)), { what: `the child of ${name} to die` });
    }
    return Object.fromEntries(
      combinations.map(({ name }) => {
        const childSurvives = isAlive(childOf(name));
        if (childSurvives) survivors.push(childOf(name));
        return [name, { childSurvives, ending: endingIn(daemon.log(), name) }];
      }),
    );
  } finally {
    for (const pid of survivors) process.kill(pid, 'SIGKILL');
    await daemon.stop();
  }
}

/** The log lines about the exit of `name`, without pids. */
function endingIn(log: string, name: string): string {
  const killed = new RegExp(`WARN killing '${name}' \\(\\d+\\) with SIGKILL`).test(log);
  const stopped = new RegExp(`(?:WARN|INFO) stopped: ${name} \\(([^)]*)\\)`).exec(log)?.[1];
  return `${killed ? 'killing with SIGKILL; ' : ''}stopped: ${stopped}`;
}

const seen: Record<'ours' | 'original', Record<string, Ending>> = { ours: {}, original: {} };

beforeAll(async () => {
  [seen.ours, seen.original] = await Promise.all([endingsUnder(ours), endingsUnder(original)]);
});

describe('a program that is stopped', () => {
  for (const { name, childSurvives, ending } of combinations) {
    test(`${name}: the child ${childSurvives ? 'survives' : 'dies'}, and the log says how it ended`, () => {
      expect(seen.ours[name]).toEqual({ childSurvives, ending });
      expect(seen.original[name]).toEqual({ childSurvives, ending });
    });
  }
});
