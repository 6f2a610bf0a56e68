// `tsupervisor status`: the state of processes, once or continuously.
import { type ProcessInfo, type ProcessUsage, processName } from '../client/process-info.ts';
import { selectByPatterns } from '../client/process-pattern.ts';
import { FaultError } from '../client/rpc-client.ts';
import type { SupervisorClient } from '../client/supervisor-client.ts';
import { print, write } from './output.ts';
import { untilInterrupted } from './shared/interrupt.ts';
import { warnOfOldVersion } from './shared/old-version.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { selectProcesses } from './shared/select.ts';
import { type Colour, coloured, isTerminal } from './shared/style.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('status', 'Show the state of all processes, or of those that match.')
    .argument('[pattern...]', "names, groups, 'all', or shell patterns over the names")
    .option('--json', 'output JSON, for scripts')
    .option(
      '-v, --verbose',
      'also show memory and CPU time, descendants included, and what programs say of themselves',
    )
    .option('-w, --watch', 'keep watching: a table at a terminal, otherwise one line per change')
    .action(async (patterns, options) => {
      status = await withServer(options, async (client, server) => {
        const { json = false, verbose = false } = options;
        if (options.watch) return watch(client, patterns, { json, verbose });
        const { processes, unmatched } = await selectProcesses(client, patterns);
        const usages = json || verbose ? await usagesOf(client) : null;
        if (json)
          print(
            JSON.stringify(
              processes.map((process) => asJson(process, usages)),
              null,
              2,
            ),
          );
        else for (const line of table(processes, usages)) print(line);
        await warnOfOldVersion(client, server);
        if (processes.some(isDown)) return exitStatuses.notRunning;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

/** STOPPED, EXITED, FATAL and UNKNOWN; as in supervisorctl, BACKOFF counts as up. */
const downStates: ReadonlySet<string> = new Set(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN']);

const stateColours: ReadonlyMap<string, Colour> = new Map([
  ['RUNNING', 'green'],
  ['STARTING', 'yellow'],
  ['STOPPING', 'yellow'],
  ['BACKOFF', 'yellow'],
  ['FATAL', 'red'],
  ['UNKNOWN', 'red'],
]);

const watchIntervalMs = 1000;

function isDown({ statename, completed }: ProcessInfo): boolean {
  return downStates.has(statename) && !completed;
}

/** Keyed by `fullName`. */
type Usages = ReadonlyMap<string, ProcessUsage>;

/** Empty for the original, which does not report usage. */
async function usagesOf(client: SupervisorClient): Promise<Usages> {
  try {
    return new Map((await client.allUsages()).map((usage) => [fullName(usage), usage]));
  } catch (error) {
    if (error instanceof FaultError) return new Map();
    throw error;
  }
}

function fullName({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`;
}

/** With `usages`, two more columns, and what programs say of themselves. */
function table(processes: readonly ProcessInfo[], usages: Usages | null): string[] {
  const width = Math.max(0, ...processes.map((process) => Bun.stringWidth(processName(process))));
  return processes.map((process) => {
    const name = processName(process);
    const padding = ' '.repeat(width - Bun.stringWidth(name));
    const state = coloured(process.statename.padEnd(8), colourOf(process));
    const takes = usages ? `${columns(usages.get(fullName(process)))}  ` : '';
    const told = usages ? toldBy(process) : '';
    return `${name}${padding}  ${state}  ${takes}${describe(process)}${told}`.trimEnd();
  });
}

function colourOf({ statename, completed }: ProcessInfo): Colour {
  return completed ? 'green' : (stateColours.get(statename) ?? 'grey');
}

/** In the description of the protocol, a one-shot that has completed is like one that has failed. */
function describe({ description, completed, exitstatus }: ProcessInfo): string {
  return completed ? `completed with exit code ${exitstatus}, ${description}` : description;
}

/** What a program with ready=notify says about itself. */
function toldBy({ statusText, reloading, description }: ProcessInfo): string {
  const told = [reloading ? 'reloading' : '', statusText ?? ''].filter((text) => text !== '').join(': ');
  return told !== '' && description !== '' ? `  (${told})` : told;
}

/** `  12.3 MB    4.56 s`, blank if unknown. */
function columns(usage: ProcessUsage | undefined): string {
  const memory = usage ? `${(usage.memoryKilobytes / 1024).toFixed(1)} MB` : '';
  const cpu = usage ? `${usage.cpuSeconds.toFixed(2)} s` : '';
  return `${memory.padStart(10)}  ${cpu.padStart(10)}`;
}

/** The members of getProcessInfo, plus the full name and, with `usages`, the resource usage. */
function asJson(process: ProcessInfo, usages: Usages | null) {
  const { stdoutLogfile, stderrLogfile, waiting, completed, statusText, reloading, ...rest } = process;
  const usage = usages?.get(fullName(process));
  return {
    ...rest,
    fullname: processName(process),
    stdout_logfile: stdoutLogfile,
    stderr_logfile: stderrLogfile,
    ...(waiting.length > 0 && { waiting }),
    ...(completed && { completed }),
    ...(statusText !== null && { status_text: statusText, reloading }),
    ...(usages && { memory_kb: usage?.memoryKilobytes ?? null, cpu_seconds: usage?.cpuSeconds ?? null }),
  };
}

interface WatchStyle {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Until Ctrl-C. */
async function watch(
  client: SupervisorClient,
  patterns: readonly string[],
  { json, verbose }: WatchStyle,
): Promise<number> {
  const redraw = isTerminal(1) && !json;
  const known = new Map<string, string>();
  await untilInterrupted(async (interrupted) => {
    while (!interrupted.aborted) {
      const { processes } = selectByPatterns(patterns, await client.allProcesses());
      if (redraw) drawScreen(table(processes, verbose ? await usagesOf(client) : null));
      else await showChanges(client, changed(processes, known), { json, verbose });
      await pause(watchIntervalMs, interrupted);
    }
  });
  return exitStatuses.done;
}

function drawScreen(lines: readonly string[]): void {
  const home = '\x1b[H';
  const clearLine = '\x1b[K';
  const clearBelow = '\x1b[J';
  write(1, `${home}${lines.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}`);
}

/** Processes whose state or pid differs from `known`, which is updated. */
function changed(processes: readonly ProcessInfo[], known: Map<string, string>): ProcessInfo[] {
  return processes.filter((process) => {
    const name = fullName(process);
    const state = `${process.statename} ${process.pid}`;
    if (known.get(name) === state) return false;
    known.set(name, state);
    return true;
  });
}

async function showChanges(
  client: SupervisorClient,
  processes: readonly ProcessInfo[],
  { json, verbose }: WatchStyle,
): Promise<void> {
  if (processes.length === 0) return;
  const usages = json || verbose ? await usagesOf(client) : null;
  for (const process of processes)
    print(json ? JSON.stringify(asJson(process, usages)) : (table([process], usages)[0] ?? ''));
}

async function pause(milliseconds: number, interrupted: AbortSignal): Promise<void> {
  if (interrupted.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  interrupted.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
