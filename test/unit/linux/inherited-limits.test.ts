// The rule by which the soft limit is found that the runtime overwrote.
import { describe, expect, test } from 'bun:test';
import { softLimitBefore } from '../../../src/linux/inherited-limits.ts';

const raised = { soft: 4096n, hard: 4096n };

describe('the soft limit of descriptors before the runtime raised it', () => {
  test('is the one of the parent that has the same hard limit', () => {
    expect(softLimitBefore(raised, 77, { soft: 256n, hard: 4096n })).toBe(256n);
  });

  test('is kept when the parent has another hard limit: it was set on purpose', () => {
    expect(softLimitBefore(raised, 77, { soft: 256n, hard: 524288n })).toBe(4096n);
  });

  test('is kept when the parent cannot be asked', () => {
    expect(softLimitBefore(raised, 77, null)).toBe(4096n);
  });

  test('is kept when it is below the hard one: the runtime left it alone', () => {
    expect(softLimitBefore({ soft: 500n, hard: 4096n }, 77, { soft: 256n, hard: 4096n })).toBe(500n);
  });

  test('is 1024 for a service with the default limits of systemd', () => {
    const service = { soft: 524288n, hard: 524288n };
    expect(softLimitBefore(service, 1, { soft: 1073741816n, hard: 1073741816n })).toBe(1024n);
    expect(softLimitBefore(service, 0, null)).toBe(1024n);
  });

  test('is what LimitNOFILE of a unit says', () => {
    const service = { soft: 65536n, hard: 65536n };
    expect(softLimitBefore(service, 1, { soft: 65536n, hard: 65536n })).toBe(65536n);
  });
});
