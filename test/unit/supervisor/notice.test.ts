import { describe, expect, test } from 'bun:test';
import { mailOf, type Notice } from '../../../src/supervisor/notice.ts';

const notice: Notice = {
  event: 'PROCESS_STATE_EXITED',
  time: 1_795_239_120,
  server: 'supervisor',
  process: 'front',
  group: 'web',
  exitStatus: 3,
  expected: false,
  description: 'Bad exit code 3',
};

describe('the mail about a process', () => {
  test('says what happened, when, and with what exit status', () => {
    expect(mailOf(notice, 'ops@example.org').split('\n')).toEqual([
      'To: ops@example.org',
      'Subject: [supervisor] web:front exited',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Process front of group web exited at 2026-11-21T05:32:00.000Z.',
      'Exit status: 3',
      'Bad exit code 3',
      '',
    ]);
  });

  test('tells a failed start from an end', () => {
    expect(mailOf({ ...notice, event: 'PROCESS_STATE_FATAL' }, 'root')).toContain(
      'web:front could not be started',
    );
  });

  test('keeps names that are not ASCII, or not one line, from becoming headers of their own', () => {
    const [, subject = ''] = mailOf({ ...notice, process: 'café\nBcc: all@example.org' }, 'root').split('\n');
    const [, encoded = ''] = /^Subject: =\?utf-8\?B\?(.*)\?=$/.exec(subject) ?? [];
    expect(Buffer.from(encoded, 'base64').toString()).toBe(
      '[supervisor] web:café\nBcc: all@example.org exited',
    );
  });
});
