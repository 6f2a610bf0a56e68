// The share of the main thread that notify sockets may take. Time passes for it only when the test lets it.
import { afterAll, expect, test } from 'bun:test';
import { UnixDatagramSender } from '../../../src/linux/unix-datagram.ts';
import type { NotifyOwner } from '../../../src/supervisor/notify/notify-socket.ts';
import { NotifySockets } from '../../../src/supervisor/notify/notify-sockets.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Stage } from '../../unit/supervisor/process-stage.ts';

const stage = new Stage();
const { dataPlane, log } = stage.daemon();
afterAll(() => stage.end());

/** Takes 10 ms of the main thread for each message. */
class SlowOwner implements NotifyOwner {
  readonly name = 'slow';
  readonly cgroup = null;
  readonly startedAt = 0;
  readonly mark = '';
  readonly names = [];
  readonly said: (string | null)[] = [];

  isFollowed(): boolean {
    return true;
  }

  isKnownChild(): boolean {
    return false;
  }

  onMessage({ status }: { readonly status: string | null }): void {
    const end = performance.now() + 10;
    while (performance.now() < end);
    this.said.push(status);
  }

  onMessagesRead(): void {}
}

test('what is read at once, because a watchdog has expired, is made up for later', async () => {
  const clock = new FakeClock();
  const sockets = new NotifySockets(dataPlane, clock, log);
  const owner = new SlowOwner();
  const socket = sockets.open(owner);
  const sender = new UnixDatagramSender(socket.address);
  const send = (status: string) => expect(sender.send(Buffer.from(`STATUS=${status}`))).toBe(0);
  send('at once');
  sockets.readAll(socket);
  expect(owner.said).toEqual(['at once']);
  send('later');
  // 10 ms are the share of five windows, of 20 ms each.
  await eventually(() => clock.due.length > 0, { what: 'the pause' });
  for (let window = 0; window < 4; window += 1) clock.advance(20);
  expect(owner.said).toEqual(['at once']);
  for (let window = 0; window < 100 && owner.said.length < 2; window += 1) clock.advance(20);
  expect(owner.said).toEqual(['at once', 'later']);
  sender.close();
  socket.close();
  sockets.close();
});
