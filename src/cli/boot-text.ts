// How the start of all programs went, as text for a terminal. Pure.
import type { BootProcess, BootReport } from '../client/boot-report.ts';
import { processName } from '../client/process-info.ts';

/** Enough to see what is slow; with hundreds of programs the rest is of no interest. */
const maxShown = 20;

/** Lines. `all`: every process, not only the slowest. */
export function bootText(report: BootReport, { all }: { readonly all: boolean }): string[] {
  const ready = report.processes.filter(isReady);
  const [ofBoot, later] = [ready.filter(({ isAtBoot }) => isAtBoot), ready.filter((one) => !one.isAtBoot)];
  const max = all ? Infinity : maxShown;
  return [
    summary(report),
    ...section('The chain that took longest:', chainTable(report)),
    ...section('Time to be ready:', timeTable(ofBoot, max)),
    ...section('Started later:', timeTable(later, max)),
    ...section('Not ready:', unreadyTable(report, max)),
  ];
}

/** `0.25 s`, `12.3 s`, `3 min 05 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.995) return `${Math.max(0, seconds).toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${pad(minutes)} min` : `${minutes} min ${pad(whole % 60)} s`;
}

interface ReadyProcess extends BootProcess {
  readonly spawned: number;
  readonly ready: number;
}

function isReady(process: BootProcess): process is ReadyProcess {
  return process.spawned !== null && process.ready !== null;
}

function summary({ processes, ready, isOver, now }: BootReport): string {
  const ofBoot = processes.filter(({ isAtBoot }) => isAtBoot);
  if (ofBoot.length === 0)
    return 'No process was started with the daemon, or all have been started again since.';
  const readyCount = ofBoot.filter(isReady).length;
  const count = readyCount === ofBoot.length ? 'all' : `${readyCount} of`;
  const processesReady = `${count} ${ofBoot.length} process${ofBoot.length === 1 ? '' : 'es'} ready`;
  if (!isOver) return `Still starting after ${formatSeconds(now)}: ${processesReady}.`;
  return ready === null
    ? `Not ready: ${processesReady}.`
    : `Ready after ${formatSeconds(ready)}: ${processesReady}.`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function chainTable({ chain, processes }: BootReport): string[] {
  const byName = new Map(processes.filter(isReady).map((process) => [processName(process), process]));
  const rows = chain.flatMap((link, index) => {
    const process = byName.get(processName(link));
    if (!process) return [];
    const next = chain[index + 1];
    return [
      [
        ...[formatSeconds(process.ready), formatSeconds(process.ready - process.spawned)],
        ...[
          processName(process),
          next ? `waited for ${processName(next)} (${link.condition})` : againSince(process),
        ],
      ],
    ];
  });
  // One that did not wait is no chain.
  const isChain = rows.some(([, , , waitedFor]) => waitedFor !== '');
  return isChain ? table(['READY AT', 'TOOK', 'PROCESS', ''], rows) : [];
}

/** Why the chain ends at a process that has waited. */
function againSince({ waitedFor }: BootProcess): string {
  return waitedFor.length === 0 ? '' : `waited for ${needs(waitedFor)}, started again since`;
}

/** Slowest first. */
function timeTable(processes: readonly ReadyProcess[], max: number): string[] {
  if (processes.length === 0) return [];
  const sorted = processes.toSorted((a, b) => took(b) - took(a));
  const rows = sorted
    .slice(0, max)
    .map((process) => [
      ...[formatSeconds(took(process)), waited(process), processName(process)],
      process.waitedFor.length === 0 ? '' : `waited for ${needs(process.waitedFor)}`,
    ]);
  const next = sorted[max];
  return [
    ...table(['TOOK', 'WAITED', 'PROCESS', ''], rows),
    ...(next
      ? [`  ${sorted.length - max} more took ${formatSeconds(took(next))} or less (--all shows them).`]
      : []),
  ];
}

function unreadyTable({ processes, now }: BootReport, max: number): string[] {
  const unready = processes.filter((process) => !isReady(process));
  if (unready.length === 0) return [];
  const rows = unready
    .slice(0, max)
    .map((process) => [
      ...[formatSeconds(now - process.requested), processName(process)],
      ...[process.statename, process.description],
    ]);
  const more = unready.length - rows.length;
  return [
    ...table(['SINCE', 'PROCESS', 'STATE', ''], rows, 1),
    ...(more > 0 ? [`  ${more} more (--all shows them).`] : []),
  ];
}

function took({ spawned, ready }: ReadyProcess): number {
  return ready - spawned;
}

function waited({ requested, spawned, waitedFor }: ReadyProcess): string {
  return waitedFor.length === 0 ? '' : formatSeconds(spawned - requested);
}

function needs(waitedFor: BootProcess['waitedFor']): string {
  return waitedFor.map(({ name, condition }) => `${name} (${condition})`).join(', ');
}

/** The first `numbers` columns are aligned at the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[], numbers = 2): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => Bun.stringWidth(row[column] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - Bun.stringWidth(cell));
        return column < numbers ? padding + cell : cell + padding;
      })
      .join('  ')
      .replace(/^/, '  ')
      .trimEnd(),
  );
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
