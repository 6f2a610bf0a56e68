// Every measurement, as a table: ours, the original's, and how they relate. Reports; never fails for a number.
import { measureConfiguration } from './configuration.ts';
import { measureDependencies } from './dependencies.ts';
import { measureEvents } from './events.ts';
import { measureLayers } from './layers.ts';
import { measureLogs } from './logs.ts';
import type { Row } from './measure.ts';
import { measurePage } from './page.ts';
import { measureProcesses } from './processes.ts';
import { measureRespawns } from './respawns.ts';

const measurements: readonly (() => Promise<Row[]>)[] = [
  measureConfiguration,
  measureDependencies,
  measureProcesses,
  measureRespawns,
  measureEvents,
  measureLayers,
  measureLogs,
  measurePage,
];

console.log(`${'what'.padEnd(60)} ${'ours'.padStart(12)} ${'original'.padStart(12)} ${'ratio'.padStart(8)}`);
for (const measure of measurements) {
  for (const { what, unit, ours, original } of await measure()) {
    const label = unit === '' ? what : `${what} (${unit})`;
    const ratio = (ours / original).toFixed(3);
    console.log(
      `${label.padEnd(60)} ${ours.toFixed(1).padStart(12)} ${original.toFixed(1).padStart(12)} ${ratio.padStart(8)}`,
    );
  }
}
