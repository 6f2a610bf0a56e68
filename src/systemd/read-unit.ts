// Reads unit files to find out what an existing service runs. Syntax: systemd.syntax(7).
import { parse } from 'ini';

/** A repeated setting has several values; an empty one resets the list (systemd.syntax(7)). */
export type Unit = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Reads a unit file or drop-in. */
export function readUnit(text: string): Unit {
  const sections: Record<string, unknown> = parse(joinLines(text), { bracketedArray: false });
  return new Map(
    Object.entries(sections).flatMap(([name, section]) =>
      typeof section === 'object' && section !== null ? [[name, settingsOf(section)]] : [],
    ),
  );
}

/** The file that the service's daemon reads by -c or --configuration; null without such an option. */
export function configPathOf(unit: Unit): string | null {
  return /\s(?:-c\s*|--configuration[\s=])"?([^\s"]+)/.exec(commandOf(unit))?.[1] ?? null;
}

/** The path of the supervisord that a service runs, possibly through an interpreter; null if it runs something else. */
export function supervisordOf(unit: Unit): string | null {
  return /(\/\S*supervisord)(?=\s|$)/.exec(commandOf(unit))?.[1] ?? null;
}

/** The settings that affect the service's programs, as lines of the unit file; start and stop settings are left out. */
export function inheritedSettingsOf(unit: Unit): string[] {
  const settings = [...(unit.get('Service') ?? [])].filter(([key]) => !ownMatter.test(key));
  return settings.flatMap(([key, values]) => values.map((value) => `${key}=${value}`));
}

const ownMatter =
  /^(?:Type|Exec.*|Restart.*|Kill.*|SendSIG.*|Timeout.*|Watchdog.*|PIDFile|GuessMainPID|NotifyAccess|RemainAfterExit|SuccessExitStatus|RuntimeDirectory.*|Standard.*|Syslog.*)$/;

function commandOf(unit: Unit): string {
  return unit.get('Service')?.get('ExecStart')?.at(-1) ?? '';
}

/** A trailing backslash continues a line. */
function joinLines(text: string): string {
  return text.replaceAll(/\\\r?\n\s*/g, ' ');
}

function settingsOf(section: object): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(section).map(([key, value]) => {
      const values = (Array.isArray(value) ? value : [value]).map(String);
      return [key, values.slice(values.lastIndexOf('') + 1)];
    }),
  );
}
