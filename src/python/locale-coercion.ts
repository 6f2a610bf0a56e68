// The variable that Python adds to the environment when no locale is set (PEP 538): programs of the original inherit
// it, and so write UTF-8 in containers, which usually set no locale.

type Environment = Readonly<Record<string, string | undefined>>;

/** In order of preference; the first installed one is used. */
const targets = ['C.UTF-8', 'C.utf8', 'UTF-8'];

/** A value for LC_CTYPE, or nothing. */
export function localeCoercion(
  environment: Environment,
  isInstalled: (locale: string) => boolean,
): { LC_CTYPE?: string } {
  if (environment['PYTHONCOERCECLOCALE'] === '0' || environment['LC_ALL']) return {};
  const locale = environment['LC_CTYPE'] || environment['LANG'] || 'C';
  // A locale that is not installed counts as C.
  if (!isLegacy(locale) && isInstalled(locale)) return {};
  const target = targets.find(isInstalled);
  return target === undefined ? {} : { LC_CTYPE: target };
}

function isLegacy(locale: string): boolean {
  return locale === 'C' || locale === 'POSIX';
}
