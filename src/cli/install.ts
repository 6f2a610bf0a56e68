// `tsupervisor install`: writes the unit file and enables the service; --replace takes over from the original.
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { findConfig, serviceConfigPaths } from '../config/locate-config.ts';
import { currentUid } from '../linux/credentials.ts';
import { userById } from '../linux/users.ts';
import type { SystemdManager, UnitState } from '../systemd/manager.ts';
import {
  configPathOf,
  inheritedSettingsOf,
  readUnit,
  supervisordOf,
  type Unit,
} from '../systemd/read-unit.ts';
import { hasOwnConfig, type UnitOptions, unitText } from '../systemd/unit.ts';
import { type Plan, runPlan } from './service/run-plan.ts';
import { disableStep, enableStep, isUp, startStep, stopStep, unitFileStep } from './service/service-steps.ts';
import { type Step, StepError } from './service/steps.ts';
import { readIfThere, unitFilePath } from './service/unit-file.ts';
import { type GivenUnitOptions, unitOptions, withUnitOptions } from './service/unit-options.ts';
import { runControl } from './shared/program.ts';

interface InstallOptions extends GivenUnitOptions {
  readonly enable?: true;
  readonly now?: true;
  readonly replace?: true;
  readonly dryRun?: true;
}

/** Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status = 0;
  const command = withUnitOptions(
    new Command('tsupervisor install').description('Install the systemd service.'),
  )
    .option('--enable', 'start it at boot')
    .option('--now', 'start it now and wait until it is ready')
    .option('--replace', 'replace the original: stop and disable its service, use its configuration')
    .option('--dry-run', 'only show what would be done')
    .action(async (options) => {
      const scope = options.user ? 'user' : 'system';
      const dryRun = options.dryRun === true;
      status = await runPlan({ command: 'install', scope, dryRun }, (manager) => planOf(manager, options));
    });
  return runControl(command, args, () => status);
}

/** An existing service of the original. */
interface Original {
  readonly unit: string;
  readonly state: UnitState;
  readonly unitFile: Unit;
}

async function planOf(manager: SystemdManager, given: InstallOptions): Promise<Plan> {
  const beside = !given.replace && hasOwnConfig(unitOptions(given));
  const original = given.user || beside ? null : await findOriginal(manager, given.name);
  if (original && (given.now || given.enable) && !given.replace) {
    throw new StepError(`${original.unit} is running or enabled; to replace it, add --replace`);
  }
  const options = withDefaults(given, given.replace ? original : null);
  if (given.now) requireConfig(options.configPath);
  const unit = `${given.name}.service`;
  const state = await manager.stateOf(unit);
  const takeOver = given.replace && original !== null;
  const steps: Step[] = [
    ...fileSteps(manager, options, state),
    ...(takeOver
      ? [
          stopStep(manager, original.unit, original.state),
          disableStep(manager, original.unit, original.state),
        ]
      : []),
    ...(given.enable ? [enableStep(manager, unit, state)] : []),
    ...(given.now ? [startStep(manager, unit, state)] : []),
  ];
  return {
    steps,
    hints: [...(takeOver ? takeOverHints(given, original) : []), ...nextHints(given, options)],
  };
}

async function findOriginal(manager: SystemdManager, ourName: string): Promise<Original | null> {
  for (const name of ['supervisor', 'supervisord'].filter((candidate) => candidate !== ourName)) {
    const unit = `${name}.service`;
    const state = await manager.stateOf(unit);
    if (!isUp(state.activeState) && state.fileState !== 'enabled') continue;
    return { unit, state, unitFile: readUnit(readIfThere(state.fragmentPath) ?? '') };
  }
  return null;
}

/** The executable is the running one; the configuration is that of the service being replaced. */
function withDefaults(given: InstallOptions, original: Original | null): UnitOptions {
  const options = { ...unitOptions(given), executable: realpathSync(process.execPath) };
  if (given.config !== undefined || original === null) return options;
  const theirs = configOfService(original.unitFile);
  const found = serviceConfigPaths.find((path) => existsSync(path));
  return { ...options, configPath: theirs === found ? null : theirs };
}

/** The file given on its command line, or the one it finds from the root directory. */
function configOfService(unitFile: Unit): string | null {
  const told = configPathOf(unitFile);
  const program = supervisordOf(unitFile);
  if (told !== null || program === null) return told;
  const found = findConfig(program, (path) => existsSync(resolve('/', path)));
  return found && resolve('/', found);
}

function requireConfig(path: string | null): void {
  const candidates = path === null ? serviceConfigPaths : [path.replace(/^%h/, homedir())];
  if (candidates.some((candidate) => existsSync(candidate))) return;
  const [first] = candidates;
  throw new StepError(`${first} does not exist; \`tsupervisor echo-conf > ${first}\` creates one`);
}

/** If a package installed the same unit, a copy in /etc would hide its upgrades. */
function fileSteps(manager: SystemdManager, options: UnitOptions, { fragmentPath }: UnitState): Step[] {
  const path = unitFilePath(options.scope, options.name);
  const text = unitText(options);
  const packaged = fragmentPath !== '' && fragmentPath !== path ? readIfThere(fragmentPath) : null;
  return packaged === text ? [] : [unitFileStep(manager, path, text)];
}

function takeOverHints(given: InstallOptions, { unit, unitFile }: Original): string[] {
  const name = given.name === 'tsupervisor' ? '' : ` --name ${given.name}`;
  const left = inheritedSettingsOf(unitFile);
  return [
    ...(left.length > 0
      ? [`${unit} also sets ${left.join(', ')}. To keep that: systemctl edit ${given.name}`]
      : []),
    `To go back: tsupervisor uninstall --now${name} && systemctl enable --now ${unit}`,
  ];
}

function nextHints({ now, enable, user }: InstallOptions, { name }: UnitOptions): string[] {
  if (!now && !enable) return [`To start it: systemctl${user ? ' --user' : ''} enable --now ${name}`];
  return user && enable && !lingers()
    ? ['It runs while you are logged in. To keep it running always: loginctl enable-linger']
    : [];
}

/** Whether user services run without a session; logind(8) keeps a file for it. */
function lingers(): boolean {
  const name = userById(currentUid())?.name;
  return name !== undefined && existsSync(`/var/lib/systemd/linger/${name}`);
}
