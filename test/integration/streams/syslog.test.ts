// What a syslog daemon receives, on a datagram socket of Python's.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryOf } from '../../../src/linux/file.ts';
import { Syslog } from '../../../src/logs/syslog.ts';
import { eventually } from '../../support/eventually.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-syslog-'));
  path = join(directory, 'log');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The first `count` messages that come after `send`. */
async function received(count: number, send: () => void): Promise<string[]> {
  const script =
    'import socket, sys\n' +
    's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n' +
    's.bind(sys.argv[1])\n' +
    's.settimeout(20)\n' +
    'for _ in range(int(sys.argv[2])): print(repr(s.recv(65536).decode()))';
  const receiver = Bun.spawn(['/usr/bin/python3', '-c', script, path, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await eventually(() => existsSync(path), { what: 'the receiver to listen' });
  send();
  const lines = (await new Response(receiver.stdout).text()).trim().split('\n');
  return lines.map((line) => line.slice(1, -1));
}

describe('syslog', () => {
  test('gets a message for each line, as syslog(3) would send it', async () => {
    const syslog = new Syslog(() => {}, path);
    const messages = await received(3, () => {
      syslog.writeLines(Buffer.from('first\nsecond\n'), 'web ');
      const memory = memoryOf(Buffer.from('of the daemon\n'));
      syslog.write(memory, 0, memory.bytes.length);
    });
    const header =
      /^<14>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d supervisord: /;
    for (const message of messages) expect(message).toMatch(header);
    expect(messages.map((message) => message.replace(header, ''))).toEqual([
      'web first',
      'web second',
      'of the daemon',
    ]);
  });

  test('is reported as missing, and used as soon as it runs', async () => {
    const told: string[] = [];
    const syslog = new Syslog((text) => told.push(text), path);
    syslog.writeLines(Buffer.from('lost\nlost too\n'), '');
    const [message] = await received(1, () => syslog.writeLines(Buffer.from('heard\n'), ''));
    expect(message).toEndWith('supervisord: heard');
    expect(told).toEqual([
      `cannot write to ${path}: ENOENT; output is dropped until it can be written again`,
    ]);
  });
});
