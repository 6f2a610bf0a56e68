// What journald receives, on a datagram socket of Python's in its place.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryOf } from '../../../src/linux/file.ts';
import { originOf } from '../../../src/logs/journal-entry.ts';
import { JournalLog } from '../../../src/logs/journal-log.ts';
import { DatagramReceiver } from '../../support/datagram-receiver.ts';
import { eventually } from '../../support/eventually.ts';

let directory: string;
let path: string;
let told: string[];
let log: JournalLog;

const origin = originOf({ program: 'web', process: 'web_0', group: 'site', channel: 'stderr' });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-journal-'));
  path = join(directory, 'socket');
  told = [];
  log = new JournalLog(origin, (message) => told.push(message), path);
});
afterEach(() => {
  log.close();
  rmSync(directory, { recursive: true });
});

function write(text: string): void {
  const memory = memoryOf(Buffer.from(text));
  log.write(memory, 0, memory.bytes.length);
}

async function withReceiver(body: (receiver: DatagramReceiver) => Promise<void>): Promise<void> {
  const receiver = await DatagramReceiver.bind(path);
  try {
    await body(receiver);
  } finally {
    await receiver.close();
    rmSync(path);
  }
}

const messageIn = (text: string): string => /^MESSAGE=(.*)$/m.exec(text)?.[1] ?? '';

describe('a log in the journal', () => {
  test('is an entry a line, with who wrote it', async () => {
    await withReceiver(async (receiver) => {
      log.setPid(4711);
      write('first\n<4>second');
      const [first, second] = [await receiver.next(), await receiver.next()];
      expect(first.text.split('\n')).toEqual([
        'SYSLOG_IDENTIFIER=web',
        'TSUPERVISOR_PROGRAM=web',
        'TSUPERVISOR_PROCESS=web_0',
        'TSUPERVISOR_GROUP=site',
        'TSUPERVISOR_STREAM=stderr',
        'OBJECT_PID=4711',
        'PRIORITY=6',
        'MESSAGE=first',
        '',
      ]);
      expect(second.text).toEndWith('PRIORITY=4\nTSUPERVISOR_PARTIAL=1\nMESSAGE=second\n');
    });
  });

  test('drops and counts output while journald does not run or restarts', async () => {
    write('lost\n');
    write('lost too\n');
    for (const who of ['first', 'second']) {
      await withReceiver(async (receiver) => {
        const isHeard = () => {
          write(`to the ${who}\n`);
          return !said(told.at(-1), 'dropped until');
        };
        await eventually(isHeard, { what: 'the connection' });
        expect(messageIn((await receiver.next()).text)).toBe(`to the ${who}`);
      });
      write('between\n');
    }
    const name = 'the journal (web_0 stderr)';
    expect(told[0]).toBe(`cannot write to ${name}: ENOENT; output is dropped until it can be written again`);
    expect(told[1]).toMatch(/^writing to the journal \(web_0 stderr\) again; \d+ bytes were dropped$/);
    expect(told[2]).toMatch(/^cannot write to the journal \(web_0 stderr\): (?:ECONNREFUSED|ENOENT);/);
  });

  test('waits for a journald that is slow, and loses and mixes nothing', async () => {
    await withReceiver(async (receiver) => {
      receiver.stop();
      const lines = Array.from({ length: 3000 }, (_, index) => `line ${index}`);
      write(`${lines.slice(0, 2500).join('\n')}\n`);
      expect(log.waitsFor).not.toBeNull();
      for (const line of lines.slice(2500)) write(`${line}\n`);
      receiver.continue();
      for (const line of lines) {
        const datagram = receiver.next();
        if (log.waitsFor !== null) log.writePending();
        expect(messageIn((await datagram).text)).toBe(line);
      }
      expect(told).toEqual([]);
    });
  });
});

function said(message: string | undefined, words: string): boolean {
  return message?.includes(words) ?? false;
}
