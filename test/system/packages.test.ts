// The packages themselves: what is in them, what lintian and rpmlint say, that they are built the same twice, dnf.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { libc } from '../../src/linux/libc.ts';
import { run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { architecture, buildRepository, must, packages, repository, root } from './repository.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tsv-packages-'));
/** As make computes it. */
let epoch = '';

beforeAll(async () => {
  await buildRepository();
  epoch = (await must(['git', '-C', root, 'log', '-1', '--format=%ct'])).stdout.trim();
}, 300_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Builds once more, elsewhere; the paths. */
async function buildAgain(kind: 'deb' | 'rpm', environment: readonly string[] = []): Promise<string[]> {
  const folder = mkdtempSync(join(scratch, kind));
  const variables = [`SOURCE_DATE_EPOCH=${epoch}`, ...environment];
  await must(['env', ...variables, join(root, `packaging/${kind}/build.sh`), folder, architecture]);
  return readdirSync(folder).map((name) => join(folder, name));
}

/** The hash of every file below a directory, by path. */
async function hashes(directory: string): Promise<string> {
  const { stdout } = await must([
    'sh',
    '-c',
    'cd "$1" && find . -type f | sort | xargs sha256sum',
    'sh',
    directory,
  ]);
  return stdout;
}

describe('what is built', () => {
  test('is the same wherever it is built: nothing of the directory is in it', async () => {
    const places = [join(scratch, 'here'), join(scratch, 'some/where/else')];
    for (const place of places) {
      mkdirSync(join(place, 'dist/runtimes'), { recursive: true });
      const parts = [
        'Makefile',
        'package.json',
        'tsconfig.json',
        'packaging',
        'systemd',
        'docs',
        'src',
        'CHANGELOG.md',
        'LICENSE',
      ];
      await must(['cp', '-a', ...parts.map((part) => join(root, part)), place]);
      await must(['cp', '-al', join(root, 'node_modules'), place]);
      await must(['cp', '-a', join(root, 'dist/runtimes', architecture), join(place, 'dist/runtimes')]);
      const target = `dist/${architecture}/tsupervisor`;
      await must([
        'make',
        '-C',
        place,
        '-o',
        'node_modules/.installed',
        '-o',
        `dist/runtimes/${architecture}`,
        target,
      ]);
    }
    const executables = places.map((place) => join(place, 'dist', architecture, 'tsupervisor'));
    const [first, second] = executables.map(hash);
    expect(first).toBe(hash(join(root, 'dist', architecture, 'tsupervisor')));
    expect(second).toBe(first);
  }, 180_000);

  test('is the same repository, whenever and wherever it is put together', async () => {
    const [fresh, again] = [join(scratch, 'fresh'), join(scratch, 'repo-again')];
    await must(['cp', '-r', join(root, 'dist/packages'), fresh]);
    await must(['env', `SOURCE_DATE_EPOCH=${epoch}`, join(root, 'packaging/repo.sh'), fresh, again]);
    expect(await hashes(again)).toBe(await hashes(repository));
  }, 60_000);

  test('has no other runtime than the one whose hash is written down', async () => {
    const folder = mkdtempSync(join(scratch, 'runtime-'));
    await must(['cp', join(root, 'packaging/runtime.sh'), folder]);
    const pins = readFileSync(join(root, 'packaging/runtimes.sha512'), 'utf8');
    writeFileSync(
      join(folder, 'runtimes.sha512'),
      pins.replaceAll(/ [0-9a-f]{128}$/gm, ` ${'0'.repeat(128)}`),
    );
    const { status, stderr } = await run([join(folder, 'runtime.sh'), architecture, join(folder, 'bun')]);
    expect(stderr).toMatch(
      /^runtime\.sh: @oven\/bun-linux-\S+ is not what runtimes\.sha512 says: [0-9a-f]{128} /,
    );
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'bun'))).toBe(false);
  }, 120_000);
});

describe('the .deb', () => {
  test('is built the same twice', async () => {
    const built = new Map(packages('deb').map((path) => [basename(path), hash(path)]));
    const again = new Map((await buildAgain('deb')).map((path) => [basename(path), hash(path)]));
    expect(again.size).toBe(2);
    expect(again).toEqual(built);
  }, 180_000);

  test('leaves nothing for lintian to say that is not explained', async () => {
    const { stdout } = await must([
      'lintian',
      '--allow-root',
      '--fail-on',
      'error,warning',
      ...packages('deb'),
    ]);
    expect(stdout).toBe('');
  }, 180_000);

  test('brings the unit, manual pages, completions and documents, and no configuration file of its own', async () => {
    const { stdout } = await must(['dpkg-deb', '-c', packages('deb')[0] ?? '']);
    for (const path of [
      'usr/bin/tsupervisor',
      'usr/lib/systemd/system/tsupervisor.service',
      'usr/lib/tmpfiles.d/tsupervisor.conf',
      'etc/needrestart/conf.d/tsupervisor.conf',
      'usr/share/tsupervisor/supervisord.conf',
      'usr/share/man/man1/tsupervisor.1.gz',
      'usr/share/man/man5/supervisord.conf.5.gz',
      'usr/share/bash-completion/completions/tsupervisor',
      'usr/share/zsh/vendor-completions/_tsupervisor',
      'usr/share/fish/vendor_completions.d/tsupervisor.fish',
      'usr/share/doc/tsupervisor/copyright',
      'usr/share/doc/tsupervisor/NOTICE',
      'usr/share/doc/tsupervisor/changelog.gz',
      'usr/share/doc/tsupervisor/examples/web-stack/supervisord.conf',
      'usr/share/doc/tsupervisor/examples/web-stack/shop.py',
      'etc/supervisord.d/',
      'etc/supervisord.d/example.ini',
      'var/log/tsupervisor/',
    ])
      expect(stdout).toContain(` ./${path}\n`);
    expect(stdout).not.toContain('etc/supervisord.conf');
  });

  test('has manual pages that man reads without complaint', async () => {
    const tree = join(scratch, 'pages');
    await must(['dpkg-deb', '-x', packages('deb')[0] ?? '', tree]);
    for (const page of ['man1/tsupervisor.1.gz', 'man5/supervisord.conf.5.gz']) {
      const text = await must(['sh', '-c', `gzip -dc ${tree}/usr/share/man/${page} | groff -man -Tutf8 -ww`]);
      expect(text.stderr).toBe('');
      expect(text.stdout).toContain('tsupervisor');
    }
  });
});

describe('the .rpm', () => {
  test('is built the same twice', async () => {
    const built = new Map(packages('rpm').map((path) => [basename(path), hash(path)]));
    const again = new Map((await buildAgain('rpm')).map((path) => [basename(path), hash(path)]));
    expect(again.size).toBe(2);
    expect(again).toEqual(built);
  }, 180_000);

  test('leaves nothing for rpmlint to say that is not explained', async () => {
    const { stdout } = await must([
      'rpmlint',
      '-r',
      join(root, 'packaging/rpm/rpmlintrc'),
      ...packages('rpm'),
    ]);
    expect(stdout).toContain('0 errors, 0 warnings');
  });

  test('needs nothing but the C library, a shell and coreutils', async () => {
    const { stdout } = await must(['rpm', '-qp', '--requires', packages('rpm')[0] ?? '']);
    const needs = stdout
      .split('\n')
      .filter(
        (line) => !/^(?:lib(?:c|dl|m|pthread)|ld-linux-.*)\.so|^rpmlib|^config\(tsupervisor\)|^$/.test(line),
      );
    expect(new Set(needs)).toEqual(new Set(['/bin/sh', 'coreutils']));
    const versions = [...stdout.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(Math.max(...versions)).toBeLessThanOrEqual(17);
  });

  test('calls nothing by FFI that glibc 2.17 does not have', async () => {
    const loader = (await must(['ldd', '/bin/sh'])).stdout;
    const library = /\/\S*libc\.so\.6/.exec(loader)?.[0] ?? '';
    const { stdout } = await must(['objdump', '-T', library]);
    const oldest = new Map<string, number>();
    for (const [, minor, name = ''] of stdout.matchAll(/GLIBC_2\.(\d+)[.\d]*\)?\s+(\w+)$/gm))
      oldest.set(name, Math.min(Number(minor), oldest.get(name) ?? Number.POSITIVE_INFINITY));
    const tooNew = Object.keys(libc).filter((name) => (oldest.get(name) ?? Number.POSITIVE_INFINITY) > 17);
    expect(tooNew).toEqual([]);
  });
});

/** A machine for dnf, made of this one's C library and a few tools, from a repository of that one package. */
class Root {
  readonly path = mkdtempSync(join(scratch, 'root-'));

  static async create(base: string): Promise<Root> {
    const created = new Root(base, join(repository, 'yum'));
    await created.dnf('install', 'base');
    mkdirSync(join(created.path, 'proc'));
    await must(['mount', '-t', 'proc', 'proc', join(created.path, 'proc')]);
    return created;
  }

  private constructor(
    private readonly base: string,
    private ours: string,
  ) {}

  async dnf(...command: string[]): Promise<void> {
    const options = [
      '--releasever=9',
      '--setopt=reposdir=/nonexistent',
      `--setopt=cachedir=${scratch}/cache`,
      '--nogpgcheck',
    ];
    const repositories = [
      `--repofrompath=base,file://${this.base}`,
      `--repofrompath=tsupervisor,file://${this.ours}`,
    ];
    await must([
      'dnf',
      '-y',
      '--refresh',
      `--installroot=${this.path}`,
      ...options,
      ...repositories,
      ...command,
    ]);
  }

  /** From now on packages come from `folder`. */
  switchTo(folder: string): void {
    this.ours = folder;
  }

  in(path: string): string {
    return join(this.path, path);
  }

  run(...command: string[]) {
    return run(['chroot', this.path, ...command]);
  }

  async destroy(): Promise<void> {
    // What dnf has started may still be ending in there.
    const unmounted = async () => (await run(['umount', this.in('proc')])).status === 0;
    await eventually(unmounted, { what: 'the end of all in the chroot' });
  }
}

describe('dnf', () => {
  let base = '';
  beforeAll(async () => {
    base = join(scratch, 'base');
    const spec = join(import.meta.dir, 'base.spec');
    await must([
      'rpmbuild',
      '-bb',
      '--quiet',
      '--define',
      `_topdir ${scratch}/rpmbuild`,
      '--define',
      `_rpmdir ${base}`,
      spec,
    ]);
    await must(['createrepo_c', '--quiet', base]);
  }, 60_000);

  test('installs, upgrades and removes it; the configuration that it brought goes when nobody changed it', async () => {
    const machine = await Root.create(base);
    try {
      await machine.dnf('install', 'tsupervisor');
      expect(readFileSync(machine.in('etc/supervisord.conf'), 'utf8')).toContain(
        '/run/tsupervisor/supervisor.sock',
      );
      expect((await machine.run('/usr/bin/tsupervisor', 'check', '-c', '/etc/supervisord.conf')).status).toBe(
        0,
      );
      expect((await machine.run('/usr/bin/tsupervisor', '--version')).stdout).toStartWith('tsupervisor 0.');
      expect(existsSync(machine.in('usr/lib/systemd/system-preset/50-tsupervisor.preset'))).toBe(true);

      const [later = ''] = (await buildAgain('rpm', ['PACKAGE_VERSION=99.0'])).filter(
        (path) => !path.includes('compat'),
      );
      const folder = join(later, '..');
      await must(['createrepo_c', '--quiet', folder]);
      machine.switchTo(folder);
      await machine.dnf('upgrade', 'tsupervisor');
      expect((await must(['rpm', `--root=${machine.path}`, '-q', 'tsupervisor'])).stdout).toStartWith(
        'tsupervisor-99.0-1',
      );
      expect(existsSync(machine.in('etc/supervisord.conf'))).toBe(true);

      await machine.dnf('remove', 'tsupervisor');
      expect(existsSync(machine.in('etc/supervisord.conf'))).toBe(false);
      expect(existsSync(machine.in('var/lib/tsupervisor'))).toBe(false);
      expect(existsSync(machine.in('usr/bin/tsupervisor'))).toBe(false);
    } finally {
      await machine.destroy();
    }
  }, 180_000);

  describe("takes the place of the original's package", () => {
    const changed = '[supervisord]\n; changed\n';

    test.each([
      ['its changed configuration stays', changed, changed],
      [
        "in place of the one that it brought comes ours, which includes the same programs' files",
        null,
        'files=/etc/supervisord.d/*.ini',
      ],
    ])(
      '%s',
      async (_what, edited, expected) => {
        const machine = await Root.create(base);
        try {
          await machine.dnf('install', 'supervisor');
          if (edited !== null) writeFileSync(machine.in('etc/supervisord.conf'), edited);
          await machine.dnf('install', '--allowerasing', 'tsupervisor-compat');
          expect((await run(['rpm', `--root=${machine.path}`, '-q', 'supervisor'])).status).not.toBe(0);
          // What rpm does by itself.
          expect(existsSync(machine.in('etc/supervisord.conf.rpmsave'))).toBe(edited !== null);
          expect(readFileSync(machine.in('etc/supervisord.conf'), 'utf8')).toContain(expected);
        } finally {
          await machine.destroy();
        }
      },
      180_000,
    );
  });

  test('starts our service where that of the original was started at boot', async () => {
    const machine = await Root.create(base);
    try {
      // There is no systemd of an rpm distribution to be booted here: this one only writes down what it is told.
      for (const directory of ['run', 'dev']) mkdirSync(machine.in(directory), { recursive: true });
      writeFileSync(machine.in('usr/bin/systemctl'), '#!/bin/sh\necho "$@" >>/told\n', { mode: 0o755 });
      await machine.dnf('install', 'supervisor');
      await machine.dnf('install', '--allowerasing', 'tsupervisor-compat');
      const told = readFileSync(machine.in('told'), 'utf8').split('\n');
      expect(told).toContain('--quiet is-enabled supervisord.service');
      expect(told.at(-2)).toBe('--quiet enable tsupervisor.service');
      expect(existsSync(machine.in('run/tsupervisor-takes-over'))).toBe(false);
    } finally {
      await machine.destroy();
    }
  }, 180_000);

  test("never touches a configuration that is somebody's, and puts none where Debian's supervisor has one", async () => {
    const machine = await Root.create(base);
    try {
      const mine = '; mine, all mine\n[supervisord]\n';
      writeFileSync(machine.in('etc/supervisord.conf'), mine);
      await machine.dnf('install', 'tsupervisor', 'tsupervisor-compat');
      expect(readFileSync(machine.in('etc/supervisord.conf'), 'utf8')).toBe(mine);
      expect((await machine.run('/usr/bin/supervisord', '--version')).stdout).toBe('4.2.5\n');
      await machine.dnf('remove', 'tsupervisor', 'tsupervisor-compat');
      expect(readFileSync(machine.in('etc/supervisord.conf'), 'utf8')).toBe(mine);
      expect(existsSync(machine.in('etc/supervisord.conf.rpmsave'))).toBe(false);

      rmSync(machine.in('etc/supervisord.conf'));
      mkdirSync(machine.in('etc/supervisor'));
      writeFileSync(machine.in('etc/supervisor/supervisord.conf'), mine);
      await machine.dnf('install', 'tsupervisor');
      expect(existsSync(machine.in('etc/supervisord.conf'))).toBe(false);
    } finally {
      await machine.destroy();
    }
  }, 180_000);
});
