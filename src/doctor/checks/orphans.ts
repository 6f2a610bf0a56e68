// Processes left over from an earlier daemon: they occupy ports or duplicate the work of their successors.
import { both, type Finding } from '../finding.ts';
import type { View } from '../machine-facts.ts';

const maxListed = 10;

export function checkOrphans({ orphans }: View): Finding[] {
  if (orphans.length === 0) return [];
  const listed = orphans
    .slice(0, maxListed)
    .map(({ pid, process, commandLine }) => `${process}: pid ${pid}: ${commandLine}`);
  const more = orphans.length > maxListed ? ['…'] : [];
  const list = [...listed, ...more].map((line) => `  | ${line}`).join('\n');
  return [
    {
      id: 'orphans',
      what: {
        en: 'processes of an earlier supervisord are still running unsupervised',
        zh: '先前的 supervisord 留下的进程仍在运行，无人监管',
      },
      why: {
        en: `it was killed, or they had daemonised; they may hold ports and duplicate work:\n${list}`,
        zh: `它曾被强制终止，或这些进程自行转入了后台；它们可能占用端口、重复执行任务：\n${list}`,
      },
      remedy: both(`kill ${orphans.map(({ pid }) => pid).join(' ')}`),
    },
  ];
}
