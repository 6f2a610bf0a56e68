import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { makeRoomForDescriptors } from '../../../src/linux/descriptors.ts';

const room = (): number => Number(/^FDSize:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

test('room is made for many descriptors, none of which is open afterwards', () => {
  const open = readdirSync('/proc/self/fd').length;
  const wanted = room() + 1;
  makeRoomForDescriptors(wanted);
  expect(room()).toBeGreaterThan(wanted);
  expect(readdirSync('/proc/self/fd')).toHaveLength(open);
});

test('more descriptors than there may be are no failure', () => {
  const before = room();
  makeRoomForDescriptors(2 ** 31 - 1);
  expect(room()).toBe(before);
});
