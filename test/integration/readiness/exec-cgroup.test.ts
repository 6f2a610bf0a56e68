// What a command of ready=exec leaves behind, where programs run in cgroups of their own.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { processRow } from '../../../src/linux/process-table.ts';
import { delegate, discard, newCgroup, startIn } from '../../support/delegated-cgroup.ts';
import { eventually } from '../../support/eventually.ts';

const directory = newCgroup();
beforeAll(() => delegate(directory));
afterAll(() => discard(directory));

/** Leaves a process with a session of its own, once. */
const script = `test -e left && exit 1
setsid sh -c 'echo $$ >left.new; mv left.new left; exec sleep 1000' &
exit 1
`;
const config = `[program:served]
command=/bin/sleep 1000
directory=%(here)s
ready=exec:/bin/sh probe.sh
killascgroup=true
stdout_logfile=NONE
stderr_logfile=NONE
`;

test('a command of ready=exec runs in the cgroup of its program, and what it leaves ends with it', async () => {
  const daemon = await startIn(directory, config, { 'probe.sh': script });
  await eventually(() => daemon.read('left') !== '', { what: 'what the command leaves' });
  const left = Number(daemon.read('left'));
  expect(readFileSync(`/proc/${left}/cgroup`, 'utf8')).toMatch(/\/served:served$/m);
  await daemon.supervisorctl('stop', 'served');
  await eventually(() => processRow(left) === null, { what: 'the end of what the command has left' });
  await daemon.stop();
});
