// `tsupervisor echo-conf`, also echo_supervisord_conf: a sample configuration, or the reference of all options.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { configurationReference } from '../config/reference.ts';
import { type SamplePaths, sampleConfig, samplePaths } from '../config/sample.ts';
import { languages } from '../doctor/language.ts';
import { currentUid } from '../linux/credentials.ts';
import { write } from './output.ts';
import { sampleFormats } from './sample-formats.ts';
import { runControl } from './shared/program.ts';

/** Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const command = new Command('tsupervisor echo-conf')
    .description('Print a sample configuration with every option, its description and default.')
    .option('--minimal', 'only what is needed to start, without comments')
    .addOption(new Option('--lang <language>', 'language of the comments').choices(languages).default('en'))
    .addOption(
      new Option('--format <format>', 'a configuration file, or a reference of all options')
        .choices(sampleFormats)
        .default('ini'),
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(1, text), writeErr: (text) => write(2, text) })
    .action(({ minimal = false, lang, format }) => {
      const language = lang === 'zh' ? 'zh' : 'en';
      write(
        1,
        format === 'markdown'
          ? configurationReference(language)
          : sampleConfig({ language, minimal, paths: pathsHere() }),
      );
    });
  return runControl(command, args, () => 0);
}

/**
 * Scripts parse the output of echo_supervisord_conf, so it keeps the original's paths; otherwise use paths that only
 * the daemon's user can change.
 */
function pathsHere(): SamplePaths {
  if (basename(process.argv0) === 'echo_supervisord_conf') return samplePaths.original;
  if (currentUid() !== 0) return samplePaths.user;
  return existsSync(samplePaths.packaged.childlogdir) ? samplePaths.packaged : samplePaths.root;
}
