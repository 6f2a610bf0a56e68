// Host names of this machine.
import { hostname } from 'node:os';
import { textOrEmpty } from '../linux/text-or-empty.ts';

/** Lower case: the host name, also with each search domain of resolv.conf(5), and all names in hosts(5). */
export function localHostnames(): readonly string[] {
  const name = hostname();
  const [short = name] = name.split('.');
  const domains = wordsOf('/etc/resolv.conf', /^(?:search|domain)\s/);
  const listed = wordsOf('/etc/hosts', /^[0-9a-fA-F.:]+\s/);
  return [name, ...domains.map((domain) => `${short}.${domain}`), ...listed].map((own) =>
    own.toLowerCase().replace(/\.$/, ''),
  );
}

/** The words after `beginning` on lines that start with it. */
function wordsOf(file: string, beginning: RegExp): string[] {
  return textOrEmpty(file)
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .filter((line) => beginning.test(line))
    .flatMap((line) => line.replace(beginning, '').split(/\s+/).filter(Boolean));
}
