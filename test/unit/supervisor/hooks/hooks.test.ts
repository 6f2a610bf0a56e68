// Hooks of a process: real commands, which end, hang or cannot be run, while the clock is the test's.
import { afterAll, describe, expect, test } from 'bun:test';
import { callHooks } from '../../../../src/supervisor/hooks/hooks.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Performance, Stage } from '../process-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

/** A process that calls this command whenever it ends by itself. */
function withHook(command: string, name: string): Performance {
  const performance = stage.play(`startsecs=0\nautorestart=false\nprocess_name=${name}`);
  const onExit = { kind: 'command', command } as const;
  callHooks(performance.process, { onFatal: null, onExit }, performance.daemon);
  return performance;
}

async function runOnce({ process, children, settle }: Performance): Promise<void> {
  process.start({ kind: 'signal', signal: 'SIGUSR1' });
  await settle();
  const [child] = children.present;
  child?.exit({ kind: 'exited', code: 1 });
  child?.drain();
  await settle();
}

/** The lines of the log about the hook of this process. */
function saidOf(name: string): string[] {
  return stage.log().match(new RegExp(`on_exit of \\S*${name}: .*`, 'g')) ?? [];
}

const logged = (name: string, lines: number) =>
  eventually(() => saidOf(name).length >= lines, { what: `${lines} lines about ${name}` });

describe('a hook', () => {
  test('that hangs is called five times at once, and again when one of them was killed after a minute', async () => {
    const performance = withHook('/bin/sleep 1000', 'hanging');
    for (let run = 0; run < 6; run += 1) await runOnce(performance);
    await logged('hanging', 1);
    expect(saidOf('hanging')).toEqual([
      expect.stringContaining('not called, 5 calls before it have not ended yet'),
    ]);

    performance.clock.advance(59_999);
    await performance.settle();
    expect(saidOf('hanging').length).toBe(1);
    performance.clock.advance(1);
    await performance.daemon.pendingHooks.drain();
    await logged('hanging', 11);
    expect(
      saidOf('hanging').filter((line) => line.includes('with SIGKILL, it ran for 60 seconds')).length,
    ).toBe(5);
    expect(saidOf('hanging').filter((line) => line.includes('terminated by SIGKILL')).length).toBe(5);

    await runOnce(performance);
    expect(performance.clock.due).toEqual([60_000]);
    performance.clock.advance(60_000);
    await performance.daemon.pendingHooks.drain();
  });

  test('that hangs is killed ten seconds after a shutdown began, which then completes', async () => {
    const performance = withHook('/bin/sleep 1000', 'last');
    await runOnce(performance);
    const settled = performance.daemon.pendingHooks.drain();
    performance.clock.advance(10_000);
    await performance.settle();
    await settled;
    await logged('last', 2);
    expect(saidOf('last')).toEqual([
      expect.stringContaining('with SIGKILL, the supervisor ends'),
      expect.stringContaining('terminated by SIGKILL'),
    ]);
    expect(performance.clock.due).toEqual([]);
  });

  test('that cannot be run is logged, and not waited for', async () => {
    const performance = withHook('/nonexistent/hook', 'missing');
    for (let run = 0; run < 7; run += 1) await runOnce(performance);
    await performance.daemon.pendingHooks.drain();
    await logged('missing', 7);
    expect(
      saidOf('missing').filter((line) => line.includes("'/nonexistent/hook' could not be run")).length,
    ).toBe(7);
    expect(performance.clock.due).toEqual([]);
  });

  test('is not called for what the end of the daemon brings about', async () => {
    const performance = withHook('/bin/sleep 1000', 'forbidden');
    performance.process.start({ kind: 'signal', signal: 'SIGUSR1' });
    await performance.settle();
    performance.process.forbidStart();
    performance.children.present[0]?.exit({ kind: 'exited', code: 1 });
    performance.children.present[0]?.drain();
    await performance.settle();
    expect(performance.process.state).toBe('EXITED');
    expect(performance.clock.due).toEqual([]);
  });
});
