// Explains why a daemon refused to start, beyond its error message: causes on the machine, with their remedies.
import { realpathSync } from 'node:fs';
import { type CheckResult, checkConfig } from '../config/check.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { type Diagnostic, nothingKnown } from '../config/diagnostic.ts';
import type { ConfigRequest } from '../config/load.ts';
import { alreadyListening } from '../http/listener.ts';
import { currentUid } from '../linux/credentials.ts';
import { userById } from '../linux/users.ts';
import { explainDiagnostic } from './checks/configuration.ts';
import { explainHolders } from './checks/holders.ts';
import { unwritablePlaces } from './checks/places.ts';
import { unknownAddress, unusablePath } from './checks/servers.ts';
import { holdersOf } from './facts/holders.ts';
import { gatherPlaces } from './facts/places.ts';
import { printable } from './facts/printable.ts';
import { gatherServers } from './facts/servers.ts';
import { both, type Finding, shellWord } from './finding.ts';
import type { Language } from './language.ts';

/** A failed start. */
export interface FailedStart {
  readonly error: Error;
  /** Null if the command line was invalid. */
  readonly request: ConfigRequest | null;
  /** Null if it could not be read. */
  readonly config: Config | null;
}

/** Empty if nothing more is known. */
export function explainRefusal(start: FailedStart, language: Language): string[] {
  const said = words[language];
  const { cause, remedy } = said;
  const found = causes(start).flatMap(({ what, why, remedy: lines }) => [
    `${cause}${what[language]}${why[language] === '' ? '' : said.aside(why[language])}`,
    ...lines[language].split('\n').map((line) => `${remedy}${line}`),
  ]);
  return [...found, ...moreMistakes(start, language).map((line) => `${remedy}${line}`)].map(printable);
}

const words = {
  en: { cause: 'Cause: ', remedy: 'Remedy: ', aside: (text: string) => ` (${text})` },
  zh: { cause: '原因：', remedy: '解决办法：', aside: (text: string) => `（${text}）` },
} as const;

type Explanation = Omit<Finding, 'id'>;

function causes({ error, request, config }: FailedStart): Explanation[] {
  if (error instanceof ConfigError) return causeOfMistake(error);
  if (config === null || request === null) return [];
  if (error.message === alreadyListening) return explainHolders(holdersOf(config), realPath(config.path));
  const writer = userById(currentUid());
  const { unixServers, inetServers } = gatherServers(config, []);
  return [
    ...(writer ? unwritablePlaces(gatherPlaces(config, writer)) : []),
    ...unixServers.flatMap(unusablePath),
    ...inetServers.flatMap(unknownAddress),
  ];
}

/** What the machine lacks. The error has been printed already, but without its position. */
function causeOfMistake({ message, position, offence, absence }: ConfigError): Explanation[] {
  if (absence === null) return [];
  const mistake: Diagnostic = {
    ...nothingKnown,
    severity: 'error',
    message: both(message),
    ...offence,
    absence,
    remedy: null,
  };
  const { id, what, remedy } = explainDiagnostic(mistake, '');
  if (id === 'configuration-mistake') return [];
  return [{ what, remedy, why: both(position ? `${position.file}:${position.line}` : '') }];
}

/** A daemon stops at the first mistake. */
function moreMistakes({ error, request, config }: FailedStart, language: Language): string[] {
  if (!(error instanceof ConfigError) || request === null || config !== null) return [];
  const more = errorsIn(checkConfig(request)) - 1;
  if (more < 1) return [];
  const command = `tsupervisor check -c ${shellWord(request.path)}`;
  return [`${command}   # ${language === 'zh' ? `还有 ${more} 处错误` : `shows ${more} more`}`];
}

function errorsIn({ mistakes }: CheckResult): number {
  return mistakes.filter(({ severity }) => severity === 'error').length;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
