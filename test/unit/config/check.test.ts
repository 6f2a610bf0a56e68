import { describe, expect, test } from 'bun:test';
import { checkConfig, type Finding } from '../../../src/config/check.ts';
import { excerpt } from '../../../src/config/excerpt.ts';
import { memoryHost } from './memory-host.ts';

function check(text: string): readonly Finding[] {
  return checkConfig({ path: '/s.conf', overrides: {}, host: memoryHost({ '/s.conf': text }) }).findings;
}

function brief(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ severity, position, key, remedy }) => `${severity} ${position?.line} ${key} ${remedy?.en}`,
  );
}

describe('checking a configuration', () => {
  test('finds nothing in a good one', () => {
    expect(check('[supervisord]\n[program:x]\ncommand=y\nautoRESTart=true\n')).toEqual([]);
  });

  test('tells all errors at once, each with its line and what would be right', () => {
    const text =
      '[supervisord]\nloglevel=loud\n[program:x]\ncommand=y\nnumprocs=x\n[inet_http_server]\nport=0\n';
    expect(brief(check(text))).toEqual([
      'error 2 loglevel one of critical, error, warn, info, debug, trace, blather',
      'error 5 numprocs a whole number, such as 10',
      'error 7 port a port, or host:port, such as 127.0.0.1:9001',
    ]);
  });

  test('tells an error of a program with many processes once', () => {
    const text = '[supervisord]\n[program:x]\ncommand=%(nope)s\nnumprocs=9\nprocess_name=%(process_num)d\n';
    expect(check(text)).toHaveLength(1);
  });

  test('tells every line that means nothing', () => {
    expect(check('[supervisord]\nbare\nmore\n').map(({ message }) => message)).toEqual([
      "neither a section nor an option: 'bare'",
      "neither a section nor an option: 'more'",
    ]);
  });

  test('asks whether another name was meant', () => {
    const text = '[supervisord]\n[program:x]\ncommand=y\nautorestat=true\n[programm:z]\nwhatever=1\n[mine]\n';
    expect(brief(check(text))).toEqual([
      'warning 4 autorestat did you mean autorestart?',
      'warning 5 null did you mean [program:z]?',
      'warning 7 null undefined',
    ]);
  });

  test('warns of an option that continues the one above it', () => {
    expect(brief(check('[supervisord]\nidentifier=x\n  minfds = 5\n'))).toEqual([
      'warning 2 identifier an option begins without blanks before it',
    ]);
  });

  test('takes any key of a factory for its argument', () => {
    const factory = 'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface';
    expect(check(`[supervisord]\n[rpcinterface:x]\n${factory}\nother=1\n`)).toEqual([]);
  });

  test('tells what the file itself spoils', () => {
    const { findings, config } = checkConfig({ path: '/none', overrides: {}, host: memoryHost({}) });
    expect(config).toBeNull();
    expect(findings.map(({ message }) => message)).toEqual(['could not find config file /none']);
  });
});

describe('an excerpt', () => {
  test('underlines the value behind the delimiter', () => {
    expect(excerpt('a\nuser = user', 2, 'user')).toEqual(['user = user', '       ^^^^']);
  });

  test('underlines the line when there is no value in it', () => {
    expect(excerpt('  bare word', 1, null)).toEqual(['  bare word', '  ^^^^^^^^^']);
  });

  test('counts the columns of wide characters', () => {
    expect(excerpt('说明=值', 1, '值')).toEqual(['说明=值', '     ^^']);
  });

  test('is none for a line that is not there', () => {
    expect(excerpt('x', 5, null)).toBeNull();
  });
});
