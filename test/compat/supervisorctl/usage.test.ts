// What -h shows is in our own words; the options, their order and the layout are the original's.
import { expect, test } from 'bun:test';
import { type Outcome, original, ours, run } from '../../support/daemon.ts';
import { originalClient, ourClient } from './stage.ts';

test.each([
  { name: 'supervisord', theirs: original, mine: ours },
  { name: 'supervisorctl', theirs: originalClient, mine: ourClient },
])('$name -h lists the options of the original, line by line', async ({ name, theirs, mine }) => {
  const [reference, ...others] = await Promise.all([
    run([...theirs, '-h']),
    run([...mine, '-h']),
    run([...mine, '--help']),
  ]);
  for (const other of others) {
    expect(other).toMatchObject({ status: reference.status, stderr: reference.stderr });
    expect(optionsIn(other)).toEqual(optionsIn(reference));
    expect(other.stdout).toStartWith(`${name} -- `);
    expect(usageIn(other)).toBe(usageIn(reference));
  }
});

/** Its help calls it -r/--history-file, which it does not accept. */
const misspelled = /^-r\/--history.file.*/;

function optionsIn({ stdout }: Outcome): readonly string[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('-') && !misspelled.test(line));
  return lines.map((line) => line.slice(0, line.indexOf(' -- ')).trim());
}

function usageIn({ stdout }: Outcome): string | undefined {
  return /^Usage: .*?(\[options\].*)$/m.exec(stdout)?.[1];
}
