// How the start of all programs went, as shown by the page.
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { BootView } from './api-types.ts';
import { processId } from './process-view.ts';

export function bootView({ boot: { beganAt, starts, readyAt, isOver, chain } }: Supervisor): BootView {
  const ofBoot = starts.filter(({ isOfBoot }) => isOfBoot);
  return {
    started: ofBoot.length,
    readyCount: ofBoot.filter(({ doneAt }) => doneAt !== null).length,
    ready: readyAt === null ? null : Math.round(readyAt - beganAt) / 1000,
    isOver,
    chain: chain.map(({ start: { process } }) => processId(process)),
  };
}
