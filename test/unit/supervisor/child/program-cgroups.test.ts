// How the cgroup of a process is called. The rest needs a kernel.
import { describe, expect, test } from 'bun:test';
import { cgroupName } from '../../../../src/supervisor/child/program-cgroups.ts';

describe('the name of the cgroup of a process', () => {
  test('is that of its group and its own', () => {
    expect(cgroupName('web', 'worker_01')).toBe('web:worker_01');
  });

  test.each([
    ['a slash', 'a/b', 'a%2Fb'],
    ['the directory above', '../..', '..%2F..'],
    ['a line feed, which the kernel refuses', 'a\nb', 'a%0Ab'],
    ['a NUL', 'a\0b', 'a%00b'],
    ['a percent sign, so that no two are the same', 'a%2Fb', 'a%252Fb'],
    ['a colon, so that the two names stay apart', 'a:b', 'a%3Ab'],
    ['letters beyond ASCII', 'é', '%C3%A9'],
    ['nothing', '', ''],
  ])('keeps no byte that could be taken for something else: %s', (_, name, encoded) => {
    expect(cgroupName('g', name)).toBe(`g:${encoded}`);
    expect(cgroupName(name, 'p')).toBe(`${encoded}:p`);
  });

  test('fits into a directory, and differs where only the end does', () => {
    const names = ['a', 'b'].map((end) => cgroupName('g', 'ü'.repeat(200) + end));
    for (const name of names) expect(name).toHaveLength(255);
    expect(new Set(names).size).toBe(2);
  });

  test('is never that of a file of the kernel, nor of a directory that is there already', () => {
    for (const name of ['manager', 'cgroup.procs', '.', '..'])
      expect(cgroupName(name, name)).toBe(`${name}:${name}`);
  });
});
