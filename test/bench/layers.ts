// The start and stop of 1000 programs in ten layers that depend on each other, beside the same without dependencies. The
// original has no dependencies.
import { readFileSync } from 'node:fs';
import { Daemon } from '../support/daemon.ts';
import { call, median, type Row, timeOf, timeUntil } from './measure.ts';

const layers = 10;
const width = 100;
const count = layers * width;
const runs = 3;

/** Milliseconds, but for `states`: the longest wait for an answer while they start. */
interface Figures {
  readonly start: number;
  readonly wait: number;
  readonly stop: number;
}

export async function measureLayers(): Promise<Row[]> {
  const plain = await figuresOf(() => '');
  const layered = await figuresOf((layer, index) => `depends_on=${needsOf(layer, index)}\n`);
  const row = (what: string, unit: string, ours: number): Row => ({ what, unit, ours, original: Number.NaN });
  return [
    row('from exec to 1000 programs RUNNING, without dependencies', 'ms', plain.start),
    row('the same in ten layers', 'ms', layered.start),
    row('ten layers to none', 'times', layered.start / plain.start),
    row('longest wait for getState meanwhile, without dependencies', 'ms', plain.wait),
    row('the same in ten layers', 'ms', layered.wait),
    row('stop of them all, without dependencies', 'ms', plain.stop),
    row('the same in ten layers', 'ms', layered.stop),
  ];
}

/** The whole layer before by its group, and ten programs of it by name. */
function needsOf(layer: number, index: number): string {
  if (layer === 0) return '';
  const before = layer - 1;
  const some = Array.from({ length: 10 }, (_, part) => nameOf(before, (index + 7 * part) % width));
  return [`layer${before}:*`, ...some].join(', ');
}

const nameOf = (layer: number, index: number) => `p${layer}_${String(index).padStart(2, '0')}`;

async function figuresOf(optionsOf: (layer: number, index: number) => string): Promise<Figures> {
  const figures: Figures[] = [];
  for (let run = 0; run < runs; run += 1) figures.push(await figuresOfRun(optionsOf));
  return {
    start: median(figures.map(({ start }) => start)),
    wait: median(figures.map(({ wait }) => wait)),
    stop: median(figures.map(({ stop }) => stop)),
  };
}

async function figuresOfRun(optionsOf: (layer: number, index: number) => string): Promise<Figures> {
  const sections = Array.from({ length: layers }, (_, layer) => {
    const names = Array.from({ length: width }, (__, index) => nameOf(layer, index));
    const programs = names.map(
      (name, index) =>
        `[program:${name}]\ncommand=/bin/sleep 100000\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n${optionsOf(layer, index)}`,
    );
    return `${programs.join('')}[group:layer${layer}]\nprograms=${names.join(',')}\n`;
  });
  const daemon = await Daemon.start({ config: sections.join(''), supervisord: 'minfds=8192' });
  try {
    const wait = await longestWait(daemon);
    const lines = daemon.log().split('\n');
    const last = lines.findLast((line) => line.includes('success: ')) ?? '';
    const began = performance.now();
    await call(daemon, 'stopAllProcesses');
    return { start: timeOf(last) - execTime(daemon.pid), wait, stop: performance.now() - began };
  } finally {
    await daemon.stop();
  }
}

/** Of calls every millisecond, until all are RUNNING. */
async function longestWait(daemon: Daemon): Promise<number> {
  let longest = 0;
  let isProbing = true;
  const probe = async () => {
    while (isProbing) {
      const started = performance.now();
      await call(daemon, 'getState');
      longest = Math.max(longest, performance.now() - started);
      await Bun.sleep(1);
    }
  };
  const probing = probe();
  await timeUntil(async () => daemon.log().split('success: ').length > count, 200);
  isProbing = false;
  await probing;
  return longest;
}

/** Milliseconds since 1970, to ten. */
function execTime(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ');
  const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return Date.now() - uptime * 1000 + Number(rest.split(' ')[19]) * 10;
}
