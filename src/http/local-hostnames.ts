// The names that this machine gives itself.
import { hostname } from 'node:os';
import { textOrEmpty } from '../linux/text-or-empty.ts';

/** In lower case: its own, that with each domain of resolv.conf(5), and all of hosts(5). */
export function localHostnames(): readonly string[] {
  const name = hostname();
  const [short = name] = name.split('.');
  const domains = wordsOf('/etc/resolv.conf', /^(?:search|domain)\s/);
  const listed = wordsOf('/etc/hosts', /^[0-9a-fA-F.:]+\s/);
  return [name, ...domains.map((domain) => `${short}.${domain}`), ...listed].map((own) =>
    own.toLowerCase().replace(/\.$/, ''),
  );
}

/** Of the lines that begin so, the words behind the beginning. */
function wordsOf(file: string, beginning: RegExp): string[] {
  return textOrEmpty(file)
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .filter((line) => beginning.test(line))
    .flatMap((line) => line.replace(beginning, '').split(/\s+/).filter(Boolean));
}
