import { describe, expect, test } from 'bun:test';
import { encodeCall, encodeFault, encodeResponse, encodeValue } from '../../../src/xmlrpc/encode.ts';

describe('responses', () => {
  test('have the shape that the original sends, line by line', () => {
    expect(encodeResponse({ statecode: 1, statename: 'RUNNING' })).toBe(`<?xml version='1.0'?>
<methodResponse>
<params>
<param>
<value><struct>
<member>
<name>statecode</name>
<value><int>1</int></value>
</member>
<member>
<name>statename</name>
<value><string>RUNNING</string></value>
</member>
</struct></value>
</param>
</params>
</methodResponse>
`);
  });

  test('write arrays with one value a line', () => {
    expect(encodeValue(['a', [], true])).toBe(`<value><array><data>
<value><string>a</string></value>
<value><array><data>
</data></array></value>
<value><boolean>1</boolean></value>
</data></array></value>
`);
  });

  test('write a fault as a struct of code and string', () => {
    expect(encodeFault(10, 'BAD_NAME: nö "such" <&>')).toBe(`<?xml version='1.0'?>
<methodResponse>
<fault>
<value><struct>
<member>
<name>faultCode</name>
<value><int>10</int></value>
</member>
<member>
<name>faultString</name>
<value><string>BAD_NAME: nö "such" &lt;&amp;&gt;</string></value>
</member>
</struct></value>
</fault>
</methodResponse>
`);
  });
});

describe('calls', () => {
  test('without parameters have an empty params element', () => {
    expect(encodeCall('supervisor.getState', [])).toBe(
      "<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.getState</methodName>\n<params>\n</params>\n</methodCall>\n",
    );
  });
});

describe('scalars', () => {
  test.each([
    [-5, '<int>-5</int>'],
    [1.5, '<double>1.5</double>'],
    [Number.NaN, '<double>nan</double>'],
    [Number.NEGATIVE_INFINITY, '<double>-inf</double>'],
    [2n ** 70n, '<int>1180591620717411303424</int>'],
    [false, '<boolean>0</boolean>'],
    [null, '<nil/>'],
    [new Date(Date.UTC(2026, 10, 21, 5, 23, 23)), '<dateTime.iso8601>20261121T05:23:23</dateTime.iso8601>'],
  ])('%p is written as %s', (value, element) => {
    expect(encodeValue(value)).toBe(`<value>${element}</value>\n`);
  });

  test('characters that XML cannot carry become U+FFFD, the others stay as they are', () => {
    expect(encodeValue('\0\x1b[31m\r\t\n\uffff\ud800é😀')).toBe(
      '<value><string>\ufffd\ufffd[31m\r\t\n\ufffd\ufffdé😀</string></value>\n',
    );
  });
});
