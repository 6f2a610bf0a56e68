// The table and what is made of it: sample, reference, defaults.
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfig } from '../../../src/config/check.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { kindOfSection, sectionKinds } from '../../../src/config/options/sections.ts';
import { configurationReference } from '../../../src/config/reference.ts';
import { sampleConfig, samplePaths } from '../../../src/config/sample.ts';
import { memoryHost } from './memory-host.ts';

function load(text: string): Config {
  return loadConfig({
    path: '/etc/s.conf',
    overrides: {},
    host: memoryHost({ '/etc/s.conf': text }, { env: {} }),
  });
}

/** Comments that hold an option or a section begin with it; explanations have a blank first. */
function uncommented(sample: string): string {
  return sample.replace(/^;(?=[\w[])/gm, '');
}

describe('the option table', () => {
  test('names each option of a section once, with help in both languages', () => {
    for (const { options } of sectionKinds) {
      expect(new Set(options.map(({ key }) => key)).size).toBe(options.length);
      for (const { help, expects, since } of options) {
        expect([help.en, expects.en, since].every((text) => text !== '')).toBe(true);
        expect(
          [help.zh, expects.zh].every(
            (text) => /\p{Script=Han}/u.test(text) || /^[\x20-\x7e、]+$/.test(text),
          ),
        ).toBe(true);
      }
    }
  });

  test.each([
    ['program:x', 'program:'],
    ['inet_http_serverX', 'inet_http_server'],
    ['supervisord', 'supervisord'],
    ['program', undefined],
    ['supervisordx', undefined],
  ])('knows what section [%s] is', (name, expected) => {
    expect(kindOfSection(name)?.name).toBe(expected);
  });
});

describe.each(['en', 'zh'] as const)('the sample configuration in %s', (language) => {
  const sample = sampleConfig({ language, minimal: false, paths: samplePaths.original });

  test('is a good configuration', () => {
    const mistakes = checkConfig({ path: '/s', overrides: {}, host: memoryHost({ '/s': sample }) }).mistakes;
    expect(mistakes).toEqual([]);
  });

  test('has every option of every section', () => {
    for (const { sample: name, options } of sectionKinds) {
      const text = uncommented(sample).split(`[${name}]\n`)[1]?.split('\n[')[0] ?? '';
      expect(options.filter(({ key }) => !new RegExp(`^${key}=`, 'm').test(text))).toEqual([]);
    }
  });

  test('stays good when everything is uncommented', () => {
    const examples = ['db', 'migrate'].map((name) => `[program:${name}]\ncommand=/bin/cat\n`).join('');
    const { groups } = load(uncommented(sample) + examples);
    expect(groups.map(({ name }) => name).sort()).toEqual([
      'db',
      'migrate',
      'theeventlistenername',
      'thefcgiprogramname',
      'thegroupname',
    ]);
  });

  test('says the defaults: with the examples taken out it means what an empty one means', () => {
    const withDefaults = sectionKinds.flatMap(({ sample: name, options }) =>
      name === 'supervisord' || name === 'program:theprogramname'
        ? [
            `[${name}]`,
            ...options.flatMap(({ key, default: value }) => (value === null ? [] : [`${key}=${value}`])),
            ...(name === 'supervisord' ? [] : ['command=/bin/cat']),
          ]
        : [],
    );
    const empty = load('[supervisord]\n[program:theprogramname]\ncommand=/bin/cat\n');
    expect(load(withDefaults.join('\n'))).toEqual(empty);
  });

  test('marks what the original does not know', () => {
    expect(sample).toMatch(/^; \[tsupervisor\] .*\n;max_memory=/m);
    expect(sample).not.toMatch(/^; \[tsupervisor\] .*\n;command=/m);
  });
});

describe.each(Object.entries(samplePaths))('the sample with the paths of %s', (whose, paths) => {
  const files = {
    '/etc/supervisord.d/a.ini': '[program:a]\ncommand=/bin/cat\n',
    '/var/log/tsupervisor/x': '',
    '/run/tsupervisor/x': '',
  };

  test.each([true, false])('is a good configuration with one server (minimal: %j)', (minimal) => {
    const text = sampleConfig({ language: 'en', minimal, paths });
    const host = memoryHost({ '/etc/s.conf': text, ...files });
    const { config, mistakes } = checkConfig({ path: '/etc/s.conf', overrides: {}, host });
    expect(mistakes).toEqual([]);
    const path = paths.socket.replace('%(here)s', '/etc');
    expect(config?.servers).toMatchObject([{ kind: 'unix', path }]);
    expect(config?.rpcInterfaces).toHaveLength(1);
    expect(config?.groups.map(({ name }) => name)).toEqual(whose === 'original' ? [] : ['a']);
  });

  test('writes nothing where others may write, but for that of the original', () => {
    const text = sampleConfig({ language: 'en', minimal: true, paths });
    expect(text.includes('/tmp/')).toBe(whose === 'original');
  });
});

describe('the sample of packages', () => {
  test('has the paths of the configuration that they bring', () => {
    const packaged = readFileSync(join(import.meta.dir, '../../../packaging/supervisord.conf'), 'utf8');
    for (const path of Object.values(samplePaths.packaged))
      expect(packaged).toMatch(new RegExp(`=${RegExp.escape(path)}$`, 'm'));
  });
});

describe('the reference in docs', () => {
  test.each([
    ['en', 'configuration.md'],
    ['zh', 'configuration.zh-CN.md'],
  ] as const)(
    'in %s is what the table gives (else: tsupervisor echo-conf --format markdown)',
    (language, file) => {
      const written = readFileSync(join(import.meta.dir, '../../../docs', file), 'utf8');
      expect(written).toBe(configurationReference(language));
    },
  );
});
