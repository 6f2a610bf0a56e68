import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import fc from 'fast-check';
import { ListenerPool } from '../../../src/events/pool.ts';

interface Case {
  readonly busy: boolean;
  readonly pieces: readonly string[];
}

interface Outcome {
  readonly state: string;
  readonly log: readonly string[];
  readonly rejections: number;
}

describe('the listener protocol', () => {
  test('makes of any output what the original makes of it', () => {
    const cases = fc.sample(fc.record({ busy: fc.boolean(), pieces: fc.array(piece) }), {
      numRuns: 3000,
      seed: 20,
    });
    const theirs = original(cases);
    for (const [index, each] of cases.entries()) expect(ours(each)).toEqual(theirs[index] ?? nothing);
  });
});

const nothing: Outcome = { state: '', log: [], rejections: 0 };

// Without results of length zero and negative lengths, which the original leaves undecided or stumbles over.
const piece = fc.constantFrom(
  ...[
    'READY\n',
    'READY',
    '\n',
    'hello\n',
    'RESULT 2\nOK',
    'RESULT 2\nOKREADY\n',
    'RESULT 4\nFAIL',
    'RESULT ',
  ],
  ...[
    '2',
    '3',
    '+1',
    '1_2',
    ' ',
    'O',
    'K',
    'OK',
    'x',
    'RESULT x\n',
    '\xff',
    '\xc3\xa9',
    '\r\n',
    'FOOBAR 2\n',
    "'",
  ],
);

function ours({ busy, pieces }: Case): Outcome {
  let running = busy;
  const log: string[] = [];
  const say = (line: string) => log.push(line);
  const pool = new ListenerPool(
    {
      name: 'pool',
      bufferSize: 10,
      identifier: 'supervisor',
      log: { error: say, warn: say, debug: say },
      resultHandler: 'standard',
      print: () => {},
      now: () => 0,
    },
    [{ name: 'listener', isRunning: () => running, writeStdin: () => true }],
  );
  if (busy) {
    pool.received('listener', Buffer.from('READY\n'));
    pool.accept({ serial: 0, name: 'SUPERVISOR_STATE_CHANGE_RUNNING', payload: '' });
    log.length = 0;
    // What it sets free is not to be sent again at once.
    running = false;
  }
  for (const text of pieces) pool.received('listener', Buffer.from(text, 'latin1'));
  const { listeners } = pool.snapshot();
  return {
    state: listeners.listener?.protocol.state ?? '',
    log: log.filter((line) => line.startsWith('listener: ')),
    rejections: log.filter((line) => line.startsWith('rebuffering')).length,
  };
}

function original(cases: readonly Case[]): Outcome[] {
  const { stdout, stderr } = Bun.spawnSync(
    ['/usr/bin/python3', join(import.meta.dir, 'listener-protocol.py')],
    {
      stdin: Buffer.from(JSON.stringify(cases)),
    },
  );
  expect(stderr.toString()).toBe('');
  return JSON.parse(stdout.toString());
}
