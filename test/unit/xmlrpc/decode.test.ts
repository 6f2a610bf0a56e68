import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  CallDecoder,
  decodeCall as decode,
  decodeResponse,
  XmlRpcError,
} from '../../../src/xmlrpc/decode.ts';
import { encodeCall, encodeFault, encodeResponse } from '../../../src/xmlrpc/encode.ts';
import type { RpcValue } from '../../../src/xmlrpc/value.ts';

const limits = { depth: 200, pieces: 10_000 };
const decodeCall = (body: Uint8Array) => decode(body, limits);
const bytes = (text: string) => Buffer.from(text);
const call = (params: string) =>
  decodeCall(bytes(`<methodCall><methodName>m</methodName><params>${params}</params></methodCall>`));
const value = (inner: string) => call(`<param><value>${inner}</value></param>`).params[0];
const refusal = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (error instanceof XmlRpcError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('what was encoded', () => {
  const text = fc
    .string({ unit: 'binary' })
    .map((raw) => raw.replace(/[\0-\x08\x0b-\x1f\ufffe\uffff]/g, '?'));
  const { tree } = fc.letrec<{ tree: RpcValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.bigInt({ min: 2n ** 60n, max: 2n ** 200n }),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(text, tie('tree'), { maxKeys: 5, noNullPrototype: false }),
    ),
  }));

  test('decodes to the same call, however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 8 }), (params, cuts) => {
        const body = bytes(encodeCall('ns.method', params));
        const decoder = new CallDecoder(limits);
        let start = 0;
        for (const cut of cuts.map((number) => number % (body.length + 1)).sort((a, b) => a - b)) {
          decoder.write(body.subarray(start, cut));
          start = cut;
        }
        decoder.write(body.subarray(start));
        expect(decoder.end()).toEqual({ method: 'ns.method', params });
      }),
    );
  });

  test('decodes to the same response or fault', () => {
    expect(decodeResponse(bytes(encodeResponse(['x', 1])))).toEqual({ kind: 'value', value: ['x', 1] });
    expect(decodeResponse(bytes(encodeFault(6, 'SHUTDOWN_STATE')))).toEqual({
      kind: 'fault',
      code: 6,
      text: 'SHUTDOWN_STATE',
    });
  });
});

describe('elements', () => {
  test.each<[string, RpcValue]>([
    ['<int> +1_000 </int>', 1000],
    ['<i4>-8</i4>', -8],
    ['<int>9007199254740993</int>', 9007199254740993n],
    ['<i8>7</i8>', '7'],
    ['<boolean>1</boolean>', true],
    ['<boolean>true</boolean>', false],
    ['<boolean> 1</boolean>', false],
    ['<string> a\r\nb </string>', ' a\nb '],
    ['<string/>', ''],
    [' bare ', ' bare '],
    ['', ''],
    ['\n<int>1</int>\n', 1],
    ['<int>1</int><int>2</int>', 1],
    ['<double> .5 </double>', 0.5],
    ['<double>-inf</double>', Number.NEGATIVE_INFINITY],
    ['<double>nan</double>', Number.NaN],
    ['<base64>Y2Fm\n w6k=</base64>', 'café'],
    ['<array><data/></array>', []],
    ['<struct/>', {}],
    ['<nil/>', null],
    ['<ex:nil/>', null],
    ['<string>a<!-- gone -->b<![CDATA[<c>]]></string>', 'ab<c>'],
    ['<string>&lt;&#x41;&amp;</string>', '<A&'],
    ['<dateTime.iso8601>20261121T05:23:23</dateTime.iso8601>', new Date(Date.UTC(2026, 10, 21, 5, 23, 23))],
  ])('%s is %p', (xml, expected) => {
    expect(value(xml)).toEqual(expected);
  });

  test('of a struct may be called like properties of objects', () => {
    const member = (name: string) => `<member><name>${name}</name><value><int>1</int></value></member>`;
    const struct = value(`<struct>${member('__proto__')}${member('constructor')}</struct>`);
    expect(Object.entries(struct ?? {})).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
  });

  test('the last of two members of one name wins', () => {
    const xml =
      '<struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct>';
    expect(value(xml)).toEqual({ a: '2' });
  });
});

describe('documents', () => {
  test('are read by names, not by places', () => {
    const body = '<foo><params><param><value>x</value></param></params><methodName> a.b </methodName></foo>';
    expect(decodeCall(bytes(body))).toEqual({ method: ' a.b ', params: ['x'] });
  });

  test('may begin with a byte order mark and lie about their encoding', () => {
    const body = "\ufeff<?xml version='1.0' encoding='latin-1'?><m><methodName>é</methodName></m>";
    expect(decodeCall(bytes(body)).method).toBe('é');
  });

  test.each([
    ['no XML', 'hello'],
    ['nothing', ''],
    ['an unclosed element', '<methodCall><methodName>m</methodName>'],
    ['text after the root', '<m><methodName>m</methodName></m>x'],
    ['a blank before the declaration', "\n<?xml version='1.0'?><m><methodName>m</methodName></m>"],
    ['an undefined entity', '<m><methodName>&foo;</methodName></m>'],
    ['an entity named like a property of objects', '<m><methodName>&constructor;</methodName></m>'],
    ['a reference to a control character', '<m><methodName>&#1;</methodName></m>'],
    ['a raw control character', '<m><methodName>\x01</methodName></m>'],
    ['a control character in XML 1.1', "<?xml version='1.1'?><m><methodName>&#1;</methodName></m>"],
    ['a document type', '<!DOCTYPE m><m><methodName>m</methodName></m>'],
    ['entities of a document type', '<!DOCTYPE m [<!ENTITY a "b">]><m><methodName>&a;</methodName></m>'],
    [
      'an external entity',
      '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m><methodName>&a;</methodName></m>',
    ],
  ])('with %s are refused', (_, body) => {
    expect(refusal(() => decodeCall(bytes(body)))).toBe('unmarshallable');
  });

  test.each([
    '<int/>',
    '<int>x</int>',
    '<int>0x10</int>',
    '<double/>',
    '<double>0x10</double>',
    '<array/>',
    '<array><int>1</int></array>',
    '<base64>/w==</base64>',
    '<base64>YQ</base64>',
    '<dateTime.iso8601>20260230T00:00:00</dateTime.iso8601>',
    '<dateTime.iso8601>2026-01-01</dateTime.iso8601>',
    '<struct><member><name>a</name></member></struct>',
    '<struct>x<int>1</int></struct>',
  ])('with the value %s are refused', (xml) => {
    expect(refusal(() => value(xml))).toBe('unmarshallable');
  });

  test('that are not UTF-8 are refused', () => {
    expect(refusal(() => decodeCall(Buffer.from('<m><methodName>é</methodName></m>', 'latin1')))).toBe(
      'unmarshallable',
    );
    expect(refusal(() => decodeCall(Buffer.from('<m/>', 'utf16le')))).toBe('unmarshallable');
  });

  test('without a method name are refused by that word', () => {
    expect(refusal(() => decodeCall(bytes('<methodCall/>')))).toBe('no method name');
    expect(refusal(() => decodeCall(bytes('<m><methodName/></m>')))).toBe('no method name');
  });
});

describe('whatever comes', () => {
  test('is a call or an XmlRpcError and nothing else', () => {
    const parts = [
      '<',
      '>',
      '/',
      '&',
      ';',
      '&#',
      '<value>',
      '</value>',
      '<int>',
      '<struct>',
      '<member>',
      '<!--',
      '-->',
    ];
    const nonsense = fc.oneof(
      fc.constantFrom(...parts, '<![CDATA[', ']]>', '<?xml', '<methodName>', '</params>'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(nonsense, { maxLength: 20 }), fc.nat(), (pieces, at) => {
        const whole = encodeCall('a.b', ['text', 1, [true], { a: null }]);
        const cut = at % whole.length;
        const mutant = whole.slice(0, cut) + pieces.join('') + whole.slice(cut);
        expect(refusal(() => decodeCall(bytes(mutant)))).toBeOneOf([
          'accepted',
          'unmarshallable',
          'no method name',
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bombs', () => {
  test('nesting is refused before memory is spent on it', () => {
    expect(refusal(() => decodeCall(bytes('<a>'.repeat(10_000))))).toBe('unmarshallable');
  });

  test.each([
    ['elements', '<a/>'],
    ['texts between elements', 'x<a></a>'],
    ['CDATA sections', '<![CDATA[x]]>'],
    ['comments', '<!---->'],
    ['instructions', '<?a?>'],
    ['character references', '&#65;'],
    ['entity references', '&amp;'],
    ['carriage returns', '\r'],
    ['attributes', "<a b=''/>"],
  ])('the number of %s is bounded', (_, piece) => {
    expect(refusal(() => value(`<string>${piece.repeat(10_001)}</string>`))).toBe('unmarshallable');
    expect(refusal(() => value(`<string>${piece.repeat(1000)}</string>`))).toBe('accepted');
  });

  test('the attributes of an element and the blanks in them are bounded', () => {
    const attributes = Array.from({ length: 101 }, (_, index) => `a${index}=''`).join(' ');
    expect(refusal(() => decodeCall(bytes(`<a ${attributes}>`)))).toBe('unmarshallable');
    expect(refusal(() => decodeCall(bytes(`<a b="${'\t'.repeat(10_001)}`)))).toBe('unmarshallable');
  });

  test('an integer of endless digits is refused', () => {
    expect(refusal(() => value(`<int>${'9'.repeat(5000)}</int>`))).toBe('unmarshallable');
  });
});
