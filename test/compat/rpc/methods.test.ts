// Every method with good and bad arguments, called by Python's client on the original and on ours.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Daemon, original, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

interface Step {
  readonly call: readonly [method: string, ...params: Json[]];
  /** Where we answer otherwise than the original, on purpose: what we answer. */
  readonly ours?: Json;
}

const config = `
[program:cat]
command=/bin/cat
stdout_logfile=%(here)s/cat.log
redirect_stderr=true
priority=10
[program:café]
command=/bin/sleep 1000
autostart=false
startsecs=0
[program:ears]
command=/bin/sh -c 'exec <&-; exec sleep 1000'
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
[program:missing]
command=/nonexistent/program --option
autostart=false
stdout_logfile=
stderr_logfile=
serverurl=
[program:directory]
command=/tmp
autostart=false
[program:data]
command=/etc/passwd
autostart=false
[program:quotes]
command=/bin/echo "never closed
autostart=false
[program:empty]
command=" "
autostart=false
[program:quick]
command=/bin/false
autostart=false
startretries=0
[program:steady]
command=/bin/sleep 1000
autostart=false
startsecs=1
stopsignal=INT
[program:w]
process_name=w_%(process_num)02d
numprocs=3
command=/bin/sleep 1000
startsecs=0
autostart=false
priority=20
[program:front]
command=/bin/sleep 1000
startsecs=0
autostart=false
[program:back]
command=/nonexistent
autostart=false
priority=5
exitcodes=0,2
stdout_logfile=%(here)s/back.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=3
stderr_logfile=NONE
directory=/tmp
user=root
[group:web]
programs=front,back
priority=30
`;

const wrong = { fault: [2, 'INCORRECT_PARAMETERS'] };
const call = (...parts: Step['call']): Step => ({ call: parts });
const differs = (ours: Json, ...parts: Step['call']): Step => ({ call: parts, ours });

const supervisor = (name: string, ...params: Json[]) => call(`supervisor.${name}`, ...params);

const steps: Readonly<Record<string, readonly Step[]>> = {
  'identity and state': [
    ...['getAPIVersion', 'getVersion', 'getSupervisorVersion', 'getIdentification', 'getState', 'getPID'].map(
      (name) => supervisor(name),
    ),
    supervisor('getState', 1),
  ],
  'names that are no methods': [
    ...[
      'nosuch',
      'supervisor.supervisord',
      'supervisor.supervisord.options',
      'supervisor._update',
      'system.namespaces',
    ],
    ...[
      'a.b.c',
      'supervisor.',
      '.x',
      'Supervisor.getState',
      'supervisor.getstate',
      ' supervisor.getState',
      'system',
    ],
    ...['supervisor.__init__', 'supervisor.constructor', '__proto__.x', 'supervisor.toString'],
  ].map((name) => call(name)),
  'information on a process': [
    ...['cat', 'cat:cat', 'café', 'ears', 'missing', 'w:w_00', 'web:front'].map((name) =>
      supervisor('getProcessInfo', name),
    ),
    ...[
      '',
      ':',
      '*',
      'w',
      'w:*',
      'w:',
      'w:nosuch',
      'nosuch',
      'cat:',
      'nö "such" <&>',
      'cat:cat:cat',
      ' cat',
    ].map((name) => supervisor('getProcessInfo', name)),
    supervisor('getProcessInfo'),
    supervisor('getProcessInfo', 'cat', 'cat'),
    ...[5, null, true, ['cat'], { name: 'cat' }].map((name) =>
      differs(wrong, 'supervisor.getProcessInfo', name),
    ),
    supervisor('getAllProcessInfo'),
    supervisor('getAllProcessInfo', 1),
  ],
  starting: [
    supervisor('startProcess', 'cat'),
    supervisor('startProcess', 'missing'),
    supervisor('startProcess', 'missing', false),
    supervisor('startProcess', 'directory'),
    supervisor('startProcess', 'data'),
    supervisor('startProcess', 'quotes'),
    supervisor('startProcess', 'empty'),
    supervisor('startProcess', 'nosuch'),
    supervisor('startProcess', 'w'),
    supervisor('startProcess'),
    supervisor('startProcess', 'cat', true, true),
    differs(wrong, 'supervisor.startProcess', 5),
    supervisor('startProcess', 'quick'),
    supervisor('startProcess', 'steady'),
    // The original has noticed its end by now.
    supervisor('getProcessInfo', 'quick'),
    supervisor('startProcess', 'steady'),
    supervisor('getProcessInfo', 'steady'),
    supervisor('startProcess', 'café', false),
    supervisor('getProcessInfo', 'café'),
    // Its name would spoil what the original sends in deferred answers.
    supervisor('stopProcess', 'café'),
    supervisor('removeProcessGroup', 'café'),
    supervisor('startProcess', 'w:*'),
    supervisor('startProcess', 'w:*'),
    supervisor('startProcess', 'nosuch:*'),
    supervisor('startProcessGroup', 'w'),
    supervisor('startProcessGroup', 'w:*'),
    supervisor('startProcessGroup', 'nosuch'),
    supervisor('startProcessGroup'),
    supervisor('startProcessGroup', 'web'),
    supervisor('startProcessGroup', 'web', false),
  ],
  signals: [
    ...['CONT', 'cont', 'SIGCONT', ' 18 ', '+18', 18, 0, '0', 'SIGCLD'].map((signal) =>
      supervisor('signalProcess', 'cat', signal),
    ),
    ...['BOGUS', '', '-1', '32', '0x1', 'SIGRTMIN+1', 999, -1, 'SIGSIGCONT'].map((signal) =>
      supervisor('signalProcess', 'cat', signal),
    ),
    differs({ fault: [11, 'BAD_SIGNAL: SIG_DFL'] }, 'supervisor.signalProcess', 'cat', 'SIG_DFL'),
    ...[true, 1.5].map((signal) =>
      differs({ fault: [11, `BAD_SIGNAL: ${signal}`] }, 'supervisor.signalProcess', 'missing', signal),
    ),
    ...['CONT', 'RTMIN', 'SIGRTMAX', 34, 64].map((signal) => supervisor('signalProcess', 'missing', signal)),
    supervisor('signalProcess', 'missing', 'BOGUS'),
    supervisor('signalProcess', 'nosuch', 'BOGUS'),
    supervisor('signalProcess', 'w:*', 'CONT'),
    supervisor('signalProcess', 'w:*', 'BOGUS'),
    supervisor('signalProcessGroup', 'w', 'CONT'),
    supervisor('signalProcessGroup', 'w', 'BOGUS'),
    supervisor('signalProcessGroup', 'w:*', 'CONT'),
    supervisor('signalProcessGroup', 'missing', 'BOGUS'),
    supervisor('signalAllProcesses', 'CONT'),
    supervisor('signalAllProcesses', 'BOGUS'),
    supervisor('signalProcess', 'cat'),
    differs({ fault: [11, 'BAD_SIGNAL: {"a":1}'] }, 'supervisor.signalProcess', 'cat', { a: 1 }),
  ],
  'standard input': [
    supervisor('sendProcessStdin', 'cat', ''),
    supervisor('sendProcessStdin', 'nosuch', 'x'),
    supervisor('sendProcessStdin', 'w:*', 'x'),
    supervisor('sendProcessStdin', 'missing', 'x'),
    supervisor('sendProcessStdin', 'cat', 5),
    supervisor('sendProcessStdin', 'nosuch', 5),
    supervisor('sendProcessStdin', 'cat'),
    differs({ fault: [2, 'INCORRECT_PARAMETERS: {"a":1}'] }, 'supervisor.sendProcessStdin', 'cat', { a: 1 }),
  ],
  logs: [
    ...[
      [-5, 0],
      [-5, 1],
      [0, -1],
      [0, 0],
      [0, 4],
      [3, 100],
      [100, 5],
      ['3', '2'],
      [' +0_3 ', '٢'],
      [1.9, true],
    ].map(([offset = 0, length = 0]) => supervisor('readProcessStdoutLog', 'cat', offset, length)),
    differs(wrong, 'supervisor.readProcessStdoutLog', 'cat', 'x', 0),
    supervisor('readProcessLog', 'cat', 0, 0),
    supervisor('readProcessStderrLog', 'cat', 0, 0),
    supervisor('readProcessStderrLog', 'cat', -1, 5),
    supervisor('readProcessStdoutLog', 'ears', 0, 0),
    supervisor('readProcessStdoutLog', 'web:back', 0, 0),
    supervisor('readProcessStdoutLog', 'nosuch', 0, 0),
    supervisor('readProcessStdoutLog', 'w:*', 0, 0),
    ...[
      [0, 0],
      [0, 4],
      [0, 10],
      [0, 100],
      [3, 4],
      [3, 7],
      [9, 1],
      [10, 4],
      [20, 4],
      [-4, 4],
      [-4, 0],
      [-20, 30],
      [0, -1],
    ].map(([offset = 0, length = 0]) => supervisor('tailProcessStdoutLog', 'cat', offset, length)),
    supervisor('tailProcessLog', 'cat', 0, 4),
    supervisor('tailProcessStderrLog', 'cat', 0, 4),
    supervisor('tailProcessStderrLog', 'web:back', 7, 4),
    supervisor('tailProcessStdoutLog', 'web:back', 7, 4),
    supervisor('tailProcessStdoutLog', 'nosuch', 0, 4),
    supervisor('readLog', -1, 1),
    supervisor('readMainLog', 0, -1),
    supervisor('readLog', 10_000_000, 5),
    supervisor('clearProcessLogs', 'cat'),
    supervisor('readProcessLog', 'cat', 0, 0),
    supervisor('clearProcessLog', 'missing'),
    supervisor('clearProcessLogs', 'nosuch'),
    supervisor('clearProcessLogs', 'w:*'),
    supervisor('clearAllProcessLogs'),
    supervisor('clearLog'),
    supervisor('clearLog', 1),
  ],
  stopping: [
    supervisor('stopProcess', 'missing'),
    supervisor('stopProcess', 'quick'),
    supervisor('stopProcess', 'nosuch'),
    supervisor('stopProcess', 'w'),
    differs(wrong, 'supervisor.stopProcess', null),
    supervisor('stopProcess', 'steady'),
    supervisor('getProcessInfo', 'steady'),
    supervisor('stopProcess', 'steady', false),
    supervisor('stopProcess', 'w:w_01', true),
    supervisor('stopProcess', 'w:*'),
    supervisor('stopProcess', 'w:*'),
    supervisor('stopProcessGroup', 'web'),
    supervisor('stopProcessGroup', 'web:*'),
    supervisor('stopProcessGroup', 'nosuch'),
    supervisor('startProcessGroup', 'w', false),
    supervisor('stopAllProcesses'),
    supervisor('stopAllProcesses', false),
    supervisor('getAllProcessInfo'),
  ],
  groups: [
    supervisor('reloadConfig'),
    supervisor('reloadConfig', 1),
    supervisor('addProcessGroup', 'w'),
    supervisor('addProcessGroup', 'nosuch'),
    supervisor('startProcess', 'w:w_00'),
    supervisor('removeProcessGroup', 'w'),
    supervisor('stopProcess', 'w:w_00'),
    supervisor('removeProcessGroup', 'w'),
    supervisor('removeProcessGroup', 'w'),
    supervisor('getProcessInfo', 'w:w_00'),
    supervisor('getAllConfigInfo'),
    supervisor('addProcessGroup', 'w'),
    supervisor('getAllConfigInfo'),
    supervisor('getAllConfigInfo', 1),
  ],
  'the system namespace': [
    call('system.listMethods'),
    call('system.methodHelp', 'supervisor.nosuch'),
    call('system.methodSignature', 'supervisor.nosuch'),
    call('system.methodSignature', 'nosuch'),
    call('system.methodSignature', 'supervisor.startProcess'),
    call('system.methodSignature', 'system.multicall'),
    call('system.methodHelp'),
    call('system.multicall', []),
    call('system.multicall', {}),
    call('system.multicall', [
      { methodName: 'supervisor.getAPIVersion', params: [] },
      { methodName: 'supervisor.getAPIVersion' },
      { methodName: 'supervisor.getProcessInfo', params: ['nosuch'] },
      { methodName: 'system.multicall', params: [] },
      { params: [] },
      { methodName: 'nosuch' },
      { methodName: 'supervisor.startProcess', params: ['w:w_02'] },
      { methodName: 'supervisor.stopProcess', params: ['w:w_02'] },
      { methodName: 'supervisor.getProcessInfo', params: ['w:w_02'] },
      { methodName: 'system.methodSignature', params: ['system.multicall'] },
    ]),
    differs({ value: [{ faultCode: 2, faultString: 'INCORRECT_PARAMETERS' }] }, 'system.multicall', [
      { methodName: 'supervisor.getProcessInfo', params: [5] },
    ]),
    differs({ value: [{ faultCode: 2, faultString: 'INCORRECT_PARAMETERS' }] }, 'system.multicall', [5]),
    differs(wrong, 'system.multicall', 'text'),
  ],
  'events and the end': [
    supervisor('sendRemoteCommEvent', 'kind', 'data'),
    supervisor('sendRemoteCommEvent', 'kind'),
    supervisor('shutdown', 1),
    supervisor('restart', 1),
    supervisor('shutdown'),
  ],
};

const outcomes = { original: new Map<Step, Json>(), ours: new Map<Step, Json>() };

beforeAll(async () => {
  await Promise.all([
    outcomesOf({ config, executable: original }, outcomes.original),
    outcomesOf({ config }, outcomes.ours),
  ]);
});

describe.each(Object.entries(steps))('%s', (_, list) => {
  test.each(list.map((step) => [JSON.stringify(step.call).slice(0, 100), step] as const))(
    '%s',
    (_title, step) => {
      expect(outcomes.ours.get(step)).toEqual(step.ours ?? outcomes.original.get(step));
      if (step.ours !== undefined) expect(outcomes.ours.get(step)).not.toEqual(outcomes.original.get(step));
    },
  );
});

async function outcomesOf(setup: Parameters<typeof Daemon.start>[0], into: Map<Step, Json>): Promise<void> {
  const daemon = await Daemon.start({ ...setup, files: { 'cat.log': '0123456789' } });
  afterAll(() => daemon.stop());
  const isSettled = async () => !Object.values(await daemon.states()).includes('STARTING');
  await eventually(isSettled, { what: 'all that starts by itself' });
  const list = Object.values(steps).flat();
  const { stdout, stderr } = await run(
    ['/usr/bin/python3', `${import.meta.dir}/calls.py`, `unix://${daemon.path('supervisor.sock')}`],
    { stdin: JSON.stringify(list.map(({ call: [name, ...params] }) => [name, params])) },
  );
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== list.length) throw new Error(`${lines.length} of ${list.length} outcomes: ${stderr}`);
  list.forEach((step, index) => {
    into.set(step, comparable(JSON.parse(lines[index] ?? ''), daemon.directory));
  });
}

/** Without what differs from run to run (pids, times, directories, the order in which waits ended) and what is new. */
function comparable(value: Json, directory: string): Json {
  if (typeof value === 'string') return comparableText(value, directory);
  if (isList(value)) return inOrder(value.map((item) => comparable(item, directory)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      // Only its next version tells it.
      if (name === 'autorestart') return [];
      const varies = typeof member === 'number' && member > 0 && varying.includes(name);
      return [[name, varies ? 'some' : comparable(member, directory)]];
    }),
  );
}

/** `value` is what getPID returns. */
const varying = ['pid', 'start', 'stop', 'now', 'value'];

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function inOrder(items: Json[]): Json[] {
  const isStatus = items.some((item) => item !== null && typeof item === 'object' && 'status' in item);
  return isStatus ? items.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : items;
}

function comparableText(text: string, directory: string): string {
  return text
    .replaceAll(directory, 'HERE')
    .replace(/---supervisor-\w+\.log/, '---supervisor-SOME.log')
    .replace(/pid \d+, uptime 0:00:\d\d/, 'pid SOME, uptime SOME')
    .replace(/^\w{3} \d\d \d\d:\d\d [AP]M$/, 'SOME TIME');
}
