// `tsupervisor tail`: the last lines of one or more logs, and on request all new output.
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { type FollowEnd, followStream } from '../client/follow-stream.ts';
import { processName } from '../client/process-info.ts';
import { FaultError } from '../client/rpc-client.ts';
import type { Server } from '../client/server-address.ts';
import type { Channel, SupervisorClient } from '../client/supervisor-client.ts';
import { faultCodes } from '../xmlrpc/faults.ts';
import { printError } from './output.ts';
import { explainServerError } from './shared/explain.ts';
import { untilInterrupted } from './shared/interrupt.ts';
import { readLogEnd } from './shared/log-end.ts';
import { type LogOutput, logOutputs } from './shared/log-output.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { selectProcesses } from './shared/select.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('tail', 'Show the last lines of the logs of processes.')
    .argument('<name...>', "names, groups, 'all', or shell patterns over the names")
    .option('-f, --follow', 'keep printing new output, until Ctrl-C')
    .option('-n, --lines <count>', 'number of lines', parseCount, 10)
    .option('--stderr', 'show standard error instead of standard output')
    .action(async (patterns, options) => {
      status = await withServer(options, async (client, server) => {
        const { processes, unmatched } = await selectProcesses(client, patterns);
        const names = processes.map(processName);
        const outputFor = logOutputs(names);
        const channel = options.stderr ? 'stderr' : 'stdout';
        const tails = names.map((name) => ({ name, channel, output: outputFor(name) }) as const);
        const source = { client, server, lines: options.lines };
        const isDone = await (options.follow ? followAll(source, tails) : showAll(source, tails));
        if (!isDone) return exitStatuses.failed;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

/** The server, and the number of lines per log. */
interface Source {
  readonly client: SupervisorClient;
  readonly server: Server;
  readonly lines: number;
}

/** A log and its output. */
interface Tail {
  readonly name: string;
  readonly channel: Channel;
  readonly output: LogOutput;
}

/** Whether all were shown; prints the reason for the others. */
async function showAll(source: Source, tails: readonly Tail[]): Promise<boolean> {
  let areAllShown = true;
  for (const tail of tails) {
    const end = await readText(source, tail, false, new AbortController().signal);
    const isShown = hasNoText(end) ? await showByRpc(source, tail) : endedWell(source, tail, end);
    tail.output.end();
    if (!isShown) areAllShown = false;
  }
  return areAllShown;
}

/** Like showAll, until Ctrl-C or until no log is left to follow. */
async function followAll(source: Source, tails: readonly Tail[]): Promise<boolean> {
  let areAllFollowed = true;
  await untilInterrupted(async (interrupted) => {
    const following: Promise<boolean>[] = [];
    // One after the other, since the client serialises calls; the first is followed while the next begins.
    for (const tail of tails) {
      const { isDone } = await startFollowing(source, tail, interrupted);
      following.push(isDone);
    }
    areAllFollowed = (await Promise.all(following)).every((isDone) => isDone);
  });
  return areAllFollowed;
}

interface Following {
  /** Whether it ended without an error; prints the reason otherwise. */
  readonly isDone: Promise<boolean>;
}

/** Resolves as soon as the server has responded. */
async function startFollowing(source: Source, tail: Tail, interrupted: AbortSignal): Promise<Following> {
  const started = Promise.withResolvers<null>();
  const reading = readText(source, tail, true, interrupted, () => started.resolve(null));
  const end = await Promise.race([started.promise, reading]);
  if (end !== null && hasNoText(end)) {
    const reason = await whyNoLog(source, tail);
    if (reason === null) return followOriginal(source, tail, interrupted);
    printError(reason);
    return { isDone: Promise.resolve(false) };
  }
  return { isDone: finished(source, tail, reading) };
}

async function finished(source: Source, tail: Tail, reading: Promise<FollowEnd>): Promise<boolean> {
  const end = await reading;
  tail.output.end();
  return endedWell(source, tail, end);
}

/** The last lines and, when following, new output, byte for byte. */
function readText(
  { server, lines }: Source,
  { name, channel, output }: Tail,
  isFollowed: boolean,
  signal: AbortSignal,
  onStart = () => {},
): Promise<FollowEnd> {
  const query = `?lines=${lines}&follow=${isFollowed}`;
  const path = `/api/v1/logs/${name}/${channel}/text`;
  return followStream(server, path, (bytes) => output.write(bytes), signal, {
    query,
    onStart,
    hasEnd: !isFollowed,
  });
}

/** There is no such log, or the server is the original, which lacks this URL. */
function hasNoText(end: FollowEnd): boolean {
  return end.kind === 'refused' && end.status === 404;
}

/** Limited to what XML-RPC can represent. */
async function showByRpc(source: Source, tail: Tail): Promise<boolean> {
  const reason = await whyNoLog(source, tail);
  if (reason !== null) {
    printError(reason);
    return false;
  }
  const lines = await readLogEnd(source.client, tail.name, tail.channel, source.lines);
  tail.output.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  return true;
}

/** The original sends the last bytes, of which the last lines are shown. */
function followOriginal(
  source: Source,
  { name, channel, output }: Tail,
  interrupted: AbortSignal,
): Following {
  let isFirst = true;
  const onBytes = (bytes: Uint8Array): void => {
    output.write(isFirst ? lastLines(bytes, source.lines) : bytes);
    isFirst = false;
  };
  const reading = followStream(source.server, `/logtail/${name}/${channel}`, onBytes, interrupted);
  return { isDone: finished(source, { name, channel, output }, reading) };
}

function lastLines(bytes: Uint8Array, count: number): Uint8Array {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/(?<=\n)/);
  return Buffer.from(lines.slice(Math.max(0, lines.length - count)).join(''), 'latin1');
}

/** Why a log cannot be read, as one line; null if it can. */
async function whyNoLog({ client }: Source, tail: Tail): Promise<string | null> {
  try {
    await client.readProcessLog(tail.name, tail.channel, 0, 1);
    return null;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const reason =
      error.code === faultCodes.NO_FILE
        ? await whyNoFile(client, tail)
        : `log cannot be read (${error.text})`;
    return `tsupervisor: ${tail.name}: ${tail.channel} ${reason}`;
  }
}

async function whyNoFile(client: SupervisorClient, tail: Tail): Promise<string> {
  const where = await journalOf(client, tail);
  if (where !== null) return `is in systemd's journal: ${where}`;
  return tail.channel === 'stderr'
    ? 'has no log file (NONE; or it is in the stdout log, by redirect_stderr=true)'
    : 'has no log file';
}

/** The journalctl command for output that goes to the journal; null if it does not. */
async function journalOf(client: SupervisorClient, { name, channel }: Tail): Promise<string | null> {
  const process = (await client.allConfigInfo()).find((candidate) => processName(candidate) === name);
  if (process?.[`${channel}Logfile`] !== 'journal') return null;
  const { name: bare, group } = process;
  const whose = bare === group ? '' : ` TSUPERVISOR_GROUP=${group}`;
  return `journalctl TSUPERVISOR_PROCESS=${bare}${whose} TSUPERVISOR_STREAM=${channel}`;
}

/** Prints the reason if it failed. */
function endedWell({ server }: Source, { name, channel }: Tail, end: FollowEnd): boolean {
  if (end.kind === 'ended') return true;
  const reason =
    end.kind === 'refused' ? `HTTP status ${end.status}` : explainServerError(end.error, server.url);
  printError(`tsupervisor: ${name}: ${channel} cannot be read: ${reason}`);
  return false;
}

function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('expected a number of lines');
  return Number(text);
}
