// Prints supervisord.conf(5), made from the option table. Argument: the version.
import type { OptionDescription } from '../../src/config/options/option.ts';
import { type SectionKind, sectionKinds } from '../../src/config/options/sections.ts';

const version = Bun.argv[2] ?? '';

console.log(
  [
    `.TH SUPERVISORD.CONF 5 "" "tsupervisor ${escaped(version)}" "File Formats"`,
    '.SH NAME',
    'supervisord.conf \\- configuration of tsupervisor',
    '.SH DESCRIPTION',
    'The file has sections in brackets and lines of the form',
    '.IR key = value .',
    'Lines that begin with ; or # are comments; a comment behind a value needs a blank before its ;. Lines that begin with',
    'a blank continue the value before them. Values may contain %(name)s: %(here)s is the directory of the file, %(ENV_X)s the',
    'variable X of the environment, and the names that an option lists. A percent sign is written %%. Keys are not case\\-sensitive,',
    'section names are.',
    '.PP',
    'Options marked [tsupervisor] are unknown to the original Supervisor, which ignores them.',
    ...sectionKinds.flatMap(section),
    '.SH SEE ALSO',
    '.BR tsupervisor (1)',
  ].join('\n'),
);

function section({ sample, help, options }: SectionKind): string[] {
  return [`.SH "[${escaped(sample)}]"`, text(help.en), ...options.flatMap(option)];
}

function option(row: OptionDescription): string[] {
  const origin = row.since.startsWith('tsupervisor') ? ' [tsupervisor]' : '';
  const note = row.defaultNote ? ` (${row.defaultNote.en})` : '';
  const standard = row.required ? 'Required.' : row.default === null ? `No default${note}.` : `Default: ${row.default === '' ? 'empty' : row.default}${note}.`;
  return ['.TP', `\\fB${escaped(row.key)}\\fR${origin}`, text(row.help.en), text(`Takes ${row.expects.en}. ${standard}`)];
}

/** A line of text: a dot or an apostrophe at its beginning would be a command. */
function text(line: string): string {
  const safe = escaped(line);
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}

function escaped(line: string): string {
  return line.replaceAll('\\', '\\e').replaceAll('-', '\\-');
}
