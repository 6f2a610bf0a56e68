// All checks, in the order in which one would look: what comes first is often the cause of what follows.
import { checkConfiguration } from './checks/configuration.ts';
import { checkDaemon } from './checks/daemon.ts';
import { checkLimits } from './checks/limits.ts';
import { checkPlaces } from './checks/places.ts';
import { checkPrograms } from './checks/programs.ts';
import { checkServers } from './checks/servers.ts';
import { checkUnits } from './checks/units.ts';
import type { Finding } from './finding.ts';
import type { View } from './view.ts';

const checks: readonly ((view: View) => Finding[])[] = [
  checkConfiguration,
  checkDaemon,
  checkServers,
  checkPlaces,
  checkLimits,
  checkPrograms,
  checkUnits,
];

/** Pure: the same view gives the same findings. */
export function examine(view: View): Finding[] {
  return checks.flatMap((check) => check(view));
}
