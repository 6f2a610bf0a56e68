// Bundles the page's script and style. Runs as a macro when the executable is compiled or this source is loaded.
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface Asset {
  /** Contains a content hash. */
  readonly name: string;
  readonly type: string;
  /** Compressed, in base64. */
  readonly gzip: string;
}

/** Runs the bundler in a subprocess, since it is not re-entrant. Throws its output on failure. */
export function bundlePage(): { readonly script: Asset; readonly style: Asset } {
  const folder = join(import.meta.dir, '../../page');
  return {
    script: asset('page', 'js', 'text/javascript;charset=utf-8', build(join(folder, 'main.tsx'))),
    style: asset('page', 'css', 'text/css;charset=utf-8', build(join(folder, 'page.css'))),
  };
}

function build(entryPoint: string): Buffer {
  const command = [process.execPath, 'build', entryPoint, '--minify', '--target=browser'];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (exitCode !== 0) throw new Error(`cannot build ${entryPoint}: ${stderr}`);
  return stdout;
}

function asset(name: string, extension: string, type: string, content: Buffer): Asset {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const gzip = Buffer.from(Bun.gzipSync(new Uint8Array(content), { level: 9 })).toString('base64');
  return { name: `${name}-${digest}.${extension}`, type, gzip };
}
