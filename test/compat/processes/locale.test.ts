// The locale that programs find in their environment, under the original and under ours.
import { describe, expect, test } from 'bun:test';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

async function localeOfPrograms(
  executable: readonly string[],
  variables: readonly string[],
): Promise<readonly string[]> {
  const daemon = await Daemon.start({
    executable: ['/usr/bin/env', '-i', 'PATH=/usr/bin:/bin', ...variables, ...executable],
    config: `[program:look]
command=/bin/sh -c 'env >%(here)s/seen.new; locale charmap >>%(here)s/seen.new; mv %(here)s/seen.new %(here)s/seen'
startsecs=0
autorestart=false`,
  });
  try {
    await eventually(() => daemon.read('seen') !== '', { what: 'the program to look' });
    const lines = daemon.read('seen').trim().split('\n');
    return lines.filter((line) => /^(LC_|LANG)/.test(line) || !line.includes('=')).sort();
  } finally {
    await daemon.stop();
  }
}

describe('programs have the locale that they would have under the original', () => {
  test.concurrent.each([
    [[], ['LC_CTYPE=C.UTF-8', 'UTF-8']],
    [['LANG=C'], ['LANG=C', 'LC_CTYPE=C.UTF-8', 'UTF-8']],
    [
      ['LANG=POSIX', 'LC_ALL='],
      ['LANG=POSIX', 'LC_ALL=', 'LC_CTYPE=C.UTF-8', 'UTF-8'],
    ],
    [
      ['LC_CTYPE=C', 'LANG=C.UTF-8'],
      ['LANG=C.UTF-8', 'LC_CTYPE=C.UTF-8', 'UTF-8'],
    ],
    [['LANG=xx_YY.UTF-8'], ['LANG=xx_YY.UTF-8', 'LC_CTYPE=C.UTF-8', 'UTF-8']],
    [['LANG=C.UTF-8'], ['LANG=C.UTF-8', 'UTF-8']],
    [
      ['LANG=C', 'LC_CTYPE=C.utf8'],
      ['LANG=C', 'LC_CTYPE=C.utf8', 'UTF-8'],
    ],
    [['LC_ALL=C'], ['ANSI_X3.4-1968', 'LC_ALL=C']],
    [['PYTHONCOERCECLOCALE=0'], ['ANSI_X3.4-1968']],
  ])('when the daemon is started with %j', async (variables, expected) => {
    const [mine, theirs] = await Promise.all(
      [ours, original].map((executable) => localeOfPrograms(executable, variables)),
    );
    expect(mine).toEqual(expected);
    expect(mine).toEqual(theirs ?? []);
  });
});
