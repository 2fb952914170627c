import { members, type ShownUser } from '#dialects/twosms/model.ts';
import type { HttpError } from '#dialects/twosms/model-state.ts';
import type { Envelope, ListFrame, Response } from './response.ts';
import { escapeXml } from './xml-text.ts';

const namespaces = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** The envelope as XmlSerializer writes it: no declaration, no indentation, null objects and strings left out. */
export function writeXml({ detail, ...envelope }: Response): string {
  const [before, after] = around(envelope);
  return before + (detail === null ? '' : wrap('Detail', elementsOf(detail))) + after;
}

export function listInXml(envelope: Envelope): ListFrame {
  const [before, after] = around(envelope);
  const user = (shown: ShownUser): string => wrap('User', elementsOf(shown));
  return { begin: `${before}<Detail>`, user, between: '', end: `</Detail>${after}` };
}

/** What stands before and after Detail. */
function around({ of, error, userId, result }: Envelope): [string, string] {
  const fault = error && element('ErrorCode', error.code) + element('ErrorReason', error.reason);
  const before = [
    `<ResponseOf${of} ${namespaces}>`,
    fault === null ? '' : wrap('Error', fault),
    '<ResponseData>',
    element('Result', result),
    wrap('Identification', userId === null ? '' : element('UserId', userId)),
  ];
  return [before.join(''), `</ResponseData></ResponseOf${of}>`];
}

/** A user's members in order. A null string is left out, a null date is `xsi:nil`. */
function elementsOf(user: ShownUser): string {
  return members
    .map(({ name, type }) => {
      const value = user[name];
      if (value !== null) return element(name, type === 'enumeration' && value === 0 ? 'NONE' : String(value));
      return type === 'date' ? `<${name} xsi:nil="true" />` : '';
    })
    .join('');
}

/** A user alone, as a client sends it. */
export function writeXmlUser(user: ShownUser): string {
  return `<User ${namespaces}>${elementsOf(user)}</User>`;
}

/** The framework's error, which declares no namespaces. */
export function writeXmlError({ Message, MessageDetail, ModelState }: HttpError): string {
  const state = Object.entries(ModelState ?? {}).map(([key, texts]) => element(key, texts.join(' ')));
  return wrap(
    'Error',
    [
      element('Message', Message),
      MessageDetail === undefined ? '' : element('MessageDetail', MessageDetail),
      ModelState === undefined ? '' : wrap('ModelState', state.join('')),
    ].join(''),
  );
}

function element(name: string, text: string): string {
  return wrap(name, escapeXml(text));
}

function wrap(name: string, content: string): string {
  return content === '' ? `<${name} />` : `<${name}>${content}</${name}>`;
}
