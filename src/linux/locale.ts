// Installed locales: newlocale(3).
import { cstring, libc, ptr } from './libc.ts';

const LC_CTYPE_MASK = 1;

/** Whether a program could use this locale for LC_CTYPE; does not change the daemon's own. */
export function isInstalledLocale(name: string): boolean {
  const locale = libc.newlocale(LC_CTYPE_MASK, ptr(cstring(name)), null);
  if (locale === null) return false;
  libc.freelocale(locale);
  return true;
}
