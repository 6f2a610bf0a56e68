// Random configurations of processes that depend on each other without a cycle.
import fc from 'fast-check';

interface Link {
  /** Index of an earlier program, modulo their number. */
  readonly to: number;
  readonly form: 'program' | 'process' | 'group';
}

interface ProgramSpec {
  readonly numprocs: 1 | 2;
  /** In a group with its neighbour. */
  readonly grouped: boolean;
  readonly kind: 'oneshot' | 'stays down' | 'restarts unexpected' | 'restarts';
  readonly startsecs: 0 | 1;
  readonly startretries: 0 | 1;
  readonly needs: readonly (Link & { readonly condition: number })[];
  readonly stopWith: readonly Link[];
  readonly restartWith: readonly Link[];
  readonly dependsTimeout: boolean;
  readonly autostart: boolean;
}

const link = {
  to: fc.nat(5),
  form: fc.constantFrom<Link['form']>('program', 'program', 'process', 'group'),
};
const fewLinks = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Link[]>([]) },
  { weight: 1, arbitrary: fc.array(fc.record(link), { minLength: 1, maxLength: 2 }) },
);

const programs: fc.Arbitrary<readonly ProgramSpec[]> = fc.array(
  fc.record({
    numprocs: fc.constantFrom<1 | 2>(1, 1, 2),
    grouped: fc.boolean(),
    kind: fc.constantFrom<ProgramSpec['kind']>('oneshot', 'stays down', 'restarts unexpected', 'restarts'),
    startsecs: fc.constantFrom<0 | 1>(0, 1),
    startretries: fc.constantFrom<0 | 1>(0, 1),
    needs: fc.array(fc.record({ ...link, condition: fc.nat(4) }), { maxLength: 3, size: 'max' }),
    stopWith: fewLinks,
    restartWith: fewLinks,
    dependsTimeout: fc.boolean(),
    autostart: fc.boolean(),
  }),
  { minLength: 2, maxLength: 6, size: 'max' },
);

/** `companions`: with stop_with and restart_with. */
export function scenario(companions: boolean): fc.Arbitrary<string> {
  return programs.map((specs) =>
    textOf(companions ? specs : specs.map((spec) => ({ ...spec, stopWith: [], restartWith: [] }))),
  );
}

const autorestart: Readonly<Record<ProgramSpec['kind'], string>> = {
  oneshot: 'oneshot=true\nautorestart=unexpected',
  'stays down': 'autorestart=false',
  'restarts unexpected': 'autorestart=unexpected',
  restarts: 'autorestart=true',
};

function textOf(specs: readonly ProgramSpec[]): string {
  const sections = specs.map((spec, index) => {
    const { numprocs, startsecs, startretries, autostart } = spec;
    const processName = numprocs === 1 ? '%(program_name)s' : '%(program_name)s_%(process_num)d';
    return [
      `[program:p${index}]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE`,
      `numprocs=${numprocs}\nprocess_name=${processName}\nstartsecs=${startsecs}\nstartretries=${startretries}`,
      `autostart=${autostart}\n${autorestart[spec.kind]}\nstopwaitsecs=2`,
      `depends_on=${needsOf(specs, index).join(', ')}`,
      `stop_with=${spec.stopWith.flatMap((each) => selectorOf(specs, index, each)).join(', ')}`,
      `restart_with=${spec.restartWith.flatMap((each) => selectorOf(specs, index, each)).join(', ')}`,
      ...(spec.dependsTimeout ? ['depends_timeout=5s'] : []),
    ].join('\n');
  });
  const groups = new Map<string, number[]>();
  for (const [index, { grouped }] of specs.entries()) {
    if (grouped) groups.set(groupOf(index), [...(groups.get(groupOf(index)) ?? []), index]);
  }
  for (const [name, members] of groups) {
    sections.push(`[group:${name}]\nprograms=${members.map((index) => `p${index}`).join(',')}`);
  }
  return `${sections.join('\n')}\n`;
}

const groupOf = (index: number) => `g${index >> 1}`;

function needsOf(specs: readonly ProgramSpec[], index: number): string[] {
  return (specs[index]?.needs ?? []).flatMap((need) => {
    const target = specs[need.to % Math.max(index, 1)];
    const conditions = ['', '=started'];
    // A one-shot ends instead.
    if (target?.kind !== 'oneshot') conditions.push('=ready');
    // Others may be started again for ever.
    if (target?.kind === 'oneshot' || target?.kind === 'stays down') conditions.push('=completed', '=ended');
    const isGroup = need.form === 'group';
    const condition = isGroup ? '' : (conditions[need.condition % conditions.length] ?? '');
    return selectorOf(specs, index, need).map((selector) => `${selector}${condition}`);
  });
}

/** A name of earlier programs; none for the first. */
function selectorOf(specs: readonly ProgramSpec[], index: number, { to, form }: Link): string[] {
  if (index === 0) return [];
  const target = to % index;
  const spec = specs[target];
  if (!spec) return [];
  const isWholeGroupEarlier = !spec.grouped || groupOf(target) !== groupOf(index);
  const group = spec.grouped ? groupOf(target) : `p${target}`;
  if (form === 'group' && isWholeGroupEarlier) return [`${group}:*`];
  if (form === 'process') return [`${group}:p${target}${spec.numprocs === 2 ? '_1' : ''}`];
  return [`p${target}`];
}
