// Several clients at once that start, stop and restart programs that depend on each other.
import { expect, test } from 'bun:test';
import { FaultError, RpcClient } from '../../../src/client/rpc-client.ts';
import type { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { Random } from '../../support/random.ts';
import { shown, withPrograms } from './traced-programs.ts';

const count = 30;
const clients = 4;
const requests = 40;

const isTask = (index: number) => index % 4 === 3;

/** Each depends on up to three earlier ones. */
function programs(random: Random): string {
  return Array.from({ length: count }, (_, index) => {
    const needs = index === 0 ? [] : Array.from({ length: random.below(4) }, () => `p${random.below(index)}`);

    return [
      `[program:p${index}]`,
      isTask(index) ? 'command=/bin/true\noneshot=true' : 'command=/bin/sleep 1000',
      'startsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE',
      `depends_on=${needs.join(', ')}`,
      index % 5 === 4 && !isTask(index - 4) ? `stop_with=p${index - 4}\nrestart_with=p${index - 4}` : '',
      index % 3 === 0 ? `priority=${random.below(10)}` : '',
      '',
    ].join('\n');
  }).join('');
}

async function hammer(daemon: Daemon, random: Random): Promise<void> {
  const client = new RpcClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
  const call = async (method: string, ...params: (string | boolean)[]) => {
    // Already started, not running: what another client has done meanwhile.
    await client.call(`supervisor.${method}`, ...params).catch((error: unknown) => {
      if (!(error instanceof FaultError)) throw error;
    });
  };
  try {
    for (let request = 0; request < requests; request += 1) {
      const name = `p${random.below(count)}`;
      const wait = random.below(2) === 0;
      // A start that waits for what another client has stopped would be waited for in vain.
      const actions = [
        () => call('startProcess', name, false),
        () => call('stopProcess', name, wait),
        () => call('startAllProcesses', false),
        () => call('stopAllProcesses', wait),
        () => call('removeProcessGroup', name),
        () => call('addProcessGroup', name),
      ];
      await random.pick(actions)();
    }
  } finally {
    client.close();
  }
}

test('clients that start, stop, remove and add in any order leave nothing waiting that could run', async () => {
  const seed = Date.now();
  const random = new Random(seed);
  await withPrograms({ config: programs(random) }, async (daemon) => {
    await Promise.all(Array.from({ length: clients }, () => hammer(daemon, random)));
    await daemon.supervisorctl('update');
    await daemon.supervisorctl('start', 'all');
    let states: Record<string, string> = {};
    await eventually(
      async () => {
        states = await shown(daemon);
        const names = Object.keys(states);
        return (
          names.length === count && names.every((name) => ['RUNNING', 'EXITED'].includes(states[name] ?? ''))
        );
      },
      { what: 'all to run' },
    ).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${String(error)}: ${JSON.stringify(states)}`);
    });
    await daemon.supervisorctl('stop', 'all');
    const down = Object.values(await shown(daemon));
    expect(down.filter((state) => state !== 'STOPPED' && state !== 'EXITED')).toEqual([]);
  });
});
