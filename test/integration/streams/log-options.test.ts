// Logs as users configure them, on the compiled executable.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  appendFileSync,
  existsSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { Daemon, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

let daemon: Daemon;

const config = `[program:clock]
command=/bin/sh -c 'printf "one\\ntw"; printf "o\\n"; exec sleep 1000'
stdout_logfile=%(here)s/clock.log
stdout_logfile_timestamp=true
[program:format]
command=/bin/sh -c 'echo hello; exec sleep 1000'
stdout_logfile=%(here)s/format.log
stdout_logfile_timestamp=<%%Y>
[program:json]
command=/bin/sh -c 'echo "say \\"hi\\""; echo problem >&2; printf unfinished; exec sleep 1000'
stdout_logfile=%(here)s/json.log
stdout_logfile_format=json
stderr_logfile=%(here)s/json-errors.log
stderr_logfile_format=logfmt
[program:packed]
command=/bin/cat
stdout_logfile=%(here)s/packed.log
stdout_logfile_maxbytes=100
logfile_compress=gzip
[program:zstd]
command=/bin/cat
stdout_logfile=%(here)s/zstd.log
stdout_logfile_maxbytes=100
stdout_logfile_compress=zstd
[program:killed]
command=/bin/cat
stdout_logfile=%(here)s/killed.log
logfile_compress=zstd
[program:aged]
command=/bin/cat
stdout_logfile=%(here)s/aged.log
logfile_maxage=1d
logfile_rotate=daily
[program:stopped]
command=/bin/cat
autostart=false
stdout_logfile=%(here)s/stopped.log
[program:usual]
command=/bin/cat
stdout_logfile=%(here)s/usual.log
[program:huge]
command=/bin/cat
autostart=false
stdout_logfile=%(here)s/huge.log
[program:nowhere]
command=/bin/cat
stdout_logfile=NONE
[program:quick]
command=/bin/sh -c 'printf "last words"; exit 0'
startsecs=0
autorestart=false
stdout_logfile=%(here)s/quick.log
[program:parent]
command=/bin/sh -c '(sleep 0.3; echo from the grandchild) & echo from the parent'
startsecs=0
autorestart=false
stdout_logfile=%(here)s/parent.log
[program:stdout]
command=/bin/sh -c 'echo to our stdout; exec sleep 1000'
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0`;

beforeAll(async () => {
  const old = 'long ago\n';
  const half = {
    'killed.log.2': 'older\n',
    'killed.log.3.gz': 'as it was',
    'killed.log.compressing': 'the beginning of a copy',
  };
  daemon = await Daemon.start({ config, files: { 'stopped.log': old, ...half } });
});
afterAll(() => daemon?.stop());

function rotate(...names: readonly string[]): ReturnType<typeof run> {
  return run([ours[0], 'rotate', '-c', daemon.configPath, ...names]);
}

/** Sends a line through /bin/cat into the log of a program. */
async function say(name: string, line: string): Promise<void> {
  await call('proxy.supervisor.sendProcessStdin(sys.argv[2], sys.argv[3])', name, line);
}

/** What Python's client gets for an expression, as JSON. */
async function call(expression: string, ...args: readonly string[]): Promise<unknown> {
  const script =
    'import json, sys, supervisor.xmlrpc, xmlrpc.client\n' +
    'transport = supervisor.xmlrpc.SupervisorTransport(None, None, "unix://" + sys.argv[1])\n' +
    'proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)\n' +
    `print(json.dumps(${expression}))`;
  const command = ['/usr/bin/python3', '-c', script, daemon.path('supervisor.sock'), ...args];
  const { status, stdout, stderr } = await run(command);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

async function logHas(file: string, text: string): Promise<void> {
  await eventually(() => daemon.read(file).includes(text), { what: `${text} in ${file}` });
}

describe('lines of a log', () => {
  test('begin with the time when that is wanted, once, also when they come in pieces', async () => {
    await logHas('clock.log', 'two');
    expect(daemon.read('clock.log')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} one\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} two\n$/,
    );
  });

  test('begin with a time in the format that was asked for', async () => {
    await logHas('format.log', 'hello');
    expect(daemon.read('format.log')).toMatch(/^<\d{4}> hello\n$/);
  });

  test('are JSON or logfmt when that is wanted, and an unfinished one is not kept back for ever', async () => {
    await logHas('json.log', 'unfinished');
    const records = daemon.read('json.log').trim().split('\n');
    expect(records.map((record) => JSON.parse(record))).toMatchObject([
      { process: 'json', group: 'json', stream: 'stdout', message: 'say "hi"' },
      { message: 'unfinished', partial: true },
    ]);
    await logHas('json-errors.log', 'problem');
    expect(daemon.read('json-errors.log')).toMatch(
      /^time=\S+Z process=json group=json stream=stderr pid=\d+ message=problem\n$/,
    );
  });
});

describe('old logs', () => {
  test('are compressed with gzip in the background, with the mode and time of the original', async () => {
    await say('packed', `${'x'.repeat(120)}\n`);
    await eventually(() => existsSync(daemon.path('packed.log.1.gz')), { what: 'the compressed log' });
    await eventually(() => !existsSync(daemon.path('packed.log.1')), { what: 'the original to go' });
    const packed = await Bun.file(daemon.path('packed.log.1.gz')).bytes();
    expect(gunzipSync(packed).toString()).toBe(`${'x'.repeat(120)}\n`);
    expect(statSync(daemon.path('packed.log.1.gz')).mode & 0o777).toBe(
      statSync(daemon.path('packed.log')).mode & 0o777,
    );
    await say('packed', `${'y'.repeat(120)}\n`);
    await eventually(() => existsSync(daemon.path('packed.log.2.gz')), { what: 'the older one to move on' });
  });

  test('are compressed with zstd', async () => {
    await say('zstd', `${'x'.repeat(120)}\n`);
    await eventually(() => existsSync(daemon.path('zstd.log.1.zst')), { what: 'the compressed log' });
    const packed = await Bun.file(daemon.path('zstd.log.1.zst')).bytes();
    expect(zstdDecompressSync(packed).toString()).toBe(`${'x'.repeat(120)}\n`);
  });

  test('that were not compressed before the daemon was killed are compressed after its next start', async () => {
    await eventually(() => existsSync(daemon.path('killed.log.2.zst')), { what: 'the compressed log' });
    await eventually(() => !existsSync(daemon.path('killed.log.2')), { what: 'the original to go' });
    const packed = await Bun.file(daemon.path('killed.log.2.zst')).bytes();
    expect(zstdDecompressSync(packed).toString()).toBe('older\n');
    expect(existsSync(daemon.path('killed.log.compressing'))).toBe(false);
    expect(daemon.read('killed.log.3.gz')).toBe('as it was');
  });

  test('go when they are too old, and a day that was missed is made up for', async () => {
    await say('aged', 'yesterday\n');
    await logHas('aged.log', 'yesterday');
    await daemon.supervisorctl('stop', 'aged');
    const longAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(daemon.path('aged.log'), longAgo, longAgo);
    writeFileSync(daemon.path('aged.log.1'), 'older');
    utimesSync(daemon.path('aged.log.1'), longAgo, longAgo);
    await daemon.supervisorctl('start', 'aged');
    expect(daemon.read('aged.log')).toBe('');
    // It was last written two days ago, so it is too old as soon as it is an old log.
    expect([existsSync(daemon.path('aged.log.1')), existsSync(daemon.path('aged.log.2'))]).toEqual([
      false,
      false,
    ]);
  });
});

describe('the end of a program', () => {
  test('comes after its last words are in the log', async () => {
    await eventually(() => daemon.log().includes('exited: quick'), { what: 'its end' });
    expect(daemon.read('quick.log')).toBe('last words');
  });

  test('does not wait for a grandchild, whose words still get into the log', async () => {
    await logHas('parent.log', 'from the grandchild');
    expect(daemon.read('parent.log')).toBe('from the parent\nfrom the grandchild\n');
  });
});

describe('tsupervisor rotate', () => {
  test('rotates the log of a process', async () => {
    await say('usual', 'before\n');
    await logHas('usual.log', 'before');
    const { status, stdout } = await rotate('usual');
    expect([status, stdout]).toEqual([0, 'usual: rotated\n']);
    expect([daemon.read('usual.log'), daemon.read('usual.log.1')]).toEqual(['', 'before\n']);
  });

  test('does so for a process that does not run', async () => {
    expect((await rotate('stopped')).stdout).toBe('stopped: rotated\n');
    expect([daemon.read('stopped.log'), daemon.read('stopped.log.1')]).toEqual(['', 'long ago\n']);
  });

  test('does so for everything, the own log of the daemon included', async () => {
    const lines = daemon.log();
    const { status, stdout } = await rotate('all');
    expect(status).toBe(0);
    expect(stdout).toStartWith('supervisord: rotated\n');
    expect(stdout).toContain('nowhere: rotated\n');
    expect(daemon.read('supervisord.log.1')).toStartWith(lines);
  });

  test('reports unknown names', async () => {
    expect((await rotate('nobody')).status).not.toBe(0);
  });
});

describe('tsupervisor.rotateLog', () => {
  test('rotates the log, has a help text, and is not listed', async () => {
    await say('usual', 'by RPC\n');
    await logHas('usual.log', 'by RPC');
    expect(await call('proxy.tsupervisor.rotateLog("usual")')).toBe(true);
    expect(daemon.read('usual.log')).toBe('');
    expect(await call('proxy.system.methodSignature("tsupervisor.rotateLog")')).toEqual([
      'boolean',
      'string',
    ]);
    expect(await call('proxy.system.methodHelp("tsupervisor.rotateMainLog")')).toContain('@return boolean');
    expect(await call('[n for n in proxy.system.listMethods() if n.startswith("tsupervisor")]')).toEqual([]);
  });
});

describe('a log of ten gigabytes', () => {
  test('is read from its end, whatever comes before', async () => {
    writeFileSync(daemon.path('huge.log'), '');
    truncateSync(daemon.path('huge.log'), 10 * 1024 ** 3);
    appendFileSync(daemon.path('huge.log'), 'the last words\n');
    expect(await call('proxy.supervisor.readProcessStdoutLog("huge", -15, 0)')).toBe('the last words\n');
    // Its offset is more than XML-RPC can say.
    expect(await call('proxy.supervisor.tailProcessStdoutLog("huge", 0, 15)')).toEqual([
      'the last words\n',
      2 ** 31 - 1,
      true,
    ]);
  });
});

describe('the log of a program', () => {
  test('can be our own stdout', async () => {
    const reader = daemon.subprocess.stdout.getReader();
    let text = '';
    while (!text.includes('to our stdout')) {
      const { value, done } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    expect(text).toContain('\nto our stdout\n');
  });

  test('is reopened on SIGUSR2', async () => {
    renameSync(daemon.path('usual.log'), daemon.path('usual.moved'));
    process.kill(daemon.pid, 'SIGUSR2');
    await eventually(() => existsSync(daemon.path('usual.log')), { what: 'the new file' });
    await say('usual', 'after\n');
    await logHas('usual.log', 'after');
  });
});
