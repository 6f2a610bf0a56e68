// The environment of a child (the daemon's, the SUPERVISOR_ variables, the configuration's), and the PATH by which its
// program is looked up.
import type { ProcessConfig } from '../../config/config.ts';
import type { DaemonContext } from '../daemon-context.ts';
import type { ProgramLookup } from './command.ts';

/** `NAME=value` each; a later source overrides an earlier one. `notify`: the variables of a notify socket. */
export function childEnvironment(
  config: ProcessConfig,
  group: string,
  daemon: DaemonContext,
  notify: Readonly<Record<string, string>> = {},
): string[] {
  const variables: Record<string, string> = {
    ...daemon.environment,
    SUPERVISOR_ENABLED: '1',
    ...serverUrl(config, daemon),
    SUPERVISOR_PROCESS_NAME: config.name,
    SUPERVISOR_GROUP_NAME: group,
    ...config.environment,
    ...notify,
  };
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

/** An empty PATH of the daemon counts as unset; an empty one in `environment=` does not. */
export function programLookupOf(
  { environment, directory }: ProcessConfig,
  daemon: DaemonContext,
): ProgramLookup {
  const inherited = daemon.environment['PATH'] || undefined;
  return { searchPath: environment['PATH'] ?? inherited, directory };
}

function serverUrl({ serverurl }: ProcessConfig, daemon: DaemonContext): Record<string, string> {
  const url = serverurl.kind === 'auto' ? daemon.serverUrl : serverurl.kind === 'url' ? serverurl.url : null;
  return url === null ? {} : { SUPERVISOR_SERVER_URL: url };
}
