// `environment=` of which a part is dropped silently: what follows an unquoted value containing a special character.
import type { Diagnostic } from '../diagnostic.ts';
import { firstLoss } from '../values/environment-list.ts';
import { aboutSetting, programSections, type Suspect } from './suspect.ts';

export function cutEnvironments({ document }: Suspect): Diagnostic[] {
  const daemon = document.sections.get('supervisord');
  return [...(daemon ? [daemon] : []), ...programSections(document)].flatMap((section) => {
    const setting = document.setting(section, 'environment');
    if (!setting) return [];
    const loss = firstLoss(readable(setting.text, section.name === 'supervisord'));
    if (loss === null) return [];
    const { key, lost } = loss;
    return [
      aboutSetting(
        section,
        setting,
        {
          en: `the value of ${key} ends before ${JSON.stringify(lost)}; the rest is lost`,
          zh: `${key} 的值到 ${JSON.stringify(lost)} 之前就结束了，其余部分会丢失`,
        },
        { en: `quotes around the value: ${key}="…"`, zh: `给值加引号：${key}="…"` },
      ),
    ];
  });
}

/** Replaces names whose values do not matter here with letters, since only word splitting is checked. */
function readable(text: string, isExpandedTwice: boolean): string {
  const once = text.replaceAll(/%(?:%|\([^)]*\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z])/g, (found) =>
    found === '%%' ? '%' : 'x',
  );
  return isExpandedTwice ? once.replaceAll('%%', '%') : once;
}
