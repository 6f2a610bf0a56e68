// The notification about a process that exited or could not be started: JSON for programs, mail for people.
import { codeOf } from '../lifecycle/exit-status.ts';
import type { Process } from '../process.ts';

export interface Notice {
  readonly event: 'PROCESS_STATE_FATAL' | 'PROCESS_STATE_EXITED';
  /** Unix time in seconds. */
  readonly time: number;
  /** The daemon's `identifier`. */
  readonly server: string;
  readonly process: string;
  readonly group: string;
  /** Exit code of the last child, -1 for a signal, 0 when there was none. */
  readonly exitStatus: number;
  readonly expected: boolean;
  /** Why it failed; empty when it did not. */
  readonly description: string;
}

/** Its state must be FATAL or EXITED. */
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

/** A message for sendmail(8) -t, which takes the recipients from it (RFC 5322). */
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

/**
 * Encodes anything but printable ASCII as encoded words, one per line (RFC 2047); line ends included, so that no header
 * can be injected.
 */
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

/** RFC 2047 allows 75 characters: 60 of Base64 and the delimiters. */
const maxWordBytes = 45;
