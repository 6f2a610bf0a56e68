// `tsupervisor tail`: the last lines of logs, of one process or of many at once, and on request all that comes.
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { type FollowEnd, followStream } from '../client/follow-stream.ts';
import { overlap } from '../client/log-overlap.ts';
import { processName } from '../client/process-info.ts';
import { FaultError } from '../client/rpc-client.ts';
import type { Server } from '../client/server-address.ts';
import type { Channel, SupervisorClient } from '../client/supervisor-client.ts';
import { faultCodes } from '../xmlrpc/faults.ts';
import { printError, write } from './output.ts';
import { explainServerError } from './shared/explain.ts';
import { untilInterrupted } from './shared/interrupt.ts';
import { LineWriter } from './shared/line-writer.ts';
import { readLogEnd } from './shared/log-end.ts';
import { prefixes } from './shared/name-prefixes.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { selectProcesses } from './shared/select.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('tail', 'Show the last lines that processes wrote.')
    .argument('<name...>', "names, groups, 'all', or shell patterns over the names")
    .option('-f, --follow', 'go on with what they write, until Ctrl-C')
    .option('-n, --lines <count>', 'how many lines', parseCount, 10)
    .option('--stderr', 'what they wrote to standard error')
    .action(async (patterns, options) => {
      const channel = options.stderr ? 'stderr' : 'stdout';
      status = await withServer(options, async (client, server) => {
        const { processes, unmatched } = await selectProcesses(client, patterns);
        const tails = tailsOf(processes.map(processName), channel);
        const failed = options.follow
          ? await followAll(client, server, tails, options.lines)
          : await showAll(client, tails, options.lines);
        if (failed) return exitStatuses.failed;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

/** One log and where its bytes go. */
interface Tail {
  readonly name: string;
  readonly channel: Channel;
  readonly output: { write(bytes: Uint8Array): void; end(): void };
}

/** A single log comes as it is; the lines of several are kept apart. */
function tailsOf(names: readonly string[], channel: Channel): Tail[] {
  const prefixOf = prefixes(names);
  return names.map((name) => {
    const prefix = Buffer.from(prefixOf.get(name) ?? '');
    const lines = new LineWriter((line) => write(1, Buffer.concat([prefix, line])));
    const asItIs = { write: (bytes: Uint8Array) => write(1, bytes), end: () => {} };
    return { name, channel, output: names.length > 1 ? lines : asItIs };
  });
}

/** Whether any of them failed. */
async function showAll(client: SupervisorClient, tails: readonly Tail[], count: number): Promise<boolean> {
  let failed = false;
  for (const tail of tails) {
    if ((await showLastLines(client, tail, count)) === null) failed = true;
  }
  return failed;
}

/** Prints the last lines; what was read of the log, or null, with the reason printed, when there is none. */
async function showLastLines(client: SupervisorClient, tail: Tail, count: number): Promise<Buffer | null> {
  try {
    const { lines, text } = await readLogEnd(client, tail.name, tail.channel, count);
    tail.output.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
    return Buffer.from(text);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const why =
      error.code === faultCodes.NO_FILE
        ? await whyNoFile(client, tail)
        : `log cannot be read (${error.text})`;
    printError(`tsupervisor: ${tail.name}: ${tail.channel} ${why}`);
    return null;
  }
}

async function whyNoFile(client: SupervisorClient, tail: Tail): Promise<string> {
  const where = await journalOf(client, tail);
  if (where !== null) return `is in systemd's journal: ${where}`;
  return tail.channel === 'stderr'
    ? 'has no log file (NONE; or it is in the stdout log, by redirect_stderr=true)'
    : 'has no log file';
}

/** The command that shows what a process wrote to the journal; null when it does not write there. */
async function journalOf(client: SupervisorClient, { name, channel }: Tail): Promise<string | null> {
  const process = (await client.allConfigInfo()).find((candidate) => processName(candidate) === name);
  if (process?.[`${channel}Logfile`] !== 'journal') return null;
  const { name: bare, group } = process;
  const whose = bare === group ? '' : ` TSUPERVISOR_GROUP=${group}`;
  return `journalctl TSUPERVISOR_PROCESS=${bare}${whose} TSUPERVISOR_STREAM=${channel}`;
}

/** Until Ctrl-C or until nothing is left to be followed. */
async function followAll(
  client: SupervisorClient,
  server: Server,
  tails: readonly Tail[],
  count: number,
): Promise<boolean> {
  let failed = false;
  await untilInterrupted(async (interrupted) => {
    const following: Promise<FollowEnd | null>[] = [];
    // One after the other, as the client takes one call at a time; the first is followed while the next is read.
    for (const tail of tails) {
      const read = await showLastLines(client, tail, count);
      following.push(read === null ? Promise.resolve(null) : follow(server, tail, read, interrupted));
    }
    const ends = await Promise.all(following);
    failed = tails.some((tail, index) => !endedWell(tail, ends[index] ?? null, server));
  });
  return failed;
}

/** What the server sends first are bytes from the end of the log, of which some or all were read already. */
async function follow(
  server: Server,
  { name, channel, output }: Tail,
  read: Buffer,
  interrupted: AbortSignal,
): Promise<FollowEnd> {
  let isFirst = true;
  const onBytes = (bytes: Uint8Array): void => {
    output.write(isFirst ? bytes.subarray(overlap(read, bytes)) : bytes);
    isFirst = false;
  };
  const end = await followStream(server, `/logtail/${name}/${channel}`, onBytes, interrupted);
  output.end();
  return end;
}

/** Says why not; null is for a log that could not be read, which was said. */
function endedWell({ name, channel }: Tail, end: FollowEnd | null, server: Server): boolean {
  if (end === null) return false;
  if (end.kind === 'ended') return true;
  const reason =
    end.kind === 'refused' ? `the server answered ${end.status}` : explainServerError(end.error, server.url);
  printError(`tsupervisor: ${name}: ${channel} cannot be followed: ${reason}`);
  return false;
}

function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It is a number of lines.');
  return Number(text);
}
