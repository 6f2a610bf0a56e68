// Asks the installed Supervisor and us the same questions about configurations.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../src/cli/getopt.ts';
import { locateConfig, readSupervisordOptions } from '../../../src/cli/supervisord-options.ts';
import { ConfigError } from '../../../src/config/config.ts';
import { diffGroups } from '../../../src/config/diff.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { systemHost } from '../../../src/config/system-host.ts';
import { describeConfig } from './describe.ts';

/** All that both see of the environment. */
const environment = {
  HOME: '/root',
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  FOO: 'foo value',
  TWO: '2',
  USER: 'daemon',
  YES: 'yes',
  EMPTY: '',
};

/** What oracle.py answers, run in `directory`. */
export function askOracle(directory: string, requests: readonly unknown[]): unknown[] {
  const asked = join(directory, 'requests.json');
  const answered = join(directory, 'answers.json');
  writeFileSync(asked, JSON.stringify(requests));
  const oracle = Bun.spawnSync(['/usr/bin/python3', join(import.meta.dir, 'oracle.py'), asked, answered], {
    env: environment,
    cwd: directory,
  });
  if (oracle.exitCode !== 0) throw new Error(`the oracle failed: ${oracle.stderr}`);
  const answers: unknown = JSON.parse(readFileSync(answered, 'utf8'));
  if (!Array.isArray(answers)) throw new Error('the oracle gave no list');
  return answers;
}

/** A factory that Python could not load: we load none, and warn instead (docs/compatibility.md). */
export function isAboutPythonCode(answer: unknown): boolean {
  return /EntryPoint must be in|cannot be resolved within/.test(JSON.stringify(answer));
}

export function ourAnswer(directory: string, args: readonly string[]): unknown {
  return orError(() => ({ config: describeConfig(load(directory, args)) }));
}

export function ourDifference(directory: string, args: readonly string[], next: readonly string[]): unknown {
  return orError(() => {
    const { added, changed, removed } = diffGroups(
      load(directory, args).groups,
      load(directory, next).groups,
    );
    return { difference: [added, changed, removed] };
  });
}

function load(directory: string, args: readonly string[]): ReturnType<typeof loadConfig> {
  const host = { ...systemHost(), cwd: directory, env: environment, tempdir: '/tmp' };
  const options = readSupervisordOptions(args, host);
  if (options.kind !== 'run') throw new Error('nothing to run');
  return loadConfig({ path: locateConfig(options, 'PROG', host), overrides: options.overrides, host });
}

function orError(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
    return { error: `Error: ${error.message}\nFor help, use PROG -h\n2` };
  }
}
