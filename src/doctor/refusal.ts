// Why a daemon refused to start, beyond the one line that it says: causes that lie in the machine, with their remedy.
import { type Config, ConfigError } from '../config/config.ts';
import { currentUid } from '../linux/credentials.ts';
import { userById } from '../linux/users.ts';
import { explainDiagnostic } from './checks/configuration.ts';
import { unwritablePlaces } from './checks/places.ts';
import { unknownAddress, unusablePath } from './checks/servers.ts';
import { lookAtPlaces } from './facts/places.ts';
import { lookAtServers } from './facts/servers.ts';
import type { Finding, FindingId } from './finding.ts';
import type { Language } from './language.ts';

/** Lines; none when nothing more is known. `config`: null when it could not be read. */
export function explainRefusal(error: Error, config: Config | null, language: Language): string[] {
  const { cause, remedy } = words[language];
  return causes(error, config).flatMap(({ what, why, remedy: lines }) => [
    `${cause}: ${what[language]} (${why[language]})`,
    ...lines[language].split('\n').map((line) => `${remedy}: ${line}`),
  ]);
}

const words = { en: { cause: 'Cause', remedy: 'Remedy' }, zh: { cause: '原因', remedy: '处理' } } as const;

/** The error says as much itself, in the original's words. */
const toldAlready: ReadonlySet<FindingId> = new Set(['configuration-mistake', 'configuration-not-found']);

function causes(error: Error, config: Config | null): Finding[] {
  if (error instanceof ConfigError) {
    const mistake = {
      severity: 'error',
      message: error.message,
      section: null,
      key: null,
      text: null,
    } as const;
    const finding = explainDiagnostic({ ...mistake, position: error.position, remedy: null }, '');
    return toldAlready.has(finding.id) ? [] : [finding];
  }
  if (config === null) return [];
  const writer = userById(currentUid());
  const { unixServers, inetServers } = lookAtServers(config, []);
  return [
    ...(writer ? unwritablePlaces(lookAtPlaces(config, writer)) : []),
    ...unixServers.flatMap(unusablePath),
    ...inetServers.flatMap(unknownAddress),
  ];
}
