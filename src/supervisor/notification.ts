// What is told about a process that ended or could not be started: as JSON for programs, as a mail for people.
import { codeOf } from './exit-status.ts';
import type { Process } from './process.ts';

export interface Notice {
  readonly event: 'PROCESS_STATE_FATAL' | 'PROCESS_STATE_EXITED';
  /** Unix time in seconds. */
  readonly time: number;
  /** The daemon's `identifier`. */
  readonly server: string;
  readonly process: string;
  readonly group: string;
  /** Exit code of the last run, -1 for a signal, 0 when nothing ever ran. */
  readonly exitStatus: number;
  readonly expected: boolean;
  /** What went wrong; empty when nothing did. */
  readonly description: string;
}

/** For a process that is FATAL or EXITED now. */
export function notificationOf({ name, group, state, life, lastExit }: Process, server: string): Notice {
  return {
    event: state === 'FATAL' ? 'PROCESS_STATE_FATAL' : 'PROCESS_STATE_EXITED',
    time: Math.floor(Date.now() / 1000),
    server,
    process: name,
    group,
    exitStatus: lastExit === null ? 0 : codeOf(lastExit),
    expected: state === 'EXITED' && life.spawnError === '',
    description: life.spawnError,
  };
}

/** A message as sendmail(8) reads it, recipients included (RFC 5322). */
export function mailOf(notice: Notice, address: string): string {
  const { event, server, process, group, exitStatus, description, time } = notice;
  const became = event === 'PROCESS_STATE_FATAL' ? 'could not be started' : 'exited';
  return `To: ${address}
Subject: ${headerText(`[${server}] ${group}:${process} ${became}`)}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Process ${process} of group ${group} ${became} at ${new Date(time * 1000).toISOString()}.
Exit status: ${exitStatus}
${description}
`;
}

/** Anything but printable ASCII, line ends included, as encoded words, a line each (RFC 2047). */
function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words = [''];
  for (const character of text) {
    const longer = (words.pop() ?? '') + character;
    if (Buffer.byteLength(longer) <= maxWordBytes) words.push(longer);
    else words.push(longer.slice(0, -character.length), character);
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\n ');
}

/** In Base64 and with what surrounds it, an encoded word may have 75 characters. */
const maxWordBytes = 45;
