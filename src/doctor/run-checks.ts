// All checks, in the order of their remedies: first orphans of an earlier daemon, then what prevents a start, then
// the advice to start.
import { checkConfiguration } from './checks/configuration.ts';
import { checkDaemon } from './checks/daemon.ts';
import { checkLimits } from './checks/limits.ts';
import { checkOrphans } from './checks/orphans.ts';
import { checkPlaces } from './checks/places.ts';
import { checkPrograms } from './checks/programs.ts';
import { checkServers } from './checks/servers.ts';
import { checkStart } from './checks/start.ts';
import { checkUnits } from './checks/units.ts';
import { checkWaiting } from './checks/waiting.ts';
import type { Bilingual, Finding } from './finding.ts';
import type { View } from './machine-facts.ts';

const checks: readonly ((view: View) => Finding[])[] = [
  checkConfiguration,
  checkOrphans,
  checkDaemon,
  checkServers,
  checkPlaces,
  checkLimits,
  checkStart,
  checkPrograms,
  checkWaiting,
  checkUnits,
];

/** Pure: the same facts give the same findings. */
export function examine(view: View): Finding[] {
  return merged(checks.flatMap((check) => check(view)));
}

/** Merges findings with the same remedy, such as one directory for ten logs, keeping all reasons. */
function merged(findings: readonly Finding[]): Finding[] {
  const byThing = new Map<string, Finding>();
  for (const finding of findings) {
    const thing = `${finding.id}\n${finding.what.en}\n${finding.remedy.en}`;
    const known = byThing.get(thing);
    byThing.set(thing, known ? { ...known, why: bothReasons(known.why, finding.why) } : finding);
  }
  return [...byThing.values()];
}

function bothReasons(one: Bilingual, other: Bilingual): Bilingual {
  return { en: `${one.en}\n${other.en}`, zh: `${one.zh}\n${other.zh}` };
}
