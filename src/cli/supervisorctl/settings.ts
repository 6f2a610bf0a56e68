// supervisorctl's settings besides its command line: the [supervisorctl] section, then defaults.
import { ConfigError } from '../../config/config.ts';
import { absolutePath, ClientConfig } from '../client-config.ts';

export interface Settings {
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  /** Absolute; null if history is disabled. */
  readonly historyFile: string | null;
  /** `[ctlplugin:x]` sections: Python code, which cannot be loaded. */
  readonly plugins: readonly string[];
}

export const defaultSettings: Settings = {
  serverUrl: 'http://localhost:9001',
  username: null,
  password: null,
  prompt: 'supervisor',
  historyFile: null,
  plugins: [],
};

const unixScheme = 'unix://';

/** Throws ConfigError. */
export function readSettings(path: string): Settings {
  const config = new ClientConfig(path);
  const section = config.section('supervisorctl');
  if (!section) throw new ConfigError('.ini file does not include supervisorctl section');
  const serverUrl = config.read(section, 'serverurl', 'here') ?? defaultSettings.serverUrl;
  const historyFile = config.read(section, 'history_file', 'here');
  return {
    serverUrl: withAbsolutePath(serverUrl),
    username: config.read(section, 'username', 'env'),
    password: config.read(section, 'password', 'env'),
    prompt: config.read(section, 'prompt', 'env') ?? defaultSettings.prompt,
    historyFile: historyFile ? absolutePath(historyFile) : null,
    plugins: plugins(config),
  };
}

function plugins(config: ClientConfig): string[] {
  return config.sectionsStartingWith('ctlplugin:').map((section) => {
    if (config.read(section, 'supervisor.ctl_factory', 'env')) return section.name.slice('ctlplugin:'.length);
    throw new ConfigError(`section [${section.name}] does not specify a supervisor.ctl_factory`);
  });
}

function withAbsolutePath(url: string): string {
  return url.startsWith(unixScheme) ? unixScheme + absolutePath(url.slice(unixScheme.length)) : url;
}
