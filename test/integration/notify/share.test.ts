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

/** Takes 1.2 ms of the main thread for each message. */
class SlowOwner implements NotifyOwner {
  readonly name = 'slow';
  readonly cgroup = null;
  readonly startedAt = 0;
  readonly mark = '';
  readonly names = [];
  received = 0;

  isFollowed(): boolean {
    return true;
  }

  isKnownChild(): boolean {
    return false;
  }

  onMessage(): void {
    const end = performance.now() + 1.2;
    while (performance.now() < end);
    this.received += 1;
  }

  onMessagesRead(): void {}
}

test('what is read at once, because a watchdog has expired, is made up for by half of the share', async () => {
  const clock = new FakeClock();
  const sockets = new NotifySockets(dataPlane, clock, log);
  const owner = new SlowOwner();
  const opened = [sockets.open(owner), sockets.open(owner)] as const;
  const senders = opened.map(({ address }) => new UnixDatagramSender(address));
  const send = (sender: UnixDatagramSender | undefined) =>
    expect(sender?.send(Buffer.from('STATUS=x'))).toBe(0);
  for (let sent = 0; sent < 10; sent += 1) send(senders[0]);
  sockets.readAll(opened[0]);
  expect(owner.received).toBe(10);
  for (const sender of senders) send(sender);
  // The whole share of a window would be enough for both.
  await eventually(() => clock.due.length > 0, { what: 'the pause' });
  expect(owner.received).toBeLessThanOrEqual(11);
  for (let window = 0; window < 1000 && owner.received < 12; window += 1) clock.advance(20);
  expect(owner.received).toBe(12);
  for (const sender of senders) sender.close();
  for (const socket of opened) socket.close();
  sockets.close();
});
