// Finds the section that defines a process. Pure.
import type { GroupConfig } from '../../config/config.ts';
import type { IniDocument, Section } from '../../config/dialect.ts';

/** Null if the file no longer has such a section. */
export function sectionOf(document: IniDocument, group: GroupConfig, process: string): Section | null {
  const candidates = candidateNames(document, group).flatMap((name) => document.sections.get(name) ?? []);
  return candidates.find((section) => mayBeNamed(document, section, group.name, process)) ?? null;
}

function candidateNames(document: IniDocument, { kind, name }: GroupConfig): readonly string[] {
  if (kind === 'eventlistener') return [`eventlistener:${name}`];
  const group = document.sections.get(`group:${name}`);
  const members = group && document.setting(group, 'programs')?.text;
  const programs = members?.split(',').map((member) => member.trim()) ?? [name];
  return programs.flatMap((program) => [`program:${program}`, `fcgi-program:${program}`]);
}

/** Whether the section's process_name can expand to this name. */
function mayBeNamed(document: IniDocument, section: Section, group: string, process: string): boolean {
  const program = section.name.slice(section.name.indexOf(':') + 1);
  const template = document.setting(section, 'process_name')?.text ?? '%(program_name)s';
  const pattern = template
    .split(/(%\([a-zA-Z_]+\)[-#0-9 .]*[a-z]|%%)/)
    .map((part) => patternOf(part, program, group))
    .join('');
  return new RegExp(`^${pattern}$`).test(process);
}

function patternOf(part: string, program: string, group: string): string {
  if (part === '%%') return '%';
  const name = /^%\((.+)\)/.exec(part)?.[1];
  if (name === undefined) return RegExp.escape(part);
  if (name === 'program_name') return RegExp.escape(program);
  if (name === 'group_name') return RegExp.escape(group);
  return name === 'process_num' ? '-?[0-9a-fA-F]+' : '.*';
}
