// What an update would do, option by option. Pure.
import { createHash } from 'node:crypto';
import type { GroupConfig, ProcessConfig } from '../../config/config.ts';
import { diffGroups } from '../../config/diff.ts';
import { groupOptions, HIDDEN, type OptionTexts, processOptions } from './option-texts.ts';
import type { GroupChange, OptionChange, ProcessChange, UpdatePlan } from './wire.ts';

/** The token stands for exactly these changes from exactly this configuration. */
export function updatePlan(
  active: readonly GroupConfig[],
  next: readonly GroupConfig[],
): UpdatePlan & { kind: 'plan' } {
  const { added, changed, removed } = diffGroups(active, next);
  const before = new Map(active.map((group) => [group.name, group]));
  const after = new Map(next.map((group) => [group.name, group]));
  const involved = [...removed, ...changed, ...added];
  const changes = involved.map((name) => groupChange(name, before.get(name), after.get(name)));
  const identity = involved.map((name) => [name, before.get(name) ?? null, after.get(name) ?? null]);
  const token = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  return { kind: 'plan', token, changes };
}

function groupChange(
  group: string,
  before: GroupConfig | undefined,
  after: GroupConfig | undefined,
): GroupChange {
  const was = new Map(before?.processes.map((process) => [process.name, process]));
  const willBe = new Map(after?.processes.map((process) => [process.name, process]));
  const names = [...new Set([...was.keys(), ...willBe.keys()])];
  return {
    group,
    kind: kindOf(before, after),
    options: differences(before && groupOptions(before), after && groupOptions(after)),
    processes: names.flatMap((name) => processChange(name, was.get(name), willBe.get(name))),
  };
}

/** None when it stays as it is; it is restarted with its group all the same. */
function processChange(
  process: string,
  before: ProcessConfig | undefined,
  after: ProcessConfig | undefined,
): ProcessChange[] {
  const options = [
    ...differences(before && processOptions(before), after && processOptions(after)),
    ...(before && after ? changedVariables(before.environment, after.environment) : []),
  ];
  return options.length === 0 ? [] : [{ process, kind: kindOf(before, after), options }];
}

/** Those of something new or gone are told whole, but for what is empty. */
function differences(before: OptionTexts | undefined, after: OptionTexts | undefined): OptionChange[] {
  const keys = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])];
  return keys.flatMap((option) => {
    const [was, willBe] = [before?.get(option) ?? null, after?.get(option) ?? null];
    const isSame = before && after ? was === willBe : (was ?? willBe) === '';
    return isSame ? [] : [{ option, before: was, after: willBe }];
  });
}

/** Their values are not shown, but it is that they change. */
function changedVariables(
  before: ProcessConfig['environment'],
  after: ProcessConfig['environment'],
): OptionChange[] {
  return Object.keys(after)
    .filter((name) => Object.hasOwn(before, name) && before[name] !== after[name])
    .map((name) => ({ option: `environment.${name}`, before: HIDDEN, after: `${HIDDEN} *` }));
}

function kindOf(before: unknown, after: unknown): GroupChange['kind'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}
