import { describe, expect, test } from 'bun:test';
import { payloadOf } from '../../../src/events/payload.ts';

const of = { process: 'front', group: 'web' };
const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('the payload', () => {
  test.each([
    [
      'processname:front groupname:web from_state:BACKOFF tries:2',
      { type: 'PROCESS_STATE_STARTING', ...of, fromState: 'BACKOFF', tries: 2 },
    ],
    [
      'processname:front groupname:web from_state:STARTING tries:1',
      { type: 'PROCESS_STATE_BACKOFF', ...of, fromState: 'STARTING', tries: 1 },
    ],
    [
      'processname:front groupname:web from_state:STARTING pid:20123',
      { type: 'PROCESS_STATE_RUNNING', ...of, fromState: 'STARTING', pid: 20123 },
    ],
    [
      'processname:front groupname:web from_state:RUNNING pid:20123',
      { type: 'PROCESS_STATE_STOPPING', ...of, fromState: 'RUNNING', pid: 20123 },
    ],
    [
      'processname:front groupname:web from_state:STOPPING pid:20123',
      { type: 'PROCESS_STATE_STOPPED', ...of, fromState: 'STOPPING', pid: 20123 },
    ],
    [
      'processname:front groupname:web from_state:RUNNING expected:0 pid:7',
      { type: 'PROCESS_STATE_EXITED', ...of, fromState: 'RUNNING', expected: false, pid: 7 },
    ],
    [
      'processname:front groupname:web from_state:RUNNING expected:1 pid:7',
      { type: 'PROCESS_STATE_EXITED', ...of, fromState: 'RUNNING', expected: true, pid: 7 },
    ],
    [
      'processname:front groupname:web from_state:BACKOFF',
      { type: 'PROCESS_STATE_FATAL', ...of, fromState: 'BACKOFF' },
    ],
    [
      'processname:front groupname:web from_state:RUNNING',
      { type: 'PROCESS_STATE_UNKNOWN', ...of, fromState: 'RUNNING' },
    ],
    ['type:té\ndätä €😀', { type: 'REMOTE_COMMUNICATION', kind: 'té', data: 'dätä €😀' }],
    ['', { type: 'SUPERVISOR_STATE_CHANGE_RUNNING' }],
    ['when:1795239120', { type: 'TICK_60', when: 1795239120 }],
    ['groupname:web\n', { type: 'PROCESS_GROUP_ADDED', group: 'web' }],
  ] as const)('is %j', (payload, event) => {
    expect(payloadOf(event)).toBe(payload);
  });

  test('carries output after a line that names the process and the channel', () => {
    const event = { type: 'PROCESS_LOG_STDERR', ...of, pid: 7, data: bytes('a\x1b[0m\0b\n') } as const;
    expect(payloadOf(event)).toBe('processname:front groupname:web pid:7 channel:stderr\na\x1b[0m\0b\n');
  });

  test('carries what was captured without a channel', () => {
    const event = { type: 'PROCESS_COMMUNICATION_STDOUT', ...of, pid: 7, data: bytes('') } as const;
    expect(payloadOf(event)).toBe('processname:front groupname:web pid:7\n');
  });

  test('keeps a byte order mark', () => {
    const event = {
      type: 'PROCESS_COMMUNICATION_STDOUT',
      ...of,
      pid: 7,
      data: Buffer.from('\ufeffx'),
    } as const;
    expect(payloadOf(event)).toEndWith('\n\ufeffx');
  });

  test.each([
    ["b'\\xff\\xfex\\n'", '\xff\xfex\n'],
    ["b'\\xe2\\x82'", '\xe2\x82'],
    ["b'\\xed\\xa0\\x80'", '\xed\xa0\x80'],
    ["b'\\xc0\\x80'", '\xc0\x80'],
  ])('describes bytes that are not UTF-8 as %s', (repr, data) => {
    const event = { type: 'PROCESS_COMMUNICATION_STDOUT', ...of, pid: 7, data: bytes(data) } as const;
    expect(payloadOf(event)).toEndWith(`\nUndecodable: ${repr}`);
  });
});
