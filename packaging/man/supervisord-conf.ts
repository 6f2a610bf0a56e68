// Generates supervisord.conf(5) from the option table. Argument: the version.
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
    'Lines that begin with ; or # are comments; an inline comment needs a space before the ;. Lines that begin with',
    'a blank continue the previous value. Values may contain %(name)s: %(here)s is the directory of the file, %(ENV_X)s the',
    'variable X of the environment; other names depend on the option. A literal percent sign is written %%. Keys are not case\\-sensitive,',
    'section names are.',
    '.PP',
    'Options marked [tsupervisor] do not exist in the original Supervisor, which ignores them.',
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

/** Escapes a line of text: a leading dot or apostrophe would make it a roff request. */
function text(line: string): string {
  const safe = escaped(line);
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}

function escaped(line: string): string {
  return line.replaceAll('\\', '\\e').replaceAll('-', '\\-');
}
