// Our own start, stop and restart: show progress, then the failures with their reasons.
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { processName } from '../../client/process-info.ts';
import { type Goal, type Progress, requestAndWait, type WaitOptions } from '../../client/request-and-wait.ts';
import { FaultError } from '../../client/rpc-client.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import { print, printError, write } from '../output.ts';
import { readLogEnd } from './log-end.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './program.ts';
import { selectProcesses } from './select.ts';
import { coloured, isTerminal } from './style.ts';

/** Parses and runs one of them. Resolves to the exit status. */
export function runOperation(
  operation: 'start' | 'stop' | 'restart',
  summary: string,
  args: readonly string[],
): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(operation, summary)
    .argument('<name...>', "names, groups, 'all', or shell patterns over the names")
    .option('--wait', 'wait for the outcome (the default)')
    .option('--no-wait', 'return at once')
    .option('-t, --timeout <seconds>', 'fail if it takes longer', parseSeconds)
    .action(async (patterns, options) => {
      const waitOptions: WaitOptions = {
        wait: options.wait !== false,
        timeoutMs: options.timeout === undefined ? null : options.timeout * 1000,
      };
      status = await withServer(options, async (client) => {
        const { processes, unmatched } = await selectProcesses(client, patterns);
        const failures = await operate(client, processes.map(processName), operation, waitOptions);
        await printFailures(client, failures, processes.length);
        if (failures.length > 0) return exitStatuses.failed;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

const logLines = 5;
const noneDue: ReadonlySet<string> = new Set();

type Failure = Progress & { readonly verdict: { readonly kind: 'failed' } };

/** Returns the failures; what could not be stopped is not started again. */
async function operate(
  client: SupervisorClient,
  names: readonly string[],
  operation: 'start' | 'stop' | 'restart',
  waitOptions: WaitOptions,
): Promise<Failure[]> {
  if (operation !== 'restart')
    return (await requestAndShow(client, names, operation, waitOptions)).filter(hasFailed);
  // A start needs the old process to be gone, even with --no-wait.
  const stopped = await requestAndShow(client, names, 'stop', { ...waitOptions, wait: true });
  const failures = stopped.filter(hasFailed);
  const startable = stopped.filter((progress) => !hasFailed(progress)).map(({ name }) => name);
  const started = await requestAndShow(client, startable, 'start', waitOptions);
  return [...failures, ...started.filter(hasFailed)];
}

function hasFailed(progress: Progress): progress is Failure {
  return progress.verdict.kind === 'failed';
}

async function requestAndShow(
  client: SupervisorClient,
  names: readonly string[],
  goal: Goal,
  waitOptions: WaitOptions,
): Promise<Progress[]> {
  const waitingLine: (waiting: ReadonlySet<string>) => void = isTerminal(1) ? showWaiting : () => {};
  return requestAndWait(client, names, goal, waitOptions, (outcome, waiting) => {
    waitingLine(noneDue);
    if (outcome) print(outcomeLine(outcome));
    waitingLine(waiting);
  });
}

function outcomeLine({ name, verdict }: Progress): string {
  if (verdict.kind === 'failed') return `${name}: ${coloured(`FAILED (${verdict.reason})`, 'red')}`;
  return `${name}: ${verdict.kind === 'done' ? coloured(verdict.text, 'green') : verdict.state}`;
}

/** A line that the next one overwrites. */
function showWaiting(waiting: ReadonlySet<string>): void {
  const clearLine = '\r\x1b[K';
  if (waiting.size === 0) return write(1, clearLine);
  const width = (process.stdout.columns ?? 80) - 1;
  let line = `waiting for ${waiting.size}:`;
  for (const name of waiting) {
    if (line.length > width) break;
    line += ` ${name}`;
  }
  write(1, clearLine + coloured(line.slice(0, width), 'grey'));
}

async function printFailures(
  client: SupervisorClient,
  failures: readonly Failure[],
  total: number,
): Promise<void> {
  if (failures.length === 0) return;
  printError(coloured(`\n${failures.length} of ${total} failed:`, 'bold', 2));
  for (const { name, verdict } of failures) {
    printError(`${name}: ${verdict.kind === 'failed' ? verdict.reason : ''}`);
    for (const line of await lastOutput(client, name)) printError(coloured(`    ${line}`, 'grey', 2));
  }
}

/** The last lines of stderr; of stdout if stderr has no log. */
async function lastOutput(client: SupervisorClient, name: string): Promise<readonly string[]> {
  for (const channel of ['stderr', 'stdout'] as const) {
    try {
      const lines = await readLogEnd(client, name, channel, logLines);
      if (lines.length > 0) return lines;
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
    }
  }
  return [];
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0)) throw new InvalidArgumentError('expected a number of seconds');
  return seconds;
}
