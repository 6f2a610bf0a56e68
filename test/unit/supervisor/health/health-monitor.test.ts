// When http_check probes, whether another process waits for the result or not: a real server, a fake clock.
import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Process } from '../../../../src/supervisor/process.ts';
import { processInfo } from '../../../../src/supervisor/process-info.ts';
import type { Supervisor } from '../../../../src/supervisor/supervisor.ts';
import { eventually } from '../../../support/eventually.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeChildren, Stage } from '../process-stage.ts';

const stage = new Stage();
const by = { kind: 'signal', signal: 'SIGUSR1' } as const;
const intervalMs = 60_000;
const readyIntervalMs = 500;

let status = 200;
let requests = 0;
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => {
    requests += 1;
    return new Response(null, { status });
  },
});
beforeEach(() => {
  [status, requests] = [200, 0];
});
afterAll(async () => {
  server.stop(true);
  await stage.end();
});

const program = (name: string, options: string) =>
  `[program:${name}]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\nstartsecs=0\n${options}\n`;
const checked = program('db', `http_check=http://127.0.0.1:${server.port}/`);

/** `db` with its check, and perhaps a process that depends on it. */
class Scene {
  readonly #clock = new FakeClock();
  readonly #children = new FakeChildren();
  readonly #supervisor: Supervisor;

  private constructor(text: string) {
    this.#supervisor = stage.supervisor(text, this.#children, this.#clock);
  }

  static async of(text: string): Promise<Scene> {
    const scene = new Scene(text);
    await scene.#supervisor.run();
    await scene.settle();
    return scene;
  }

  get db(): Process {
    return this.#process('db');
  }

  get app(): Process {
    return this.#process('app');
  }

  get due(): readonly number[] {
    return this.#clock.due;
  }

  async pass(ms: number): Promise<void> {
    this.#clock.advance(ms);
    await this.settle();
  }

  /** Lets the probe that is due now run to its end: a timer is set again, or the process is restarted. */
  async probe(ms: number): Promise<void> {
    const before = requests;
    await this.pass(ms);
    await eventually(() => requests > before, { what: 'a probe' });
    await eventually(() => this.due.length > 0, { what: 'the end of the probe' });
    await this.settle();
  }

  /** The children that were asked to stop, exit. */
  async exit(): Promise<void> {
    for (const child of this.#children.present.filter(({ signals }) => signals.length > 0)) {
      child.exit({ kind: 'exited', code: 0 });
      child.drain();
    }
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  #process(name: string): Process {
    const process = this.#supervisor.groups.get(name)?.process(name);
    if (!process) throw new Error(`there is no process ${name}`);
    return process;
  }
}

describe('a process with http_check', () => {
  test('for which nothing waits is probed after http_check_interval, and healthy after the first success', async () => {
    const scene = await Scene.of(checked);
    expect(scene.due).toEqual([intervalMs]);
    await scene.pass(intervalMs - 1);
    expect([requests, scene.db.isHealthy]).toEqual([0, false]);
    await scene.probe(1);
    expect([requests, scene.db.isHealthy]).toEqual([1, true]);
    expect(scene.due).toEqual([intervalMs]);
  });

  test('for which nothing waits is restarted by its first failure, and no longer healthy', async () => {
    const scene = await Scene.of(checked);
    await scene.probe(intervalMs);
    expect(scene.db.isHealthy).toBe(true);
    status = 500;
    await scene.probe(intervalMs);
    expect([scene.db.state, scene.db.isHealthy]).toEqual(['STOPPING', false]);
    await scene.exit();
    expect([scene.db.state, scene.db.isHealthy]).toEqual(['RUNNING', false]);
    expect(scene.due).toEqual([intervalMs]);
  });

  const waiting = program('app', 'depends_on=db=healthy');

  test('for which a process waits is probed at once, and every ready_interval until the first success', async () => {
    status = 503;
    const scene = await Scene.of(checked + waiting);
    expect([scene.db.state, scene.app.isWaiting]).toEqual(['RUNNING', true]);
    expect(scene.due).toEqual([0]);
    for (let round = 1; round <= 200; round += 1) {
      await scene.probe(round === 1 ? 0 : readyIntervalMs);
      expect([requests, scene.db.state, scene.app.isWaiting]).toEqual([round, 'RUNNING', true]);
      expect(scene.due).toEqual([readyIntervalMs]);
    }
    status = 200;
    await scene.probe(readyIntervalMs);
    expect([scene.db.isHealthy, scene.app.state]).toEqual([true, 'RUNNING']);
    expect(scene.due).toEqual([intervalMs]);
  });

  test('says why it is not healthy, to those that wait and in the log, once for each reason', async () => {
    status = 404;
    const scene = await Scene.of(checked + waiting);
    expect(processInfo(scene.app).description).toBe('waiting for db (healthy)');
    await scene.probe(0);
    await scene.probe(readyIntervalMs);
    expect(scene.db.healthFailure).toBe('answered with status 404 instead of 200');
    const description = 'waiting for db (healthy: answered with status 404 instead of 200)';
    expect(processInfo(scene.app).description).toBe(description);
    status = 410;
    await scene.probe(readyIntervalMs);
    expect(processInfo(scene.app).description).toContain('status 410');
    status = 200;
    await scene.probe(readyIntervalMs);
    expect([scene.app.state, scene.db.healthFailure]).toEqual(['RUNNING', '']);
    const logged = () =>
      [...stage.log().matchAll(/'db' is not healthy: .* status 4(?:04|10) .*/g)].map(([line]) => line);
    await eventually(() => logged().length >= 2, { what: 'both reasons in the log' });
    const url = `http://127.0.0.1:${server.port}/`;
    expect(logged()).toEqual(
      [404, 410].map((each) => `'db' is not healthy: ${url}: answered with status ${each} instead of 200`),
    );
  });

  test('keeps in a snapshot why it is not healthy', async () => {
    status = 404;
    const scene = await Scene.of(checked + waiting);
    await scene.probe(0);
    const snapshot = scene.db.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot.monitors))).toMatchObject([
      { option: 'http_check', failure: 'answered with status 404 instead of 200' },
    ]);
    const again = await Scene.of(checked);
    again.db.restore({ ...snapshot, child: { ...snapshot.child, child: null } });
    expect(again.db.healthFailure).toBe(scene.db.healthFailure);
  });

  test('is probed at once when a process begins to wait later', async () => {
    const scene = await Scene.of(checked + program('app', 'depends_on=db=healthy\nautostart=false'));
    await scene.pass(5000);
    expect(scene.due).toEqual([intervalMs - 5000]);
    scene.app.start(by);
    await scene.settle();
    await scene.probe(0);
    expect([requests, scene.app.state]).toEqual([1, 'RUNNING']);
  });

  test('lets a process start at once that needs it healthy while it is', async () => {
    const scene = await Scene.of(checked + program('app', 'depends_on=db=healthy\nautostart=false'));
    await scene.probe(intervalMs);
    scene.app.start(by);
    expect(scene.app.state).toBe('RUNNING');
    expect(requests).toBe(1);
  });

  test('is checked as usual again, without a restart, when the process no longer waits', async () => {
    status = 503;
    const scene = await Scene.of(checked + waiting);
    await scene.probe(0);
    scene.app.stop(by);
    await scene.probe(readyIntervalMs);
    expect(scene.db.state).toBe('RUNNING');
    expect(scene.due).toEqual([intervalMs]);
    await scene.probe(intervalMs);
    expect(scene.db.state).toBe('STOPPING');
  });

  test('is not healthy any more after an exit, so that a later start waits again', async () => {
    const scene = await Scene.of(checked + waiting);
    await scene.probe(0);
    expect(scene.app.state).toBe('RUNNING');
    scene.app.stop(by);
    scene.db.stop(by);
    await scene.exit();
    expect(scene.db.isHealthy).toBe(false);
    status = 503;
    scene.app.start(by);
    await scene.settle();
    expect([scene.db.state, scene.app.isWaiting]).toEqual(['RUNNING', true]);
    await scene.probe(0);
    expect(scene.app.isWaiting).toBe(true);
    status = 200;
    await scene.probe(readyIntervalMs);
    expect(scene.app.state).toBe('RUNNING');
  });
});
