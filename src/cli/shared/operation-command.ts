// Our own start, stop and restart: show progress, then the failures with their reasons.
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { processName } from '../../client/process-info.ts';
import {
  type Goal,
  type Progress,
  requestAndWait,
  type Verdict,
  type Waiting,
  type WaitOptions,
} from '../../client/request-and-wait.ts';
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
        const { processes, named, unmatched } = await selectProcesses(client, patterns);
        const targets = { names: processes.map(processName), named: new Set([...named].map(processName)) };
        const failures = await operate(client, targets, operation, waitOptions);
        await printFailures(client, failures, processes.length);
        if (failures.length > 0) return exitStatuses.failed;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

const logLines = 5;
const noneDue: Waiting = new Map();

type Failure = Progress & { readonly verdict: Verdict & { readonly kind: 'failed' } };

interface Targets {
  readonly names: readonly string[];
  /** Those among them that are named one by one. */
  readonly named: ReadonlySet<string>;
}

/** Returns the failures; what could not be stopped is not started again. */
async function operate(
  client: SupervisorClient,
  targets: Targets,
  operation: 'start' | 'stop' | 'restart',
  waitOptions: WaitOptions,
): Promise<Failure[]> {
  if (operation !== 'restart')
    return (await requestAndShow(client, targets, operation, waitOptions)).filter(hasFailed);
  // A start needs the old process to be gone, even with --no-wait.
  const stopped = await requestAndShow(client, targets, 'stop', { ...waitOptions, wait: true });
  const failures = stopped.filter(hasFailed);
  const names = stopped.filter((progress) => !hasFailed(progress)).map(({ name }) => name);
  const started = await requestAndShow(client, { ...targets, names }, 'start', waitOptions);
  return [...failures, ...started.filter(hasFailed)];
}

function hasFailed(progress: Progress): progress is Failure {
  return progress.verdict.kind === 'failed';
}

async function requestAndShow(
  client: SupervisorClient,
  { names, named }: Targets,
  goal: Goal,
  waitOptions: WaitOptions,
): Promise<Progress[]> {
  const waitingLine: (waiting: Waiting) => void = isTerminal(1) ? showWaiting : () => {};
  return requestAndWait(client, names, goal, waitOptions, (outcome, waiting) => {
    waitingLine(noneDue);
    if (outcome && isTold(outcome, named)) print(outcomeLine(outcome));
    waitingLine(waiting);
  });
}

/** Like in supervisorctl, `all` and groups leave out what was not running before its stop. */
function isTold({ name, verdict }: Progress, named: ReadonlySet<string>): boolean {
  return verdict.kind !== 'idle' || named.has(name);
}

function outcomeLine({ name, verdict }: Progress): string {
  switch (verdict.kind) {
    case 'failed':
      return `${name}: ${coloured(`FAILED (${verdict.reason})`, 'red')}`;
    case 'done':
      return `${name}: ${coloured(verdict.text, 'green')}`;
    case 'idle':
      return `${name}: ${coloured('not running', 'green')}`;
    case 'waiting':
      return `${name}: ${verdict.state}`;
  }
}

/** A line that the next one overwrites. */
function showWaiting(waiting: Waiting): void {
  const clearLine = '\r\x1b[K';
  if (waiting.size === 0) return write(1, clearLine);
  const width = (process.stdout.columns ?? 80) - 1;
  let line = `waiting for ${waiting.size}:`;
  for (const [name, reason] of waiting) {
    if (line.length > width) break;
    line += reason === '' ? ` ${name}` : ` ${name} (${reason})`;
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
    printError(`${name}: ${verdict.reason}`);
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
