// `tsupervisor graph`: what depends on what in a configuration, as text or for a drawing. Needs no daemon.
import { existsSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import { checkConfig } from '../config/check.ts';
import { requireConfig } from '../config/locate-config.ts';
import { calledAs, systemHost } from '../config/system-host.ts';
import { languageOf } from '../doctor/language.ts';
import { dotGraph, mermaidGraph } from './graph/drawing.ts';
import { graphFormats } from './graph/formats.ts';
import { Graph } from './graph/graph.ts';
import { jsonGraph } from './graph/json.ts';
import { textGraph } from './graph/text.ts';
import { printError, write } from './output.ts';
import { mistakeLines } from './shared/mistakes.ts';
import { exitStatuses, runControl } from './shared/program.ts';
import { warnOfLocalConfig } from './shared/search-warning.ts';

/** Resolves to the exit status: 0, or 2 for a configuration that supervisord refuses. */
export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = new Command('tsupervisor graph')
    .description('Show which programs depend on which, in the order of their start; nothing is started.')
    .argument('[file]', 'the configuration file, as with -c')
    .option('-c, --configuration <file>', 'the configuration file (default: search the usual places)')
    .addOption(
      new Option(
        '--format <format>',
        'text: a tree; dot: for Graphviz; mermaid: for Markdown; json: for scripts',
      )
        .choices(graphFormats)
        .default('text'),
    )
    .option('--lang <language>', 'language of the text: en or zh (default: the language of LANG)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(1, text), writeErr: (text) => write(2, text) })
    .action((file, options) => {
      const given = options.configuration ?? file;
      warnOfLocalConfig(given);
      const path = given ?? requireConfig(calledAs(), existsSync);
      const language = languageOf(options.lang, process.env);
      const host = systemHost();
      const { config, mistakes } = checkConfig({ path, overrides: {}, host });
      const errors = mistakes.filter(({ severity }) => severity === 'error');
      if (config === null || errors.length > 0) {
        for (const line of mistakeLines(path, errors, host, language)) printError(line);
        status = exitStatuses.usage;
        return;
      }
      const graph = new Graph(config);
      switch (options.format) {
        case 'text':
          return write(1, textGraph(graph, language));
        case 'dot':
          return write(1, dotGraph(graph));
        case 'mermaid':
          return write(1, mermaidGraph(graph));
        case 'json':
          return write(1, jsonGraph(graph));
      }
    });
  return runControl(command, args, () => status);
}
