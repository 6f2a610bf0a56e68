// When attempts are made and aborted, and what follows from them: fake children, attempts of the test, a fake clock.
import { afterAll, describe, expect, test } from 'bun:test';
import { maxAttemptMs, RepeatedProbe } from '../../../../src/supervisor/readiness/repeated-probe.ts';
import { type Performance, Stage } from '../process-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

interface Attempt {
  readonly aborted: AbortSignal;
  readonly end: (failure: string | null) => void;
}

const requester = { kind: 'signal', signal: 'SIGUSR1' } as const;
const timeoutMs = 60_000;
const intervalMs = 500;

/** A process that has to become ready, and the attempts at it so far. */
class Probed {
  readonly attempts: Attempt[] = [];
  readonly monitor: RepeatedProbe;

  constructor(readonly stage: Performance) {
    const probe = (_: unknown, aborted: AbortSignal) =>
      new Promise<string | null>((end) => void this.attempts.push({ aborted, end }));
    this.monitor = new RepeatedProbe(stage.process, { subject: 'tcp://db:1', probe, intervalMs });
  }

  get process() {
    return this.stage.process;
  }

  get last(): Attempt {
    const attempt = this.attempts.at(-1);
    if (!attempt) throw new Error('no attempt was made');
    return attempt;
  }

  async pass(ms: number): Promise<void> {
    this.stage.clock.advance(ms);
    await this.stage.settle();
  }

  async start(): Promise<void> {
    this.process.start(requester);
    await this.pass(0);
  }

  async end(failure: string | null): Promise<void> {
    this.last.end(failure);
    await this.stage.settle();
  }

  /** The child exits, as it was asked or by itself. */
  async exit(code: number): Promise<void> {
    for (const child of this.stage.children.present) {
      child.exit({ kind: 'exited', code });
      child.drain();
    }
    await this.stage.settle();
  }
}

/** The probe is that of the test: `ready=log` itself asks nothing. */
const probed = (more = '') => new Probed(stage.play(`ready=log:up\nready_timeout=60s\n${more}`));

describe('a readiness probe', () => {
  test('is tried at once when there is a child, and success makes the process RUNNING', async () => {
    const it = probed();
    expect(it.attempts).toHaveLength(0);
    await it.start();
    expect(it.attempts).toHaveLength(1);
    expect(it.process.state).toBe('STARTING');
    await it.end(null);
    expect(it.process.state).toBe('RUNNING');
    expect(it.stage.clock.due).toEqual([]);
  });

  test('is tried again ready_interval after the end of an attempt, one attempt at a time', async () => {
    const it = probed();
    await it.start();
    await it.pass(9_000);
    expect(it.attempts).toHaveLength(1);
    await it.end('connection refused');
    await it.pass(intervalMs - 1);
    expect(it.attempts).toHaveLength(1);
    await it.pass(1);
    expect(it.attempts).toHaveLength(2);
    await it.end(null);
    expect(it.process.state).toBe('RUNNING');
  });

  test('is aborted after ten seconds, and tried again', async () => {
    const it = probed();
    await it.start();
    await it.pass(maxAttemptMs - 1);
    expect(it.last.aborted.aborted).toBe(false);
    await it.pass(1);
    expect(it.last.aborted.aborted).toBe(true);
    await it.end('aborted');
    const hindrance = 'tcp://db:1: no result within 10 seconds';
    expect(it.process.life.state).toMatchObject({ phase: 'up', hindrance });
    await it.pass(intervalMs);
    expect(it.attempts).toHaveLength(2);
  });

  test('that fails until the timeout is a failed start, with the last failure as its reason', async () => {
    const it = probed();
    await it.start();
    await it.end('connection refused');
    await it.pass(intervalMs);
    await it.end('no route to host');
    await it.pass(timeoutMs - 2 * intervalMs);
    expect(it.process.state).toBe('STARTING');
    await it.pass(intervalMs);
    await it.exit(0);
    expect(it.process.state).toBe('BACKOFF');
    expect(it.process.life.spawnError).toBe('not ready within 60 seconds: tcp://db:1: no route to host');
  });

  test('that never ends is aborted at the timeout, and named in the reason', async () => {
    const it = new Probed(stage.play('ready=log:up\nready_timeout=5s'));
    await it.start();
    await it.pass(5000);
    expect(it.last.aborted.aborted).toBe(true);
    await it.exit(0);
    expect(it.process.life.spawnError).toBe('not ready within 5 seconds: tcp://db:1: no result yet');
  });

  test('that hangs is what status tells of, not the failure before it', async () => {
    const it = new Probed(stage.play('ready=log:up\nready_timeout=5s'));
    await it.start();
    await it.end('connection refused');
    await it.pass(intervalMs);
    expect(it.process.life.state).toMatchObject({ hindrance: 'tcp://db:1: connection refused' });
    await it.pass(1000);
    expect(it.process.life.state).toMatchObject({ hindrance: 'tcp://db:1: no result yet' });
    await it.pass(5000);
    await it.exit(0);
    expect(it.process.life.spawnError).toEndWith('tcp://db:1: no result yet');
  });

  test('is aborted when the process is stopped, and a late success changes nothing', async () => {
    const it = probed();
    await it.start();
    it.process.stop(requester);
    await it.stage.settle();
    expect(it.last.aborted.aborted).toBe(true);
    await it.end(null);
    expect(it.process.state).toBe('STOPPING');
    await it.exit(0);
    expect(it.process.state).toBe('STOPPED');
    await it.pass(timeoutMs);
    expect(it.attempts).toHaveLength(1);
    expect(it.stage.clock.due).toEqual([]);
  });

  test('of one child tells nothing of the next', async () => {
    const it = probed();
    await it.start();
    const [first] = it.attempts;
    await it.exit(1);
    expect(it.process.state).toBe('BACKOFF');
    expect(first?.aborted.aborted).toBe(true);
    await it.pass(1000);
    await it.pass(0);
    expect(it.attempts).toHaveLength(2);
    first?.end(null);
    await it.stage.settle();
    expect(it.process.state).toBe('STARTING');
    await it.end(null);
    expect(it.process.state).toBe('RUNNING');
  });

  test('tells clients of a failure once, however often it is repeated', async () => {
    const it = probed();
    let changes = 0;
    it.stage.daemon.bus.subscribe(['TSUPERVISOR_PROCESS_CHANGE'], () => {
      changes += 1;
    });
    await it.start();
    for (let round = 0; round < 5; round += 1) {
      await it.end('connection refused');
      await it.pass(intervalMs);
    }
    expect(changes).toBe(1);
    expect(it.process.life.state).toMatchObject({ hindrance: 'tcp://db:1: connection refused' });
  });

  test('is not tried while nothing is to become ready', async () => {
    const it = new Probed(stage.play('startsecs=0'));
    await it.start();
    expect(it.process.state).toBe('RUNNING');
    expect(it.attempts).toHaveLength(0);
    expect(it.stage.clock.due).toEqual([]);
  });

  test('goes on after a restore', async () => {
    const it = probed();
    await it.start();
    await it.end('connection refused');
    const [life, due] = [it.process.snapshot(), it.monitor.snapshot()];
    const again = probed();
    again.process.restore(life);
    again.monitor.restore(due);
    expect(again.attempts).toHaveLength(0);
    await again.pass(intervalMs);
    expect(again.attempts).toHaveLength(1);
    await again.end(null);
    expect(again.process.state).toBe('RUNNING');
  });
});
