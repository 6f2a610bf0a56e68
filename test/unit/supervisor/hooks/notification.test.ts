import { describe, expect, test } from 'bun:test';
import { mailOf, type Notice } from '../../../../src/supervisor/hooks/notification.ts';

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

  test('distinguishes a failed start from an exit', () => {
    expect(mailOf({ ...notice, event: 'PROCESS_STATE_FATAL' }, 'root')).toContain(
      'web:front could not be started',
    );
  });

  test('keeps names that are not ASCII, or not one line, from becoming headers of their own', () => {
    const mail = mailOf({ ...notice, process: 'café\nBcc: all@example.org' }, 'root');
    expect(subjectOf(mail)).toBe('[supervisor] web:café\nBcc: all@example.org exited');
  });

  test('breaks a long subject into encoded words that every reader takes', () => {
    const process = `${'é€😀'.repeat(20)}x`;
    const mail = mailOf({ ...notice, process }, 'root');
    expect(subjectOf(mail)).toBe(`[supervisor] web:${process} exited`);
    for (const word of encodedWordsOf(mail)) {
      expect(word.length).toBeLessThanOrEqual(75);
      expect(decoded(word)).not.toContain('\ufffd');
    }
  });
});

function subjectOf(mail: string): string {
  return encodedWordsOf(mail).map(decoded).join('');
}

/** The subject, with its continuation lines, which begin with a blank. */
function encodedWordsOf(mail: string): string[] {
  const [, subject = ''] = /^Subject: (.*(?:\n .*)*)\nMIME/m.exec(mail) ?? [];
  return subject.split('\n ');
}

function decoded(word: string): string {
  const [, base64 = ''] = /^=\?utf-8\?B\?(.*)\?=$/.exec(word) ?? [];
  return Buffer.from(base64, 'base64').toString();
}
