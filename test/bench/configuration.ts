// How long it takes to read 2000 programs in 500 included files.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { systemHost } from '../../src/config/system-host.ts';
import { median, type Row } from './measure.ts';

const fileCount = 500;
const programsPerFile = 4;

export async function measureConfiguration(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-bench-'));
  const path = join(directory, 'main.conf');
  mkdirSync(join(directory, 'd'));
  writeFileSync(path, '[supervisord]\n[include]\nfiles=d/*.ini\n');
  for (let file = 0; file < fileCount; file += 1)
    writeFileSync(join(directory, 'd', `${file}.ini`), programs(file));
  try {
    const what = 'read 2000 programs in 500 files';
    return [{ what, unit: 'ms', ours: ours(path), original: original(path) }];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function programs(file: number): string {
  const sections = Array.from({ length: programsPerFile }, (_, index) =>
    [
      `[program:p${file}-${index}]`,
      'command=/usr/bin/app --id %(process_num)02d --name %(program_name)s',
      'directory=/srv/app',
      'user=nobody',
      'autorestart=true',
      `stdout_logfile=/tmp/p${file}-${index}.log`,
      'redirect_stderr=true',
      'environment=A="1",HOME="%(ENV_HOME)s"',
    ].join('\n'),
  );
  return `${sections.join('\n\n')}\n`;
}

function ours(path: string): number {
  return median(
    Array.from({ length: 5 }, () => {
      const started = performance.now();
      loadConfig({ path, overrides: {}, host: systemHost() });
      return performance.now() - started;
    }),
  );
}

function original(path: string): number {
  const script = `
import sys, time
from supervisor.options import ServerOptions
started = time.perf_counter()
ServerOptions().realize(['-c', sys.argv[1]], doc='')
print((time.perf_counter() - started) * 1000)`;
  return Number(Bun.spawnSync(['/usr/bin/python3', '-c', script, path]).stdout.toString());
}
