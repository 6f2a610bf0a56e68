// Prints the notices of all third-party software in the executable: npm packages found in the bundle, and the runtime.
// Usage: generate.ts METAFILE, written by `bun build --metafile`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '../..');
const rule = '='.repeat(78);

interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

/** The npm packages that a bundle's modules come from. */
export function packagesIn({ outputs }: Metafile): ReadonlySet<string> {
  const modules = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return new Set(modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
}

/** The page is bundled separately, by a macro, and embedded in the executable. */
export async function pageMetafile(): Promise<Metafile> {
  const { metafile } = await Bun.build({
    entrypoints: [join(root, 'src/page/main.tsx')],
    target: 'browser',
    metafile: true,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  if (!metafile) throw new Error('the bundler wrote no metafile');
  return metafile;
}

/** Name and licence of a package, and every licence or notice file. */
export function noticeOf(name: string): string {
  const folder = join(root, 'node_modules', name);
  const facts = factsOf(folder);
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const heading = [rule, `${name} ${facts.version}`, `Licence: ${facts.licence ?? licenceIn(texts)}`];
  if (facts.source !== null) heading.push(`Source: ${facts.source}`);
  if (texts.length === 0) {
    const author = facts.author === null ? '' : `, and as author ${facts.author}`;
    texts.push(
      `The package has no licence file. Its package.json gives the licence ${facts.licence ?? '(none)'}${author}.`,
    );
  }
  return [...heading, rule, '', texts.join(`\n\n${'-'.repeat(78)}\n\n`), ''].join('\n');
}

interface Facts {
  readonly version: string;
  readonly licence: string | null;
  readonly source: string | null;
  readonly author: string | null;
}

function factsOf(folder: string): Facts {
  const facts: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return {
    version: textAt(facts, 'version') ?? '',
    licence: textAt(facts, 'license', 'type') ?? textAt(facts, 'licenses', 'type'),
    source: textAt(facts, 'repository', 'url') ?? textAt(facts, 'homepage'),
    author: textAt(facts, 'author', 'name'),
  };
}

/** A member that is a string or an object with the string in `inner`; all items of a list, which older packages have. */
function textAt(value: unknown, name: string, inner = name): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const member: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  const items: readonly unknown[] = Array.isArray(member) ? member : [member];
  const texts = items.flatMap((item) => (typeof item === 'string' ? item : (textAt(item, inner) ?? [])));
  return texts.length === 0 ? null : texts.join(' OR ');
}

/** Recognises the licence of a package that does not name it. */
function licenceIn(texts: readonly string[]): string {
  const text = texts.join('\n');
  if (/Apache License\s+Version 2\.0/.test(text)) return 'Apache-2.0';
  if (/Permission is hereby granted, free of charge/.test(text)) return 'MIT';
  return 'see below';
}

async function notices(metafile: Metafile): Promise<string> {
  const names = new Set([...packagesIn(metafile), ...packagesIn(await pageMetafile())]);
  const own = (file: string) => readFileSync(join(import.meta.dir, file), 'utf8').trim();
  return [
    'The executable of tsupervisor contains third-party software under the following licences.',
    '',
    ...[...names].toSorted().map(noticeOf),
    [rule, 'Bun', rule, '', own('bun.txt'), ''].join('\n'),
    [rule, 'GNU Library General Public License, version 2', rule, '', own('LGPL-2.txt')].join('\n'),
  ].join('\n');
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error('usage: generate.ts METAFILE');
  const metafile: Metafile = JSON.parse(readFileSync(path, 'utf8'));
  console.log(await notices(metafile));
}
