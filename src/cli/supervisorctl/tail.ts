// tail and maintail: the end of a log, once or followed until Ctrl-C.
import { type FollowEnd, followStream } from '../../client/follow-stream.ts';
import { FaultError } from '../../client/rpc-client.ts';
import type { Channel } from '../../client/supervisor-client.ts';
import { integerOrNull } from '../../python/integer.ts';
import { pythonRepr } from '../../python/repr.ts';
import { words } from '../../python/text.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print, printError, write } from '../output.ts';
import { untilInterrupted } from '../shared/interrupt.ts';
import { serverIsUp } from './check-server.ts';
import { type Command, fail, misuse, type Session, withClient } from './session.ts';
import { asPythonException } from './unexpected-error.ts';

export const tail: Command = {
  help: [
    'tail [-f] <name> [stdout|stderr] (default stdout)',
    'Ex:',
    'tail -f <name>\t\tFollow what the process writes to stdout',
    '\t\t\tuntil Ctrl-C',
    'tail -100 <name>\tThe last 100 bytes of its stdout',
    'tail <name> stderr\tThe last 1600 bytes of its stderr',
  ],
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const request = parseTail(words(argument));
    if (request.kind === 'misuse') {
      if (request.showHelp) misuse(session, request.what, tail.help);
      else fail(session, `Error: ${request.what}`);
    } else if (request.amount === 'follow') {
      await follow(session, `/logtail/${request.name}/${request.channel}`);
    } else {
      await printProcessLog(session, request.name, request.channel, request.amount);
    }
  },
};

export const maintail: Command = {
  help: [
    'maintail -f \tFollow the main log of supervisord until Ctrl-C',
    'maintail -100\tThe last 100 bytes of it',
    'maintail\tThe last 1600 bytes of it',
    '',
  ],
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const options = words(argument);
    if (options.length > 1) return misuse(session, 'too many arguments', maintail.help);
    const [option] = options;
    const amount = option === undefined ? defaultOffset : parseAmount(option);
    if (amount === null) fail(session, `Error: bad argument ${option}`);
    else if (amount === 'follow') await follow(session, '/mainlogtail');
    else await printMainLog(session, amount);
  },
};

/** An offset of the protocol, or following. */
type Amount = number | 'follow';

type TailRequest =
  | { readonly kind: 'misuse'; readonly what: string; readonly showHelp: boolean }
  | { readonly kind: 'tail'; readonly amount: Amount; readonly name: string; readonly channel: Channel };

const defaultOffset = -1600;

function parseTail(given: readonly string[]): TailRequest {
  if (given.length === 0) return { kind: 'misuse', what: 'too few arguments', showHelp: true };
  if (given.length > 3) return { kind: 'misuse', what: 'too many arguments', showHelp: true };
  const option = given[0]?.startsWith('-') ? given[0] : null;
  const [name, ...rest] = option === null ? given : given.slice(1);
  if (name === undefined) return badTail('tail requires process name');
  const channel = rest.at(-1)?.toLowerCase() ?? 'stdout';
  if (channel !== 'stdout' && channel !== 'stderr') return badTail(`bad channel ${pythonRepr(channel)}`);
  const amount = option === null ? defaultOffset : parseAmount(option);
  if (amount === null) return badTail(`bad argument ${option}`);
  return { kind: 'tail', amount, name, channel };
}

function badTail(what: string): TailRequest {
  return { kind: 'misuse', what, showHelp: false };
}

/** `-f`, or `-100` for the last hundred bytes; null for anything else. */
function parseAmount(option: string): Amount | null {
  if (option === '-f') return 'follow';
  if (!option.startsWith('-')) return null;
  const number = integerOrNull(option.slice(1));
  return number === null ? null : -number;
}

async function printProcessLog(
  session: Session,
  name: string,
  channel: Channel,
  offset: number,
): Promise<void> {
  await withClient(session, async (client) => {
    try {
      print(await client.readProcessLog(name, channel, offset, 0));
    } catch (error) {
      explainNoLog(session, name, error);
    }
  });
}

async function printMainLog(session: Session, offset: number): Promise<void> {
  await withClient(session, async (client) => {
    try {
      print(await client.readMainLog(offset, 0));
    } catch (error) {
      explainNoLog(session, 'supervisord', error);
    }
  });
}

const noLogWords = new Map<number, string>([
  [faultCodes.NO_FILE, 'no log file'],
  [faultCodes.FAILED, 'unknown error reading log'],
  [faultCodes.BAD_NAME, 'no such process name'],
]);

function explainNoLog(session: Session, name: string, error: unknown): void {
  const words = error instanceof FaultError ? noLogWords.get(error.code) : undefined;
  if (words === undefined) throw error;
  fail(session, `${name}: ERROR (${words})`);
}

async function follow(session: Session, path: string): Promise<void> {
  print('==> Press Ctrl-C to exit <==');
  const interrupted = await untilInterrupted(async (signal) => {
    const end = await followStream(session.server, path, (bytes) => write(1, bytes), signal);
    explainEnd(session.server.url + path, end);
  });
  if (interrupted) print('');
}

/** On standard error; does not affect the exit status. */
export function explainEnd(what: string, end: FollowEnd): void {
  if (end.kind === 'refused') printError(`${what} Cannot read, status code ${end.status}`);
  if (end.kind !== 'failed') return;
  const { type, text } = asPythonException(end.error);
  printError(`${what} Cannot connect, error: <class '${type}'> (${text})`);
}
