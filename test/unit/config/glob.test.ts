import { describe, expect, test } from 'bun:test';
import { glob } from '../../../src/config/glob.ts';
import { memoryHost } from './memory-host.ts';

const host = memoryHost({
  '/d/a.ini': '',
  '/d/b.ini': '',
  '/d/.h.ini': '',
  '/d/[x].ini': '',
  '/d/sub/c.ini': '',
  '/d/A\nB': '',
});

describe('a file name pattern', () => {
  test.each([
    ['/d/a.ini', ['/d/a.ini']],
    ['/d/none.ini', []],
    ['/d/?.ini', ['/d/a.ini', '/d/b.ini']],
    ['/d/[!a].ini', ['/d/b.ini']],
    ['/d/[a-b].ini', ['/d/a.ini', '/d/b.ini']],
    ['/d/[b-a].ini', []],
    ['/d/[[]x].ini', ['/d/[x].ini']],
    ['/d/[x.ini', []],
    ['/d/.*.ini', ['/d/.h.ini']],
    ['/d/A*', ['/d/A\nB']],
    ['/*/*/*.ini', ['/d/sub/c.ini']],
    ['/d/**/c.ini', ['/d/sub/c.ini']],
    ['/d/sub/', ['/d/sub/']],
    ['/none/*', []],
  ])('%j names what it should', (pattern, expected) => {
    expect(glob(pattern, host).sort()).toEqual(expected);
  });

  test('takes every other character as it is, also in a set', () => {
    const plain = [...'!"#$%&\'()+,-.:;<=>@\\]^_`{|}~ 09azAZé𝒳'];
    for (const character of plain) {
      const file = `/d/x${character}y`;
      const host = memoryHost({ [file]: '', '/d/xy': '', '/d/x\ty': '' });
      expect(glob(`/d/x${character}*`, host)).toEqual([file]);
      if (character !== '!') expect(glob(`/d/x[${character}]y`, host)).toEqual([file]);
    }
  });
});
