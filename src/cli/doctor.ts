// `tsupervisor doctor`: what is wrong on this machine, why, and how to fix it.
import type { Server } from '../client/server-address.ts';
import { ConfigError } from '../config/config.ts';
import { look } from '../doctor/facts/gather.ts';
import { languageOf } from '../doctor/language.ts';
import { reportAsJson, reportAsText } from '../doctor/report.ts';
import { examine } from '../doctor/run-checks.ts';
import { print } from './output.ts';
import { controlCommand, exitStatuses, runControl } from './shared/program.ts';
import { warnOfLocalConfig } from './shared/search-warning.ts';
import { chooseServer, type ServerOptions } from './shared/server.ts';

/** Resolves to the exit status: 0 without findings, 1 with findings. */
export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'doctor',
    'Look for what is wrong: configuration, daemon, sockets, programs, permissions, disk space. Changes nothing.',
  )
    .option('--json', 'output JSON, for scripts')
    .option('--lang <language>', 'en or zh (default: the language of LANG)')
    .action(async ({ json, lang, ...options }) => {
      warnOfLocalConfig(options.configuration);
      const view = await look({ configuration: options.configuration ?? null, server: serverOf(options) });
      const findings = examine(view);
      const language = languageOf(lang, process.env);
      if (json) print(reportAsJson(view, findings, language));
      else for (const line of reportAsText(view, findings, language)) print(line);
      status = findings.length === 0 ? exitStatuses.done : exitStatuses.failed;
    });
  return runControl(command, args, () => status);
}

/** Found like supervisorctl does. A configuration without a server is a finding, not an error. */
function serverOf(options: ServerOptions): Server {
  try {
    return chooseServer(options, 'client section');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return chooseServer({ ...options, configuration: '/dev/null' }, 'client section');
  }
}
