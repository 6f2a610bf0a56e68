// `tsupervisor status`: what every process does, once or watched.
import { type ProcessInfo, processName } from '../client/process-info.ts';
import { selectByPatterns } from '../client/process-pattern.ts';
import type { SupervisorClient } from '../client/supervisor-client.ts';
import { untilInterrupted } from './control/interrupt.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './control/program.ts';
import { selectProcesses } from './control/select.ts';
import { type Colour, coloured, isTerminal } from './control/style.ts';
import { print, write } from './output.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand('status', 'Show processes: all, or those that match.')
    .argument('[pattern...]', "names, groups, 'all', or shell patterns over the names")
    .option('--json', 'as JSON, for programs')
    .option('-w, --watch', 'go on: at a terminal the table, else a line for each change')
    .action(async (patterns, options) => {
      status = await withServer(options, async (client) => {
        if (options.watch) return watch(client, patterns, options.json === true);
        const { processes, unmatched } = await selectProcesses(client, patterns);
        show(processes, options.json === true);
        if (processes.some(isDown)) return exitStatuses.notRunning;
        return unmatched.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

/** STOPPED, EXITED, FATAL and UNKNOWN; as in supervisorctl, BACKOFF still counts as up. */
const downStates: ReadonlySet<string> = new Set(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN']);

const stateColours: Readonly<Record<string, Colour>> = {
  RUNNING: 'green',
  STARTING: 'yellow',
  STOPPING: 'yellow',
  BACKOFF: 'yellow',
  FATAL: 'red',
  UNKNOWN: 'red',
};

const WATCH_INTERVAL_MS = 1000;

function isDown({ statename }: ProcessInfo): boolean {
  return downStates.has(statename);
}

function show(processes: readonly ProcessInfo[], json: boolean): void {
  if (json) print(JSON.stringify(processes.map(asJson), null, 2));
  else for (const line of table(processes)) print(line);
}

function table(processes: readonly ProcessInfo[]): string[] {
  const width = Math.max(0, ...processes.map((process) => Bun.stringWidth(processName(process))));
  return processes.map((process) => {
    const name = processName(process);
    const padding = ' '.repeat(width - Bun.stringWidth(name));
    const state = coloured(process.statename.padEnd(8), stateColours[process.statename] ?? 'grey');
    return `${name}${padding}  ${state}  ${process.description}`.trimEnd();
  });
}

/** The members are those of getProcessInfo, plus the full name. */
function asJson(process: ProcessInfo) {
  const { stdoutLogfile, stderrLogfile, ...rest } = process;
  return {
    ...rest,
    fullname: processName(process),
    stdout_logfile: stdoutLogfile,
    stderr_logfile: stderrLogfile,
  };
}

/** Until Ctrl-C. */
async function watch(client: SupervisorClient, patterns: readonly string[], json: boolean): Promise<number> {
  const redraw = isTerminal(1) && !json;
  const known = new Map<string, string>();
  await untilInterrupted(async (interrupted) => {
    while (!interrupted.aborted) {
      const { processes } = selectByPatterns(patterns, await client.allProcesses());
      if (redraw) drawScreen(table(processes));
      else showChanges(processes, known, json);
      await pause(WATCH_INTERVAL_MS, interrupted);
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

function showChanges(processes: readonly ProcessInfo[], known: Map<string, string>, json: boolean): void {
  for (const process of processes) {
    const name = `${process.group}:${process.name}`;
    const state = `${process.statename} ${process.pid}`;
    if (known.get(name) === state) continue;
    known.set(name, state);
    print(json ? JSON.stringify(asJson(process)) : (table([process])[0] ?? ''));
  }
}

async function pause(milliseconds: number, interrupted: AbortSignal): Promise<void> {
  if (interrupted.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  interrupted.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
