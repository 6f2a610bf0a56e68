// The effect of an update, option by option. Pure.
import type { GroupConfig, ProcessConfig } from '../../config/config.ts';
import { diffGroups } from '../../config/diff.ts';
import { groupOptions, hiddenValue, type OptionTexts, processOptions } from '../../config/option-texts.ts';
import { programOptions } from '../../config/options/program.ts';
import type { GroupChange, OptionChange, ProcessChange, UpdatePlan } from './api-types.ts';

/** The token identifies exactly these changes to exactly this configuration. */
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
  const token = new Bun.CryptoHasher('sha256').update(JSON.stringify(identity)).digest('hex');
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

/** Empty for an unchanged process, which is still restarted with its group. */
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

/** For added or removed processes, only values that differ from the default. */
function differences(before: OptionTexts | undefined, after: OptionTexts | undefined): OptionChange[] {
  const keys = inTableOrder([...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])]);
  return keys.flatMap((option) => {
    const [was, willBe] = [before?.get(option) ?? null, after?.get(option) ?? null];
    const isSame = before && after ? was === willBe : isDefault(option, was ?? willBe ?? '');
    return isSame ? [] : [{ option, before: was, after: willBe }];
  });
}

function isDefault(option: string, text: string): boolean {
  return text === '' || (described.get(option)?.default ?? 'false').toLowerCase() === text.toLowerCase();
}

function inTableOrder(keys: readonly string[]): readonly string[] {
  const order = [...described.keys()];
  const place = (key: string) => (described.has(key) ? order.indexOf(key) : order.length);
  return keys.toSorted((a, b) => place(a) - place(b));
}

const described = new Map(Object.values(programOptions).map((option) => [option.key, option]));

/** Shows that a variable changes, but not its values. */
function changedVariables(
  before: ProcessConfig['environment'],
  after: ProcessConfig['environment'],
): OptionChange[] {
  return Object.keys(after)
    .filter((name) => Object.hasOwn(before, name) && before[name] !== after[name])
    .map((name) => ({ option: `environment.${name}`, before: hiddenValue, after: `${hiddenValue} *` }));
}

function kindOf(before: unknown, after: unknown): GroupChange['kind'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}
