// Options that are set more than once: only the last one takes effect.
import { type Diagnostic, nothingKnown } from '../diagnostic.ts';
import type { IniDocument } from '../dialect.ts';

export function givenTwice({ overridden }: IniDocument): Diagnostic[] {
  return overridden.map(({ earlier, later }) => {
    const place = `${earlier.position.file}:${earlier.position.line}`;
    return {
      ...nothingKnown,
      severity: 'warning',
      message: {
        en: `option ${later.key} is set twice; the value at ${place} has no effect`,
        zh: `选项 ${later.key} 重复出现；${place} 处的值不起作用`,
      },
      position: later.position,
      key: later.key,
      remedy: { en: 'remove one of the two', zh: '请删去其中一处' },
    };
  });
}
