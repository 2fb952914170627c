import { SaxesParser, type SaxesTagNS } from 'saxes';
import { type MemberName, members, type SentUser, type SentValue, structure } from '#dialects/twosms/model.ts';
import { unreadableBody } from '#dialects/twosms/model-state.ts';

const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance';
const deepest = 32;
const names: ReadonlySet<string> = new Set(members.map(({ name }) => name));

/**
 * Reads as XmlSerializer does: the root is exactly `User` in no namespace; names keep their case; unknown elements and
 * elements of any namespace are ignored, the first of several counts; `xsi:nil` is null; the order is free. No DTD.
 */
export function readXml(text: string): SentUser {
  const reading = new Reading();
  // XML 1.0 whatever the declaration says: 1.1 would let control characters in.
  const parser = new SaxesParser({ xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' });
  parser.on('doctype', () => {
    throw unreadableBody('DTD is prohibited in this XML document.');
  });
  parser.on('error', () => {
    throw unreadableBody(`There is an error in XML document (${parser.line}, ${parser.column}).`);
  });
  parser.on('opentag', (tag) => reading.open(tag));
  parser.on('text', (value) => reading.text(value));
  parser.on('cdata', (value) => reading.text(value));
  parser.on('closetag', () => reading.close());
  parser.write(text).close();
  return reading.sent;
}

/** What has been read so far of one document. */
class Reading {
  readonly sent = new Map<MemberName, SentValue>();
  #depth = 0;
  #nothing = false;
  /** The member that is being read, between its tags. */
  #member: MemberName | undefined;
  #value: SentValue = '';

  open(tag: SaxesTagNS): void {
    this.#depth += 1;
    if (this.#depth > deepest) throw unreadableBody(`The body must not nest deeper than ${deepest} levels.`);
    if (this.#depth === 1) this.#openRoot(tag);
    else if (this.#depth === 2) this.#openMember(tag);
    else if (this.#value !== null) this.#value = structure;
  }

  text(value: string): void {
    if (this.#member !== undefined && typeof this.#value === 'string') this.#value += value;
  }

  close(): void {
    if (this.#depth === 2 && this.#member !== undefined) {
      this.sent.set(this.#member, this.#value);
      this.#member = undefined;
    }
    this.#depth -= 1;
  }

  #openRoot(tag: SaxesTagNS): void {
    if (tag.name !== 'User' || tag.uri !== '') {
      throw unreadableBody('The root of the XML document must be <User>, in no namespace.');
    }
    this.#nothing = isNil(tag);
  }

  #openMember(tag: SaxesTagNS): void {
    const known = tag.uri === '' && isMember(tag.local) && !this.sent.has(tag.local) && !this.#nothing;
    this.#member = known && isMember(tag.local) ? tag.local : undefined;
    this.#value = isNil(tag) ? null : '';
  }
}

function isMember(name: string): name is MemberName {
  return names.has(name);
}

/** Whether a tag says `xsi:nil="true"`, whatever prefix stands for that namespace. */
function isNil(tag: SaxesTagNS): boolean {
  return Object.values(tag.attributes).some(
    ({ local, uri, value }) => local === 'nil' && uri === instanceNamespace && /^\s*(?:true|1)\s*$/.test(value),
  );
}
