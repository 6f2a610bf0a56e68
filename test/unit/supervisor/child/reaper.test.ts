// Pids that are used again, by another process than the one that was adopted.
import { afterAll, expect, test } from 'bun:test';
import { Stage } from '../process-stage.ts';

const stage = new Stage();
const { reaper } = stage.daemon();
afterAll(() => stage.end());

/** Of no process: larger than any that the kernel assigns. */
const pid = 2 ** 22 + 1;
const onExit = async () => {};

test('a process that is disowned does not take along the child that has got its pid', () => {
  const disownFormer = reaper.adopt(pid, { onExit, isThere: () => false });
  const disown = reaper.adopt(pid, { onExit });
  disownFormer();
  expect(reaper.isAdopted(pid)).toBe(true);
  disown();
  expect(reaper.isAdopted(pid)).toBe(false);
});

test('a process that another one has reaped is adopted no longer: its pid may be that of any', () => {
  let isThere = true;
  const disown = reaper.adopt(pid, { onExit, isThere: () => isThere });
  expect(reaper.isAdopted(pid)).toBe(true);
  isThere = false;
  expect(reaper.isAdopted(pid)).toBe(false);
  disown();
});
