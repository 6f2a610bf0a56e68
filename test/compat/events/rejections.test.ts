import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { sendRemoteEvents } from '../../support/client.ts';
import { original, ours, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const config = `
[eventlistener:rejecting]
command=/usr/bin/python3 ${join(import.meta.dir, 'rejecting-listener.py')} %(here)s/record
events=REMOTE_COMMUNICATION
startsecs=0
`;

test('events that are rejected come again, each before the next one, as with the original', async () => {
  const [theirs, mine] = await Promise.all([recordOf(original), recordOf(ours)]);
  expect(mine).toEqual(theirs);
  const data = theirs.map((line) => line.split(' ').slice(2).join(' '));
  expect(data).toEqual(['a 1', 'a 1', 'b 0', 'c 4', 'c 4', 'c 4', 'c 4', 'c 4', 'd 0']);
});

/** What the listener saw: the serials and the data of an event in a line. */
function recordOf(executable: readonly string[]): Promise<readonly string[]> {
  return withDaemon({ executable, config }, async (daemon) => {
    await sendRemoteEvents(daemon, ['a 1', 'b 0', 'c 4', 'd 0']);
    await eventually(() => daemon.read('record').endsWith(' d 0\n'), { what: 'the last event' });
    return daemon.read('record').split('\n').slice(0, -1);
  });
}
