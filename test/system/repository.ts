// The repository of packages as users get it: built by make for this machine's architecture.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, run } from '../support/daemon.ts';

export const root = join(import.meta.dir, '../..');
export const repository = join(root, 'dist/repo');
export const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** Builds what is not up to date. */
export async function buildRepository(): Promise<void> {
  await must(['make', '--no-print-directory', '-C', root, 'repo', `ARCHITECTURES=${architecture}`]);
}

/** What this machine can install: for its architecture, or for all. */
const fits = new RegExp(
  `[._](?:${architecture === 'arm64' ? 'arm64|aarch64' : 'amd64|x86_64'}|all|noarch)\\.`,
);

/** Paths of the packages of one kind: tsupervisor first, then tsupervisor-compat. */
export function packages(kind: 'deb' | 'rpm'): string[] {
  const folder = join(repository, kind === 'deb' ? 'apt' : 'yum');
  const names = readdirSync(folder).filter((name) => fits.test(name) && name.endsWith(`.${kind}`));
  return names
    .sort((a, b) => Number(a.includes('compat')) - Number(b.includes('compat')))
    .map((name) => join(folder, name));
}

/** The .deb of a later version, with the same contents, at `path`; not compressed, since nobody downloads it. */
export async function laterDeb(version: string, path: string): Promise<void> {
  const [deb = ''] = packages('deb');
  const tree = `${path}.tree`;
  await must(['dpkg-deb', '-R', deb, tree]);
  await must(['sed', '-i', `s/^Version: .*/Version: ${version}/`, join(tree, 'DEBIAN/control')]);
  await must(['dpkg-deb', '--root-owner-group', '-Znone', '-b', tree, path]);
  rmSync(tree, { recursive: true });
}

/** Throws with everything it wrote when the command fails. */
export async function must(command: string[]): Promise<Outcome> {
  const outcome = await run(command);
  if (outcome.status === 0) return outcome;
  throw new Error(`${command.join(' ')}: exit status ${outcome.status}\n${outcome.stdout}${outcome.stderr}`);
}
