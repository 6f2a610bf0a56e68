import { expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendRemoteEvents } from '../../support/client.ts';
import { type Daemon, ours, run, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** Answers each event with its own payload, as the package supervisor-stdout does, and writes it down. */
const echoing = `
import sys
while True:
    sys.stdout.write('READY\\n')
    sys.stdout.flush()
    header = dict(field.split(':') for field in sys.stdin.readline().split())
    payload = sys.stdin.read(int(header['len']))
    with open(sys.argv[1], 'a') as record:
        record.write(payload.partition('\\n')[2] + '\\n')
    sys.stdout.write('RESULT %s\\n%s' % (len(payload), payload))
    sys.stdout.flush()
`;

const files = { 'echoing.py': echoing };
const listener = `
[eventlistener:listener]
command=/usr/bin/python3 %(here)s/echoing.py %(here)s/record
startsecs=0
`;
const talker = `
[program:talker]
command=/bin/sh -c 'echo one; echo two; echo three >&2; exec sleep 1000'
autostart=false
startsecs=0
stdout_events_enabled=true
stderr_events_enabled=true
`;

test('a listener whose handler is left out gets event after event, whatever it answers', async () => {
  const config = `${listener}events=REMOTE_COMMUNICATION\nresult_handler=its_module:event_handler\n`;
  await withDaemon({ config, files }, async (daemon) => {
    await sendRemoteEvents(daemon, ['1', '2', '3']);
    await eventually(() => daemon.read('record') === '1\n2\n3\n', { what: 'all events, each once' });
    expect(warnings(daemon)).toEqual([
      'For [eventlistener:listener], result_handler its_module:event_handler cannot be loaded, as it is written' +
        ' in Python: every RESULT of the listener, whatever it says, is taken as accepted',
    ]);
  });
});

test('what supervisor_stdout:event_handler is for is done: output of programs goes to the stdout of the daemon', async () => {
  const config = `${listener}events=PROCESS_LOG\nresult_handler=supervisor_stdout:event_handler\n${talker}`;
  await withDaemon({ config, files, supervisord: 'silent=true' }, async (daemon) => {
    await daemon.supervisorctl('start', 'talker');
    const lines = await linesFrom(daemon.subprocess.stdout, 3);
    expect(lines.toSorted()).toEqual(['talker stderr | three', 'talker stdout | one', 'talker stdout | two']);
    expect(warnings(daemon)).toEqual([]);
  });
});

test('a daemon in the background prints nothing on the stdout of its starter', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-bg-'));
  const path = (name: string) => join(directory, name);
  const read = (name: string) => readFileSync(path(name), 'utf8');
  const config = `[unix_http_server]\nfile=${path('s.sock')}\n[supervisord]\nlogfile=${path('log')}\nloglevel=debug
pidfile=${path('pid')}\nchildlogdir=${directory}\n[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]\nserverurl=unix://${path('s.sock')}
${listener}events=PROCESS_LOG\nresult_handler=supervisor_stdout:event_handler
${talker.replace('autostart=false', 'autostart=true')}`;
  writeFileSync(path('echoing.py'), echoing);
  writeFileSync(path('supervisord.conf'), config);
  await run(['sh', '-c', `${ours.join(' ')} -c ${path('supervisord.conf')} >${path('out')}`]);
  try {
    await eventually(() => read('log').includes('listener: event was processed'), { what: 'an answer' });
    expect(read('out')).toBe('');
  } finally {
    await run([ours[0], 'supervisorctl', '-c', path('supervisord.conf'), 'shutdown']);
    await eventually(() => !existsSync(path('pid')), { what: 'the daemon to end' });
    rmSync(directory, { recursive: true });
  }
});

test('a listener that rejects an event for ever is logged twice, and gets it with exponential back-off', async () => {
  const config = `${listener}events=REMOTE_COMMUNICATION\n`;
  await withDaemon({ config, files }, async (daemon) => {
    await sendRemoteEvents(daemon, ['1', '2']);
    await eventually(() => warnings(daemon).length >= 2, { what: 'the rejections to be counted' });
    expect(warnings(daemon)).toEqual([
      'listener: event was rejected',
      'listener: event 0 was rejected 9 times; it is sent again once a second, and later events wait for it',
    ]);
    expect(daemon.read('record')).toBe('1\n'.repeat(9));
  });
});

function warnings(daemon: Daemon): readonly string[] {
  const lines = daemon
    .log()
    .split('\n')
    .filter((line) => line.includes(' WARN '));
  return lines.map((line) => line.slice(line.indexOf(' WARN ') + ' WARN '.length));
}

/** The first `count` lines. */
async function linesFrom(stream: ReadableStream<Uint8Array>, count: number): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of stream) {
    text += Buffer.from(chunk).toString();
    if (text.split('\n').length > count) break;
  }
  return text.split('\n').slice(0, -1);
}
