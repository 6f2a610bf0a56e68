// A main process that is said to have ended, but has not.
import { afterAll, expect, test } from 'bun:test';
import { ProcessHandle } from '../../../../src/linux/process-handle.ts';
import { MainProcess } from '../../../../src/supervisor/notify/main-process.ts';
import { Stage } from '../process-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

test('a main process goes on when its descriptor is said to be readable and is not', () => {
  const handle = ProcessHandle.open(process.ppid);
  if (handle === null) throw new Error('the parent of this process has ended');
  const callbacks: (() => void)[] = [];
  const watch = {
    whenReadable: (_: number, callback: () => void) => void callbacks.push(callback),
    forgetReadable: () => {},
  };
  const told: string[] = [];
  const main = new MainProcess(handle, stage.daemon().reaper, watch, {
    onExiting: () => told.push('exiting'),
    onEnded: () => told.push('ended'),
  });
  callbacks[0]?.();
  expect(told).toEqual([]);
  expect(main.isThere).toBe(true);
  // It is watched again.
  expect(callbacks.length).toBe(2);
  main.release();
});
