// supervisord: the original's command line, then the daemon, in the foreground or background.
import { resolve } from 'node:path';
import { type Config, ConfigError } from '../config/config.ts';
import { type ConfigRequest, loadConfig } from '../config/load.ts';
import type { CommandLineOverrides } from '../config/overrides.ts';
import { calledAs, systemHost } from '../config/system-host.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { reportUp, startInBackground, takeDaemonMarker } from '../daemon/daemonise.ts';
import { StartError } from '../daemon/start-error.ts';
import { languageOf } from '../doctor/language.ts';
import type { FailedStart } from '../doctor/refusal.ts';
import { ServiceNotifier } from '../systemd/sd-notify.ts';
import { compatibleVersion } from '../version.ts';
import { UsageError } from './getopt.ts';
import { print, printError } from './output.ts';
import { programName } from './program-name.ts';
import { warnOfSearch } from './shared/search-warning.ts';
import { locateConfig, readSupervisordOptions, usage } from './supervisord-options.ts';

const usageStatus = 2;

/** Runs until the daemon exits or, without --nodaemon, until it is up. Resolves to the exit status. */
export function run(args: readonly string[]): Promise<number> {
  return runSupervisord(args, programName('supervisord'), {});
}

/** `fixed` overrides the command line `args`, which in turn overrides the file. */
export async function runSupervisord(
  args: readonly string[],
  program: string,
  fixed: CommandLineOverrides,
): Promise<number> {
  const known: { request: ConfigRequest | null; config: Config | null } = { request: null, config: null };
  try {
    const options = readSupervisordOptions(args, systemHost());
    switch (options.kind) {
      case 'help':
        print(usage(program));
        return 0;
      case 'version':
        print(compatibleVersion);
        return 0;
      case 'run':
        if (options.configPath === null) warnOfSearch();
        known.request = {
          path: locateConfig(options, calledAs(), systemHost()),
          overrides: { ...options.overrides, ...fixed },
          host: systemHost(),
        };
        return await supervise(known.request, (config) => {
          known.config = config;
        });
    }
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ConfigError || error instanceof StartError))
      throw error;
    ServiceNotifier.fromEnvironment(process.env).failed(error.message, usageStatus);
    printError(`Error: ${error.message}`);
    printError(`For help, use ${program} -h`);
    await printCauses({ error, ...known });
    return usageStatus;
  }
}

/** Diagnoses the machine; loaded on demand, since most starts succeed. */
async function printCauses(start: FailedStart): Promise<void> {
  const { explainRefusal } = await import('../doctor/refusal.ts');
  for (const line of explainRefusal(start, languageOf(undefined, process.env))) printError(line);
}

async function supervise(
  { path, overrides }: ConfigRequest,
  onConfig: (config: Config) => void,
): Promise<number> {
  const isDaemon = takeDaemonMarker();
  const read = (file: string): Config => loadConfig({ path: file, overrides, host: systemHost() });
  const config = read(path);
  onConfig(config);
  if (!config.supervisord.nodaemon && !isDaemon) return startInBackground();
  // The daemon's working directory may differ when it rereads the file.
  const absolutePath = resolve(path);
  const readConfig = () => read(absolutePath);
  process.exit(await runDaemon({ config, readConfig, reportUp: isDaemon ? reportUp : null }));
}
