// What is read of the kernel's texts about cgroups.
import { describe, expect, test } from 'bun:test';
import { cpuMicroseconds } from '../../../src/linux/cgroup.ts';
import { cgroupPath, directoryOf } from '../../../src/linux/own-cgroup.ts';

const unified =
  '31 24 0:27 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
const hybrid = `31 24 0:26 / /sys/fs/cgroup ro,nosuid shared:8 - tmpfs tmpfs ro,mode=755
32 31 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
33 31 0:28 / /sys/fs/cgroup/systemd rw,nosuid shared:10 - cgroup cgroup rw,xattr,name=systemd
40 31 0:35 / /sys/fs/cgroup/memory rw,nosuid shared:17 - cgroup cgroup rw,memory
`;

describe('our path in the v2 hierarchy', () => {
  test.each([
    ['on a machine with v2 alone', '0::/system.slice/x.service\n', '/system.slice/x.service'],
    ['on a hybrid one', '12:memory:/user.slice\n1:name=systemd:/a/b\n0::/a/b\n', '/a/b'],
    ['with a colon in it', '0::/machine.slice/a:b\n', '/machine.slice/a:b'],
    ['at the root', '0::/\n', '/'],
    ['on a machine with v1 alone', '12:memory:/user.slice\n1:name=systemd:/a/b\n', null],
    ['on one without cgroups', '', null],
  ])('is found %s', (_, text, path) => {
    expect(cgroupPath(text)).toBe(path);
  });
});

describe('the directory of a cgroup', () => {
  test.each([
    ['where v2 is alone', unified, '/a.slice/b.service', '/sys/fs/cgroup/a.slice/b.service'],
    ['where v2 is beside v1', hybrid, '/a.slice/b.service', '/sys/fs/cgroup/unified/a.slice/b.service'],
    ['at the root', unified, '/', '/sys/fs/cgroup/'],
    [
      'where only a part of the hierarchy is mounted',
      '9 1 0:27 /docker/1f /sys/fs/cgroup ro - cgroup2 cgroup rw\n',
      '/docker/1f/x',
      '/sys/fs/cgroup/x',
    ],
    [
      'where the mount point has a blank',
      '9 1 0:27 / /mnt/my\\040groups rw - cgroup2 none rw\n',
      '/x',
      '/mnt/my groups/x',
    ],
    [
      'that is outside of what is mounted',
      '9 1 0:27 /docker/1f /c rw - cgroup2 cgroup rw\n',
      '/docker/1f0',
      null,
    ],
    ['that is outside of our namespace', unified, '/../sibling', null],
    ['where no v2 is mounted', '33 31 0:28 / /c rw - cgroup cgroup rw,memory\n', '/x', null],
  ])('is found %s', (_, mountinfo, path, directory) => {
    expect(directoryOf(path, mountinfo)).toBe(directory);
  });
});

describe('the usage of a cgroup', () => {
  test('is the time in user and in kernel mode', () => {
    expect(cpuMicroseconds('usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n')).toBe(1_500_000);
    expect(cpuMicroseconds('')).toBeNull();
  });
});
